"""Keeping the list right: what waits, what was found, and which entries the DCC loaded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import html

from cpl.models import ListedEntry
from fir.ledger.models import LedgerEvent
from fir.parties.permissions import Permission
from fir.portal.forms.keeping import NOTHING_NAMED
from fir.portal.kept import WELCOME_BACK
from fir.records.models import QualityFinding
from fir.records.quality import assess_list
from tests import make
from tests.fir.portal.people import browser_of, signed_in
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from cpl.sheet.row import SheetRow
    from fir.parties.models import User

P = Permission
LOADED = "/list/loaded"
NOT_LOADED = "/list/loaded/taken-back"
pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper() -> Client:
    return signed_in(make.administrator())


@pytest.fixture
def dcc() -> User:
    return make.person(make.party("dcc", "DCC"))


def odd_rows(number: int = 2) -> list[SheetRow]:
    """Entries that each name a version of GBCS that the catalogue does not hold."""
    return [make.row(n, gbcs_version="9.9") for n in range(1, number + 1)]


def listed_and_judged(*rows: SheetRow) -> None:
    make.listed(*rows)
    assess_list(at=make.AT)


def loaded_on() -> dict[str, date | None]:
    return dict(ListedEntry.objects.values_list("cpl_entry_id", "loaded_on"))


def figures(answer: Any) -> list[str]:
    found = html.fromstring(answer.content).xpath("//li[@class='fir-figure']")
    return [" ".join(one.text_content().split()) for one in found]


def test_what_waits_is_counted_with_ways_to_it(keeper: Client) -> None:
    listed_and_judged(*odd_rows(3), make.row(4, cpa_renewal_date=date(2020, 1, 1)))
    keeper.post("/cpl/CPL-000001/remove", {"reason": "Withdrawn."})

    answer = keeper.get("/list")

    assert figures(answer) == [
        "0 sheets wait to be applied",
        "1 proposal waits for a second person",
        "1 finding must be fixed",
        "3 findings may be fixed or waived",
        "0 findings are waived",
        "4 Current entries are not confirmed as loaded by the DCC",
        "25 assumptions stand in the catalogue",
    ]
    assert "20 November 2026, 09:00: 4 entries" in text(answer)
    for link in html.fromstring(answer.content).xpath("//main//a/@href"):
        assert keeper.get(link).status_code == 200, link


def test_the_dcc_sees_what_it_may_do_alone(dcc: User) -> None:
    listed_and_judged(*odd_rows(1))

    answer = browser_of(dcc).get("/list")

    assert figures(answer) == ["1 Current entry is not confirmed as loaded by the DCC"]
    assert "Bring a sheet" not in text(answer)


def test_the_place_is_offered_and_current_below_it(keeper: Client) -> None:
    def current(address: str) -> list[str]:
        page = html.fromstring(keeper.get(address).content)
        return [link.text_content().strip() for link in page.xpath("//nav//a[@aria-current]")]

    assert current("/list") == ["Keeping the list"]
    assert current("/list/findings") == ["Keeping the list"]
    assert current("/catalogue") == ["Products List"]
    assert "Keeping the list" not in text(signed_in(make.party()).get("/about"))


def test_a_list_that_was_never_judged_says_so(keeper: Client) -> None:
    make.listed(make.row(1))

    assert "have not judged the list yet" in text(keeper.get("/list"))


def test_findings_are_counted_by_rule(keeper: Client) -> None:
    listed_and_judged(*odd_rows(2))

    page = html.fromstring(keeper.get("/list/findings").content)

    (row,) = page.xpath("//tr[.//a[contains(@href, 'GBCS_UNKNOWN')]]")
    assert " ".join(row.text_content().split()).endswith("May be waived 2 0")
    assert "CPL-000001" not in page.text_content()


def test_the_findings_of_a_rule_stand_under_its_sentence(keeper: Client) -> None:
    listed_and_judged(*odd_rows(2))

    answer = keeper.get("/list/findings?rule=GBCS_UNKNOWN")

    shown, page = text(answer), html.fromstring(answer.content)
    assert page.xpath("string(//main//h2)") == (
        "The GBCS version is one that the catalogue of specifications holds."
    )
    assert page.xpath("//main//td//a/@href | //main//th//a/@href") == [
        "/cpl/CPL-000002",
        "/cpl/CPL-000001",
    ]
    finding = QualityFinding.objects.get(entry__cpl_entry_id="CPL-000001")
    assert finding.particulars in shown
    assert "00000002" in shown


def test_findings_are_narrowed_by_weight_and_waiver(keeper: Client) -> None:
    listed_and_judged(*odd_rows(2), make.row(3, cpa_renewal_date=date(2020, 1, 1)))
    asked = "/list/findings?"

    assert "1 finding " in text(keeper.get(f"{asked}severity=MUST_FIX"))
    assert "2 findings" in text(keeper.get(f"{asked}severity=WAIVABLE"))
    assert "3 findings" in text(keeper.get(f"{asked}waived=open"))
    assert "Nothing fits" in text(keeper.get(f"{asked}waived=waived"))
    assert "Nothing fits" in text(keeper.get(f"{asked}rule=TWO_HASHES"))


def test_a_rule_that_there_is_not_is_said_in_the_page(keeper: Client) -> None:
    answer = keeper.get("/list/findings?rule=TOASTER")

    assert answer.status_code == 200
    assert "TOASTER" in errors(answer)


def test_findings_are_paged_at_the_same_cost(keeper: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as held:
            assert keeper.get("/list/findings?rule=GBCS_UNKNOWN").status_code == 200
        return len(held)

    listed_and_judged(*odd_rows(1))
    of_one = cost()
    listed_and_judged(*odd_rows(60))

    assert cost() == of_one <= 12
    first = keeper.get("/list/findings?rule=GBCS_UNKNOWN")
    (older,) = html.fromstring(first.content).xpath("//a[@rel='next']/@href")
    second = text(keeper.get(f"/list/findings{older}"))
    assert "60 findings, 51 to 60" in second
    assert "CPL-000001" in second


def test_htmx_gets_the_findings_alone(keeper: Client) -> None:
    listed_and_judged(*odd_rows(1))

    answer = keeper.get("/list/findings?waived=open", headers={"HX-Request": "true"})

    assert b"<html" not in answer.content
    assert b"CPL-000001" in answer.content


def test_ticked_entries_are_recorded_as_loaded(dcc: User) -> None:
    make.listed(*(make.row(n) for n in range(1, 4)))
    browser = browser_of(dcc)

    answer = browser.post(
        LOADED, {"loaded_on": "03/05/2024", "entries": ["CPL-000001", "CPL-000003"]}, follow=True
    )

    day = date(2024, 5, 3)
    assert loaded_on() == {"CPL-000001": day, "CPL-000002": None, "CPL-000003": day}
    assert "2 entries were recorded as loaded by the DCC on 3 May 2024." in text(answer)
    assert "1 Current entry is not confirmed" in text(answer)
    event = LedgerEvent.objects.filter(kind="CPL_LOAD_CONFIRMED").last()
    assert event is not None
    assert event.by_actor == dcc.actor_id


def test_ids_are_read_as_people_paste_them(dcc: User) -> None:
    make.listed(*(make.row(n) for n in range(1, 6)))

    browser_of(dcc).post(
        LOADED,
        {"loaded_on": "2024-05-03", "ids": "cpl-000001, CPL-000002\r\nCPL-000004;CPL-000001"},
    )

    assert [entry for entry, day in loaded_on().items() if day is None] == [
        "CPL-000003",
        "CPL-000005",
    ]


def test_all_that_were_added_by_a_day_are_recorded(dcc: User) -> None:
    make.listed(*(make.row(n) for n in range(1, 4)), make.row(4, date_added=date(2024, 1, 1)))

    browser_of(dcc).post(LOADED, {"loaded_on": "2024-05-03", "added_by": "2020-01-02"})

    assert [entry for entry, day in loaded_on().items() if day is None] == [
        "CPL-000003",
        "CPL-000004",
    ]


def test_twenty_thousand_ids_can_be_written() -> None:
    ids = "\r\n".join(f"CPL-{n:06d}" for n in range(1, 20_001))
    make.listed(make.row(1))
    browser = signed_in(make.party("dcc", "DCC"))

    answer = browser.post(LOADED, {"loaded_on": "2024-05-03", "ids": ids})

    assert answer.status_code == 422
    assert "CPL-000021 and 19979 more" in errors(answer)
    assert loaded_on() == {"CPL-000001": None}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Loaded by the DCC on: Give the day on which the DCC loaded them."),
        ({"loaded_on": "2024-05-03"}, NOTHING_NAMED),
        ({"ids": "CPL-000001"}, "Give the day on which the DCC loaded them."),
        ({"loaded_on": "May 2024", "ids": "CPL-000001"}, "‘May 2024’ is not a date"),
        ({"loaded_on": "2024-05-03", "ids": "CPL_1 x"}, "‘CPL_1’ is not a CPL Entry ID"),
        ({"loaded_on": "2024-05-03", "ids": "CPL-000001 CPL-9"}, "No entries of the list: CPL-9."),
        ({"loaded_on": "2024-05-03", "entries": ["CPL-9"]}, "No entries of the list: CPL-9."),
        ({"loaded_on": "2019-05-03", "ids": "CPL-000001"}, "the list did not have CPL-000001 yet"),
        ({"loaded_on": "2199-05-03", "ids": "CPL-000001"}, "2199-05-03 is still to come"),
        ({"loaded_on": "2024-05-03", "added_by": "2019-01-01"}, "No entry that was added by then"),
    ],
)
def test_what_cannot_be_recorded_is_said_and_nothing_is_lost(
    dcc: User, said: dict[str, Any], sentence: str
) -> None:
    make.listed(make.row(1))

    answer = browser_of(dcc).post(LOADED, said)

    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert loaded_on() == {"CPL-000001": None}
    (form,) = html.fromstring(answer.content).xpath("//form[.//textarea]")
    for name in ("loaded_on", "ids", "added_by"):
        assert (form.fields[name] or "").strip() == said.get(name, "")


def test_many_ids_that_cannot_be_read_are_counted(dcc: User) -> None:
    answer = browser_of(dcc).post(
        LOADED, {"loaded_on": "2024-05-03", "ids": " ".join(f"CPL_{n}" for n in range(9))}
    )

    assert "‘CPL_4’" in errors(answer)
    assert "‘CPL_5’" not in errors(answer)
    assert "4 more cannot be read either." in errors(answer)


def test_a_tick_outlasts_an_error(dcc: User) -> None:
    make.listed(make.row(1), make.row(2))

    answer = browser_of(dcc).post(LOADED, {"entries": ["CPL-000002"]})

    boxes = html.fromstring(answer.content).xpath("//input[@name='entries'][@checked]/@value")
    assert boxes == ["CPL-000002"]


def test_every_page_of_the_entries_can_be_reached(dcc: User) -> None:
    make.listed(*(make.row(n) for n in range(1, 61)))
    browser = browser_of(dcc)

    first = html.fromstring(browser.get(LOADED).content)
    (older,) = first.xpath("//a[@rel='next']/@href")
    second = text(browser.get(LOADED + older))

    assert len(first.xpath("//input[@name='entries']")) == 50
    assert "CPL-000010" in second
    assert "CPL-000011" not in second


def test_a_confirmation_is_taken_back(dcc: User) -> None:
    make.listed(make.row(1), make.row(2))
    browser = browser_of(dcc)
    browser.post(LOADED, {"loaded_on": "2024-05-03", "ids": "CPL-000001 CPL-000002"})

    answer = browser.post(NOT_LOADED, {"ids": "CPL-000002"}, follow=True)

    assert loaded_on() == {"CPL-000001": date(2024, 5, 3), "CPL-000002": None}
    assert "1 entry was recorded as not loaded after all." in text(answer)


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [("", "Write the ids"), ("CPL-9", "No entries of the list: CPL-9."), ("CPL_1", "‘CPL_1’")],
)
def test_what_cannot_be_taken_back_is_said(dcc: User, ids: str, sentence: str) -> None:
    answer = browser_of(dcc).post(NOT_LOADED, {"ids": ids})

    assert answer.status_code == 422
    assert sentence in errors(answer)


def test_what_was_typed_and_ticked_outlasts_a_session(dcc: User) -> None:
    make.listed(make.row(1), make.row(2))
    stranger = Client()
    typed = {"loaded_on": "2024-05-03", "ids": "CPL-000001", "entries": ["CPL-000002"]}
    assert stranger.post(LOADED, {**typed, "acting_for": "dcc"}).status_code == 302
    stranger.post("/account/sign-in", {"login": dcc.email, "password": make.PASSWORD})

    answer = stranger.get(LOADED)

    (form,) = html.fromstring(answer.content).xpath("//form[.//textarea]")
    assert WELCOME_BACK in text(answer)
    assert form.fields["loaded_on"] == "2024-05-03"
    assert form.fields["ids"].split() == ["CPL-000002", "CPL-000001"]
