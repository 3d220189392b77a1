"""The CPL sheet: the whole Central Products List as one table, read and written.

`read_sheet` turns a CSV file into typed rows and names every fault at once; it decides nothing
about what the rows mean for the list. A table from elsewhere, such as a workbook, comes in as
`Record`s through `read_records`. What `write_sheet` writes, `read_sheet` reads back unchanged.
"""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from cpl.identifiers import (
    IdentifierFault,
    parse_cpl_entry_id,
    parse_date,
    parse_device_model,
    parse_device_type,
    parse_firmware_version,
    parse_hardware_revision,
    parse_hardware_version,
    parse_image_hash,
    parse_manufacturer_identifier,
    parse_model_identifier,
    shown,
)

T = TypeVar("T")

CURRENT = "CURRENT"
REMOVED = "REMOVED"

COLUMNS = (
    "cpl_entry_id",
    "device_type",
    "manufacturer_identifier",
    "manufacturer_name",
    "device_model",
    "firmware_version",
    "smets_chts_version",
    "gbcs_version",
    "esme_variant",
    "manufacturer_image_hash",
    "cpa_certificate_id",
    "cpa_expiry_date",
    "cpa_renewal_date",
    "zigbee_certificate_id",
    "dlms_certificate_id",
    "status",
    "date_added",
    "date_removed",
    "removal_reason",
)
MODEL_PARTS = ("model_identifier", "hardware_version", "hardware_revision")

LONGEST_TEXT = 200
LONGEST_REASON = 500

_REMOVAL_COLUMNS = ("date_removed", "removal_reason")
# A value of these, cut short, no longer has its form: the others may be cut without a trace.
_FIXED_FORM_COLUMNS = (
    "device_type",
    "manufacturer_identifier",
    "device_model",
    *MODEL_PARTS,
    "firmware_version",
    "manufacturer_image_hash",
    "cpa_expiry_date",
    "cpa_renewal_date",
    "status",
    "date_added",
    "date_removed",
)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One entry as the sheet gives it: every identifier in its stored form, text stripped.

    `line` is where its record begins in the file. Text that the sheet leaves empty is ''.
    """

    line: int
    cpl_entry_id: str
    device_type: str
    manufacturer_identifier: str
    manufacturer_name: str
    device_model: str
    firmware_version: str
    smets_chts_version: str
    gbcs_version: str
    esme_variant: str
    manufacturer_image_hash: str
    cpa_certificate_id: str
    cpa_expiry_date: date | None
    cpa_renewal_date: date | None
    zigbee_certificate_id: str
    dlms_certificate_id: str
    status: str
    date_added: date
    date_removed: date | None
    removal_reason: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """Something wrong with one cell, row or file, told to the person who made the sheet.

    `column` is '' when the fault is of the whole row or file; `value` is cut to 80 characters;
    `message` says what is wrong and what to do, `str()` also where.
    """

    line: int
    column: str
    value: str
    message: str
    code: str

    def __str__(self) -> str:
        where = f"Line {self.line}, {self.column}" if self.column else f"Line {self.line}"
        return f"{where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet holds: the faultless rows, in the file's order, and every fault, by line."""

    rows: tuple[SheetRow, ...]
    faults: tuple[RowFault, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """The cells of one row as the file gives them, before anything is known of columns.

    `ended` is False when the file stops without showing that the last cell is whole.
    """

    line: int
    cells: Sequence[str]
    ended: bool = True


# Spreadsheets run a cell that begins so as a formula, some of them even after spaces. A cell that
# already has apostrophes before such a sign is marked too, or taking the mark off would alter it.
_FORMULA = re.compile(r"['\s]*[=+\-@\t\r\n]")


def neutralise(text: str) -> str:
    """`text` for a cell: with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if _FORMULA.match(text) else text


def without_apostrophe(text: str) -> str:
    """The text that `neutralise` was given: takes off the apostrophe that it would have put on."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text


def write_sheet(rows: Iterable[SheetRow]) -> str:
    """The rows as CSV text in the contract's column order, safe to open in a spreadsheet.

    Reading it again gives the same rows, but for their line numbers, when they came from a sheet.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([neutralise(_cell_of(row, column)) for column in COLUMNS])
    return text.getvalue()


def read_sheet(data: bytes) -> Sheet:
    """Reads a CSV file in UTF-8, with or without a byte order mark.

    Never raises: a file that cannot be read at all gives no rows and a fault that says why.
    """
    text = _decode(data)
    if isinstance(text, RowFault):
        return Sheet((), (text,))
    records, broken = _split(text)
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
        return Sheet((), (_file_fault("EMPTY", "The sheet is empty. Export it again."),))
    header = _read_header(filled[0])
    if isinstance(header, tuple):
        return Sheet((), header)
    rows: list[SheetRow] = []
    faults: list[RowFault] = []
    first_lines: dict[str, int] = {}
    for record in filled[1:]:
        row = _RowReading(record, header, is_last=record is filled[-1])
        typed = row.read(first_lines)
        if typed is not None:
            rows.append(typed)
        faults += row.faults
    return Sheet(tuple(rows), _in_order(faults))


# --- the file ---------------------------------------------------------------------------------

_OTHER_FILES = (
    (b"PK\x03\x04", "This is a workbook (XLSX) or a ZIP archive. Save the sheet as CSV UTF-8."),
    (b"\xd0\xcf\x11\xe0", "This is an old Excel workbook (XLS). Save the sheet as CSV UTF-8."),
    (b"\x1f\x8b", "This file is compressed with gzip. Give the CSV file inside it."),
    (b"%PDF", "This is a PDF document. Save the sheet as CSV UTF-8."),
)
_UTF_16_MESSAGE = "The file is in UTF-16 or UTF-32. Save it as “CSV UTF-8”, not as “Unicode text”."


def _decode(data: bytes) -> str | RowFault:
    for opening, message in _OTHER_FILES:
        if data.startswith(opening):
            return _file_fault("NOT_CSV", message)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)):
        return _file_fault("NOT_UTF_8", _UTF_16_MESSAGE)
    if b"\0" in data:
        return _nul_fault(data)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _encoding_fault(data, error)


def _nul_fault(data: bytes) -> RowFault:
    if data.count(b"\0") * 3 > len(data):
        return _file_fault("NOT_UTF_8", _UTF_16_MESSAGE)
    line = _line_at(data, data.index(b"\0"))
    message = (
        "The file holds a NUL character, which no text has. Likely cause: a damaged or cut off "
        "copy; export the sheet again."
    )
    return RowFault(line, "", "", message, "NUL_CHARACTER")


def _encoding_fault(data: bytes, error: UnicodeDecodeError) -> RowFault:
    line = _line_at(data, error.start)
    if error.reason == "unexpected end of data":
        return _cut_off(line, "")
    message = (
        "The file is not in UTF-8 from here on. Likely cause: it was saved in the encoding of "
        "Windows (Windows-1252); save it as “CSV UTF-8”."
    )
    return RowFault(line, "", "", message, "NOT_UTF_8")


def _line_at(data: bytes, offset: int) -> int:
    before = data[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1


def _split(text: str) -> tuple[list[Record], list[RowFault]]:
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


def _is_blank(record: Record) -> bool:
    return not any(cell.strip() for cell in record.cells) and (
        record.ended or len(record.cells) <= 1
    )


def _file_fault(code: str, message: str) -> RowFault:
    return RowFault(1, "", "", message, code)


def _cut_off(line: int, value: str) -> RowFault:
    message = (
        f"The sheet seems cut off at line {line}. Likely cause: an export or a transfer that did "
        "not finish; export it again. If the row is whole, end it with a line break."
    )
    return RowFault(line, "", shown(value), message, "CUT_OFF")


def _in_order(faults: Iterable[RowFault]) -> tuple[RowFault, ...]:
    return tuple(sorted(faults, key=lambda fault: fault.line))


# --- the header -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    """Where each known column stands; `width` ends with the last heading that is not blank."""

    width: int
    full_width: int
    places: Mapping[str, int]

    @property
    def last_column(self) -> str:
        """The column that stands last, '' when FIR does not know it."""
        return next((name for name, at in self.places.items() if at == self.width - 1), "")


def _plain_heading(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading).casefold()


_KNOWN_HEADINGS = {_plain_heading(column): column for column in (*COLUMNS, *MODEL_PARTS)}


def _read_header(record: Record) -> _Header | tuple[RowFault, ...]:
    places: dict[str, int] = {}
    twice: list[str] = []
    width = 0
    for place, heading in enumerate(record.cells):
        width = place + 1 if heading.strip() else width
        column = _KNOWN_HEADINGS.get(_plain_heading(heading), "")
        if column in places:
            twice.append(column)
        elif column:
            places[column] = place
    faults = _heading_faults(record, places, twice)
    return faults or _Header(width, len(record.cells), places)


def _heading_faults(
    record: Record, places: Mapping[str, int], twice: Sequence[str]
) -> tuple[RowFault, ...]:
    if not places and (separator := _other_separator(record.cells)):
        message = (
            f"The cells are separated by {separator}, not by commas. Likely cause: the regional "
            "setting of a spreadsheet; save the sheet as comma-separated CSV UTF-8."
        )
        return (RowFault(record.line, "", "", message, "WRONG_SEPARATOR"),)
    missing = [
        RowFault(record.line, column, "", _missing_message(column), "HEADING_MISSING")
        for column in _missing_columns(places)
    ]
    double = [
        RowFault(
            record.line,
            column,
            column,
            f"The heading {column} stands twice. Remove or rename one of the two columns.",
            "HEADING_TWICE",
        )
        for column in dict.fromkeys(twice)
    ]
    return (*missing, *double)


def _missing_columns(places: Mapping[str, int]) -> list[str]:
    missing = [column for column in COLUMNS if column not in places]
    if "device_model" not in missing:
        return missing
    missing_parts = [part for part in MODEL_PARTS if part not in places]
    if len(missing_parts) == len(MODEL_PARTS):
        return missing
    at = missing.index("device_model")
    return [*missing[:at], *missing_parts, *missing[at + 1 :]]


def _missing_message(column: str) -> str:
    if column == "device_model":
        return (
            "There is no column device_model. Add it, or the three columns "
            f"{', '.join(MODEL_PARTS)}."
        )
    return f"There is no column {column}. Add it: the sheet needs every column, even an empty one."


def _other_separator(headings: Sequence[str]) -> str:
    text = headings[0] if headings else ""
    counts = {"semicolons": text.count(";"), "tabs": text.count("\t"), "bars": text.count("|")}
    name = max(counts, key=lambda each: counts[each])
    return name if counts[name] >= 3 else ""


# --- the rows ---------------------------------------------------------------------------------


@dataclass(slots=True)
class _RowReading:
    """Reads one record and collects everything that is wrong with it."""

    record: Record
    header: _Header
    is_last: bool
    faults: list[RowFault] = field(default_factory=list)
    cells: Mapping[str, str] = field(default_factory=dict)

    def read(self, first_lines: dict[str, int]) -> SheetRow | None:
        """The typed row, or None with `faults`; notes its entry id for the rows that follow."""
        if not self._has_its_cells():
            return None
        padded = self._padded()
        self.cells = {c: _content(padded[place]) for c, place in self.header.places.items()}
        if not self._is_whole():
            self.faults.append(_cut_off(self.record.line, self.record.cells[-1]))
            return None
        row = self._typed()
        self._check_removal(row)
        self._check_unique(row, first_lines)
        if self.faults and len(self.record.cells) > self.header.full_width:
            # The cells stand one too far to the right: naming each would hide the reason.
            self.faults = [self._too_many_cells()]
        return None if self.faults else row

    def required(self, column: str, parse: Callable[[str], T], otherwise: T) -> T:
        try:
            return parse(self.cells[column])
        except IdentifierFault as fault:
            self._fault(column, fault.code, str(fault))
            return otherwise

    def optional(self, column: str, parse: Callable[[str], T], otherwise: T) -> T:
        return self.required(column, parse, otherwise) if self.cells[column] else otherwise

    def _fault(self, column: str, code: str, message: str) -> None:
        value = shown(self.cells.get(column, ""))
        self.faults.append(RowFault(self.record.line, column, value, message, code))

    def _has_its_cells(self) -> bool:
        cells, line = self.record.cells, self.record.line
        if any(cell.strip() for cell in cells[self.header.full_width :]):
            self.faults.append(self._too_many_cells())
        elif len(self._padded()) >= self.header.width:
            return True
        elif self.is_last:
            self.faults.append(_cut_off(line, cells[-1]))
        else:
            message = (
                f"The row has {len(cells)} cells, but the header has {self.header.width}. Likely "
                "cause: a line break inside a cell, or commas missing at the end."
            )
            self.faults.append(RowFault(line, "", "", message, "TOO_FEW_CELLS"))
        return False

    def _padded(self) -> Sequence[str]:
        """The cells, with those that Excel leaves out at the end of a row when they are empty.

        Only where nothing may come: the removal columns of a Current entry, in a row that ended.
        """
        cells, places = self.record.cells, self.header.places
        absent = {column for column, place in places.items() if place >= len(cells)}
        if not absent or not self.record.ended or not absent.issubset(_REMOVAL_COLUMNS):
            return cells
        if _content(cells[places["status"]]).casefold() != "current":
            return cells
        return [*cells, *[""] * (self.header.width - len(cells))]

    def _too_many_cells(self) -> RowFault:
        message = (
            f"The row has {len(self.record.cells)} cells, but the header has "
            f"{self.header.full_width}. Likely cause: a comma inside a cell; put the cell in "
            "quotation marks."
        )
        return RowFault(self.record.line, "", "", message, "TOO_MANY_CELLS")

    def _is_whole(self) -> bool:
        """False when the file may stop in the middle of this row's last cell."""
        column = self.header.last_column
        if self.record.ended or not column or len(self.record.cells) > self.header.width:
            return True
        if self.cells[column]:
            return column in _FIXED_FORM_COLUMNS
        # Nothing is to come in a removal column of an entry that is on the list; a reason left
        # over there from an earlier removal means nothing, so to lose it loses nothing.
        return column in _REMOVAL_COLUMNS and self.cells["status"].casefold() == "current"

    def _typed(self) -> SheetRow:
        return SheetRow(
            line=self.record.line,
            cpl_entry_id=self.required("cpl_entry_id", parse_cpl_entry_id, ""),
            device_type=self.required("device_type", _parse_listed_type, ""),
            manufacturer_identifier=self.required(
                "manufacturer_identifier", parse_manufacturer_identifier, ""
            ),
            manufacturer_name=self.required("manufacturer_name", _parse_name, ""),
            device_model=self._device_model(),
            firmware_version=self.required("firmware_version", parse_firmware_version, ""),
            smets_chts_version=self.required("smets_chts_version", _parse_text, ""),
            gbcs_version=self.required("gbcs_version", _parse_text, ""),
            esme_variant=self.required("esme_variant", _parse_text, ""),
            manufacturer_image_hash=self._image_hash(),
            cpa_certificate_id=self.required("cpa_certificate_id", _parse_text, ""),
            cpa_expiry_date=self.optional("cpa_expiry_date", parse_date, None),
            cpa_renewal_date=self.optional("cpa_renewal_date", parse_date, None),
            zigbee_certificate_id=self.required("zigbee_certificate_id", _parse_text, ""),
            dlms_certificate_id=self.required("dlms_certificate_id", _parse_text, ""),
            status=self.required("status", _parse_status, ""),
            date_added=self.required("date_added", parse_date, date.min),
            date_removed=self.optional("date_removed", parse_date, None),
            removal_reason=self.required("removal_reason", _parse_reason, ""),
        )

    def _image_hash(self) -> str:
        # Old entries left the list before anybody recorded their hash.
        listed = self.cells["status"].casefold() == "current"
        read = self.required if listed else self.optional
        return read("manufacturer_image_hash", parse_image_hash, "")

    def _device_model(self) -> str:
        if "device_model" not in self.cells:
            return self._model_of_parts()
        model = self.required("device_model", parse_device_model, "")
        if model and all(self.cells.get(part) for part in MODEL_PARTS):
            parts = self._model_of_parts()
            if len(parts) == len(model) and parts != model:
                message = f"The Device Model is {model}, but its three columns say {parts}."
                self._fault("device_model", "MODEL_CONTRADICTED", message)
        return model

    def _model_of_parts(self) -> str:
        return (
            self.required("model_identifier", parse_model_identifier, "")
            + self.required("hardware_version", parse_hardware_version, "")
            + self.required("hardware_revision", parse_hardware_revision, "")
        )

    def _check_removal(self, row: SheetRow) -> None:
        given = self.cells["date_removed"]
        if row.status == REMOVED and not given:
            message = "The entry is Removed, so the date on which it was removed is needed."
            self._fault("date_removed", "DATE_REMOVED_MISSING", message)
        elif row.status == CURRENT and given:
            message = (
                "The entry is Current, so it has no date of removal. Empty this cell, or write "
                "Removed as its status."
            )
            self._fault("date_removed", "DATE_REMOVED_UNWANTED", message)
        elif row.date_removed is not None and row.date_removed < row.date_added:
            message = (
                f"The entry cannot be removed on {row.date_removed}, before it was added on "
                f"{row.date_added}. Correct one of the two dates."
            )
            self._fault("date_removed", "REMOVED_BEFORE_ADDED", message)

    def _check_unique(self, row: SheetRow, first_lines: dict[str, int]) -> None:
        if not row.cpl_entry_id:
            return
        first = first_lines.setdefault(row.cpl_entry_id, row.line)
        if first != row.line:
            message = (
                f"{row.cpl_entry_id} stands on line {first} and again on line {row.line}. Leave "
                "one row for each entry."
            )
            self._fault("cpl_entry_id", "ENTRY_TWICE", message)


# --- the cells --------------------------------------------------------------------------------

_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
_LISTED_TYPES = "a Device Type that the CPL lists (ESME, GSME, CHF, PPMID, HCALCS, SAPC or IHD)"


def _content(cell: str) -> str:
    return without_apostrophe(cell.strip()).strip()


def _cell_of(row: SheetRow, column: str) -> str:
    if column == "status":
        return row.status.capitalize()
    value = getattr(row, column)
    return value.isoformat() if isinstance(value, date) else value or ""


def _parse_listed_type(text: str) -> str:
    device_type = parse_device_type(text)
    if device_type == "GPF":
        cause = "the gas proxy function has no entry of its own; it is found under its hub's, CHF"
        raise IdentifierFault("GPF_NOT_LISTED", text, _LISTED_TYPES, cause)
    return device_type


def _parse_status(text: str) -> str:
    for status in (CURRENT, REMOVED):
        if text.casefold() == status.casefold():
            return status
    code = "UNKNOWN_STATUS" if text else "EMPTY"
    raise IdentifierFault(code, text, "a status (Current or Removed)")


def _parse_name(text: str) -> str:
    if not text:
        raise IdentifierFault("EMPTY", text, "the name of the Device Manufacturer")
    return _parse_text(text)


def _parse_reason(text: str) -> str:
    return _parse_text(text, LONGEST_REASON)


def _parse_text(text: str, longest: int = LONGEST_TEXT) -> str:
    if len(text) > longest:
        wanted = f"text of at most {longest} characters"
        raise IdentifierFault("TOO_LONG", text, wanted, f"it has {len(text)}; shorten it")
    if text.isprintable():
        return text
    for place, character in enumerate(text, start=1):
        if unicodedata.category(character) in _UNSEEN:
            cause = (
                f"character {place} is U+{ord(character):04X}, which cannot be seen; it came with "
                "text copied from elsewhere, or is a line break; take it out"
            )
            raise IdentifierFault("CONTROL_CHARACTER", text, "plain text in one line", cause)
    return text
