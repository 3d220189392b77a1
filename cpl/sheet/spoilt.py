"""Cells of a workbook whose text is not, or may not be, what its author meant by them."""

from enum import StrEnum

_AS_TEXT = "format the column as text and enter the value again"


class Spoilt(StrEnum):
    """Why a cell cannot be taken at its text; also the code of its fault."""

    FORMULA = "FORMULA"
    CELL_ERROR = "CELL_ERROR"
    MERGED = "MERGED"
    NUMBER = "NUMBER"
    DATE = "DATE"

    def message(self, value: str) -> str:
        """What is wrong with a cell that shows `value`, and what to do."""
        return _MESSAGES[self].format(f"‘{value}’" if value else "nothing")


_MESSAGES = {
    Spoilt.FORMULA: (
        "A formula stands here, which last gave {}. A formula's result depends on the program "
        "that opens the file, so the list takes none; copy the cell and paste its value alone."
    ),
    Spoilt.CELL_ERROR: (
        "{} stands here, which is a spreadsheet's error and no value. Write the value itself."
    ),
    Spoilt.MERGED: (
        "This cell is merged with others, so it cannot be told whose value {} is. Unmerge the "
        "cells and write the value in every row that it belongs to."
    ),
    Spoilt.NUMBER: (
        "{} is a number here, shown in a form of its own or too long to keep its digits. Likely "
        f"cause: a spreadsheet made a number of the value; {_AS_TEXT}."
    ),
    Spoilt.DATE: (
        "{} is a date or a time here, but text is needed. Likely cause: a spreadsheet made a date "
        f"of the value; {_AS_TEXT}."
    ),
}
