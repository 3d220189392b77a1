"""Records in the portal as they stood at an earlier time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from fir.ledger.models import LedgerEvent
from fir.portal.forms.moments import AsAtForm
from fir.records.recalling import recall_release
from tests import make
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from fir.parties.models import Actor, Party
    from fir.submissions.models import Submission

ENTRY, RECORD = "CPL-000002", "/firmware/CPL-000002"
# In London: what was listed at nine, recalled at eleven, is looked at from one o'clock.
AT_TEN, AT_ELEVEN = "2026-11-20T10:00", "2026-11-20T11:00"
NOW = make.AT + timedelta(hours=4)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def party() -> Party:
    return make.maker()


@pytest.fixture
def maker(party: Party) -> Actor:
    return make.actor(party)


@pytest.fixture
def publish(maker: Actor) -> Callable[..., Submission]:
    """Publishes a release of the maker's, at nine."""
    decider = make.actor(make.administrator())
    return lambda number, **said: make.published(maker, decider, number, **said)


@pytest.fixture(autouse=True)
def _story(maker: Actor, publish: Callable[..., Submission]) -> None:
    """Two releases at nine, of which the later is recalled at eleven."""
    make.listed(make.row(1))
    publish(2, predecessors=["CPL-000001"])
    recall_release(
        cpl_entry_id=ENTRY, reason="It drains.", by=maker, at=make.AT + timedelta(hours=2)
    )


@pytest.fixture
def ada(party: Party) -> Client:
    return signed_in(party)


def then(address: str, as_at: str) -> str:
    return f"{address}?as_at={as_at}"


def seq_of(kind: str) -> int:
    return LedgerEvent.objects.filter(kind=kind).latest("seq").seq


def queries_of(browser: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as held:
        assert browser.get(address).status_code == 200
    return len(held.captured_queries)


def links(answer: Any) -> list[str]:
    return [link.get("href") for link in html.fromstring(answer.content).xpath("//main//a")]


def test_a_record_is_shown_as_it_stood_and_says_so(ada: Client) -> None:
    before = seq_of("FIRMWARE_RECALLED") - 1

    answer = ada.get(then(RECORD, AT_TEN))

    shown = text(answer)
    assert "As it stood at 20 November 2026, 10:00, London time" in shown
    assert f"(after event {before}, of 20 November 2026, 09:00:00)" in shown
    assert "ecalled" not in shown
    assert "must not be deployed" not in shown  # its history ends with that event
    assert f"Ledger seq {before + 1}" not in shown
    assert RECORD in links(answer)  # back to today
    assert then("/firmware/CPL-000001", "2026-11-20T10%3A00%3A00") in links(answer)


def test_what_happened_by_then_stands(ada: Client) -> None:
    shown = text(ada.get(then(RECORD, AT_ELEVEN)))

    assert "Do not deploy: recalled" in shown
    assert f"(after event {LedgerEvent.objects.latest('seq').seq}," in shown


def test_nothing_can_be_done_from_an_earlier_time_and_what_is_open_says_so(ada: Client) -> None:
    today, earlier = ada.get(RECORD), ada.get(then(RECORD, AT_ELEVEN))

    assert "Lift the recall" in text(today)
    assert "Correct this record" in text(today)
    assert not [link for link in links(earlier) if "/submissions/" in link or "/recall" in link]
    assert "Whom to ask for the image is today’s" in text(earlier)


def test_a_suppliers_devices_are_left_out(ada: Client) -> None:
    supplier = make.party()
    make.estate(supplier, make.device(1))
    browser = signed_in(supplier)

    assert "Your Devices" in text(browser.get(RECORD))
    assert "Of your" not in text(browser.get(then(RECORD, AT_ELEVEN)))


def test_places_table_and_picture_are_those_of_then(
    ada: Client, publish: Callable[..., Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "AT", make.AT + timedelta(hours=3))
    publish(3, predecessors=[ENTRY])

    today, earlier = text(ada.get(RECORD)), text(ada.get(then(RECORD, AT_TEN)))

    assert "Not the latest" in today
    assert "CPL-000003" in today
    assert "The latest release of this Device Model." in earlier
    assert "CPL-000003" not in earlier
    assert "00000003" not in earlier
    assert "CPL-000003" in text(ada.get("/firmware"))
    listed = text(ada.get(then("/firmware", AT_TEN)))
    assert "CPL-000003" not in listed
    assert "00000002 Latest (N)" in listed
    assert "2 records" in listed


def test_the_list_of_records_is_shown_as_it_stood_and_leads_on_to_the_same_time(
    ada: Client,
) -> None:
    answer = ada.get(then("/firmware", AT_TEN))

    assert "As it stood at 20 November 2026, 10:00, London time" in text(answer)
    assert "ecalled" not in text(answer)
    assert then(RECORD, "2026-11-20T10%3A00%3A00") in links(answer)
    assert "/firmware" in links(answer)
    assert "00000002 Recalled Latest (N)" in text(ada.get(then("/firmware", AT_ELEVEN)))


@pytest.mark.parametrize("address", [RECORD, "/firmware"])
@pytest.mark.parametrize(
    ("as_at", "sentence"),
    [
        ("2026-11-20T14:00", "still to come"),
        ("2026-11-20T08:59", "Nothing had been recorded yet"),
        ("0001-01-01T00:00", "the years 1990 to 2200"),
        ("2026-11-20", "is no day and time"),
        ("yesterday", "is no day and time"),
        ("2026-13-20T10:00", "date"),
        ("2026-11-20T24:00", "is no day and time"),
        ("2026-03-29T01:30", "there is no such time that day"),
        ("%00", "Null"),
    ],
)
def test_a_time_that_is_none_is_said_beside_the_field(
    ada: Client, address: str, as_at: str, sentence: str
) -> None:
    answer = ada.get(then(address, as_at))

    assert answer.status_code == (422 if address == RECORD else 200)
    assert errors(answer).startswith("As at: ")
    assert sentence in errors(answer)
    assert "As it stood at 2" not in text(answer)


def test_an_entry_that_was_not_listed_yet_is_shown_as_today_with_a_word(
    ada: Client, publish: Callable[..., Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make, "AT", make.AT + timedelta(hours=3))
    publish(3, predecessors=[ENTRY])

    answer = ada.get(then("/firmware/CPL-000003", AT_TEN))

    assert answer.status_code == 422
    assert "not listed yet at that time" in errors(answer)
    assert "The latest release of this Device Model." in text(answer)


def test_what_stood_then_is_not_searched_by_status(ada: Client) -> None:
    answer = ada.get(f"{then('/firmware', AT_TEN)}&status=CURRENT")

    assert "leave one of the two out" in errors(answer)
    assert "Nothing was searched for." in text(answer)


def test_anothers_record_is_not_shown_at_any_time() -> None:
    rival = signed_in(make.maker("other-meters", "F1A2"))

    assert rival.get(then(RECORD, AT_TEN)).status_code == 404
    assert "CPL-00000" not in text(rival.get(then("/firmware", AT_TEN)))


def test_it_costs_the_same_for_few_and_for_many(
    ada: Client, publish: Callable[..., Submission]
) -> None:
    addresses = (then(RECORD, AT_ELEVEN), then("/firmware", AT_ELEVEN))
    few = [queries_of(ada, address) for address in addresses]
    for number in range(3, 9):
        publish(number, predecessors=["CPL-000001"])

    assert [queries_of(ada, address) for address in addresses] == few
    assert max(few) <= 12


# A time as people write it


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("2026-11-20T09:00", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        (" 2026-11-20  9.00 ", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("20/11/2026 09:00:30", datetime(2026, 11, 20, 9, 0, 30, tzinfo=UTC)),
        ("2026-07-01T09:00", datetime(2026, 7, 1, 8, tzinfo=UTC)),
    ],
)
def test_a_time_is_read_as_londons(said: str, read: datetime) -> None:
    form = AsAtForm({"as_at": said})

    assert form.is_valid()
    assert form.cleaned_data["as_at"] == read
