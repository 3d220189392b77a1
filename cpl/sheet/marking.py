"""The CPL sheet given back with its faults, each beside the row that it is of."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, Self, TextIO

from cpl.sheet import Sheet, read_records
from cpl.sheet.cells import neutralise, without_apostrophe
from cpl.sheet.limits import MOST_ROWS
from cpl.sheet.row import BrokenRecord, Record, RowFault
from cpl.sheet.table import Table, is_blank, line_of, open_table

MARK_COLUMN = "what_is_wrong"

_BETWEEN = " | "
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


class Told(Protocol):
    """Something to say of a line of the sheet: a fault, or a conflict with the list.

    `column` is '' when it is of the whole row.
    """

    @property
    def line(self) -> int:
        """Where the row begins in the file."""

    @property
    def column(self) -> str:
        """The column's heading."""

    @property
    def message(self) -> str:
        """What is wrong, and what to do."""


def marked_sheet(data: bytes, further: Iterable[Told] = ()) -> str:
    """The same sheet as CSV text, with a last column that says what is wrong with each row.

    `data` is a sheet as `read_sheet` takes it; `further` is told beside the faults found in it.
    What is of the whole file stands in the heading of that column. Every other cell says what it
    said, with an apostrophe where a spreadsheet would run it. The column is none of the list's:
    with its cells mended, and with or without that column, the sheet reads. Of a sheet with too
    many rows the rest is left out. A file in which there are no rows gives the heading alone.
    """
    text = io.StringIO(newline="")
    table = open_table(data)
    if isinstance(table, RowFault):
        csv.writer(text).writerow([_heading([table.message])])
        return text.getvalue()
    sheet = read_records(table())
    notes = _notes([*sheet.faults, *further])
    heading = _heading(_notes_of_file(notes, _filled(table), sheet))
    too_long = {fault.line for fault in sheet.faults if fault.code == "TOO_MANY_CELLS"}
    _write(text, _filled(table), heading, notes, too_long)
    return text.getvalue()


def _filled(table: Table) -> Iterator[Record | BrokenRecord]:
    """The header, and the rows as far as they are read and the one that is told to be too many."""
    filled = (record for record in table() if not is_blank(record))
    return islice(filled, MOST_ROWS + 2)


def _notes(told: Iterable[Told]) -> dict[int, list[str]]:
    """By line, what is to be said there."""
    notes: dict[int, list[str]] = defaultdict(list)
    for one in told:
        notes[one.line].append(f"{one.column}: {one.message}" if one.column else one.message)
    return notes


def _notes_of_file(
    notes: Mapping[int, list[str]], records: Iterable[Record | BrokenRecord], sheet: Sheet
) -> list[str]:
    """What is said of no row: of the header, of a line without one, and of faults left out."""
    lines = map(line_of, records)
    next(lines, None)  # the header's
    of_rows = {line for line in lines if line in notes}
    said = [note for line, told in sorted(notes.items()) if line not in of_rows for note in told]
    if sheet.faults_left_out:
        said.append(
            f"{sheet.faults_left_out:,} further faults are not named here. Mend these first, and "
            "bring the sheet again."
        )
    return said


def _heading(notes: Sequence[str]) -> str:
    return f"{MARK_COLUMN}: {_BETWEEN.join(notes)}" if notes else MARK_COLUMN


def _write(
    text: TextIO,
    records: Iterable[Record | BrokenRecord],
    heading: str,
    notes: Mapping[int, list[str]],
    too_long: Set[int],
) -> None:
    writer = csv.writer(text)
    line = 1
    layout: _Layout | None = None
    for record in records:
        # Blank rows stay, so that a line named in a note is found where it says.
        text.write("\r\n" * (line_of(record) - line))
        line = max(line, line_of(record))
        note = _BETWEEN.join(notes.get(line_of(record), ()))
        if layout is None:
            layout, note = _Layout.of(record), heading
        cells = layout.cells(record, is_too_long=line_of(record) in too_long)
        row = [*cells, neutralise(note)]
        writer.writerow(row)
        line += 1 + sum(len(_LINE_BREAK.findall(cell)) for cell in row)
    if layout is None:
        writer.writerow([heading])


@dataclass(frozen=True, slots=True)
class _Layout:
    """How wide the header is, and where a column of earlier marks stands in it, if one does."""

    width: int
    marks: int | None

    @classmethod
    def of(cls, header: Record | BrokenRecord) -> Self:
        cells = _cells(header)
        marks = (at for at, cell in enumerate(cells) if cell.casefold().startswith(MARK_COLUMN))
        return cls(len(cells), next(marks, None))

    def cells(self, record: Record | BrokenRecord, *, is_too_long: bool) -> list[str]:
        """The cells of a row, safe for a spreadsheet, as many as headings, without earlier marks.

        A row that is too long keeps all its cells: which of them is one too many, only people see.
        """
        cells = [neutralise(without_apostrophe(cell.strip())) for cell in _cells(record)]
        if is_too_long or any(cells[self.width :]):
            return cells
        cells = [*cells[: self.width], *[""] * (self.width - len(cells))]
        if self.marks is not None:
            del cells[self.marks]
        return cells


def _cells(record: Record | BrokenRecord) -> Sequence[str]:
    return [record.text] if isinstance(record, BrokenRecord) else record.cells
