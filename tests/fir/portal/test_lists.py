"""The Central Products List and the records as people browse and search them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from fir.eligibility.operations import read_news
from fir.portal.forms.filters import TOO_LONG, UNPRINTABLE
from tests import make
from tests.fir.portal.people import signed_in
from tests.fir.portal.test_submissions import text

if TYPE_CHECKING:
    from cpl.sheet.row import SheetRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows() -> list[SheetRow]:
    found = [make.row(1), make.row(2, device_type="GSME", device_model="00AB0102")]
    make.listed(*found)
    return found


def results(address: str) -> str:
    """The results of a search, as htmx asks for them."""
    answer = Client().get(address, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    return text(answer)


def test_a_stranger_reads_the_list_and_one_entry(rows: list[SheetRow]) -> None:
    stranger = Client()

    assert rows[0].cpl_entry_id in text(stranger.get("/cpl"))
    page = text(stranger.get(f"/cpl/{rows[0].cpl_entry_id}"))
    assert rows[0].firmware_version in page
    assert "/firmware/" not in page  # the record is for Parties


@pytest.mark.parametrize(
    "searched",
    ["CPL-000002", "cpl-000002", "00AB0102", "0x00ab0102", " 00ab ", "00000002", "{hash}"],
)
def test_searching_finds_by_id_model_version_and_hash(rows: list[SheetRow], searched: str) -> None:
    found = results(f"/cpl?q={searched.format(hash=rows[1].manufacturer_image_hash.lower())}")

    assert "CPL-000002" in found
    assert "CPL-000001" not in found


def test_filters_narrow_the_list(rows: list[SheetRow]) -> None:
    assert "CPL-000001" not in results("/cpl?device_type=GSME")
    assert "CPL-000002" in results(f"/cpl?manufacturer={make.MAKER}&device_type=GSME")
    assert "Nothing fits" in results("/cpl?status=REMOVED")


def test_htmx_gets_the_results_alone_and_a_browser_the_page(rows: list[SheetRow]) -> None:
    assert "<html" not in results("/cpl")
    assert "<html" in text(Client().get("/cpl"))


@pytest.mark.parametrize(
    ("searched", "sentence"),
    [("a%00b", UNPRINTABLE), ("a%1Bb", UNPRINTABLE), ("a" * 10_000, TOO_LONG)],
)
def test_what_cannot_be_searched_for_is_said_in_the_page(searched: str, sentence: str) -> None:
    answer = Client(raise_request_exception=False).get(f"/cpl?q={searched}")

    assert sentence in text(answer)


def test_a_filter_that_there_is_not_is_said_in_the_page(rows: list[SheetRow]) -> None:
    page = text(Client().get("/cpl?device_type=TOASTER"))

    assert "There is something to mend" in page


@pytest.mark.parametrize("page", ["0", "2", "99999999999999", "0000000000002", "-1", "two", "٣"])
def test_a_page_that_there_is_not_is_said_and_the_first_shown(page: str) -> None:
    make.submitted(make.actor(make.maker()))
    browser = signed_in(make.administrator())

    answer = browser.get(f"/submissions?page={page}")

    assert answer.status_code == 404
    assert "this list has 1" in text(answer)
    assert "00000009" in text(answer)


def test_pages_carry_the_filters_along() -> None:
    make.listed(*(make.row(n) for n in range(1, 62)))
    browser = signed_in(make.party("wires", "NETWORK_PARTY"))

    first = text(browser.get("/firmware?device_type=ESME"))
    (older,) = re.findall(
        r'href="(\?device_type=ESME&page=older-[0-9]+)"', first.replace("&amp;", "&")
    )
    second = text(browser.get(f"/firmware{older}"))

    assert "CPL-000061" in first
    assert "CPL-000001" in second


def test_a_record_says_its_place_its_pathway_and_whom_to_ask() -> None:
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.listed(make.row(1))
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    browser = signed_in(make.party("wires", "NETWORK_PARTY"))

    newest, oldest = (text(browser.get(f"/firmware/CPL-00000{n}")) for n in (2, 1))

    assert "The latest release of this Device Model." in newest
    assert 'href="/firmware/CPL-000001"' in newest
    assert "has given no contact" in newest
    assert "Not the latest" in oldest
    assert "Nobody has declared it" in oldest
    assert "Your Devices" not in newest


def test_a_supplier_reads_how_its_own_devices_stand() -> None:
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    supplier = make.party("big-light")
    make.listed(make.row(1))
    make.estate(supplier, make.device(1), make.device(2, DeviceStatus="Decommissioned"))
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    read_news(at=make.AT)

    page = text(signed_in(supplier).get("/firmware/CPL-000002"))

    assert "Of your 2 Devices of this Device Model" in page
    assert "<strong>1</strong> eligible" in page
    assert "<strong>1</strong>: The device&#x27;s status" in page


def test_a_maker_does_not_see_anothers_record(rows: list[SheetRow]) -> None:
    browser = signed_in(make.maker("other-meters", "F1A2"))

    answer = browser.get("/firmware/CPL-000001")

    assert answer.status_code == 404
    assert "not yours to see" in text(answer)


@pytest.mark.parametrize("address", ["/cpl?q=a%00b", "/cpl?device_type=TOASTER"])
def test_htmx_is_told_too_what_is_to_be_mended_and_gets_no_other_list(
    rows: list[SheetRow], address: str
) -> None:
    found = results(address)

    assert "There is something to mend" in found
    assert "CPL-000001" not in found
    assert "Nothing was searched for." in found
