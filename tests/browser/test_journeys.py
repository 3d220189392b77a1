"""One release from its Manufacturer to a Supplier's people, with and without JavaScript."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from fir.management.demo.homes import inventory
from fir.management.demo.parties import LARGEST, METERS, SMALLEST
from fir.management.demo.submissions import MENDED
from tests.browser.acts import origin_of, signed_in, told
from tests.browser.look import Watch
from tests.browser.releases import answer, begin, bring, task, to_bring
from tests.stack import eventually

if TYPE_CHECKING:
    from typing import Any

    from playwright.sync_api import Browser, Locator, Page

    from tests.stack import Stack

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
# Ada's, of those that wait in the demo.
WAITING = MENDED.line
Claim = dict[str, "Any"]


@SCRIPTS
def test_a_release_reaches_the_supplier(browser: Browser, demo: Stack, *, scripts: bool) -> None:
    ada, basil, greta = (
        signed_in(browser, demo, name, scripts=scripts) for name in ("ada", "basil", "greta")
    )
    watches = [Watch(page, origin_of(demo)) for page in (ada, basil, greta)]
    said = to_bring(demo)

    ada_brings_it(ada, said)
    basil_returns_another(basil)
    entry_id = basil_approves_it(basil, said)
    ada_sees_what_was_said(ada, said)
    greta_is_told(greta, said)
    greta_reads_the_record(greta, said, entry_id)
    greta_finds_it_again(greta, said, entry_id)

    assert [watch.complaints() for watch in watches] == [[], [], []]


@SCRIPTS
def test_an_inventory_becomes_the_estate(browser: Browser, demo: Stack, *, scripts: bool) -> None:
    greta = signed_in(browser, demo, "greta", scripts=scripts)
    watch = Watch(greta, origin_of(demo))
    file = b"".join(inventory(SMALLEST))
    demo.children["worker"].send_signal(signal.SIGSTOP)  # until she has seen that it is under way
    into(greta, "Estate")
    before = counted(greta)
    greta.get_by_role("main").get_by_role("link", name="Send in an inventory").click()

    greta.get_by_label("Inventory").set_input_files(
        {"name": "inventory.csv", "mimeType": "text/csv", "buffer": file}
    )
    greta.get_by_role("button", name="Send it in").click()
    told(greta, "The inventory is in")
    expect(greta.get_by_role("link", name="Look again")).to_be_visible()
    demo.children["worker"].send_signal(signal.SIGCONT)
    ended = greta.get_by_role("link", name="Look at the estate")
    if scripts:
        greta.evaluate("window.stayed = true")
        expect(ended).to_be_visible()
        assert greta.evaluate("window.stayed")
    else:
        eventually(lambda: not looked_again(greta), what="the load's end")

    ended.click()
    eventually(lambda: not looked_again(greta), what="the estate's assessment")
    devices, models = counted(greta)
    assert 0.9 * file.count(b"\n") < devices < before[0]
    assert 0 < models < before[1]
    assert watch.complaints() == []


def counted(page: Page) -> tuple[int, int]:
    """The Devices and the Device Models of the estate that the page shows."""
    expect(heading(page)).to_have_text("Estate")
    text = page.get_by_role("main").inner_text()
    found = [
        re.search(rf"([\d,]+)\s+{words}", text) for words in ("Devices, from", "Device Models")
    ]
    devices, models = (int(match[1].replace(",", "")) for match in found if match)
    return devices, models


def looked_again(page: Page) -> bool:
    """Whether the page still said that it is not all yet, and was asked again."""
    expect(heading(page)).to_be_visible()
    again = page.get_by_role("link", name="Look again")
    if still_at_work := again.count() > 0:
        again.click()
    return still_at_work


def into(page: Page, place: str) -> None:
    """Go to a place of the navigation."""
    page.get_by_role("navigation", name="Menu").get_by_role("link", name=place, exact=True).click()


def rows(page: Page, region: str) -> Locator:
    """The rows of a table, without its head."""
    return page.get_by_role("region", name=region).locator("tbody").get_by_role("row")


def heading(page: Page) -> Locator:
    """What the page says it is."""
    return page.get_by_role("heading", level=1)


def ada_brings_it(page: Page, said: Claim) -> None:
    """First with two answers wrong, which are kept, and told beside the fields and above them."""
    into(page, "Submissions")
    page.get_by_role("main").get_by_role("button", name="Bring a release", exact=True).click()
    begin(page)
    task(page, "Firmware")
    page.get_by_label("Firmware version", exact=True).fill("123")
    page.get_by_role("button", name="Save and continue").click()
    summary = told(page, "Saved; to be mended")
    expect(summary.get_by_role("link", name=re.compile("^Firmware version: "))).to_be_visible()
    expect(summary.get_by_role("link", name=re.compile("^Manufacturer Image H"))).to_be_visible()
    version = page.get_by_label("Firmware version", exact=True)
    expect(version).to_have_value("123")
    expect(version).to_have_accessible_description(re.compile("8 hexadecimal digits.*123", re.S))

    page.get_by_role("link", name="The tasks").click()
    answer(page, said)
    expect(page.get_by_role("main")).to_contain_text("Nothing is to be mended")
    bring(page)
    told(page, "It was brought")
    expect(heading(page)).to_contain_text(said["firmware_version"])
    expect(page.get_by_role("main")).to_contain_text("it waits for a decision")


def basil_returns_another(page: Page) -> None:
    """The other one of Ada's goes back, for which a reason is needed."""
    page.get_by_role("link", name=re.compile("wait for a decision")).click()
    queue = rows(page, "Submissions").filter(has_text=WAITING.device_model)
    queue.get_by_role("link", name=WAITING.release.version).click()
    page.get_by_role("radio", name=re.compile("^Return it")).check()
    page.get_by_role("button", name="Decide").click()
    told(page, "Reason: ")
    page.get_by_label("Reason").fill("The notes name a customer.")
    page.get_by_role("button", name="Decide").click()
    told(page, "Returned.")
    expect(page.get_by_role("main")).to_contain_text("The notes name a customer.")


def basil_approves_it(page: Page, said: Claim) -> str:
    """Ada's is read beside the release before it, and published."""
    into(page, "Submissions")
    page.get_by_label("State").select_option("Submitted")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=said["firmware_version"]).click()
    facts = page.get_by_role("region", name="The facts")
    previous = said["predecessors"][0]
    expect(facts.get_by_role("columnheader", name=previous)).to_be_visible()
    expect(facts.get_by_role("row", name="Firmware version")).to_contain_text("Changed")
    expect(facts.get_by_role("row", name="GBCS version")).to_contain_text("Same")
    page.get_by_role("radio", name=re.compile("^Approve and publish now")).check()
    page.get_by_label("Reason").fill("In order.")
    page.get_by_role("button", name="Decide").click()
    published = re.search(r"CPL-\d{6}", told(page, "Published as CPL-").inner_text())
    assert published
    return published[0]


def ada_sees_what_was_said(page: Page, said: Claim) -> None:
    """Of both of hers."""
    page.reload()
    expect(heading(page)).to_contain_text("Published")
    expect(page.get_by_role("main")).to_contain_text("In order.")
    into(page, "Submissions")
    page.get_by_label("State").select_option("Returned")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name=said["firmware_version"])).to_have_count(0)
    queue = rows(page, "Submissions").filter(has_not_text="brought again")
    queue.get_by_role("link", name=WAITING.release.version).click()
    expect(page.get_by_role("main")).to_contain_text("The notes name a customer.")
    page.get_by_role("button", name="Mend and bring again").click()
    page.get_by_role("button", name="Begin to mend it").click()
    bring(page)
    told(page, "It was brought")


def greta_is_told(page: Page, said: Claim) -> None:
    """By a notice, and by an email to her Party's mailbox."""
    title = f"Firmware {said['firmware_version']} published for ESME {said['device_model']}"

    def hears() -> bool:
        page.goto("/notices")
        return page.get_by_role("link", name=title).count() == 1

    eventually(hears, what="the notice")
    eventually(lambda: page.goto("/outbox") and title in page.content(), what="the email")
    letters = page.get_by_role("article").filter(has_text=title)
    expect(letters.filter(has_text=LARGEST.mailbox("metering"))).to_have_count(1)
    into(page, "Notices")
    page.get_by_role("link", name=title).click()
    expect(heading(page)).to_contain_text(title)


def greta_reads_the_record(page: Page, said: Claim, entry_id: str) -> None:
    """From the notice: that it is the latest, its pathway, the contact, and her own Devices."""
    page.get_by_role("link", name=re.compile("^The record")).click()
    main = page.get_by_role("main")
    expect(heading(page)).to_contain_text(said["firmware_version"])
    expect(main).to_contain_text("The latest release of this Device Model.")
    expect(main.get_by_role("link", name=re.compile(said["predecessors"][0]))).to_be_visible()
    expect(main.get_by_role("link", name=METERS.mailbox("firmware"))).to_be_visible()
    expect(main).to_contain_text(entry_id)
    mine = page.get_by_role("region", name="Your Devices")
    expect(mine.get_by_role("link", name=re.compile(r"^[1-9][\d,]* eligible$"))).to_be_visible()
    expect(mine).to_contain_text("Why the others are not eligible")
    assert mine.get_by_role("listitem").count() > 2


def greta_finds_it_again(page: Page, said: Claim, entry_id: str) -> None:
    """By anything that she may have at hand."""
    into(page, "Firmware")
    image_hash = said["manufacturer_image_hash"]
    for words, found in (
        (said["firmware_version"], 1),
        (image_hash, 1),
        (f"0x{image_hash[:20].lower()}", 1),
        (entry_id, 1),
        (said["device_model"], 8),
    ):
        page.get_by_role("link", name="Show all").click()
        page.get_by_label("Search").fill(words)
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("status")).to_contain_text(re.compile(rf"^{found} "))
        assert rows(page, "Records").count() == found
        expect(page.get_by_role("link", name=entry_id)).to_be_visible()
