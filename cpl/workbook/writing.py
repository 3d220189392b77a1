"""Writing the Central Products List, or another table, as a workbook (XLSX)."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import xlsxwriter

from cpl.sheet.cells import cell_of, neutralise
from cpl.sheet.row import COLUMNS, SheetRow

_NAME = "Central Products List"
_NO_DATE = datetime(1980, 1, 1, tzinfo=UTC)  # as ZIP writes it
# The two characters of plain text that XML, and so a workbook, cannot hold.
_NOT_IN_XML = str.maketrans("\ufffe\uffff", "��")


def write_workbook(rows: Iterable[SheetRow]) -> bytes:
    """The rows as a workbook of one worksheet, in the contract's column order, the header frozen.

    Reading it again gives the same rows, but for their line numbers, when they came from a sheet.
    """
    return write_table(_NAME, COLUMNS, ([cell_of(row, c) for c in COLUMNS] for row in rows))


def write_table(name: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A workbook of one worksheet of this name, the headings frozen.

    Every cell is text: no digits are lost, no date changes its form, and nothing runs as a formula.
    """
    file = io.BytesIO()
    # Each row leaves memory as the next one begins; it waits in a temporary file.
    with xlsxwriter.Workbook(file, {"constant_memory": True}) as workbook:
        # Otherwise the hour would stand in it, and the same rows would give other bytes.
        workbook.set_properties({"created": _NO_DATE})
        sheet = workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        as_text = workbook.add_format({"num_format": "@"})
        sheet.set_column(0, len(headings) - 1, 20, as_text)
        heading = workbook.add_format({"num_format": "@", "bold": True})
        for place, column in enumerate(headings):
            sheet.write_string(0, place, column, heading)
        for line, cells in enumerate(rows, start=1):
            for place, text in enumerate(cells):
                # With the apostrophe, because the reader takes one off, and for a later CSV.
                cell = neutralise(text).translate(_NOT_IN_XML)
                if cell:
                    sheet.write_string(line, place, cell, as_text)
    return file.getvalue()
