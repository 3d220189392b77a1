"""Comparing a sheet with the list as it stands: what would change, and what contradicts it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cpl.queries import listed_entries
from cpl.sheet_row import REMOVED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cpl.models import ListedEntry
    from cpl.sheet_row import SheetRow

# Facts that the sheet may renew without a word: a maker's new name, a renewed certificate.
NAME_FACTS = ("manufacturer_name",)
CERTIFICATE_FACTS = (
    "cpa_certificate_id",
    "cpa_expiry_date",
    "cpa_renewal_date",
    "zigbee_certificate_id",
    "dlms_certificate_id",
)
# What an entry is. A sheet that says otherwise speaks of another entry under the same id.
IDENTITY_FACTS = (
    "device_type",
    "manufacturer_identifier",
    "device_model",
    "firmware_version",
    "date_added",
)
# What was published of it: only a correction, confirmed with a reason, may change these.
PUBLISHED_FACTS = (
    "smets_chts_version",
    "gbcs_version",
    "esme_variant",
    "manufacturer_image_hash",
)


@dataclass(frozen=True, slots=True)
class RowConflict:
    """A row that contradicts what is listed under its entry id."""

    line: int
    column: str
    cpl_entry_id: str
    message: str


@dataclass(slots=True)
class Reconciliation:
    """What a sheet changes: its rows by what happens to them, and the listed ids it lacks."""

    new: list[SheetRow] = field(default_factory=list)
    removed: list[SheetRow] = field(default_factory=list)
    relisted: list[SheetRow] = field(default_factory=list)
    revised: list[SheetRow] = field(default_factory=list)
    unchanged: list[SheetRow] = field(default_factory=list)
    conflicts: list[RowConflict] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many of each."""
        names = ("new", "removed", "relisted", "revised", "unchanged", "absent")
        return {name: len(getattr(self, name)) for name in names}


def compare_list(rows: Sequence[SheetRow]) -> Reconciliation:
    """What the sheet would change, without changing anything."""
    listed = {entry.cpl_entry_id: entry for entry in listed_entries()}
    outcome = Reconciliation()
    for row in rows:
        entry = listed.pop(row.cpl_entry_id, None)
        if entry is None:
            outcome.new.append(row)
        else:
            _compare_row(row, entry, outcome)
    outcome.absent = sorted(listed)
    return outcome


def _compare_row(row: SheetRow, entry: ListedEntry, outcome: Reconciliation) -> None:
    conflicts = [
        _conflict(row, entry, column)
        for column in (*IDENTITY_FACTS, *PUBLISHED_FACTS)
        if getattr(row, column) != getattr(entry, column)
    ]
    if conflicts:
        outcome.conflicts.extend(conflicts)
        return
    renewed = _differs(row, entry, NAME_FACTS + CERTIFICATE_FACTS)
    if renewed:
        outcome.revised.append(row)
    if row.status != entry.status or _removed_otherwise(row, entry):
        (outcome.removed if row.status == REMOVED else outcome.relisted).append(row)
    elif not renewed:
        outcome.unchanged.append(row)


def _removed_otherwise(row: SheetRow, entry: ListedEntry) -> bool:
    said = (row.date_removed, row.removal_reason)
    return row.status == REMOVED and said != (entry.date_removed, entry.removal_reason)


def _differs(row: SheetRow, entry: ListedEntry, columns: Sequence[str]) -> bool:
    return any(getattr(row, column) != getattr(entry, column) for column in columns)


def _conflict(row: SheetRow, entry: ListedEntry, column: str) -> RowConflict:
    said, listed = getattr(row, column), getattr(entry, column)
    remedy = (
        "Give the row an entry id of its own, or take the listed value."
        if column in IDENTITY_FACTS
        else "Take the listed value; a published fact changes only by a confirmed correction."
    )
    return RowConflict(
        line=row.line,
        column=column,
        cpl_entry_id=row.cpl_entry_id,
        message=f"{row.cpl_entry_id} is published with {listed or 'nothing'}, "
        f"and the sheet says {said or 'nothing'}. {remedy}",
    )
