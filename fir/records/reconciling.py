"""Bringing the list to what a sheet says, with an event for every entry that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import localdate

from cpl.identifiers import IdentifierFault
from cpl.operations import (
    add_entries,
    certify_entries,
    change_status,
    lock_list,
    revise_entries,
)
from cpl.sheet.cells import parse_reason
from cpl.sheet.row import CURRENT, REMOVED
from fir.ledger.operations import NewEvent, append_events
from fir.records.comparison import Reconciliation, RowConflict, compare_list
from fir.records.operations import entry_event, entry_facts, status_event

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from cpl.sheet.row import SheetRow
    from fir.parties.models import Actor


class ListInConflict(ValueError):
    """The sheet contradicts published entries; nothing was changed."""

    def __init__(self, conflicts: Sequence[RowConflict]) -> None:
        self.conflicts = tuple(conflicts)
        super().__init__(f"{len(conflicts)} values contradict what is published.")


class CorrectionRefused(ValueError):
    """The correction cannot be confirmed as given; the message says why."""


@transaction.atomic
def reconcile_list(
    *,
    rows: Sequence[SheetRow],
    by: Actor,
    at: datetime,
    corrections: Mapping[str, str] | None = None,
) -> Reconciliation:
    """Bring the whole list to what the sheet says, all or nothing.

    New rows are added, removed and relisted ones marked so, renewed certificates and makers' new
    names become revisions; entries that the sheet lacks stay as they are and are reported.
    `corrections` gives the reason for each entry whose published facts the sheet may change.

    Raises CorrectionRefused, and ListInConflict when a row contradicts what is published.
    """
    reasons = {
        entry_id: read_correction(reason) for entry_id, reason in (corrections or {}).items()
    }
    lock_list()
    outcome = compare_list(rows, today=localdate(at), may_correct=reasons)
    write_changes(outcome, reasons, by=by, at=at)
    return outcome


def write_changes(
    outcome: Reconciliation,
    reasons: Mapping[str, str],
    *,
    by: Actor,
    at: datetime,
    import_id: str | None = None,
) -> None:
    """Write and tell what changes; nothing, where nothing does. A step that appends: the last thing
    that its operation does. The caller holds `lock_list`.

    Raises ListInConflict.
    """
    if outcome.conflicts:
        raise ListInConflict(outcome.conflicts)
    _apply(outcome, by=by.actor_id, at=at)
    events = _events(outcome, reasons, at=at, import_id=import_id)
    if events:
        counts = {**outcome.counts(), "import_id": import_id}
        told = NewEvent("CPL_IMPORTED", "import", import_id or "command", counts)
        append_events([*events, told], by=by.author, at=at)


def _apply(outcome: Reconciliation, *, by: uuid.UUID, at: datetime) -> None:
    add_entries(outcome.new, by=by, at=at)
    said_anew = [*outcome.revised, *outcome.corrected]
    pairs = [(outcome.numbers[row.cpl_entry_id], row) for row in said_anew]
    revise_entries(pairs, by=by, at=at)
    certify_entries(pairs, by=by, at=at)
    change_status(
        [
            (
                outcome.numbers[row.cpl_entry_id],
                row.status,
                _status_date(row, at),
                row.removal_reason if row.status == REMOVED else "",
            )
            for row in (*outcome.removed, *outcome.relisted)
        ],
        by=by,
        at=at,
    )


def _status_date(row: SheetRow, at: datetime) -> date:
    return row.date_removed or localdate(at)


def _events(
    outcome: Reconciliation,
    reasons: Mapping[str, str],
    *,
    at: datetime,
    import_id: str | None,
) -> list[NewEvent]:
    new_and_removed = [row for row in outcome.new if row.status == REMOVED]
    return [
        *(entry_event("CPL_ENTRY_LISTED", row) for row in outcome.new),
        *(entry_event("CPL_ENTRY_REVISED", row) for row in outcome.revised),
        *(
            _correction(row, outcome.corrections[row.cpl_entry_id], reasons, import_id)
            for row in outcome.corrected
        ),
        *(_removal(row, at, import_id) for row in (*new_and_removed, *outcome.removed)),
        *(_relisting(row, at, import_id) for row in outcome.relisted),
    ]


def _correction(
    row: SheetRow, corrected: list[str], reasons: Mapping[str, str], import_id: str | None
) -> NewEvent:
    payload = {
        **entry_facts(row),
        "corrected": corrected,
        "reason": reasons[row.cpl_entry_id],
        "import_id": import_id,
    }
    return NewEvent("CPL_ENTRY_CORRECTED", "cpl_entry", row.cpl_entry_id, payload)


def _removal(row: SheetRow, at: datetime, import_id: str | None) -> NewEvent:
    day, reason = _status_date(row, at), row.removal_reason
    return status_event(row.cpl_entry_id, REMOVED, day, reason=reason, import_id=import_id)


def _relisting(row: SheetRow, at: datetime, import_id: str | None) -> NewEvent:
    day = localdate(at)
    return status_event(row.cpl_entry_id, CURRENT, day, reason="", import_id=import_id)


def read_correction(reason: str) -> str:
    """Why an entry's published facts are wrong, as it is kept. Raises CorrectionRefused."""
    try:
        text = parse_reason(reason.strip())
    except IdentifierFault as fault:
        raise CorrectionRefused(str(fault)) from fault
    if not text:
        raise CorrectionRefused("Say why the published facts are wrong: the reason is published.")
    return text
