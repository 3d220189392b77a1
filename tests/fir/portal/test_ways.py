"""Every way to a release, from whatever a Device runs, in words and as a picture."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.eligibility.operations import assess_new_day, read_news
from fir.parties.permissions import Permission
from tests import make
from tests.fir.portal.people import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
PAGE = "/firmware/CPL-000005/ways"


@pytest.fixture
def supplier() -> Party:
    """A Supplier of a model whose CPL-000005 goes over CPL-000002 and CPL-000003, which both go
    over CPL-000001; from CPL-000004 no way leads anywhere."""
    supplier = make.party("big-light")
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    for number, over in ((2, [1]), (3, [1]), (4, [1]), (5, [2, 3])):
        named = [f"CPL-{one:06d}" for one in over]
        make.published(maker, administrator, number, predecessors=named)
    make.estate(
        supplier,
        *(make.device(n) for n in range(1, 4)),
        *(make.device(n, DeviceFirmwareVersion="00000003") for n in range(4, 10)),
        make.device(10, DeviceFirmwareVersion="00000005"),
    )
    return supplier


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def rows(page: str) -> dict[str, str]:
    """The table's rows by the entry that is installed."""
    body = page.partition("<tbody")[2].partition("</tbody>")[0]
    found = body.split("</tr>")[:-1]
    return {re.findall(r"CPL-\d+", row)[0]: re.sub(r"<[^>]+>", " ", row) for row in found}


def words(row: str) -> str:
    return " ".join(row.split()).replace(" ,", ",").replace(" :", ":")


def drawn(page: str) -> tuple[list[str], dict[str, str]]:
    """The classes of the picture's bows, and its boxes' counts of Devices by version."""
    picture = page.partition("<svg width")[2].partition("</svg>")[0]
    boxes = re.findall(r'<g class="fir-box.*?</g>', picture)
    counts = {
        re.findall(r">([0-9A-F]{8})<", box)[0]: "".join(
            re.findall(r'fir-box__devices"[^>]*>([0-9,]+)<', box)
        )
        for box in boxes
    }
    return re.findall(r'<path class="(fir-bow[^"]*)"', picture), counts


def test_each_way_is_told_with_the_supplier_s_own_devices(browser: Client) -> None:
    found = rows(text(browser.get(PAGE)))

    assert list(found) == ["CPL-000004", "CPL-000003", "CPL-000002", "CPL-000001"]
    first = words(found["CPL-000001"])
    assert " 3 In 2 steps. 00000002 (CPL-000002) 00000005 (CPL-000005)" in first
    assert "00000003 (CPL-000003), then 00000005 (CPL-000005)" in first
    assert "00000004 (CPL-000004): no way leads from there to this release" in first
    assert " 6 In one step. 00000005 (CPL-000005)" in words(found["CPL-000003"])
    assert " 0 No declared way leads there." in words(found["CPL-000004"])


def test_the_picture_counts_devices_and_marks_the_way_of_most(browser: Client) -> None:
    bows, counts = drawn(text(browser.get(PAGE)))

    assert counts == {
        "00000001": "3",
        "00000002": "",
        "00000003": "6",
        "00000004": "",
        "00000005": "1",
    }
    assert len(bows) == 5
    assert bows.count("fir-bow fir-bow--way") == 1  # six Devices go from CPL-000003


def test_another_way_is_marked_where_it_is_asked_for(browser: Client) -> None:
    page = text(browser.get(f"{PAGE}?from=CPL-000001"))

    bows, _ = drawn(page)
    assert bows.count("fir-bow fir-bow--way") == 2
    assert "The way from CPL-000001 is drawn thick." in page
    assert "In the picture." in words(rows(page)["CPL-000001"])


@pytest.mark.parametrize("named", ["CPL-000005", "CPL-777777", "x", "%00"])
def test_a_way_from_what_is_no_other_release_of_the_model_is_not_found(
    browser: Client, named: str
) -> None:
    assert browser.get(f"{PAGE}?from={named}").status_code == 404


@pytest.mark.parametrize("entry_id", ["CPL-777777", "x%20y"])
def test_there_are_no_ways_to_what_is_not_listed(browser: Client, entry_id: str) -> None:
    assert browser.get(f"/firmware/{entry_id}/ways").status_code == 404


def test_whoever_has_no_estate_reads_the_ways_without_counts(supplier: Party) -> None:
    network = signed_in(make.party("wires", "NETWORK_PARTY"))
    new = signed_in(make.party("new-power"))
    unprivileged = signed_in(supplier, [Permission.VIEW_RECORDS])

    for client in (network, new, unprivileged):
        page = text(client.get(PAGE))

        assert "Your Devices" not in page
        assert "of the ledger" not in page
        assert set(drawn(page)[1].values()) == {""}
        # Where nothing is counted, the longest way is marked.
        assert "The way from CPL-000001 is drawn thick." in page


def test_another_suppliers_devices_are_never_counted(supplier: Party) -> None:
    other = make.party("other")
    make.estate(other, make.device(50))

    assert drawn(text(signed_in(other).get(PAGE)))[1]["00000001"] == "1"
    assert drawn(text(signed_in(supplier).get(PAGE)))[1]["00000001"] == "3"


def test_a_way_over_what_was_removed_is_said_to_be_one(browser: Client) -> None:
    gone = [
        make.row(
            number,
            date_added=make.AT.date(),
            status="REMOVED",
            date_removed=make.AT.date(),
            removal_reason="Withdrawn.",
        )
        for number in (2, 3)
    ]
    make.listed(*gone)
    read_news(at=make.AT)

    first = words(rows(text(browser.get(PAGE)))["CPL-000001"])

    assert "The only way leads over what was removed or archived: ask for another." in first
    assert "00000002 (CPL-000002), which was removed" in first


def test_a_release_alone_of_its_model_says_so(browser: Client) -> None:
    make.listed(make.row(9, device_model="00010109"))

    page = text(browser.get("/firmware/CPL-000009/ways"))

    assert "There is no other release of this Device Model." in page


@pytest.mark.parametrize(
    "url", [PAGE, "/eligibility", "/eligibility?target=CPL-000005", "/firmware/CPL-000005"]
)
def test_a_page_looks_again_by_itself_and_says_when_something_newer_is_worked_out(
    supplier: Party, browser: Client, url: str
) -> None:
    assess_new_day(at=timezone.now())
    complete = text(browser.get(url))
    make.listed(make.row(9))
    waiting = text(browser.get(url))

    for page in (complete, waiting):
        assert "of the ledger, for load" in page
    assert 'hx-trigger="every 3s"' in complete
    assert 'hx-trigger="every 3s"' in waiting
    again = ("Something newer is being worked out", "Look again</a>")
    assert [(words in complete, words in waiting) for words in again] == [(False, True)] * 2


def test_htmx_gets_the_ways_alone(browser: Client) -> None:
    page = text(browser.get(PAGE, headers={"HX-Request": "true"}))

    assert page.startswith('<div id="results"')
    assert len(rows(page)) == 4
