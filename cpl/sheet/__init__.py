"""The CPL sheet: the whole Central Products List as one table, read and written.

`read_sheet` turns a CSV file or a workbook into typed rows and names every fault at once; it
decides nothing about what the rows mean for the list. A table from elsewhere comes in as
`Record`s through `read_records`. What `write_sheet` writes, `read_sheet` reads back unchanged.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from cpl.sheet.cells import cell_of
from cpl.sheet.header import Header, read_header
from cpl.sheet.limits import MOST_FAULTS, MOST_ROWS, too_many_rows
from cpl.sheet.reading import RowReading
from cpl.sheet.row import COLUMNS, BrokenRecord, Record, RowFault, SheetRow, file_fault
from cpl.sheet.table import and_whether_last, is_blank, line_of, open_table
from cpl.sheet.writing import write_table


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet holds: the faultless rows, in the file's order, and its faults, by line.

    Every fault is among `faults`, but for `faults_left_out` of the later ones when there are
    more than `MOST_FAULTS`.
    """

    rows: tuple[SheetRow, ...]
    faults: tuple[RowFault, ...]
    faults_left_out: int = 0


def write_sheet(rows: Iterable[SheetRow]) -> str:
    """The rows as CSV text in the contract's column order, safe to open in a spreadsheet.

    Reading it again gives the same rows, but for their line numbers, when they came from a sheet.
    """
    return write_table(COLUMNS, ([cell_of(row, column) for column in COLUMNS] for row in rows))


def read_sheet(data: bytes) -> Sheet:
    """Reads a CSV file in UTF-8, with or without a byte order mark, or a workbook (XLSX).

    Never raises: a file that cannot be read at all gives no rows and a fault that says why.
    """
    table = open_table(data)
    return Sheet((), (table,)) if isinstance(table, RowFault) else read_records(table())


def read_records(records: Iterable[Record | BrokenRecord]) -> Sheet:
    """Reads a table whose first record that is not blank is the header; blank records are skipped.

    All missing or double headings are named, and then no row is read; otherwise every bad cell of
    every row is named, as far as the limits go. A row with a fault is not among the sheet's rows.
    """
    filled = (record for record in records if not is_blank(record))
    first = next(filled, None)
    if first is None:
        return Sheet((), (file_fault("EMPTY", "The sheet is empty. Export it again."),))
    if isinstance(first, BrokenRecord):
        # Without its header no row can be read, and the next row must not be taken for it.
        return Sheet((), (first.fault,))
    header = read_header(first)
    if not isinstance(header, Header):
        return Sheet((), header)
    sheet = _read_rows(filled, header)
    return sheet if sheet.rows or sheet.faults else Sheet((), (_without_rows(first.line),))


def _without_rows(line: int) -> RowFault:
    message = (
        "The sheet has headings and no row. Likely cause: an export that a filter left empty; "
        "export the whole list."
    )
    return RowFault(line, "", "", message, "NO_ROWS")


def _read_rows(records: Iterable[Record | BrokenRecord], header: Header) -> Sheet:
    rows: list[SheetRow] = []
    faults: list[RowFault] = []
    left_out = 0
    first_lines: dict[str, int] = {}
    for count, (record, is_last) in enumerate(and_whether_last(records)):
        if count == MOST_ROWS:
            faults.append(too_many_rows(line_of(record), MOST_ROWS))
            break
        typed, found = _read_row(record, header, first_lines, is_last=is_last)
        if typed is not None:
            rows.append(typed)
        room = MOST_FAULTS - len(faults)
        faults += found[:room]
        left_out += len(found[room:])
    return Sheet(tuple(rows), tuple(faults), left_out)


def _read_row(
    record: Record | BrokenRecord, header: Header, first_lines: dict[str, int], *, is_last: bool
) -> tuple[SheetRow | None, list[RowFault]]:
    if isinstance(record, BrokenRecord):
        return None, [record.fault]
    row = RowReading(record, header, is_last=is_last)
    return row.read(first_lines), row.faults
