"""Greta fetches what her own tools take, and checks Devices that FIR does not keep."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from fir.management.demo.homes import inventory
from fir.management.demo.parties import SMALLEST
from tests.browser.acts import origin_of, signed_in
from tests.browser.look import Watch
from tests.fir.duis.requests_read import read

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Download, Page

    from tests.stack import Stack

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
AS_SHEET = "As a CSV file with every Device"


@SCRIPTS
def test_what_her_tools_take_is_fetched(browser: Browser, demo: Stack, *, scripts: bool) -> None:
    greta = signed_in(browser, demo, "greta", scripts=scripts)
    watch = Watch(greta, origin_of(demo))
    greta.goto("/eligibility")
    greta.get_by_role("main").get_by_role("link", name=re.compile("eligible$")).first.click()
    greta.get_by_role("link", name="Lists of the eligible Devices").click()
    heading = greta.get_by_role("heading", level=1).inner_text()
    said = int(re.sub(r"\D", "", heading))

    ids = fetched(greta, "Device IDs as CSV").read_text().split()[1:]
    with ZipFile(fetched(greta, "Batches as ZIP")) as held:
        batches = [held.read(name) for name in held.namelist() if name.endswith(".csv")]
    with ZipFile(fetched(greta, "Request bodies as ZIP")) as held:
        manifest = json.loads(held.read("manifest.json"))
        requests = [read(held.read(name)) for name in held.namelist() if name.endswith(".xml")]

    assert len(ids) == said > 0
    assert sorted(one for text in batches for one in text.decode().split()[1:]) == sorted(ids)
    named = [text for one in requests for name, text in one.holds if name == "DeviceIDList"]
    assert sorted(named) == sorted(ids)
    assert manifest["devices"] == said
    assert watch.complaints() == []


def fetched(page: Page, link: str) -> Path:
    """The file that a link leads to."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link).click()
    return whole(download.value)


def whole(download: Download) -> Path:
    assert download.failure() is None
    return download.path()


def test_the_lists_of_one_supplier_are_no_others(browser: Browser, demo: Stack) -> None:
    greta, boris = (signed_in(browser, demo, name) for name in ("greta", "boris"))
    greta.goto("/eligibility")
    greta.get_by_text("what next", exact=False).first.click()
    link = greta.get_by_role("link", name=re.compile("^Lists of th(is|ese) Device")).nth(1)
    address = link.get_attribute("href")
    assert address
    assert "finding=" in address

    answers = [page.goto(address) for page in (greta, boris)]

    assert [answer and answer.status for answer in answers] == [200, 404]


@SCRIPTS
def test_devices_are_checked(browser: Browser, demo: Stack, *, scripts: bool) -> None:
    greta = signed_in(browser, demo, "greta", scripts=scripts)
    watch = Watch(greta, origin_of(demo))
    file = b"".join(inventory(SMALLEST))
    lines = file.decode().splitlines()[:21]
    greta.goto("/eligibility")
    greta.get_by_role("link", name="Check Devices without keeping them").click()

    greta.get_by_label("Devices, a line each").fill("\n".join(lines))
    greta.get_by_role("button", name="Check what is pasted").click()
    expect(greta.get_by_role("heading", name="What holds for 20 Devices")).to_be_visible()
    greta.get_by_label(AS_SHEET).last.check()
    greta.get_by_label("File with the Devices").set_input_files(
        {"name": "devices.csv", "mimeType": "text/csv", "buffer": file}
    )
    with greta.expect_download() as download:
        greta.get_by_role("button", name="Check the file").click()

    answers = whole(download.value).read_text().splitlines()
    assert answers[0].startswith("Line,DeviceID,Outcome,")
    assert len(answers) == file.count(b"\n")
    assert watch.complaints() == []
