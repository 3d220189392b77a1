"""What is published is not loaded: the DCC's loading is recorded, corrected and taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cpl.models import ListedEntry, LoadConfirmation
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq, payload_of
from fir.parties.operations import operator
from fir.records.list_queries import entries_not_loaded
from fir.records.loading import (
    LoadedOnAnotherDay,
    NotLoadedThen,
    UnknownEntries,
    confirm_loaded,
)
from tests import make

pytestmark = pytest.mark.django_db
DAY, TODAY = date(2026, 11, 18), make.AT.date()


def confirm(*ids: str, on: date | None = DAY, **more: Any) -> int:
    return confirm_loaded(cpl_entry_ids=ids, loaded_on=on, by=operator(), at=make.AT, **more)


def loaded() -> dict[str, date | None]:
    return dict(ListedEntry.objects.values_list("cpl_entry_id", "loaded_on"))


def told() -> list[object]:
    events = LedgerEvent.objects.filter(kind="CPL_LOAD_CONFIRMED").order_by("seq")
    return [payload_of(event) for event in events]


def test_each_entry_says_when_it_was_loaded_and_each_is_told() -> None:
    make.listed(make.row(1), make.row(2), make.row(3))

    assert confirm("CPL-000002", "CPL-000001", "CPL-000001") == 2

    assert loaded() == {"CPL-000001": DAY, "CPL-000002": DAY, "CPL-000003": None}
    assert told() == [
        {"cpl_entry_id": "CPL-000001", "loaded_on": "2026-11-18"},
        {"cpl_entry_id": "CPL-000002", "loaded_on": "2026-11-18"},
    ]
    row = LoadConfirmation.objects.order_by("entry_id")[0]
    assert (row.confirmed_at, row.confirmed_by) == (make.AT, operator().actor_id)


def test_what_says_the_same_already_is_left_as_it_is() -> None:
    make.listed(make.row(1), make.row(2))
    confirm("CPL-000001")
    head = last_seq()

    assert confirm("CPL-000001") == 0
    assert confirm("CPL-000002", on=None) == 0  # nobody said that it was loaded
    assert confirm() == 0
    assert last_seq() == head

    assert confirm("CPL-000001", "CPL-000002") == 1
    assert LoadConfirmation.objects.count() == 2


def test_a_day_is_corrected_and_taken_back_by_further_rows() -> None:
    make.listed(make.row(1))
    confirm("CPL-000001")

    with pytest.raises(LoadedOnAnotherDay, match="CPL-000001 "):
        confirm("CPL-000001", on=TODAY)
    assert confirm("CPL-000001", on=TODAY, replace=True) == 1
    assert loaded() == {"CPL-000001": TODAY}
    assert confirm("CPL-000001", on=None) == 1

    assert loaded() == {"CPL-000001": None}
    assert LoadConfirmation.objects.count() == 3
    assert told()[-1] == {"cpl_entry_id": "CPL-000001", "loaded_on": None}


def test_all_that_were_added_by_a_day_are_those_of_which_nothing_was_said() -> None:
    make.listed(make.row(1), make.row(2), make.row(3, date_added=DAY))
    confirm("CPL-000001", on=DAY)

    assert confirm(on=TODAY, added_by=date(2025, 1, 1)) == 1

    assert loaded() == {"CPL-000001": DAY, "CPL-000002": TODAY, "CPL-000003": None}


def test_unknown_entries_are_all_named_and_nothing_is_recorded() -> None:
    make.listed(make.row(1))
    unknown = [f"CPL-{number:06d}" for number in range(100, 125)]

    with pytest.raises(UnknownEntries) as refusal:
        confirm("CPL-000001", *unknown)

    assert refusal.value.cpl_entry_ids == tuple(unknown)
    said = str(refusal.value)
    assert "CPL-000119 and 5 more" in said
    assert "CPL-000120" not in said
    assert loaded() == {"CPL-000001": None}


def test_a_day_to_come_is_refused_and_today_is_not() -> None:
    make.listed(make.row(1))

    with pytest.raises(NotLoadedThen, match="2026-11-21 is still to come"):
        confirm("CPL-000001", on=date(2026, 11, 21))
    assert loaded() == {"CPL-000001": None}

    assert confirm("CPL-000001", on=TODAY) == 1


def test_nothing_was_loaded_before_it_was_added_to_the_list() -> None:
    make.listed(make.row(1), make.row(2, date_added=TODAY))

    with pytest.raises(NotLoadedThen, match="the list did not have CPL-000002 yet"):
        confirm("CPL-000001", "CPL-000002")

    assert loaded() == {"CPL-000001": None, "CPL-000002": None}
    assert confirm("CPL-000002", on=TODAY) == 1


def test_of_what_is_not_loaded_only_current_entries_are_asked_for() -> None:
    gone = make.row(3, status="REMOVED", date_removed=TODAY)
    make.listed(make.row(1), make.row(2), gone, make.row(4))
    confirm("CPL-000002")

    assert [entry.cpl_entry_id for entry in entries_not_loaded()] == ["CPL-000001", "CPL-000004"]
