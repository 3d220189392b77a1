"""From the bytes of a CSV file to its records, before anything is known of columns."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Self

from cpl.sheet.limits import LONGEST_RECORD, MOST_LINES, too_many_rows
from cpl.sheet.row import BrokenRecord, Record, RowFault, cut_off, file_fault

LONGEST_BROKEN = 32_000  # characters kept of text that is not CSV: what one cell can show

_OTHER_FILES = (
    (
        b"\xd0\xcf\x11\xe0",
        "This is an old Excel workbook (XLS), or one that is locked with a password. Save the "
        "sheet as XLSX or as CSV UTF-8, without a password.",
    ),
    (b"\x1f\x8b", "This file is compressed with gzip. Give the CSV file inside it."),
    (b"%PDF", "This is a PDF document. Save the sheet as XLSX or as CSV UTF-8."),
)
_LINE_ENDS = ("\n", "\r")
_TOO_LONG = "record too long"
_UTF_16_MESSAGE = "The file is in UTF-16 or UTF-32. Save it as “CSV UTF-8”, not as “Unicode text”."


def fault_of_file(data: bytes) -> RowFault | None:
    """Why these bytes are no text in UTF-8, or None when they are."""
    for opening, message in _OTHER_FILES:
        if data.startswith(opening):
            return file_fault("NOT_CSV", message)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        return file_fault("NOT_UTF_8", _UTF_16_MESSAGE)
    if b"\0" in data:
        return _nul_fault(data)
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _encoding_fault(data, error)
    return None


def _nul_fault(data: bytes) -> RowFault:
    if data.count(b"\0") * 3 > len(data):
        return file_fault("NOT_UTF_8", _UTF_16_MESSAGE)
    line = _line_at(data, data.index(b"\0"))
    message = (
        "The file holds a NUL character, which no text has. Likely cause: a damaged or cut off "
        "copy; export the sheet again."
    )
    return RowFault(line, "", "", message, "NUL_CHARACTER")


def _encoding_fault(data: bytes, error: UnicodeDecodeError) -> RowFault:
    line = _line_at(data, error.start)
    if error.reason == "unexpected end of data":
        return cut_off(line, "")
    message = (
        "The file is not in UTF-8 from here on. Likely cause: it was saved in the encoding of "
        "Windows (Windows-1252); save it as “CSV UTF-8”."
    )
    return RowFault(line, "", "", message, "NOT_UTF_8")


def _line_at(data: bytes, offset: int) -> int:
    before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


class _Lines:
    """The lines of a CSV file, counted; too long a record raises `csv.Error` instead of a line.

    The CSV reader asks for one line after the other until a record ends, and begins a new record
    behind a line that it could not get.
    """

    def __init__(self, data: bytes) -> None:
        self._file = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", newline="")
        self.count = 0
        self.record: list[str] = []
        self._length = 0

    def begin_record(self) -> None:
        """Forget the lines of the record before."""
        self.record = []
        self._length = 0

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_RECORD)
        if not line:
            raise StopIteration
        self.count += 1
        self.record.append(line)
        self._length += len(line)
        if self._length >= LONGEST_RECORD:
            self._skip_the_rest_of(line)
            raise csv.Error(_TOO_LONG)
        return line

    def _skip_the_rest_of(self, line: str) -> None:
        while line and not line.endswith(_LINE_ENDS):
            line = self._file.readline(LONGEST_RECORD)


def split_records(data: bytes) -> Iterator[Record | BrokenRecord]:
    """The records of a CSV file in UTF-8, one at a time, and what is not CSV in its place."""
    lines = _Lines(data)
    reader = csv.reader(lines, strict=True)
    while True:
        lines.begin_record()
        first_line = lines.count + 1
        found: Record | BrokenRecord
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader goes on behind the line that it could not read.
            fault = _csv_fault(first_line, str(error))
            found = BrokenRecord(fault, "".join(lines.record)[:LONGEST_BROKEN])
        else:
            found = Record(first_line, cells, ended=lines.record[-1].endswith(_LINE_ENDS))
        if first_line > MOST_LINES:
            yield BrokenRecord(too_many_rows(first_line, MOST_LINES), "")
            return
        yield found


def _csv_fault(line: int, reason: str) -> RowFault:
    if "unexpected end of data" in reason:
        message = (
            f"A quotation mark opens in the row that begins at line {line} and never closes: the "
            f"sheet seems cut off at line {line}. Likely cause: an export or a transfer that did "
            "not finish, or a stray quotation mark; export the sheet again."
        )
        return RowFault(line, "", "", message, "CUT_OFF")
    if "field larger" in reason or reason == _TOO_LONG:
        message = (
            "A cell or a row is far too long. Likely cause: a stray quotation mark that takes the "
            "lines after it into the cell; close it or write it twice."
        )
        return RowFault(line, "", "", message, "NOT_CSV")
    message = (
        "Text follows a closing quotation mark. Write a quotation mark that belongs to the text "
        'twice ("") and put the whole cell in quotation marks; separate cells by commas alone.'
    )
    return RowFault(line, "", "", message, "NOT_CSV")
