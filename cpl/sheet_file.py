"""From the bytes of a CSV file to its records, before anything is known of columns."""

import codecs
import csv
import io

from cpl.sheet_row import Record, RowFault, cut_off, file_fault

_OTHER_FILES = (
    (b"PK\x03\x04", "This is a workbook (XLSX) or a ZIP archive. Save the sheet as CSV UTF-8."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel workbook (XLS). Save the sheet as CSV UTF-8."),
    (b"\x1f\x8b", "This file is compressed with gzip. Give the CSV file inside it."),
    (b"%PDF", "This is a PDF document. Save the sheet as CSV UTF-8."),
)
_UTF_16_MESSAGE = "The file is in UTF-16 or UTF-32. Save it as “CSV UTF-8”, not as “Unicode text”."


def decode(data: bytes) -> str | RowFault:
    """The text of a file in UTF-8, or the fault that says why it has none."""
    for opening, message in _OTHER_FILES:
        if data.startswith(opening):
            return file_fault("NOT_CSV", message)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        return file_fault("NOT_UTF_8", _UTF_16_MESSAGE)
    if b"\0" in data:
        return _nul_fault(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _encoding_fault(data, error)


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


def split_records(text: str) -> tuple[list[Record], list[RowFault]]:
    """The records of CSV text, and the faults of the lines that are not CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records: list[Record] = []
    faults: list[RowFault] = []
    open_end = not text.endswith(("\n", "\r"))
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            # The reader goes on behind the line that it could not read.
            faults.append(_csv_fault(line, str(error)))
        else:
            records.append(Record(line, cells))
        line = reader.line_num + 1
    if open_end and records and not (faults and faults[-1].line > records[-1].line):
        records[-1] = Record(records[-1].line, records[-1].cells, ended=False)
    return records, faults


def _csv_fault(line: int, reason: str) -> RowFault:
    if "unexpected end of data" in reason:
        message = (
            f"A quotation mark opens in the row that begins at line {line} and never closes: the "
            f"sheet seems cut off at line {line}. Likely cause: an export or a transfer that did "
            "not finish, or a stray quotation mark; export the sheet again."
        )
        return RowFault(line, "", "", message, "CUT_OFF")
    if "field larger" in reason:
        message = (
            "A cell is far too long. Likely cause: a stray quotation mark that takes the lines "
            "after it into the cell; close it or write it twice."
        )
        return RowFault(line, "", "", message, "NOT_CSV")
    message = (
        "Text follows a closing quotation mark. Write a quotation mark that belongs to the text "
        'twice ("") and put the whole cell in quotation marks; separate cells by commas alone.'
    )
    return RowFault(line, "", "", message, "NOT_CSV")
