"""The Central Products List in the portal: deep pages, as at a day, one entry, and the files."""

from __future__ import annotations

import html
import re
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cpl.models import CPLEntry, LoadConfirmation
from cpl.sheet import read_sheet
from fir.parties.operations import operator
from fir.records import list_files
from fir.records.list_files import WholeList
from fir.records.loading import confirm_loaded
from fir.records.reconciling import reconcile_list
from tests import make
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
REMOVED_ON = date(2021, 6, 1)
REMOVED = {"status": "REMOVED", "date_removed": REMOVED_ON, "removal_reason": "Withdrawn."}
FILES = ["/cpl.csv", "/cpl.xlsx"]
WRITTEN = [("/cpl.csv", "write_sheet"), ("/cpl.xlsx", "write_workbook")]


def ask(address: str, **more: Any) -> Any:
    """What a stranger is answered."""
    return Client(raise_request_exception=False).get(address, **more)


def listed_on(answer: Any) -> list[str]:
    """The entries that a page of the list shows, in order."""
    return re.findall(r'href="/cpl/([A-Z0-9-]+)"', answer.content.decode())


def link(answer: Any, relation: str) -> str:
    """The address of the page before or after this one; '' when there is none."""
    found = re.search(rf'href="([^"]*)" rel="{relation}"', answer.content.decode())
    return f"/cpl{html.unescape(found[1])}" if found else ""


def walk(address: str, relation: str) -> list[list[str]]:
    """The entries of every page from this address on."""
    pages = []
    while address:
        answer = ask(address)
        assert answer.status_code == 200
        pages.append(listed_on(answer))
        address = link(answer, relation)
    return pages


@pytest.fixture
def long_list() -> list[str]:
    """A hundred and twenty entries; their ids, newest first."""
    make.listed(*(make.row(n) for n in range(1, 121)))
    return [f"CPL-{n:06d}" for n in range(120, 0, -1)]


def test_the_links_lead_through_the_whole_list_and_back(long_list: list[str]) -> None:
    forth = walk("/cpl", "next")
    last = link(ask(link(ask("/cpl"), "next")), "next")

    back = walk(last, "prev")

    assert forth == [long_list[:50], long_list[50:100], long_list[100:]]
    assert back == [long_list[100:], long_list[50:100], long_list[:50]]


def test_what_arrives_meanwhile_moves_no_page(long_list: list[str]) -> None:
    second = link(ask("/cpl"), "next")
    make.listed(*(make.row(n) for n in (121, 122)))

    answer = ask(second)

    assert listed_on(answer) == long_list[50:100]
    assert "122 entries, 53 to 102" in text(answer)
    before = ask(link(answer, "prev"))
    assert listed_on(before) == long_list[:50]
    assert listed_on(ask(link(before, "prev"))) == ["CPL-000122", "CPL-000121"]


def test_any_page_costs_the_same_queries(long_list: list[str]) -> None:
    second = link(ask("/cpl"), "next")
    pages = ["/cpl", second, link(ask(second), "next"), link(ask(second), "prev")]
    costs = []
    for page in pages:
        with CaptureQueriesContext(connection) as held:
            ask(page)
        costs.append(sum("SAVEPOINT" not in query["sql"] for query in held.captured_queries))

    assert len(set(costs)) == 1
    assert costs[0] <= 5


def test_links_carry_the_filters_along(long_list: list[str]) -> None:
    first = ask("/cpl?device_type=ESME&q=cpl-&status=")

    assert link(first, "next").startswith("/cpl?device_type=ESME&q=cpl-&page=older-")
    assert listed_on(ask(link(first, "next"))) == long_list[50:100]


@pytest.mark.parametrize(
    "page", ["2", "two", "older-", "older-1x", "older-٣", "newer-999999", "older-0", "9" * 30]
)
def test_a_page_that_there_is_not_is_said_and_the_first_shown(
    long_list: list[str], page: str
) -> None:
    answer = ask("/cpl", data={"page": page})

    assert answer.status_code == 404
    assert "no such page. Here is the first." in text(answer)
    assert listed_on(answer) == long_list[:50]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("device_model=0x00ab", ["CPL-000002"]),
        ("firmware_version=00000001", ["CPL-000001"]),
        ("cpl_entry_id=cpl-000002", ["CPL-000002"]),
        ("added_from=02/01/2020", ["CPL-000002"]),
        ("added_to=2020-01-01", ["CPL-000001"]),
        (f"manufacturer_image_hash={make.image_hash(1)[:20].lower()}", ["CPL-000001"]),
        ("device_model=00ab&added_to=2020-01-01", []),
    ],
)
def test_further_filters_narrow_the_list_and_stay_in_sight(filters: str, found: list[str]) -> None:
    make.listed(make.row(1), make.row(2, device_model="00AB0102"))

    answer = ask(f"/cpl?{filters}")

    assert listed_on(answer) == found
    assert 'fir-filters__further" open' in answer.content.decode()
    assert 'fir-filters__further" open' not in ask("/cpl").content.decode()


@pytest.mark.parametrize(
    ("day", "status"),
    [("2021-05-31", "Current"), ("01/06/2021", "Removed")],
)
def test_the_list_stands_as_at_a_day(day: str, status: str) -> None:
    make.listed(make.row(1, **REMOVED))
    make.listed(make.row(1), make.row(2, date_added=REMOVED_ON))

    answer = ask(f"/cpl?as_at={day}")

    assert f"00000001 {status} 1 Jan 2020" in text(answer)
    assert "by its own dates as at" in text(answer)
    assert ("CPL-000002" in listed_on(answer)) == (status == "Removed")


def test_the_status_of_a_day_is_what_the_filter_asks_about() -> None:
    make.listed(make.row(1, **REMOVED), make.row(2))

    assert listed_on(ask("/cpl?as_at=2021-05-31&status=REMOVED")) == []
    assert listed_on(ask("/cpl?as_at=2021-06-01&status=REMOVED&q=CPL")) == ["CPL-000001"]


@pytest.mark.parametrize(
    ("filters", "said"),
    [
        ("as_at=2199-01-01", "As at: This day is still to come."),
        ("as_at=2021-02-30", "As at: ‘2021-02-30’ is not a date"),
        ("as_at=yesterday", "As at: ‘yesterday’ is not a date"),
        ("added_from=2021-01-02&added_to=2021-01-01", "Added to: This day is before the first."),
    ],
)
def test_a_day_that_will_not_do_is_said_in_the_page(filters: str, said: str) -> None:
    make.listed(make.row(1))

    answer = ask(f"/cpl?{filters}")

    assert said in errors(answer)
    assert listed_on(answer) == []


def test_an_entry_tells_its_history_what_was_corrected_and_why() -> None:
    make.listed(make.row(1))
    corrected = make.row(1, gbcs_version="4.1", **REMOVED)
    reasons = {"CPL-000001": "Misread from the certificate."}
    reconcile_list(rows=[corrected], by=operator(), at=make.AT, corrections=reasons)
    make.listed(make.row(1, gbcs_version="4.1"))

    page = text(ask("/cpl/CPL-000001"))

    assert "An entry was added to the Central Products List." in page
    told = "GBCS version: 4.1 instead of 4.2. Why: Misread from the certificate."
    assert told in page
    assert "Removed on 1 June 2021. Why: Withdrawn." in page
    assert "Relisted on 20 November 2026." in page
    assert "Removed 1 Jun 2021 Withdrawn." in page


def test_a_revision_tells_what_was_said_before() -> None:
    make.listed(make.row(1))
    make.listed(make.row(1, manufacturer_name="Finer Meters", dlms_certificate_id=""))

    page = text(ask("/cpl/CPL-000001"))

    assert "Manufacturer: Finer Meters instead of Fine Meters." in page
    assert "DLMS certificate: nothing instead of DLMS-1." in page


def test_an_entry_says_when_the_dcc_loaded_it_or_that_nobody_confirmed_it() -> None:
    make.listed(make.row(1))
    entry = CPLEntry.objects.get()
    before = text(ask("/cpl/CPL-000001"))
    LoadConfirmation.objects.create(
        entry=entry, loaded_on=date(2020, 1, 9), confirmed_at=make.AT, confirmed_by=entry.listed_by
    )

    assert "Published; not yet confirmed as loaded by the DCC" in before
    assert "Loaded by the DCC 9 Jan 2020" in text(ask("/cpl/CPL-000001"))


def test_an_entry_without_a_record_was_listed_before_the_repository() -> None:
    make.listed(make.row(1))
    make.published(make.actor(make.maker()), make.actor(make.administrator()), 2)

    assert (
        "Listed before the repository, or by a sheet beside it: it has no Firmware Record"
        in text(ask("/cpl/CPL-000001"))
    )
    assert "Listed before the repository" not in text(ask("/cpl/CPL-000002"))


def test_nobody_reads_in_the_list_what_the_ledger_tells_record_readers_alone() -> None:
    make.published(make.actor(make.maker()), make.actor(make.administrator()), 1)

    page = text(signed_in(make.party("wires", "NETWORK_PARTY")).get("/cpl/CPL-000001"))

    assert "An entry was added" in page
    assert "A firmware release was published" not in page


def test_what_stands_beside_an_entry_leads_on_to_all_of_it(long_list: list[str]) -> None:
    make.listed(make.row(121, device_model="00010102"))

    answer = ask("/cpl/CPL-000001")

    ways = re.findall(r'href="/cpl\?([^"]+)">All of them', answer.content.decode())
    assert list(map(html.unescape, ways)) == [
        f"device_type=ESME&manufacturer={make.MAKER}&device_model=00010101"
    ]
    assert listed_on(answer) == [*long_list[:20], "CPL-000121"]
    assert "Other hardware of its family" in text(answer)


def test_findings_are_told_with_what_to_do_and_why_one_was_waived() -> None:
    waiver = SimpleNamespace(reason="Checked with the lab.", decided_at=make.AT)
    finding = {
        "sentence": "A hash is given.",
        "reference": "SEC Appendix Z",
        "particulars": "None.",
    }
    found = [
        SimpleNamespace(**finding, severity="MUST_FIX", waiver=None),
        SimpleNamespace(**finding, severity="WAIVABLE", waiver=None),
        SimpleNamespace(**finding, severity="WAIVABLE", waiver=waiver),
    ]

    told = render_to_string("portal/listed/_findings.html", {"findings": found})

    tags = re.findall(r'govuk-tag--\w+">([^<]+)<', told)
    assert tags == ["Must be fixed", "May be waived", "Waived"]
    assert "Waived on 20 November 2026: Checked with the lab." in told
    assert told.count('None. <span class="fir-unsaid">The rule: A hash is given. SEC') == 3
    assert not render_to_string("portal/listed/_findings.html", {"findings": []}).strip()


@pytest.mark.parametrize("address", FILES)
def test_a_file_is_read_back_as_the_list(address: str) -> None:
    rows = [make.row(1, manufacturer_name="@Meters"), make.row(2, **REMOVED), make.row(3)]
    make.listed(*rows)

    answer = ask(address)

    name = r'attachment; filename="cpl-\d{4}-\d\d-\d\d\.(csv|xlsx)"'
    assert re.fullmatch(name, answer["Content-Disposition"])
    assert read_sheet(answer.content).rows == tuple(rows)
    outcome = reconcile_list(rows=read_sheet(answer.content).rows, by=operator(), at=make.AT)
    assert {name: count for name, count in outcome.counts().items() if count} == {"unchanged": 3}


@pytest.mark.parametrize("address", FILES)
def test_who_has_a_file_is_sent_it_again_only_when_the_list_changed(address: str) -> None:
    make.listed(make.row(1))
    first = ask(address)
    known = {"if-none-match": first["ETag"]}

    again = ask(address, headers=known)
    make.listed(make.row(2))
    changed = ask(address, headers=known)

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"] != changed["ETag"]
    assert first["Cache-Control"] == again["Cache-Control"] == "public, no-cache"
    assert changed.status_code == 200
    assert changed.content != first.content


def test_the_workbook_is_made_once_for_each_state_of_the_list() -> None:
    make.listed(make.row(1))

    with patch("fir.records.list_files.write_workbook", side_effect=[b"one", b"two"]) as written:
        answers = [ask("/cpl.xlsx").content, ask("/api/v1/cpl.xlsx").content]
        make.listed(make.row(2))
        answers.append(ask("/cpl.xlsx").content)

    assert answers == [b"one", b"one", b"two"]
    assert written.call_count == 2


@pytest.mark.parametrize("address", FILES)
def test_what_does_not_touch_the_list_makes_no_file_anew(address: str) -> None:
    make.listed(make.row(1))
    first = ask(address)
    confirm_loaded(
        cpl_entry_ids=["CPL-000001"], loaded_on=make.AT.date(), by=operator(), at=make.AT
    )

    again = ask(address, headers={"if-none-match": first["ETag"]})

    assert again.status_code == 304


def while_made(name: str, address: str, ask_meanwhile: Callable[[], Any]) -> tuple[Any, Any]:
    """The answer to whoever asks for a file, and that to whoever asks while it is being made, by
    the function of this name."""
    meanwhile = []
    made = getattr(list_files, name)

    def make_slowly(*args: Any) -> Any:
        with patch.object(list_files, name, made):
            meanwhile.append(ask_meanwhile())
        return made(*args)

    with patch.object(list_files, name, make_slowly):
        return ask(address), meanwhile[0]


@pytest.fixture
def nothing_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process in which nobody has asked for a file."""
    whole_sheet, whole_workbook = WholeList(list_files._sheet), WholeList(list_files._workbook)
    monkeypatch.setattr(list_files, "_whole_sheet", whole_sheet)
    monkeypatch.setattr(list_files, "_whole_workbook", whole_workbook)


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize(("address", "written"), WRITTEN)
@pytest.mark.parametrize("door", ["", "/api/v1"])
def test_while_a_file_is_made_anew_the_one_before_is_had_under_its_own_etag(
    address: str, written: str, door: str
) -> None:
    make.listed(make.row(1))
    first = ask(door + address)
    make.listed(make.row(2))
    known = {"if-none-match": first["ETag"]}

    last, meanwhile = while_made(written, address, lambda: ask(door + address))
    make.listed(make.row(3))
    _, unchanged = while_made(
        written, address, lambda: ask(door + address, headers={"if-none-match": meanwhile["ETag"]})
    )

    assert meanwhile.status_code == 200
    assert (meanwhile["ETag"], meanwhile.content) == (first["ETag"], first.content)
    assert len(read_sheet(last.content).rows) == 2
    assert unchanged.status_code == 200  # of the state that was made last
    assert len(read_sheet(unchanged.content).rows) == 2
    assert ask(door + address, headers=known).status_code == 200


@pytest.mark.usefixtures("nothing_made")
def test_whoever_has_the_file_that_is_to_be_had_is_not_sent_it_again() -> None:
    make.listed(make.row(1))
    known = {"if-none-match": ask("/cpl.csv")["ETag"]}
    make.listed(make.row(2))

    _, meanwhile = while_made("write_sheet", "/cpl.csv", lambda: ask("/cpl.csv", headers=known))

    assert (meanwhile.status_code, meanwhile.content) == (304, b"")


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize(
    ("address", "written"), [*WRITTEN, ("/cpl.csv?status=CURRENT", "write_sheet")]
)
def test_while_there_is_no_file_yet_it_is_said_in_words(address: str, written: str) -> None:
    make.listed(make.row(1))

    first, page = while_made(written, address, lambda: ask(address))

    assert first.status_code == 200
    assert page.status_code == 503
    assert int(page["Retry-After"])
    assert "ETag" not in page
    assert "Ask again in a few seconds" in text(page)
    assert f'href="{address}"' in page.content.decode()


@pytest.mark.usefixtures("nothing_made")
@pytest.mark.parametrize(
    ("address", "written"), [*WRITTEN, ("/cpl.csv?status=CURRENT", "write_sheet")]
)
def test_while_there_is_no_file_yet_systems_are_told_when_to_ask(
    address: str, written: str
) -> None:
    make.listed(make.row(1))

    _, answer = while_made(written, address, lambda: ask(f"/api/v1{address}"))

    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:fir:problem:FileInTheMaking"
    assert int(answer["Retry-After"])
    assert ask(f"/api/v1{address}").status_code == 200


def test_a_part_that_is_asked_for_again_costs_nothing() -> None:
    make.listed(make.row(1))

    with patch.object(list_files, "write_sheet", return_value="once") as written:
        answers = [ask(f"{door}/cpl.csv?status=CURRENT").content for door in ("", "/api/v1")]

    assert answers == [b"once"] * 2
    assert written.call_count == 1


def test_the_csv_file_holds_what_the_list_shows() -> None:
    make.listed(make.row(1, **REMOVED), make.row(2), make.row(3, device_model="00AB0102"))
    page = ask("/cpl?device_model=0001&as_at=2021-05-31")
    way = re.search(r'href="(/cpl\.csv[^"]*)"', page.content.decode())
    assert way

    rows = read_sheet(ask(html.unescape(way[1])).content).rows

    assert [(row.cpl_entry_id, row.status) for row in rows] == [
        ("CPL-000001", "CURRENT"),
        ("CPL-000002", "CURRENT"),
    ]


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/cpl.csv?colour=red", "There is no filter ‘colour’."),
        ("/cpl.csv?page=older-7", "There is no filter ‘page’."),
        ("/cpl.csv?device_type=TOASTER", "Device Type: Select a valid choice."),
        ("/cpl.csv?as_at=2199-01-01", "As at: This day is still to come."),
        ("/cpl.csv?q=a%00b", "Search: This holds a control"),
        ("/cpl.xlsx?status=REMOVED", "The workbook is always the whole list."),
    ],
)
def test_a_file_that_cannot_be_had_so_is_answered_by_the_list_saying_why(
    address: str, said: str
) -> None:
    make.listed(make.row(1))

    answer = ask(address)

    assert answer.status_code == 422
    assert said in errors(answer)
    assert 'action="/cpl"' in answer.content.decode()
    assert "Content-Disposition" not in answer
