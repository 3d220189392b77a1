"""Greta's open pages follow what Basil publishes meanwhile, without her touching them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from fir.management.demo.submissions import MENDED
from tests.browser.acts import origin_of, signed_in, told
from tests.browser.look import Watch
from tests.browser.test_journeys import rows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

WAITING = MENDED.line


def test_open_pages_follow_what_is_published(browser: Browser, demo: Stack) -> None:
    greta, basil = (signed_in(browser, demo, name) for name in ("greta", "basil"))
    watch = Watch(greta, origin_of(demo))
    greta.goto(f"/firmware?q={WAITING.device_model}")
    latest = rows(greta, "Records").first.get_by_role("link").get_attribute("href") or ""
    greta.goto(latest)
    findings, ways, notices = (
        another(greta, path)
        for path in ("/eligibility?device_type=ESME", f"{latest}/ways", "/notices")
    )
    for page in (greta, findings, ways, notices):
        page.evaluate("window.stayed = true")

    published = publishes(basil)

    version = WAITING.release.version
    expect(rows(findings, "Findings").filter(has_text=published).first).to_be_visible()
    expect(ways.get_by_role("region", name="Picture of the")).to_contain_text(version)
    for page in (greta, ways):
        expect(page.get_by_role("rowheader").filter(has_text=version)).to_be_visible()
    expect(notices.get_by_role("link", name=re.compile(f"^Firmware {version} "))).to_be_visible()
    for page in (greta, findings, ways, notices):
        assert page.evaluate("window.stayed")
    assert watch.complaints() == []


def another(page: Page, path: str) -> Page:
    """A further page of the same browser, by the same person."""
    opened = page.context.new_page()
    opened.goto(path)
    return opened


def publishes(basil: Page) -> str:
    """Basil approves what waits; the entry that it became."""
    basil.goto("/submissions?state=SUBMITTED")
    queue = rows(basil, "Submissions").filter(has_text=WAITING.device_model)
    queue.get_by_role("link", name=WAITING.release.version).click()
    basil.get_by_role("radio", name=re.compile("^Approve and publish now")).check()
    basil.get_by_label("Reason").fill("In order.")
    basil.get_by_role("button", name="Decide").click()
    found = re.search(r"CPL-\d{6}", told(basil, "Published as CPL-").inner_text())
    assert found
    return found[0]
