"""What was brought is reviewed by two people, with and without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.acts import origin_of, signed_in, told
from tests.browser.look import Watch, faults_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
QUEUE = "/submissions?state=SUBMITTED&kind=NEW"


@SCRIPTS
def test_a_submission_is_reviewed_by_two(browser: Browser, demo: Stack, *, scripts: bool) -> None:
    ada, basil, cosima = (
        signed_in(browser, demo, name, scripts=scripts) for name in ("ada", "basil", "cosima")
    )
    watches = [Watch(page, origin_of(demo)) for page in (ada, basil, cosima)]

    path = basil_waives_what_waits_longest(basil)
    basil_approves_it_for_a_time(basil, scripts=scripts)
    cosima_takes_the_approval_back(cosima)
    cosima_approves_it_now(cosima)
    basil_reads_what_happened(basil, path)
    they_talk_and_ada_takes_hers_back(ada, basil)

    assert [watch.complaints() for watch in watches] == [[], [], []]


def basil_waives_what_waits_longest(page: Page) -> str:
    """The first of the queue has a finding that may be waived; the path of its page."""
    page.goto(QUEUE)
    queue = page.get_by_role("region", name="Submissions")
    first = queue.locator("tbody").get_by_role("row").first
    expect(first).to_contain_text("1 warning")
    expect(first).to_contain_text("waits for")
    first.get_by_role("link").click()
    path = page.url
    page.get_by_role("link", name=re.compile("^Waive it .*GBCS_UNKNOWN")).click()
    page.get_by_role("button", name="Waive it").click()
    told(page, "Say why")
    page.get_by_label("Reason").fill("This version of GBCS is decided and not yet published.")
    page.get_by_role("button", name="Waive it").click()
    told(page, "You waived it")
    expect(page.get_by_role("main")).to_contain_text("Waived by you on")
    return path


def basil_approves_it_for_a_time(page: Page, *, scripts: bool) -> None:
    """The day and the time stand below the answer that they belong to."""
    day = page.get_by_label("Day of publication")
    page.get_by_role("radio", name="Approve, and publish at a time to come").check()
    day.fill("01/01/2020")
    page.get_by_label("Time of publication").fill("9:30")
    page.get_by_role("button", name="Decide").click()
    told(page, "The time must lie ahead")
    expect(day).to_have_accessible_description(re.compile("The time must lie ahead", re.S))
    if scripts:  # without them axe would wait for ever
        assert faults_of(page) == []

    day.fill(f"{timezone.localdate() + timedelta(days=40):%d/%m/%Y}")
    page.get_by_role("button", name="Decide").click()
    told(page, "Approved. It is judged again and published on")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Approved")


def cosima_takes_the_approval_back(page: Page) -> None:
    """From the first page on, where two wait for their time."""
    page.goto("/")
    page.get_by_role("link", name=re.compile("are approved for a time")).click()
    queue = page.get_by_role("region", name="Submissions")
    queue.get_by_role("row", name=re.compile("CHF")).get_by_role("link").click()
    page.get_by_role("link", name="Take the approval back").click()
    page.get_by_label("Reason").fill("The Suppliers are not ready.")
    page.get_by_role("button", name="Take the approval back").click()
    told(page, "The approval is taken back")


def cosima_approves_it_now(page: Page) -> None:
    """Basil's waiver comes about by that."""
    main = page.get_by_role("main")
    expect(main).to_contain_text("It comes about with your approval.")
    page.get_by_role("radio", name="Approve and publish now").check()
    page.get_by_role("button", name="Decide").click()
    told(page, "Published as CPL-")
    main.get_by_role("link", name=re.compile("^CPL-")).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Latest (N)")
    expect(main).to_contain_text("A finding about the quality of an entry was waived by two people")


def basil_reads_what_happened(page: Page, path: str) -> None:
    """There is no approval of his any more, and the page says why."""
    page.goto(f"{path}/cancel")
    expect(page.get_by_role("main")).to_contain_text("there is no approval to take back")
    page.goto(path)
    expect(page.get_by_role("main")).to_contain_text("The Suppliers are not ready.")


def they_talk_and_ada_takes_hers_back(ada: Page, basil: Page) -> None:
    """Of the release that she had mended and brought again."""
    for page, text in ((basil, "Is the certificate right now?"), (ada, "No: we take it back.")):
        page.goto(QUEUE)
        queue = page.get_by_role("region", name="Submissions")
        queue.get_by_role("link", name="00050400").click()
        page.get_by_label("Your comment").fill(text)
        page.get_by_role("button", name="Send the comment").click()
        told(page, "Your comment was sent")
    said = ada.get_by_role("listitem").filter(has_text="Is the certificate right now?")
    expect(said).to_contain_text("Code Administrator of Nowhere")
    ada.get_by_role("link", name="Take it back").click()
    ada.get_by_role("button", name="Take it back").click()
    told(ada, "It is taken back")

    basil.get_by_role("radio", name="Approve and publish now").check()
    basil.get_by_role("button", name="Decide").click()
    expect(basil.get_by_role("main")).to_contain_text("took it back before you decided")
    expect(basil.get_by_role("heading", level=1)).to_contain_text("Closed")
