"""A Supplier sees what a Change of Supplier brought it, and deletes its estate."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.acts import origin_of, signed_in, told
from tests.browser.look import Watch, faults_of
from tests.browser.test_journeys import SCRIPTS, heading, into, looked_again, rows
from tests.stack import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack


@SCRIPTS
def test_what_arrived_is_looked_at_and_an_estate_deleted(
    browser: Browser, demo: Stack, *, scripts: bool
) -> None:
    greta = signed_in(browser, demo, "greta", scripts=scripts)
    watch = Watch(greta, origin_of(demo))

    into(greta, "Estate")
    eventually(lambda: not looked_again(greta), what="the estate's assessment")
    sees_the_estate(greta)
    sees_what_arrived(greta)
    sees_what_was_updated(greta)
    if scripts:  # axe is a script
        assert faults_of(greta) == []
    deletes_the_estate(greta)

    assert watch.complaints() == []


def sees_the_estate(greta: Page) -> None:
    """Its parts, the versions of a Device Model, and two loads."""
    assert rows(greta, "Manufacturers").count() > 5
    assert rows(greta, "Trend").count() == 2
    versions = rows(greta, "Device Models").first.locator("details")
    versions.locator("summary").click()
    expect(versions.get_by_text("Latest (N):")).to_be_visible()


def sees_what_arrived(greta: Page) -> None:
    """One sentence, and every version of it with whom to ask."""
    greta.get_by_role("link", name="Change of Supplier").click()
    expect(heading(greta)).to_contain_text("Change of Supplier")
    said = greta.get_by_text(re.compile("Devices arrived; ")).inner_text()
    assert re.fullmatch(
        r"[\d,]+ Devices arrived; \d+ are at N, \d+ at N-1, \d+ older, of which \d+ (is|are) "
        r"stranded, \d+ not listed; \d+ are Gas Proxy Functions, updated with their hub\.",
        said,
    )
    expect(rows(greta, "What arrived").get_by_text("Firmware release desk").first).to_be_visible()


def sees_what_was_updated(greta: Page) -> None:
    """Another kind of change."""
    greta.get_by_label("Devices that").select_option("run a later version")
    greta.get_by_role("button", name="Search").click()
    expect(rows(greta, "Changes").first).to_contain_text("1A10")
    with greta.expect_download() as kept:
        greta.get_by_role("link", name="all changes").click()
    assert kept.value.suggested_filename == "estate-changes.csv"


def deletes_the_estate(greta: Page) -> None:
    """Not before she says that she is sure."""
    into(greta, "Estate")
    greta.get_by_role("link", name="Delete the estate").click()
    greta.get_by_role("button", name="Delete it").click()
    told(greta, "Tick the box if you mean it")
    greta.get_by_label("Yes, delete the estate").check()
    greta.get_by_role("button", name="Delete it").click()
    told(greta, "The estate is deleted")
    into(greta, "Estate")
    expect(greta.get_by_text("no inventory was ever sent in")).to_be_visible()
