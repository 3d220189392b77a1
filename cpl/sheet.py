"""The CPL sheet: the whole Central Products List as one table, read and written.

`read_sheet` turns a CSV file into typed rows and names every fault at once; it decides nothing
about what the rows mean for the list. A table from elsewhere, such as a workbook, comes in as
`Record`s through `read_records`. What `write_sheet` writes, `read_sheet` reads back unchanged.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from cpl.sheet_cells import cell_of, neutralise
from cpl.sheet_file import decode, split_records
from cpl.sheet_header import read_header
from cpl.sheet_reading import RowReading
from cpl.sheet_row import COLUMNS, Record, RowFault, SheetRow, file_fault


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet holds: the faultless rows, in the file's order, and every fault, by line."""

    rows: tuple[SheetRow, ...]
    faults: tuple[RowFault, ...]


def write_sheet(rows: Iterable[SheetRow]) -> str:
    """The rows as CSV text in the contract's column order, safe to open in a spreadsheet.

    Reading it again gives the same rows, but for their line numbers, when they came from a sheet.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([neutralise(cell_of(row, column)) for column in COLUMNS])
    return text.getvalue()


def read_sheet(data: bytes) -> Sheet:
    """Reads a CSV file in UTF-8, with or without a byte order mark.

    Never raises: a file that cannot be read at all gives no rows and a fault that says why.
    """
    text = decode(data)
    if isinstance(text, RowFault):
        return Sheet((), (text,))
    records, broken = split_records(text)
    if broken and (not records or broken[0].line < records[0].line):
        # Without its header no row can be read, and the next row must not be taken for it.
        return Sheet((), (broken[0],))
    sheet = read_records(records)
    return Sheet(sheet.rows, _in_order([*sheet.faults, *broken]))


def read_records(records: Iterable[Record]) -> Sheet:
    """Reads a table whose first record that is not blank is the header; blank records are skipped.

    All missing or double headings are named, and then no row is read; otherwise every bad cell of
    every row is named. A row with a fault is not among the sheet's rows.
    """
    filled = [record for record in records if not _is_blank(record)]
    if not filled:
        return Sheet((), (file_fault("EMPTY", "The sheet is empty. Export it again."),))
    header = read_header(filled[0])
    if isinstance(header, tuple):
        return Sheet((), header)
    rows: list[SheetRow] = []
    faults: list[RowFault] = []
    first_lines: dict[str, int] = {}
    for record in filled[1:]:
        row = RowReading(record, header, is_last=record is filled[-1])
        typed = row.read(first_lines)
        if typed is not None:
            rows.append(typed)
        faults += row.faults
    return Sheet(tuple(rows), _in_order(faults))


def _is_blank(record: Record) -> bool:
    return not any(cell.strip() for cell in record.cells) and (
        record.ended or len(record.cells) <= 1
    )


def _in_order(faults: Iterable[RowFault]) -> tuple[RowFault, ...]:
    return tuple(sorted(faults, key=lambda fault: fault.line))
