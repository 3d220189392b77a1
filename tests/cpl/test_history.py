"""Entries as the list shows them, now or as at a day; and what stands beside one."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from cpl.history import NEIGHBOURS_SHOWN, neighbours_of, sheet_rows, show_entries, status_history
from cpl.models import CPLEntry, ListedEntry
from cpl.operations import change_status
from cpl.search import EntrySearch
from cpl.sheet.row import COLUMNS
from fir.parties.operations import operator
from tests import make

pytestmark = pytest.mark.django_db
REMOVED_ON = date(2021, 6, 1)
REMOVED = {"status": "REMOVED", "date_removed": REMOVED_ON, "removal_reason": "Withdrawn."}


def numbers() -> list[int]:
    return list(CPLEntry.objects.order_by("pk").values_list("pk", flat=True))


@pytest.fixture
def relisted() -> None:
    """Added on 1 January 2020, removed on 1 June 2021, and relisted on the day of `make.AT`."""
    make.listed(make.row(1, **REMOVED))
    make.listed(make.row(1))


def test_entries_are_shown_in_the_order_that_was_asked_for() -> None:
    make.listed(make.row(1), make.row(2), make.row(3))
    first, second, third = numbers()

    shown = show_entries([second, third, first])

    assert [entry.pk for entry in shown] == [second, third, first]


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2020, 1, 1), ("CURRENT", None, "")),
        (date(2021, 5, 31), ("CURRENT", None, "")),
        (REMOVED_ON, ("REMOVED", REMOVED_ON, "Withdrawn.")),
        (date(2026, 11, 19), ("REMOVED", REMOVED_ON, "Withdrawn.")),
        (date(2026, 11, 20), ("CURRENT", None, "")),
    ],
)
def test_an_entry_stands_as_it_stood_at_the_end_of_a_day(
    relisted: None, day: date, status: tuple[str, date | None, str]
) -> None:
    (entry,) = show_entries(numbers(), as_at=day)

    assert (entry.status, entry.date_removed, entry.removal_reason) == status


def test_the_sheets_rows_stand_as_at_a_day_too(relisted: None) -> None:
    def told(day: date) -> list[tuple[str, str]]:
        return [(r.cpl_entry_id, r.status) for r in sheet_rows(EntrySearch(as_at=day))]

    assert told(date(2019, 12, 31)) == []
    assert told(REMOVED_ON) == [("CPL-000001", "REMOVED")]
    assert told(date(2026, 11, 20)) == [("CPL-000001", "CURRENT")]


MARCH, MAY, JULY = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)


def removed_on(day: date) -> dict[str, object]:
    return {"status": "REMOVED", "date_removed": day, "removal_reason": f"Said of {day}."}


@pytest.mark.parametrize(
    ("day", "removed"),
    [(date(2026, 4, 1), None), (date(2026, 4, 30), None), (MAY, MAY), (date(2026, 6, 1), MAY)],
)
def test_a_removal_whose_date_was_said_anew_counts_from_the_day_said_last(
    day: date, removed: date | None
) -> None:
    make.listed(make.row(1))
    for said in (JULY, MARCH, MAY):
        make.listed(make.row(1, **removed_on(said)))
    status = "REMOVED" if removed else "CURRENT"

    (entry,) = show_entries(numbers(), as_at=day)

    assert (entry.status, entry.date_removed) == (status, removed)
    assert [row.status for row in sheet_rows(EntrySearch(as_at=day, status=status))] == [status]


def changed(*changes: tuple[str, date]) -> None:
    """Status rows of the one entry, in this order."""
    (number,) = numbers()
    with transaction.atomic():
        for status, day in changes:
            change_status([(number, status, day, "")], by=operator().actor_id, at=make.AT)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2026, 2, 1), "CURRENT"),
        (MARCH, "REMOVED"),
        (date(2026, 5, 31), "REMOVED"),
        (date(2026, 6, 1), "CURRENT"),
        (date(2026, 6, 30), "CURRENT"),
        (JULY, "CURRENT"),
        (date(2026, 8, 1), "REMOVED"),
    ],
)
def test_of_rows_in_a_row_the_last_counts_and_each_removal_and_relisting_has_its_own(
    day: date, status: str
) -> None:
    make.listed(make.row(1))
    changed(
        ("REMOVED", MARCH),
        ("CURRENT", MAY),
        ("CURRENT", date(2026, 6, 1)),
        ("REMOVED", JULY),
        ("REMOVED", date(2026, 8, 1)),
    )

    (entry,) = show_entries(numbers(), as_at=day)

    assert entry.status == status


def test_the_sheets_rows_are_the_rows_that_were_listed() -> None:
    rows = [make.row(1), make.row(2, **REMOVED), make.row(3, manufacturer_image_hash="")]
    make.listed(*rows)

    assert list(sheet_rows(EntrySearch())) == rows
    assert [row.line for row in sheet_rows(EntrySearch(status="REMOVED"))] == [2]
    assert set(COLUMNS) < set(type(rows[0]).__slots__)


def test_the_status_rows_of_an_entry_are_told_newest_first(relisted: None) -> None:
    entry = ListedEntry.objects.get()

    told = [(change.status, change.reason) for change in status_history(entry)]

    assert told == [("CURRENT", ""), ("REMOVED", "Withdrawn.")]


def test_beside_an_entry_stand_its_model_its_hash_and_its_familys_other_hardware() -> None:
    same = make.image_hash(1)
    make.listed(
        make.row(1),
        make.row(2),
        make.row(3, device_model="00010102", manufacturer_image_hash=same),
        make.row(4, device_model="00020101", manufacturer_image_hash=same),
        make.row(5, device_model="00010102", manufacturer_identifier="F1A2"),
        make.row(6, device_model="00010103", device_type="GSME", esme_variant=""),
    )
    entry = ListedEntry.objects.get(cpl_entry_id="CPL-000001")

    beside = neighbours_of(entry)

    assert {
        name: " ".join(one.cpl_entry_id for one in group.entries) for name, group in beside.items()
    } == {"model": "CPL-000002", "hash": "CPL-000004 CPL-000003", "family": "CPL-000003"}
    assert not any(group.has_more for group in beside.values())


def test_entries_without_a_hash_do_not_share_one() -> None:
    make.listed(*(make.row(n, manufacturer_image_hash="") for n in (1, 2)))

    assert not neighbours_of(ListedEntry.objects.order_by("pk")[0])["hash"].entries


def test_of_many_neighbours_the_newest_are_shown_and_that_there_are_more() -> None:
    same = make.image_hash("same")
    make.listed(*(make.row(n, manufacturer_image_hash=same) for n in range(1, 40)))

    beside = neighbours_of(ListedEntry.objects.get(cpl_entry_id="CPL-000001"))

    newest = [f"CPL-{n:06d}" for n in range(39, 39 - NEIGHBOURS_SHOWN, -1)]
    for group in (beside["model"], beside["hash"]):
        assert [entry.cpl_entry_id for entry in group.entries] == newest
        assert group.has_more
