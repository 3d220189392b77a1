"""The rows of a workbook's list, as text: what `cpl.workbook.process` does within its limits."""

import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineSheet, CalamineWorkbook

from cpl.sheet.limits import LARGEST_SHEET, too_large
from cpl.sheet.spoilt import Spoilt
from cpl.workbook.archive import Refused, open_archive
from cpl.workbook.marks import Marks, Place, marks_of
from cpl.workbook.parts import NotReadable, Worksheet, plain_styles, worksheets

MOST_CELLS = 2_500_000  # from the first cell of the worksheet to the last, the empty ones included
MOST_MERGED = 100_000

Value = int | float | str | bool | time | date | datetime | timedelta
Row = tuple[int, list[str], dict[int, Spoilt]]


def read_rows(data: bytes) -> Iterator[Row]:
    """Each row in which anything stands: its number, its cells, and which of those are spoilt.

    They come from the first worksheet that is visible and not empty. Raises `Refused`.
    """
    archive = open_archive(data)
    worksheet, marks = _first_filled(archive)
    _check_area(marks)
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        sheet = workbook.get_sheet_by_index(worksheet.index)
    if sheet.name != worksheet.name:
        raise NotReadable(worksheet.part)  # the marks would be of another worksheet
    yield from _rows(sheet, marks)


def _first_filled(archive: zipfile.ZipFile) -> tuple[Worksheet, Marks]:
    plain = plain_styles(archive)
    for worksheet in worksheets(archive):
        if worksheet.is_visible and worksheet.part in archive.namelist():
            marks = marks_of(archive, worksheet.part, plain)
            if marks.rows:
                return worksheet, marks
    message = "No visible worksheet of the workbook has anything in it. Export the sheet again."
    raise Refused("EMPTY", message)


def _check_area(marks: Marks) -> None:
    if marks.rows * marks.columns > MOST_CELLS:
        message = (
            f"The worksheet reaches down to row {marks.rows:,} and across {marks.columns:,} "
            "columns, which no list needs. Likely cause: something stands far below or beside the "
            "list; delete the rows below it and the columns beside it, and save the workbook."
        )
        raise Refused("TOO_LARGE", message)


def _rows(sheet: CalamineSheet, marks: Marks) -> Iterator[Row]:
    merged = _merged(sheet, marks)
    room = LARGEST_SHEET
    for row, values in enumerate(_values(sheet, marks), start=1):
        cells: list[str] = []
        spoilt: dict[int, Spoilt] = {}
        for column, value in enumerate(values, start=1):
            place = (row, column)
            cells.append(marks.errors.get(place) or _text(value))
            if reason := Spoilt.MERGED if place in merged else _spoilt(value, place, marks):
                spoilt[column - 1] = reason
        room -= sum(map(len, cells))
        if room < 0:
            raise Refused("TOO_LARGE", too_large().message)
        if spoilt or any(cells):
            yield row, cells, spoilt


def _values(sheet: CalamineSheet, marks: Marks) -> Iterator[list[Value]]:
    """The values of all rows and columns that anything stands in, be it a formula without one."""
    # Rows come from the worksheet's first on, but cells from the first column with a value.
    left = [""] * (sheet.start or (0, 0))[1]
    count = 0
    for values in sheet.iter_rows():
        count += 1
        yield [*left, *values, *[""] * (marks.columns - len(left) - len(values))]
    for _ in range(marks.rows - count):
        yield [""] * marks.columns


def _merged(sheet: CalamineSheet, marks: Marks) -> set[Place]:
    """The places of all merged cells that lie within the worksheet's filled part."""
    merged: set[Place] = set()
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        rows = range(top + 1, min(bottom + 1, marks.rows) + 1)
        columns = range(left + 1, min(right + 1, marks.columns) + 1)
        if len(rows) * len(columns) + len(merged) > MOST_MERGED:
            message = (
                "The worksheet has merged cells all over. Select the whole worksheet, unmerge its "
                "cells, and write each value in every row that it belongs to."
            )
            raise Refused("MERGED", message)
        merged.update((row, column) for row in rows for column in columns)
    return merged


def _text(value: Value) -> str:
    """A value as people see it in the cell, as far as its format does not change it."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return f"{value:.15g}"  # a spreadsheet keeps 15 digits of a number
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _spoilt(value: Value, place: Place, marks: Marks) -> Spoilt | None:
    if place in marks.errors:
        return Spoilt.CELL_ERROR
    if place in marks.formulas:
        return Spoilt.FORMULA
    if isinstance(value, str | bool):
        return None
    if isinstance(value, int | float):
        # Written with an exponent, it has lost digits, or has more than a spreadsheet keeps.
        return Spoilt.NUMBER if place in marks.formatted or "e" in _text(value) else None
    return Spoilt.DATE
