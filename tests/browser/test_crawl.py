"""Every page as each kind of person, wide and narrow: it opens, fits, is quiet and accessible."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.acts import EMAILS, new_page, sign_in
from tests.browser.crawl import PAGES, Crawl, follow_letters

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.stack import Stack

STRANGER = "a stranger"
PEOPLE = (STRANGER, *EMAILS)
# Lists whose first entry offers what most entries do not.
SPECIAL = (
    "/cpl?status=REMOVED",
    "/list/findings?rule=GBCS_UNKNOWN&waived=open",
    "/submissions?state=APPROVED",
    "/cpl?device_model=4C100001&firmware_version=11000000",
)
# The first of these is ada's own, and stands.
OWN_RELEASES = "/firmware?q=1A100100"
# Nothing leads to these; they are typed by `type_addresses`.
NOT_LINKED = {
    "account_logout": "the header's button posts to it; scripts or not, nobody is led to the page",
    "account_inactive": "shown to whoever signs in with an account that was closed",
}


@dataclass(frozen=True)
class Way:
    """What came of one person's crawl."""

    reached: list[str]
    faults: list[str]


def way_of(who: str, browser: Browser, fir: Stack) -> Way:
    """What came of a person's crawl, which is made once by whichever test process comes first."""
    note = Path(os.environ["TMPDIR"], f"crawl-of-{who}.json")
    with note.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            note.write_text(json.dumps(crawled(who, browser, fir)))
        return Way(**json.loads(note.read_text()))


def crawled(who: str, browser: Browser, fir: Stack) -> dict[str, list[str]]:
    """Crawl as one person."""
    page = new_page(browser, fir)
    crawl = Crawl(page, fir)
    if who == STRANGER:
        follow_letters(crawl)
    else:
        sign_in(page, EMAILS[who])
    crawl.follow()
    if who == "ada":
        crawl.follow_tasks_of_a_draft()
        crawl.follow_first_of(OWN_RELEASES)
    if who == "basil":
        for listing in SPECIAL:
            crawl.follow_first_of(listing)
    crawl.type_addresses()
    page.context.close()
    return {"reached": sorted(crawl.reached), "faults": crawl.faults}


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_in_order(browser: Browser, standing_demo: Stack, who: str) -> None:
    faults = way_of(who, browser, standing_demo).faults

    assert not faults, "\n".join(faults)


def test_every_page_was_reached_by_somebody(browser: Browser, standing_demo: Stack) -> None:
    reached = {name for who in PEOPLE for name in way_of(who, browser, standing_demo).reached}

    assert PAGES - reached == set(NOT_LINKED)
