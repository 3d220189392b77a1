"""Reads of the sheets that were brought, and of what one of them would change."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from cpl.facts import CERTIFICATE_FACTS, NAME_FACTS, PUBLISHED_FACTS, STATUS_FACTS
from cpl.sheet import read_sheet
from cpl.sheet.cells import cell_of, neutralise
from cpl.sheet.marking import marked_sheet
from cpl.sheet.row import COLUMNS
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.records.comparison import ALL_FACTS, CHANGES, compare_list
from fir.records.models import SheetImport

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from cpl.sheet.row import RowFault, SheetRow
    from fir.records.comparison import Reconciliation, RowConflict

CHANGED = CHANGES[:-1]  # all but those that stay unchanged
# Which columns each kind of change writes: a row of two kinds differs in each of them elsewhere.
_RENEWED = (*NAME_FACTS, *CERTIFICATE_FACTS)
_WRITES: Mapping[str, Sequence[str]] = {
    "new": (),
    "removed": STATUS_FACTS,
    "relisted": STATUS_FACTS,
    "revised": _RENEWED,
    "corrected": (*PUBLISHED_FACTS, *_RENEWED),
}
CHANGE_COLUMNS = ("cpl_entry_id", "change", "column", "listed", "said", "reason")


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


def told_of(sheet: SheetImport) -> dict[str, object]:
    """What an applied sheet changed, as its event counts it; nothing of one that changed nothing
    or waits."""
    events = LedgerEvent.objects.filter(
        subject_type="import", subject_id=str(sheet.pk), kind="CPL_IMPORTED"
    )
    told = events.order_by("seq").first()
    return payload_of(told) if told else {}


def preview_of(sheet: SheetImport, *, today: date) -> Preview:
    """Read a sheet that waits and compare it with the list. A large sheet takes seconds."""
    read = read_sheet(bytes(sheet.content))
    has_rows = bool(read.rows) or not read.faults
    if not has_rows:
        return Preview(read.faults, read.faults_left_out, None)
    outcome = compare_list(read.rows, today=today, may_correct=sheet.corrections)
    return Preview(read.faults, read.faults_left_out, outcome)


def sheet_with_faults(sheet: SheetImport, *, today: date) -> str:
    """A sheet that waits as CSV text, saying beside each row what is wrong with it."""
    return marked_sheet(bytes(sheet.content), preview_of(sheet, today=today).conflicts)


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
    """By what happens to them, the first rows of a sheet that change something."""
    return {name: list(islice(_changes(sheet, outcome, name), most)) for name in CHANGED}


def changes_of_sheet(sheet: SheetImport, *, today: date) -> str:
    """Everything that a sheet that waits would change, as CSV text that is safe in a spreadsheet: a
    line for each value that changes, and one for each new entry, which holds all that is said of
    it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(CHANGE_COLUMNS)
    outcome = preview_of(sheet, today=today).outcome
    if outcome is not None:
        for line in _lines_of_changes(sheet, outcome):
            writer.writerow(map(neutralise, line))
    return text.getvalue()


def _lines_of_changes(sheet: SheetImport, outcome: Reconciliation) -> Iterator[tuple[str, ...]]:
    for name in CHANGED:
        for change in _changes(sheet, outcome, name):
            for difference in change.differences or [_whole(change.row)]:
                yield (change.row.cpl_entry_id, name, *difference, change.reason)


def _changes(sheet: SheetImport, outcome: Reconciliation, name: str) -> Iterator[Change]:
    rows: Sequence[SheetRow] = getattr(outcome, name)
    for row in rows:
        reason = sheet.corrections[row.cpl_entry_id] if name == "corrected" else ""
        yield Change(row, _differences(row, outcome, _WRITES[name]), reason)


def _differences(
    row: SheetRow, outcome: Reconciliation, columns: Sequence[str]
) -> list[Difference]:
    entry = dict(zip(ALL_FACTS, outcome.listed.get(row.cpl_entry_id, ()), strict=False))
    pairs = ((column, entry.get(column), getattr(row, column)) for column in columns)
    return [
        Difference(column, str(listed or ""), str(said or ""))
        for column, listed, said in pairs
        if listed != said
    ]


def _whole(row: SheetRow) -> Difference:
    """A row that has no entry yet: every column in which it says something."""
    said = ((column, cell_of(row, column)) for column in COLUMNS if column != "cpl_entry_id")
    return Difference("", "", "; ".join(f"{column}: {cell}" for column, cell in said if cell))
