"""A sheet is looked at, then applied by whoever may, or dropped; and nothing of it stays behind."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from cpl.models import ListedEntry
from cpl.sheet import read_sheet, write_sheet
from cpl.sheet.limits import LARGEST_SHEET
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq, payload_of
from fir.records.comparison import compare_list
from fir.records.importing import (
    AnotherMustApply,
    ListChangedSince,
    SheetDoneWith,
    SheetHasFaults,
    SheetTooLarge,
    apply_sheet,
    bring_sheet,
    confirm_corrections,
    drop_corrections,
    drop_sheet,
    forget_sheets,
)
from fir.records.models import SheetImport
from fir.records.reconciling import CorrectionRefused, ListInConflict, reconcile_list
from tests import make

if TYPE_CHECKING:
    from cpl.sheet.row import SheetRow
    from fir.parties.models import Actor

REMOVED: dict[str, Any] = {
    "status": "REMOVED",
    "date_removed": date(2026, 11, 1),
    "removal_reason": "Withdrawn.",
}


@pytest.fixture
def ann() -> Actor:
    """Somebody at the Administrator, answering for herself."""
    return replace(make.actor(make.administrator()), answerable=uuid.uuid4())


@pytest.fixture
def ben(ann: Actor) -> Actor:
    """Somebody else there."""
    return replace(make.actor(ann.party), answerable=uuid.uuid4())


def brought(by: Actor, *rows: SheetRow) -> SheetImport:
    content = write_sheet(rows).encode()
    return bring_sheet(filename="cpl.csv", content=content, by=by, at=make.AT)


def seen(sheet: SheetImport) -> str:
    """What a look at the sheet shows."""
    rows = read_sheet(bytes(sheet.content)).rows
    return compare_list(rows, today=make.AT.date(), may_correct=sheet.corrections).digest(
        sheet.corrections
    )


def applied(sheet: SheetImport, by: Actor) -> dict[str, int]:
    _, outcome = apply_sheet(sheet_id=sheet.pk, seen=seen(sheet), by=by, at=make.AT)
    return outcome.counts()


@pytest.mark.django_db
def test_a_sheet_that_is_brought_changes_nothing_and_tells_nobody(ann: Actor) -> None:
    before = last_seq()

    sheet = brought(ann, make.row(1))

    assert (sheet.state, last_seq()) == ("WAITING", before)
    assert not ListedEntry.objects.exists()


@pytest.mark.django_db
def test_who_brought_new_rows_and_renewals_may_apply_them(ann: Actor) -> None:
    make.listed(make.row(1))
    sheet = brought(ann, make.row(1, cpa_certificate_id="CPA-NEW"), make.row(2))

    counts = applied(sheet, ann)

    sheet.refresh_from_db()
    assert (counts["new"], counts["revised"]) == (1, 1)
    assert (sheet.state, sheet.needs_another, bytes(sheet.content)) == ("APPLIED", False, b"")
    assert (sheet.applied_at, sheet.applied_by) == (make.AT, ann.actor_id)
    told = LedgerEvent.objects.order_by("-seq")[0]
    assert (told.kind, payload_of(told)["import_id"]) == ("CPL_IMPORTED", str(sheet.pk))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("listed", "said"),
    [({}, REMOVED), (REMOVED, {}), ({}, {"gbcs_version": "3.2"})],
    ids=["removes", "relists", "corrects"],
)
def test_what_removes_relists_or_corrects_takes_another_person(
    listed: dict[str, Any], said: dict[str, Any], ann: Actor, ben: Actor
) -> None:
    make.listed(make.row(1, **listed))
    sheet = brought(ann, make.row(1, **said))
    if "gbcs_version" in said:
        reasons = {"CPL-000001": "Mistyped."}
        sheet = confirm_corrections(sheet_id=sheet.pk, reasons=reasons, by=ann, at=make.AT)
    before = last_seq()

    with pytest.raises(AnotherMustApply):
        applied(sheet, ann)
    assert last_seq() == before
    applied(sheet, ben)

    assert last_seq() == before + 2
    sheet.refresh_from_db()
    assert (sheet.needs_another, sheet.applied_answerable) == (True, ben.answerable)


@pytest.mark.django_db
def test_the_events_of_a_sheet_name_it(ann: Actor, ben: Actor) -> None:
    make.listed(make.row(1), make.row(2, **REMOVED), make.row(3))
    sheet = brought(ann, make.row(1, **REMOVED), make.row(2), make.row(3, gbcs_version="3.2"))
    reasons = {"CPL-000003": "Mistyped."}
    sheet = confirm_corrections(sheet_id=sheet.pk, reasons=reasons, by=ann, at=make.AT)
    before = last_seq()

    applied(sheet, ben)

    told = LedgerEvent.objects.filter(seq__gt=before).order_by("seq")
    assert [event.kind for event in told] == [
        "CPL_ENTRY_CORRECTED",
        "CPL_ENTRY_REMOVED",
        "CPL_ENTRY_RELISTED",
        "CPL_IMPORTED",
    ]
    assert {payload_of(event)["import_id"] for event in told} == {str(sheet.pk)}


@pytest.mark.django_db
def test_a_list_that_changed_since_the_look_is_looked_at_again(ann: Actor) -> None:
    sheet = brought(ann, make.row(1), make.row(2))
    shown = seen(sheet)
    make.listed(make.row(2))
    before = last_seq()

    with pytest.raises(ListChangedSince):
        apply_sheet(sheet_id=sheet.pk, seen=shown, by=ann, at=make.AT)

    sheet.refresh_from_db()
    assert (sheet.state, last_seq()) == ("WAITING", before)
    assert applied(sheet, ann)["new"] == 1


@pytest.mark.django_db
def test_what_was_renewed_since_the_look_is_not_reverted_unseen(ann: Actor) -> None:
    make.listed(make.row(1))
    sheet = brought(ann, make.row(1, manufacturer_name="Finer Meters"))
    shown = seen(sheet)
    make.listed(make.row(1, cpa_certificate_id="CPA-RENEWED"))

    with pytest.raises(ListChangedSince):
        apply_sheet(sheet_id=sheet.pk, seen=shown, by=ann, at=make.AT)

    assert ListedEntry.objects.get().cpa_certificate_id == "CPA-RENEWED"


@pytest.mark.django_db
@pytest.mark.parametrize("since", ["reason", "fact"])
def test_the_second_person_applies_the_corrections_and_reasons_that_were_shown(
    since: str, ann: Actor, ben: Actor
) -> None:
    make.listed(make.row(1))
    sheet = brought(ann, make.row(1, gbcs_version="3.2"))
    reasons = {"CPL-000001": "Mistyped."}
    sheet = confirm_corrections(sheet_id=sheet.pk, reasons=reasons, by=ann, at=make.AT)
    shown = seen(sheet)
    if since == "reason":
        other = {"CPL-000001": "Something that nobody saw."}
        confirm_corrections(sheet_id=sheet.pk, reasons=other, by=ann, at=make.AT)
    else:
        reconcile_list(
            rows=[make.row(1, esme_variant="ADE")], corrections=reasons, by=ben, at=make.AT
        )
    before = last_seq()

    with pytest.raises(ListChangedSince):
        apply_sheet(sheet_id=sheet.pk, seen=shown, by=ben, at=make.AT)

    assert last_seq() == before


@pytest.mark.django_db
def test_corrections_add_up_until_all_are_taken_back(ann: Actor, ben: Actor) -> None:
    sheet = brought(ann, make.row(1))
    for entry in ("CPL-000001", "CPL-000002"):
        confirm_corrections(sheet_id=sheet.pk, reasons={entry: "Mistyped."}, by=ann, at=make.AT)
    sheet.refresh_from_db()
    assert set(sheet.corrections) == {"CPL-000001", "CPL-000002"}

    with pytest.raises(CorrectionRefused):
        drop_corrections(sheet_id=sheet.pk, by=ben, at=make.AT)
    drop_corrections(sheet_id=sheet.pk, by=ann, at=make.AT)

    sheet.refresh_from_db()
    assert sheet.corrections == {}


@pytest.mark.django_db
def test_a_sheet_with_a_bad_row_or_a_conflict_is_never_applied(ann: Actor, ben: Actor) -> None:
    make.listed(make.row(1))
    text = write_sheet([make.row(1), make.row(2)]).replace("CPL-000002", "CPL_000002")
    bad = bring_sheet(filename="bad.csv", content=text.encode(), by=ann, at=make.AT)
    rival = brought(ann, make.row(1, gbcs_version="3.2"), make.row(2))
    before = last_seq()

    with pytest.raises(SheetHasFaults) as faulty:
        apply_sheet(sheet_id=bad.pk, seen="", by=ben, at=make.AT)
    with pytest.raises(ListInConflict) as contradicting:
        apply_sheet(sheet_id=rival.pk, seen="", by=ben, at=make.AT)

    assert [(f.line, f.column) for f in faulty.value.faults] == [(3, "cpl_entry_id")]
    assert [(c.line, c.column) for c in contradicting.value.conflicts] == [(2, "gbcs_version")]
    assert last_seq() == before
    assert ListedEntry.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("end", ["applied", "dropped", "forgotten"])
def test_a_sheet_that_is_done_with_is_done_with(end: str, ann: Actor) -> None:
    sheet = brought(ann, make.row(1))
    if end == "applied":
        applied(sheet, ann)
    elif end == "dropped":
        drop_sheet(sheet_id=sheet.pk, by=ann, at=make.AT)
    else:
        forget_sheets(at=make.AT + timedelta(days=8))

    sheet.refresh_from_db()
    assert bytes(sheet.content) == b""
    with pytest.raises(SheetDoneWith):
        apply_sheet(sheet_id=sheet.pk, seen="", by=ann, at=make.AT)
    with pytest.raises(SheetDoneWith):
        drop_sheet(sheet_id=sheet.pk, by=ann, at=make.AT)
    with pytest.raises(SheetDoneWith):
        confirm_corrections(sheet_id=sheet.pk, reasons={}, by=ann, at=make.AT)


@pytest.mark.django_db
def test_a_sheet_waits_for_a_week(ann: Actor) -> None:
    sheet = brought(ann, make.row(1))

    assert forget_sheets(at=make.AT + timedelta(days=7)) == 0
    assert forget_sheets(at=make.AT + timedelta(days=7, seconds=1)) == 1

    sheet.refresh_from_db()
    assert sheet.state == "DROPPED"


@pytest.mark.django_db
def test_only_who_brought_a_sheet_says_what_it_corrects_and_always_why(
    ann: Actor, ben: Actor
) -> None:
    sheet = brought(ann, make.row(1))

    with pytest.raises(CorrectionRefused, match="Whoever brought"):
        confirm_corrections(
            sheet_id=sheet.pk, reasons={"CPL-000001": "Mistyped."}, by=ben, at=make.AT
        )
    with pytest.raises(CorrectionRefused, match="Say why"):
        confirm_corrections(sheet_id=sheet.pk, reasons={"CPL-000001": " "}, by=ann, at=make.AT)

    sheet.refresh_from_db()
    assert sheet.corrections == {}


@pytest.mark.django_db
def test_a_sheet_beyond_the_limit_is_not_kept(ann: Actor) -> None:
    with pytest.raises(SheetTooLarge, match="50 MB"):
        bring_sheet(filename="all.csv", content=b"x" * (LARGEST_SHEET + 1), by=ann, at=make.AT)

    assert not SheetImport.objects.exists()


@pytest.mark.django_db
def test_a_files_name_is_kept_as_far_as_it_can_be_shown(ann: Actor) -> None:
    name = "c\u202epl\x00" + "x" * 300
    sheet = bring_sheet(filename=name, content=b"x", by=ann, at=make.AT)

    assert sheet.filename == "cpl" + "x" * 197


@pytest.mark.django_db
def test_the_database_refuses_a_sheet_applied_by_the_same_eyes(ann: Actor) -> None:
    sheet = brought(ann, make.row(1))

    with pytest.raises(IntegrityError, match="records_sheet_four_eyes"), transaction.atomic():
        SheetImport.objects.filter(pk=sheet.pk).update(
            state="APPLIED",
            needs_another=True,
            applied_at=make.AT,
            applied_by=ann.actor_id,
            applied_answerable=ann.answerable,
            applied_party=ann.party.actor_id,
        )
    with pytest.raises(IntegrityError, match="records_sheet_four_eyes"), transaction.atomic():
        SheetImport.objects.filter(pk=sheet.pk).update(state="APPLIED")
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE records_sheetimport SET brought_answerable = brought_by")
