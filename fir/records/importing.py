"""Sheets of the list that are looked at before they are applied."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import localdate

from cpl.operations import lock_list
from cpl.sheet import read_sheet
from cpl.sheet.limits import LARGEST_SHEET
from fir.parties.four_eyes import same_eyes
from fir.records.comparison import compare_list
from fir.records.models import APPLIED, DROPPED, WAITING, SheetImport
from fir.records.reconciling import (
    CorrectionRefused,
    ListInConflict,
    read_correction,
    write_changes,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cpl.sheet.row import RowFault
    from fir.parties.models import Actor
    from fir.records.comparison import Reconciliation

LONGEST_FILENAME = 200
SHEETS_WAIT = timedelta(days=7)


class SheetTooLarge(ValueError):
    """The sheet is larger than any list could be."""


class SheetHasFaults(ValueError):
    """Rows of the sheet cannot be read; nothing was changed."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(faults)} faults in the sheet.")


class SheetDoneWith(ValueError):
    """The sheet was applied or dropped before."""


class ListChangedSince(ValueError):
    """The sheet would no longer change what was shown: the list or the corrections changed."""


class AnotherMustApply(PermissionError):
    """A sheet that removes, relists or corrects is applied by another person than brought it."""


@transaction.atomic
def bring_sheet(*, filename: str, content: bytes, by: Actor, at: datetime) -> SheetImport:
    """Keep a sheet to be looked at: nothing of the list changes until it is applied.

    The same file, brought again by the same person while it waits, is the same sheet.

    Raises SheetTooLarge.
    """
    if len(content) > LARGEST_SHEET:
        raise SheetTooLarge(
            f"A sheet has at most {LARGEST_SHEET // 1_000_000} MB. The whole list takes far less: "
            "is this the right file?"
        )
    content_hash = hashlib.sha256(content).hexdigest()
    lock_list()  # of a form that is sent twice at once, the second finds the sheet of the first
    waiting = SheetImport.objects.filter(
        state=WAITING, content_hash=content_hash, brought_answerable=by.answerable
    ).first()
    return waiting or SheetImport.objects.create(
        filename=_printable(filename),
        content=content,
        content_hash=content_hash,
        brought_at=at,
        brought_by=by.actor_id,
        brought_answerable=by.answerable,
        brought_party=by.party.actor_id,
    )


def _printable(filename: str) -> str:
    return "".join(letter for letter in filename if letter.isprintable())[:LONGEST_FILENAME]


@transaction.atomic
def confirm_corrections(
    *, sheet_id: uuid.UUID, reasons: Mapping[str, str], by: Actor, at: datetime
) -> SheetImport:
    """Say, with a reason each, which further entries' published facts the sheet may correct. Only
    who brought the sheet may.

    Raises SheetImport.DoesNotExist, SheetDoneWith, CorrectionRefused.
    """
    sheet = _own_waiting(sheet_id, by)
    for entry_id, reason in reasons.items():
        sheet.corrections[entry_id] = read_correction(reason)
    sheet.save(update_fields=["corrections"])
    return sheet


@transaction.atomic
def drop_corrections(*, sheet_id: uuid.UUID, by: Actor, at: datetime) -> SheetImport:
    """Take back all that was confirmed of what the sheet may correct. Only who brought it may.

    Raises SheetImport.DoesNotExist, SheetDoneWith, CorrectionRefused.
    """
    sheet = _own_waiting(sheet_id, by)
    sheet.corrections = {}
    sheet.save(update_fields=["corrections"])
    return sheet


def _own_waiting(sheet_id: uuid.UUID, by: Actor) -> SheetImport:
    sheet = _waiting(sheet_id)
    if by.answerable != sheet.brought_answerable:
        raise CorrectionRefused("Whoever brought the sheet says what it corrects, and why.")
    return sheet


@transaction.atomic
def apply_sheet(
    *, sheet_id: uuid.UUID, seen: str, by: Actor, at: datetime
) -> tuple[SheetImport, Reconciliation]:
    """Bring the list to what a brought sheet says, all or nothing.

    `seen` is the digest of the outcome that was looked at (`Reconciliation.digest`).

    Raises SheetImport.DoesNotExist, SheetDoneWith, SheetHasFaults, ListInConflict,
    ListChangedSince, AnotherMustApply.
    """
    sheet = _waiting(sheet_id)
    read = read_sheet(bytes(sheet.content))  # takes seconds, in which others may write the list
    if read.faults:
        raise SheetHasFaults(read.faults)
    lock_list()
    outcome = compare_list(read.rows, today=localdate(at), may_correct=sheet.corrections)
    if outcome.conflicts:
        raise ListInConflict(outcome.conflicts)
    if outcome.digest(sheet.corrections) != seen:
        raise ListChangedSince("The list has changed since this was shown; look at it again.")
    if outcome.needs_another and same_eyes(
        answerable=sheet.brought_answerable, party=sheet.brought_party, by=by
    ):
        raise AnotherMustApply(
            "This sheet removes, relists or corrects entries: another person than brought it must "
            "apply it."
        )
    _close(sheet, outcome, by=by, at=at)
    write_changes(outcome, sheet.corrections, by=by, at=at, import_id=str(sheet.pk))
    return sheet, outcome


@transaction.atomic
def drop_sheet(*, sheet_id: uuid.UUID, by: Actor, at: datetime) -> SheetImport:
    """Do without a sheet: nothing of it is applied, and its content goes.

    Raises SheetImport.DoesNotExist, SheetDoneWith.
    """
    sheet = _waiting(sheet_id)
    sheet.state, sheet.content = DROPPED, b""
    sheet.save(update_fields=["state", "content"])
    return sheet


@transaction.atomic
def forget_sheets(*, at: datetime) -> int:
    """Drop the sheets that waited for too long; how many."""
    waiting = SheetImport.objects.filter(state=WAITING, brought_at__lt=at - SHEETS_WAIT)
    return waiting.update(state=DROPPED, content=b"")


def _waiting(sheet_id: uuid.UUID) -> SheetImport:
    """The sheet, locked against others who would apply or drop it."""
    sheet = SheetImport.objects.select_for_update().get(pk=sheet_id)
    if sheet.state != WAITING:
        done = sheet.state.lower()
        raise SheetDoneWith(f"This sheet was {done} already; nothing more can be done with it.")
    return sheet


def _close(sheet: SheetImport, outcome: Reconciliation, *, by: Actor, at: datetime) -> None:
    sheet.state, sheet.content = APPLIED, b""
    sheet.needs_another = outcome.needs_another
    sheet.applied_at, sheet.applied_by = at, by.actor_id
    sheet.applied_answerable, sheet.applied_party = by.answerable, by.party.actor_id
    sheet.save(
        update_fields=[
            "state",
            "content",
            "needs_another",
            "applied_at",
            "applied_by",
            "applied_answerable",
            "applied_party",
        ]
    )
