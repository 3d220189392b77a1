"""The list is brought to what a sheet says, all or nothing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from cpl.bulk import FEW
from cpl.identifiers import LATEST_YEAR
from cpl.models import CPLEntry, EntryCertificates, EntryRevision, ListedEntry, StatusChange
from cpl.sheet import read_sheet, write_sheet
from cpl.sheet.row import COLUMNS, SheetRow
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq, payload_of
from fir.parties.operations import operator
from fir.records.comparison import Reconciliation, compare_list
from fir.records.reconciling import CorrectionRefused, ListInConflict, reconcile_list
from tests import make
from tests.cpl.sheet.sheets import rows_of_a_sheet

REMOVED: dict[str, Any] = {
    "status": "REMOVED",
    "date_removed": date(2026, 11, 1),
    "removal_reason": "Withdrawn.",
}


def reconciled(*rows: SheetRow) -> Reconciliation:
    return reconcile_list(rows=rows, by=operator(), at=make.AT)


def listed(cpl_entry_id: str = "CPL-000001") -> ListedEntry:
    return ListedEntry.objects.get(cpl_entry_id=cpl_entry_id)


def told_since(seq: int) -> list[tuple[str, str]]:
    """Kind and subject of the events about entries after a number."""
    events = LedgerEvent.objects.filter(seq__gt=seq, subject_type="cpl_entry").order_by("seq")
    return [(event.kind, event.subject_id) for event in events]


def newest_payload() -> dict[str, object]:
    about_entries = LedgerEvent.objects.filter(subject_type="cpl_entry")
    return payload_of(about_entries.order_by("-seq")[0])


def exported() -> bytes:
    """The list as it stands, as a sheet."""
    entries = ListedEntry.objects.order_by("cpl_entry_id").values(*COLUMNS)
    return write_sheet(SheetRow(line=0, **entry) for entry in entries).encode()


def everything() -> list[Any]:
    """Every row that the list consists of."""
    tables = (CPLEntry, EntryRevision, EntryCertificates, StatusChange)
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables]


def counts(**some: int) -> dict[str, int]:
    names = ("new", "removed", "relisted", "revised", "corrected", "unchanged", "absent")
    return dict.fromkeys(names, 0) | some


@pytest.mark.django_db
def test_a_new_row_is_listed_as_it_stands_and_told_with_all_its_facts() -> None:
    row = make.row(1, cpa_expiry_date=date(2030, 1, 1))

    outcome = reconciled(row)

    shown = listed()
    assert outcome.counts() == counts(new=1)
    assert all(getattr(shown, column) == getattr(row, column) for column in COLUMNS)
    assert told_since(0) == [("CPL_ENTRY_LISTED", "CPL-000001")]
    facts = {k: v for k, v in asdict(row).items() if k in newest_payload()}
    assert newest_payload() == facts | {
        "date_added": "2020-01-01",
        "cpa_expiry_date": "2030-01-01",
        "cpa_renewal_date": "2099-01-31",
    }


@pytest.mark.django_db
def test_a_new_row_that_is_removed_already_is_listed_and_removed() -> None:
    reconciled(make.row(1, **REMOVED, manufacturer_image_hash=""))

    shown = listed()
    assert (shown.status, shown.date_removed) == ("REMOVED", date(2026, 11, 1))
    assert told_since(0) == [
        ("CPL_ENTRY_LISTED", "CPL-000001"),
        ("CPL_ENTRY_REMOVED", "CPL-000001"),
    ]


@pytest.mark.django_db
def test_a_row_now_removed_is_removed_with_its_date_and_reason() -> None:
    make.listed(make.row(1), make.row(2))
    before = last_seq()

    outcome = reconciled(make.row(1, **REMOVED), make.row(2))

    assert outcome.counts() == counts(removed=1, unchanged=1)
    shown = listed()
    assert (shown.status, shown.date_removed) == ("REMOVED", date(2026, 11, 1))
    assert shown.removal_reason == "Withdrawn."
    assert told_since(before) == [("CPL_ENTRY_REMOVED", "CPL-000001")]
    assert newest_payload() == {
        "cpl_entry_id": "CPL-000001",
        "date_removed": "2026-11-01",
        "reason": "Withdrawn.",
        "proposed_by": None,
        "import_id": None,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "date_removed", "reason"),
    [
        ({"date_removed": date(2026, 11, 2)}, "2026-11-02", "Withdrawn."),
        ({"removal_reason": "Withdrawn: it stops the clock."}, "2026-11-01",
         "Withdrawn: it stops the clock."),
        ({"removal_reason": ""}, "2026-11-01", ""),
        ({"date_removed": date(2026, 10, 1), "removal_reason": "Lapsed."}, "2026-10-01", "Lapsed."),
    ],
    ids=repr,
)  # fmt: skip
def test_a_removal_with_another_date_or_reason_is_said_again_and_once(
    said: dict[str, Any], date_removed: str, reason: str
) -> None:
    make.listed(make.row(1, **REMOVED), make.row(2))
    before = last_seq()
    again = [make.row(1, **{**REMOVED, **said}), make.row(2)]

    outcome = reconciled(*again)

    assert outcome.counts() == counts(removed=1, unchanged=1)
    shown = listed()
    assert (shown.status, shown.removal_reason) == ("REMOVED", reason)
    assert shown.date_removed == date.fromisoformat(date_removed)
    assert StatusChange.objects.count() == 2
    assert EntryRevision.objects.filter(entry__cpl_entry_id="CPL-000001").count() == 1
    assert told_since(before) == [("CPL_ENTRY_REMOVED", "CPL-000001")]
    assert newest_payload() == {
        "cpl_entry_id": "CPL-000001",
        "date_removed": date_removed,
        "reason": reason,
        "proposed_by": None,
        "import_id": None,
    }

    rows, seq = everything(), last_seq()
    assert reconciled(*again).counts() == counts(unchanged=2)
    assert (everything(), last_seq()) == (rows, seq)


@pytest.mark.django_db
def test_what_is_relisted_in_a_summer_night_stands_again_from_londons_day() -> None:
    make.listed(make.row(1, **REMOVED))
    night = datetime(2027, 6, 1, 23, 30, tzinfo=UTC)

    reconcile_list(rows=[make.row(1)], by=operator(), at=night)

    assert newest_payload()["date_relisted"] == "2027-06-02"
    assert StatusChange.objects.latest("pk").status_date == date(2027, 6, 2)


@pytest.mark.django_db
def test_a_row_current_again_is_relisted_and_shows_nothing_of_its_removal() -> None:
    make.listed(make.row(1, **REMOVED))
    before = last_seq()

    outcome = reconciled(make.row(1))

    shown = listed()
    assert outcome.counts() == counts(relisted=1)
    assert (shown.status, shown.date_removed, shown.removal_reason) == ("CURRENT", None, "")
    assert told_since(before) == [("CPL_ENTRY_RELISTED", "CPL-000001")]


@pytest.mark.django_db
def test_the_newest_status_counts_however_often_it_changed() -> None:
    statuses = []
    for row in (make.row(1), make.row(1, **REMOVED)) * 3:
        reconciled(row)
        statuses.append(listed().status)

    assert statuses == ["CURRENT", "REMOVED"] * 3
    assert StatusChange.objects.count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "renewed",
    [
        {"manufacturer_name": "Finer Meters"},
        {"cpa_certificate_id": "CPA-NEW"},
        {"cpa_renewal_date": date(2035, 1, 31)},
        {"cpa_renewal_date": None, "cpa_expiry_date": date(2031, 6, 30)},
        {"zigbee_certificate_id": ""},
        {"dlms_certificate_id": "DLMS-NEW"},
    ],
    ids=repr,
)
def test_a_renewed_certificate_or_makers_name_is_a_revision_and_the_newest_counts(
    renewed: dict[str, Any],
) -> None:
    make.listed(make.row(1))
    before = last_seq()

    outcome = reconciled(make.row(1, **renewed))

    assert outcome.counts() == counts(revised=1)
    assert {column: getattr(listed(), column) for column in renewed} == renewed
    assert told_since(before) == [("CPL_ENTRY_REVISED", "CPL-000001")]
    assert CPLEntry.objects.count() == 1
    assert EntryRevision.objects.count() == EntryCertificates.objects.count() == 2
    assert EntryRevision.objects.earliest("pk").manufacturer_name == "Fine Meters"


@pytest.mark.django_db
def test_a_row_may_be_renewed_and_removed_at_once() -> None:
    make.listed(make.row(1))
    before = last_seq()

    outcome = reconciled(make.row(1, **REMOVED, cpa_certificate_id="CPA-NEW"))

    assert outcome.counts() == counts(revised=1, removed=1)
    assert (listed().status, listed().cpa_certificate_id) == ("REMOVED", "CPA-NEW")
    assert [kind for kind, _ in told_since(before)] == ["CPL_ENTRY_REVISED", "CPL_ENTRY_REMOVED"]


@pytest.mark.django_db
def test_an_entry_that_the_sheet_lacks_is_reported_and_left() -> None:
    make.listed(make.row(1), make.row(2), make.row(3))
    before = everything()

    outcome = reconciled(make.row(2))

    assert outcome.absent == ["CPL-000001", "CPL-000003"]
    assert everything() == before


@pytest.mark.django_db
def test_the_same_sheet_twice_changes_nothing_and_tells_nobody() -> None:
    sheet = (make.row(1), make.row(2, **REMOVED), make.row(3, cpa_expiry_date=date(2030, 1, 1)))
    reconciled(*sheet)
    before, seq = everything(), last_seq()

    outcome = reconciled(*sheet)

    assert outcome.counts() == counts(unchanged=3)
    assert everything() == before
    assert last_seq() == seq


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("manufacturer_image_hash", make.image_hash("another")),
        ("manufacturer_image_hash", ""),
        ("smets_chts_version", "SMETS V4.2"),
        ("gbcs_version", "9.9"),
        ("esme_variant", "AD"),
        ("device_type", "GSME"),
        ("manufacturer_identifier", "F1A2"),
        ("device_model", "00010102"),
        ("firmware_version", "000000FF"),
        ("date_added", date(2021, 1, 1)),
    ],
)
def test_a_row_that_contradicts_what_is_published_refuses_the_whole_sheet(
    column: str, value: object
) -> None:
    make.listed(make.row(1), make.row(2))
    before, seq = everything(), last_seq()
    sheet = [make.row(1, **REMOVED), make.row(2, **{column: value}), make.row(3)]

    with pytest.raises(ListInConflict) as refusal:
        reconciled(*sheet)

    (conflict,) = refusal.value.conflicts
    assert (conflict.line, conflict.column, conflict.cpl_entry_id) == (3, column, "CPL-000002")
    assert "CPL-000002" in conflict.message
    assert everything() == before
    assert last_seq() == seq


@pytest.mark.django_db
def test_every_conflict_of_every_row_is_named_at_once() -> None:
    make.listed(make.row(1), make.row(2), make.row(3))

    with pytest.raises(ListInConflict) as refusal:
        reconciled(
            make.row(1, gbcs_version="9.9", firmware_version="000000FF"),
            make.row(2),
            make.row(3, manufacturer_image_hash=""),
        )

    assert [(conflict.line, conflict.column) for conflict in refusal.value.conflicts] == [
        (2, "firmware_version"),
        (2, "gbcs_version"),
        (4, "manufacturer_image_hash"),
    ]


@pytest.mark.django_db
def test_a_comparison_changes_nothing() -> None:
    make.listed(make.row(1), make.row(2))
    before, seq = everything(), last_seq()

    rows = [make.row(1, **REMOVED), make.row(3), make.row(2, gbcs_version="9.9")]
    outcome = compare_list(rows, today=make.AT.date())

    assert (len(outcome.new), len(outcome.removed), len(outcome.conflicts)) == (1, 1, 1)
    assert everything() == before
    assert last_seq() == seq


@pytest.mark.django_db
def test_a_published_release_that_is_exported_and_imported_changes_nothing() -> None:
    make.listed(make.row(1))
    make.published(make.actor(make.maker()), make.actor(make.administrator()), 2)
    seq = last_seq()

    outcome = reconciled(*read_sheet(exported()).rows)

    assert outcome.counts() == counts(unchanged=2)
    assert last_seq() == seq


@pytest.mark.django_db
@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(rows_of_a_sheet(), min_size=1, max_size=4, unique_by=lambda row: row.cpl_entry_id)
)
def test_the_exported_list_imported_again_changes_nothing(rows: list[SheetRow]) -> None:
    when = datetime(LATEST_YEAR + 1, 1, 1, tzinfo=UTC)  # by then every day of the rows has come
    with transaction.atomic():
        reconcile_list(rows=rows, by=operator(), at=when)
        before, seq, text = everything(), last_seq(), exported()
        sheet = read_sheet(text)

        outcome = reconcile_list(rows=sheet.rows, by=operator(), at=when)

        assert sheet.faults == ()
        assert outcome.counts() == counts(unchanged=len(rows))
        assert (everything(), last_seq(), exported()) == (before, seq, text)
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("listed_before", "row", "column"),
    [
        ([], make.row(1, date_added=date(2026, 11, 21)), "date_added"),
        ([], make.row(1, **REMOVED | {"date_removed": date(2026, 11, 21)}), "date_removed"),
        (
            [make.row(1)],
            make.row(1, **REMOVED | {"date_removed": date(2099, 1, 1)}),
            "date_removed",
        ),
    ],
)
def test_nothing_is_added_or_removed_on_a_day_to_come(
    listed_before: list[SheetRow], row: SheetRow, column: str
) -> None:
    make.listed(*listed_before)
    before = everything()

    with pytest.raises(ListInConflict) as refusal:
        reconciled(row)

    (conflict,) = refusal.value.conflicts
    assert (conflict.column, conflict.is_correctable) == (column, False)
    assert "still to come" in conflict.message
    assert everything() == before


@pytest.mark.django_db
def test_an_import_closes_with_one_event_that_counts_what_it_changed() -> None:
    make.listed(make.row(1), make.row(2), make.row(3))
    before = last_seq()

    reconciled(make.row(1, **REMOVED), make.row(2, manufacturer_name="Finer Meters"), make.row(4))

    closing = LedgerEvent.objects.order_by("-seq")[0]
    assert (closing.kind, last_seq() - before) == ("CPL_IMPORTED", 4)
    assert payload_of(closing) == counts(new=1, removed=1, revised=1, absent=1) | {
        "import_id": None
    }


CORRECTED = {
    "manufacturer_image_hash": make.image_hash("another"),
    "smets_chts_version": "SMETS V4.2",
    "gbcs_version": "3.2",
    "esme_variant": "AD",
}


@pytest.mark.django_db
@pytest.mark.parametrize("column", CORRECTED)
def test_a_published_fact_is_corrected_where_that_is_confirmed_with_a_reason(column: str) -> None:
    make.listed(make.row(1), make.row(2))
    before = last_seq()
    wrong = make.row(1, **{column: CORRECTED[column]})

    outcome = reconcile_list(
        rows=[wrong, make.row(2)],
        corrections={"CPL-000001": " Mistyped by the Manufacturer. "},
        by=operator(),
        at=make.AT,
    )

    assert outcome.counts() == counts(corrected=1, unchanged=1)
    assert getattr(listed(), column) == CORRECTED[column]
    assert EntryRevision.objects.filter(entry__cpl_entry_id="CPL-000001").count() == 2
    assert told_since(before) == [("CPL_ENTRY_CORRECTED", "CPL-000001")]
    told = newest_payload()
    assert (told["corrected"], told["reason"]) == ([column], "Mistyped by the Manufacturer.")
    assert told[column] == CORRECTED[column]


@pytest.mark.django_db
def test_a_correction_may_come_with_a_removal_and_a_renewed_certificate() -> None:
    make.listed(make.row(1))
    before = last_seq()

    outcome = reconcile_list(
        rows=[make.row(1, **REMOVED, gbcs_version="3.2", cpa_certificate_id="CPA-NEW")],
        corrections={"CPL-000001": "Mistyped."},
        by=operator(),
        at=make.AT,
    )

    assert outcome.counts() == counts(corrected=1, removed=1)
    shown = listed()
    assert (shown.status, shown.gbcs_version) == ("REMOVED", "3.2")
    assert shown.cpa_certificate_id == "CPA-NEW"
    assert [kind for kind, _ in told_since(before)] == ["CPL_ENTRY_CORRECTED", "CPL_ENTRY_REMOVED"]


@pytest.mark.django_db
def test_a_confirmed_correction_lets_no_other_entry_and_no_identity_change() -> None:
    make.listed(make.row(1), make.row(2))
    before = everything()

    with pytest.raises(ListInConflict) as refusal:
        reconcile_list(
            rows=[
                make.row(1, gbcs_version="3.2", firmware_version="000000FF"),
                make.row(2, gbcs_version="3.2"),
            ],
            corrections={"CPL-000001": "Mistyped."},
            by=operator(),
            at=make.AT,
        )

    assert [(c.cpl_entry_id, c.column, c.is_correctable) for c in refusal.value.conflicts] == [
        ("CPL-000001", "firmware_version", False),
        ("CPL-000001", "gbcs_version", False),
        ("CPL-000002", "gbcs_version", True),
    ]
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize("reason", ["", "   ", "x" * 501, "a\x07bell"], ids=repr)
def test_a_correction_without_a_reason_that_can_be_published_is_refused(reason: str) -> None:
    make.listed(make.row(1))
    before = everything()

    with pytest.raises(CorrectionRefused):
        reconcile_list(
            rows=[make.row(1, gbcs_version="3.2")],
            corrections={"CPL-000001": reason},
            by=operator(),
            at=make.AT,
        )

    assert everything() == before


@pytest.mark.django_db
def test_a_long_sheet_takes_no_query_more_than_a_short_one() -> None:
    def queries(number: int, first: int) -> int:
        rows = [
            make.row(n, device_model=f"{n:04X}0101", cpl_entry_id=f"CPL-{n:06}")
            for n in range(first, first + number)
        ]
        with CaptureQueriesContext(connection) as asked:
            reconciled(*rows)
        return len(asked)

    make.listed(make.row(900))

    # Twenty rows and fewer go in by INSERT, with the ledger's head in the same statement.
    assert queries(300, first=1000) == queries(FEW + 1, first=1)
