"""A release is brought task by task, with and without JavaScript: the pathway's picture, the image
that is read, and how every one of its pages looks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from fir.management.demo.submissions import TO_BRING
from fir.portal.pathway_answers import OVER_NONE
from tests.browser.acts import origin_of, signed_in, told
from tests.browser.look import Watch, faults_of
from tests.browser.releases import begin, bring, task
from tests.cpl.ota_image.ota_file import File

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
MODEL = f"{TO_BRING.family.device_type} {TO_BRING.family.maker} {TO_BRING.device_model}"
IMAGE = File(
    maker=int(TO_BRING.family.maker, 16),
    firmware=int(TO_BRING.release.version, 16),
    hardware=(0x0000, 0xFFFF),
).written()
PAGES = ("Device", "Firmware", "Pathway", "Assurance", "Notes", "Contact", "Check and bring")


@SCRIPTS
def test_a_known_models_release_is_read_from_its_image_and_brought(
    browser: Browser, demo: Stack, *, scripts: bool
) -> None:
    ada = signed_in(browser, demo, "ada", scripts=scripts)
    watch = Watch(ada, origin_of(demo))
    begin(ada, device=MODEL)

    read_the_image(ada)
    choose_what_it_goes_over(ada, scripts=scripts)
    bring(ada)

    told(ada, "It was brought")
    expect(ada.get_by_role("heading", level=1)).to_contain_text(TO_BRING.release.version)
    assert watch.complaints() == []


def read_the_image(page: Page) -> None:
    """Version, hash, size and hardware are filled in from it."""
    task(page, "Firmware")
    page.get_by_role("link", name="Read these out of the image file").click()
    page.get_by_label("OTA Upgrade Image").set_input_files(
        {"name": "image.ota", "mimeType": "application/octet-stream", "buffer": IMAGE}
    )
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("status")).to_contain_text(
        f"Firmware version: {TO_BRING.release.version}"
    )
    page.get_by_role("link", name="Go on with the firmware").click()
    expect(page.get_by_label("Firmware version", exact=True)).to_have_value(
        TO_BRING.release.version
    )
    page.get_by_role("button", name="Save and continue").click()


def choose_what_it_goes_over(page: Page, *, scripts: bool) -> None:
    """The picture follows the boxes at once, or when it is asked for; nothing else moves."""
    task(page, "Pathway")
    text = page.get_by_role("region", name="How listed versions come to it")
    left = stranded(page)
    expect(page.locator(".fir-box--stranded").first).to_be_visible()
    none = page.get_by_role("checkbox", name=OVER_NONE[1], exact=True)
    none.check()
    if scripts:
        expect(page.get_by_role("checkbox", checked=True)).to_have_count(1)
    else:
        ticked = page.locator("input[name=predecessors]:checked:not([value='N/A'])")
        while ticked.count():
            ticked.first.uncheck()
        page.get_by_role("button", name="Show the picture").click()
    expect(text).to_contain_text("It may be installed over none.")
    assert stranded(page) > left
    none.uncheck()
    for box in page.get_by_role("checkbox").all()[:-1]:
        box.check()
    page.get_by_role("button", name="Show the picture").click()
    expect(text).to_contain_text("Every listed version of the Device Model can reach this one.")
    expect(page.locator(".fir-box--stranded")).to_have_count(0)
    page.get_by_role("button", name="Save and continue").click()


def stranded(page: Page) -> int:
    """How many versions the page says cannot reach the release."""
    found = re.search(
        r"(\d+) listed versions? cannot reach", page.locator("#picture").text_content() or ""
    )
    assert found
    return int(found[1])


def test_every_page_of_a_draft_is_in_order(browser: Browser, demo: Stack) -> None:
    ada = signed_in(browser, demo, "ada")
    watch = Watch(ada, origin_of(demo))
    begin(ada, device=MODEL)
    tasks = ada.url
    faults = []

    for page in PAGES:
        ada.goto(tasks)
        task(ada, page)
        faults += [f"{page}: {fault}" for fault in faults_of(ada)]
        save = ada.get_by_role("button", name="Save and continue")
        if page in ("Device", "Firmware"):
            ada.get_by_label(re.compile("^(Device Model|Firmware version)$")).fill("zz")
            save.click()
            told(ada, "Saved; to be mended")
            faults += [f"{page}, to be mended: {fault}" for fault in faults_of(ada)]
    for path in ("", "/image", "/picture", "/drop"):
        ada.goto(f"{tasks}{path}")
        faults += [f"{path}: {fault}" for fault in faults_of(ada)]

    assert faults == []
    assert watch.complaints() == []


def test_two_people_see_each_others_answers(browser: Browser, demo: Stack) -> None:
    ada = signed_in(browser, demo, "ada")
    begin(ada, device=MODEL)
    task(ada, "Notes")
    again = ada.context.new_page()
    again.goto(ada.url)
    notes = "Release notes (optional)"
    ada.get_by_label(notes).fill("First.")
    ada.get_by_role("button", name="Save and continue").click()
    again.get_by_label(notes).fill("Second.")
    again.get_by_role("button", name="Save and continue").click()

    told(again, "Somebody else changed these answers meanwhile")
    expect(again.get_by_role("main")).to_contain_text("Somebody else wrote: First.")
    expect(again.get_by_label(notes)).to_have_value("Second.")
    assert faults_of(again) == []
