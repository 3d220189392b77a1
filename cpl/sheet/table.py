"""From the bytes of a CPL sheet to the records of its table, whatever the kind of file."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from cpl.sheet.file import fault_of_file, split_records
from cpl.sheet.limits import LARGEST_SHEET, too_large
from cpl.sheet.row import BrokenRecord, Record, RowFault
from cpl.workbook.opening import open_workbook

# Each call reads the table anew, one record after the other, so that it need never be held whole.
Table = Callable[[], Iterator[Record | BrokenRecord]]

_ZIP = b"PK\x03\x04"


def open_table(data: bytes) -> Table | RowFault:
    """The table in a CSV file or a workbook (XLSX), or why the file has none."""
    if len(data) > LARGEST_SHEET:
        return too_large()
    if data.startswith(_ZIP):
        return open_workbook(data)
    return fault_of_file(data) or partial(split_records, data)


def is_blank(record: Record | BrokenRecord) -> bool:
    """Whether a record is a row of the file in which nothing stands."""
    if isinstance(record, BrokenRecord) or record.spoilt:
        return False
    return not any(cell.strip() for cell in record.cells) and (
        record.ended or len(record.cells) <= 1
    )


def line_of(record: Record | BrokenRecord) -> int:
    """The line of the file where a record begins."""
    return record.fault.line if isinstance(record, BrokenRecord) else record.line


def and_whether_last(
    records: Iterable[Record | BrokenRecord],
) -> Iterator[tuple[Record | BrokenRecord, bool]]:
    """Each record, and whether none follows it."""
    held: Record | BrokenRecord | None = None
    for record in records:
        if held is not None:
            yield held, False
        held = record
    if held is not None:
        yield held, True
