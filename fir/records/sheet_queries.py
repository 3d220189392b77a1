"""Reads of the sheets that were brought, and of what one of them would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cpl.queries import entries_by_id
from cpl.sheet import read_sheet
from cpl.sheet.marking import marked_sheet
from fir.records.comparison import ALL_FACTS, CHANGES, compare_list
from fir.records.models import SheetImport

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from cpl.models import ListedEntry
    from cpl.sheet.row import RowFault, SheetRow
    from fir.records.comparison import Reconciliation, RowConflict

CHANGED = CHANGES[:-1]  # all but those that stay unchanged


def sheets() -> QuerySet[SheetImport]:
    """Every sheet that was brought, newest first, without its content."""
    return SheetImport.objects.defer("content").order_by("-brought_at", "-id")


def find_sheet(sheet_id: uuid.UUID) -> SheetImport | None:
    """The sheet with this id, with its content."""
    return SheetImport.objects.filter(pk=sheet_id).first()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sheet would change as the list stands.

    With faults, `outcome` is of the rows that can be read; None where there are none. Of the
    faults, `faults_left_out` are only counted.
    """

    faults: tuple[RowFault, ...]
    faults_left_out: int
    outcome: Reconciliation | None

    @property
    def conflicts(self) -> Sequence[RowConflict]:
        """What contradicts the list."""
        return self.outcome.conflicts if self.outcome else ()

    @property
    def changes_something(self) -> bool:
        """Whether there is anything to apply."""
        return self.outcome is not None and any(getattr(self.outcome, name) for name in CHANGED)

    @property
    def can_be_applied(self) -> bool:
        """Whether nothing stands in the way, but for who may apply it."""
        return self.changes_something and not (self.faults or self.conflicts)


def preview_of(sheet: SheetImport) -> Preview:
    """Read a sheet that waits and compare it with the list. A large sheet takes seconds."""
    read = read_sheet(bytes(sheet.content))
    has_rows = bool(read.rows) or not read.faults
    outcome = compare_list(read.rows, may_correct=sheet.corrections) if has_rows else None
    return Preview(read.faults, read.faults_left_out, outcome)


def sheet_with_faults(sheet: SheetImport) -> str:
    """A sheet that waits as CSV text, saying beside each row what is wrong with it."""
    return marked_sheet(bytes(sheet.content), preview_of(sheet).conflicts)


class Difference(NamedTuple):
    """A column in which a row of the sheet differs from its entry."""

    column: str
    listed: str
    said: str


class Change(NamedTuple):
    """A row of the sheet, and where it differs from its entry: nowhere, where it has none yet.

    `reason` says why the published facts are wrong, where the row corrects them.
    """

    row: SheetRow
    differences: list[Difference]
    reason: str


def first_changes(
    sheet: SheetImport, outcome: Reconciliation, *, most: int
) -> dict[str, list[Change]]:
    """By what happens to them, the first rows of a sheet that change something. One query."""
    rows: dict[str, list[SheetRow]] = {name: getattr(outcome, name)[:most] for name in CHANGED}
    entries = entries_by_id(_ids(row for name in CHANGED[1:] for row in rows[name]))
    return {
        name: [
            Change(
                row,
                _differences(row, entries.get(row.cpl_entry_id)),
                sheet.corrections[row.cpl_entry_id] if name == "corrected" else "",
            )
            for row in rows[name]
        ]
        for name in CHANGED
    }


def _ids(rows: Iterable[SheetRow]) -> set[str]:
    return {row.cpl_entry_id for row in rows}


def _differences(row: SheetRow, entry: ListedEntry | None) -> list[Difference]:
    if entry is None:
        return []
    pairs = ((column, getattr(entry, column), getattr(row, column)) for column in ALL_FACTS)
    return [
        Difference(column, str(listed or ""), str(said or ""))
        for column, listed, said in pairs
        if listed != said
    ]
