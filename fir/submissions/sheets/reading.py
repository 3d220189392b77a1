"""Reading a sheet of releases: from a file to what each row says, every fault of form named. Pure.

A sheet whose cells cannot be told apart, or whose headings do not fit, is refused as a whole. What
is wrong in one row alone stands with that row, beside what it says.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cpl.identifiers import IdentifierFault, shown
from cpl.sheet.cells import contents_of
from cpl.sheet.limits import too_many_rows
from cpl.sheet.row import BrokenRecord, Record, RowFault, cut_off, file_fault
from cpl.sheet.spoilt import Spoilt
from cpl.sheet.table import and_whether_last, is_blank, line_of, open_table
from fir.submissions import readers
from fir.submissions.claims import READERS, REQUIRED, Fault, Kind
from fir.submissions.sheets.headings import ReleaseHeadings, missing_columns, read_headings
from fir.submissions.sheets.saying import said_of

LARGEST_SHEET = 10_000_000  # bytes of the file
MOST_RELEASES = 1_000
MOST_FAULTS = 50  # faults of the file that are kept; the rest is counted

_DATES = ("cpa_expiry_date", "cpa_renewal_date", "end_of_support")
# A value of these, cut short, no longer has its form: the others may be cut without a trace.
_FIXED_FORM = (
    "kind",
    "device_type",
    "manufacturer_identifier",
    "device_model",
    "firmware_version",
    "manufacturer_image_hash",
    "minimum_hardware_version",
    "maximum_hardware_version",
    *_DATES,
)
# In these people write line breaks, which without quotation marks end a row in its middle.
_OF_SEVERAL_LINES = (
    "further_device_models",
    "predecessors",
    "purposes",
    "reason",
    "release_notes",
    "activation_advice",
)


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """What a row says, as a system would send it, and what is wrong with it beside that."""

    line: int
    said: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseRows:
    """The rows of a sheet in its order, or the faults for which it is refused as a whole; of very
    many faults `faults_left_out` are only counted."""

    rows: tuple[ReleaseRow, ...]
    faults: tuple[RowFault, ...] = ()
    faults_left_out: int = 0


def read_releases(data: bytes) -> ReleaseRows:
    """Reads a CSV file in UTF-8, with or without a byte order mark, or a workbook (XLSX).

    Never raises: a file that cannot be taken gives no rows, and every fault of it.
    """
    if len(data) > LARGEST_SHEET:
        return _refused([_too_large()])
    table = open_table(data)
    if isinstance(table, RowFault):
        return _refused([table])
    filled = (record for record in table() if not is_blank(record))
    first = next(filled, None)
    if first is None:
        return _refused([file_fault("EMPTY", "The sheet is empty. Fill in the template.")])
    if isinstance(first, BrokenRecord):
        return _refused([first.fault])
    headings = read_headings(first)
    if not isinstance(headings, ReleaseHeadings):
        return _refused(headings)
    return _read_rows(filled, headings)


def _too_large() -> RowFault:
    message = (
        f"The sheet is larger than {LARGEST_SHEET // 1_000_000} MB, which {MOST_RELEASES:,} "
        "releases do not need. Likely cause: it is another file, or it holds pictures or much "
        "beside the releases; give the releases alone."
    )
    return file_fault("TOO_LARGE", message)


def _refused(faults: list[RowFault]) -> ReleaseRows:
    return ReleaseRows((), tuple(faults[:MOST_FAULTS]), len(faults[MOST_FAULTS:]))


def _read_rows(records: Iterator[Record | BrokenRecord], headings: ReleaseHeadings) -> ReleaseRows:
    rows: list[ReleaseRow] = []
    faults: list[RowFault] = []
    for count, (record, is_last) in enumerate(and_whether_last(records)):
        if count == MOST_RELEASES:
            faults.append(too_many_rows(line_of(record), MOST_RELEASES))
            break
        if isinstance(record, BrokenRecord):
            faults.append(record.fault)
        elif is_last and not _is_whole(record, headings):
            faults.append(cut_off(record.line, record.cells[-1]))
        else:
            rows.append(_RowReading(record, headings).read())
    faults += missing_columns(headings, {row.said.get("kind", Kind.NEW.value) for row in rows})
    if faults:
        return _refused(faults)
    return ReleaseRows(tuple(rows)) if rows else _refused([_without_rows(headings)])


def _without_rows(headings: ReleaseHeadings) -> RowFault:
    message = "The sheet has headings and no row. Write each release in a row below them."
    return RowFault(headings.line, "", "", message, "NO_ROWS")


def _is_whole(record: Record, headings: ReleaseHeadings) -> bool:
    """False when the file may stop in the middle of this row, which is its last."""
    if record.ended:
        return True
    if len(record.cells) < headings.width:
        return False
    last = headings.last_column
    value = record.cells[headings.width - 1].strip()
    return not last or len(record.cells) > headings.width or bool(value and last in _FIXED_FORM)


@dataclass(slots=True)
class _RowReading:
    """Reads one record, and collects what is wrong with it beside what it says."""

    record: Record
    headings: ReleaseHeadings
    said: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def read(self) -> ReleaseRow:
        cells = contents_of(self.record.cells)
        self._check_length(cells)
        for column, place in self.headings.places.items():
            text = cells[place] if place < len(cells) else ""
            self._read_cell(column, text)
            self._check_spoilt(column, place, text)
        self._read_kind()
        return ReleaseRow(self.record.line, self.said, tuple(self.faults))

    def _read_cell(self, column: str, text: str) -> None:
        kept = "".join(map(_storable, text)) if text and not text.isprintable() else text
        if kept != text:
            message = "Contains a control character, shown as � now; take it out."
            self.faults.append(Fault(column, "CONTROL_CHARACTER", message))
        if kept:
            self.said[column] = said_of(column, kept)

    def _read_kind(self) -> None:
        """The kind decides what else a row must say: it says one that there is, or none."""
        if "kind" not in self.said:
            return
        try:
            self.said["kind"] = READERS["kind"](self.said["kind"])
        except readers.NotReadable as fault:
            value = shown(self.said.pop("kind"))
            self.faults.append(Fault("kind", fault.code, f"‘{value}’ is no kind. {fault}"))

    def _check_length(self, cells: list[str]) -> None:
        """Cells that stand under no heading, or that are not there."""
        stray = [
            place for place in range(len(cells)) if cells[place] and self.headings.is_blank(place)
        ]
        if stray:
            message = (
                f"‘{shown(cells[stray[0]])}’ stands in cell {stray[0] + 1} of the row, under no "
                "heading. Likely cause: a comma inside a cell that has no quotation marks."
            )
            self.faults.append(Fault("", "TOO_MANY_CELLS", message))
        elif cells and len(cells) < self.headings.width and self._may_be_broken(cells):
            message = (
                f"The row has {len(cells)} cells, but the header has {self.headings.width}. Likely "
                "cause: a line break inside a cell that has no quotation marks."
            )
            self.faults.append(Fault("", "TOO_FEW_CELLS", message))

    def _may_be_broken(self, cells: list[str]) -> bool:
        """Whether a short row may be half of one. Spreadsheets leave out empty cells at a row's
        end; where the last cell is of one line, and what is left out may be, that is the reason."""
        absent = {name for name, at in self.headings.places.items() if at >= len(cells)}
        last = self.headings.column_at(len(cells) - 1)
        return bool((cells[-1] and last in _OF_SEVERAL_LINES) or absent & {*REQUIRED[Kind.NEW]})

    def _check_spoilt(self, column: str, place: int, text: str) -> None:
        """Says of a cell that cannot be taken at its text why, unless its reader says so anyway."""
        spoilt = (self.record.spoilt or {}).get(place)
        if spoilt is None or (spoilt is Spoilt.DATE and column in _DATES):
            return
        if spoilt is Spoilt.NUMBER and column == "image_size" and text.isdigit():
            return
        if spoilt in (Spoilt.DATE, Spoilt.CELL_ERROR) and not self._reads(column):
            return
        self.faults.append(Fault(column, spoilt.value, spoilt.message(shown(text))))

    def _reads(self, column: str) -> bool:
        try:
            READERS[column](self.said.get(column, ""))
        except (IdentifierFault, readers.NotReadable):
            return False
        return True


def _storable(letter: str) -> str:
    """A letter, or what stands for one that no database can hold."""
    return "�" if letter == "\0" or "\ud800" <= letter <= "\udfff" else letter
