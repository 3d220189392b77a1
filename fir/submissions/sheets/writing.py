"""Writing releases as a sheet, as CSV or as a workbook. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from cpl.sheet.marking import MARK_COLUMN
from cpl.sheet.writing import write_table
from cpl.workbook.writing import write_table as write_workbook
from fir.submissions.claims import Fault
from fir.submissions.sheets.saying import COLUMNS, cells_of

_NAME = "Releases"
_BETWEEN = " | "

Said = Mapping[str, Any]


def write_releases(rows: Iterable[Said]) -> str:
    """What is said of each release, as CSV text."""
    return write_table(COLUMNS, map(cells_of, rows))


def write_releases_workbook(rows: Iterable[Said]) -> bytes:
    """The same as a workbook in which every cell is text."""
    return write_workbook(_NAME, COLUMNS, map(cells_of, rows))


def write_with_faults(rows: Iterable[tuple[Said, Iterable[Fault]]]) -> str:
    """What is said of each release, with a last column that says what is wrong with it and is not
    read again."""
    marked = ([*cells_of(said), _BETWEEN.join(map(_told, faults))] for said, faults in rows)
    return write_table([*COLUMNS, MARK_COLUMN], marked)


def _told(fault: Fault) -> str:
    return f"{fault.field}: {fault.message}" if fault.field else fault.message
