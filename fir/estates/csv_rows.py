"""An inventory in CSV as it streams in, in blocks of whole lines. Pure.

Where a row ends is known without looking twice only where no quotation mark stands: such blocks are
handed on whole, and all others are read row by row.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from fir.estates.faults import SourceFault
from fir.estates.rules import RawDevice

COLUMNS = {
    "deviceid": "device_id",
    "devicetype": "device_type",
    "devicestatus": "device_status",
    "devicemanufacturer": "manufacturer",
    "devicemodel": "device_model",
    "devicefirmwareversion": "firmware_version",
    "chfdeviceid": "chf_device_id",
    "responsiblerole": "responsible_role",
}
OPTIONAL = {"responsiblerole"}
# Cut off, these are of no right form; a part of any other column may read like a whole.
SHOW_THEIR_END = set(COLUMNS.values()) - {"device_status", "responsible_role"}
HEADINGS = {
    "deviceid": "DeviceID",
    "devicetype": "DeviceType",
    "devicestatus": "DeviceStatus",
    "devicemanufacturer": "DeviceManufacturer",
    "devicemodel": "DeviceModel",
    "devicefirmwareversion": "DeviceFirmwareVersion",
    "chfdeviceid": "CHFDeviceID",
    "responsiblerole": "ResponsibleRole",
}
BLOCK = 1 << 21
NEWLINE = ord("\n")
# Each takes as long as a row and is none, so that a small file packed of them would keep us busy.
MOST_BLANK_LINES = 100_000
OTHER_DELIMITERS = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
NOT_UTF_8 = "This is not UTF-8 text. Save the file as CSV UTF-8."


@dataclass(frozen=True, slots=True)
class Heading:
    """Where each contract column stands, and how many columns there are."""

    places: Mapping[int, str]
    width: int


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a CSV, each of them one row; `line` is the number of the first, `count` how
    many there are."""

    heading: Heading
    line: int
    count: int
    data: bytes
    longest_line: int

    def rows(self) -> Iterator[RawDevice]:
        """Its rows, read one by one. Raises SourceFault."""
        for place, line in enumerate(self.data[:-1].split(b"\n")):
            if raw := self.row(place, line):
                yield raw

    def row(self, place: int, line: bytes) -> RawDevice | None:
        """The row in one of its lines, the first being 0; None for a blank one."""
        if len(line) > self.longest_line:
            raise _too_long(self.line + place, self.longest_line)
        try:
            cells = next(csv.reader([line.decode()], strict=True), [])
        except csv.Error as error:
            raise _damaged(self.line + place, error) from error
        return raw_device(self.heading, self.line + place, cells) if cells else None


def read_csv(pieces: Iterable[bytes], longest_line: int) -> Iterator[Block | RawDevice]:
    """The rows of a CSV, in blocks where that can be, in the order of their lines.

    Raises SourceFault when it is cut off, is no UTF-8, or lacks a heading.
    """
    lines = _Lines(_cut(pieces, longest_line), longest_line)
    rows = csv.reader(lines, strict=True)
    try:
        heading = read_heading(next(rows, []))
        while lines.has_more():
            if block := lines.take_block(heading):
                yield block
                continue
            for cells in rows:
                if cells:
                    yield raw_device(heading, lines.count, cells, is_ended=lines.last_is_whole)
                else:
                    lines.step_over(1)
                if lines.is_used_up:
                    break
    except csv.Error as error:
        raise _damaged(lines.count, error) from error


def _damaged(line: int, error: csv.Error) -> SourceFault:
    return SourceFault(line, f"The CSV is cut off or damaged here ({error}).")


def _too_long(line: int, most: int) -> SourceFault:
    return SourceFault(line, f"This line is longer than {most:,} bytes, which no row is.")


def _cut(pieces: Iterable[bytes], longest_line: int) -> Iterator[bytes]:
    """The stream in blocks that end with a line, but for the last; none is much longer than a
    block, or than the longest line."""
    held = bytearray()
    looked = 0
    for piece in pieces:
        held += piece
        if len(held) < BLOCK:
            continue
        end = held.rfind(b"\n", looked) + 1
        looked = len(held)
        if end or looked > BLOCK + longest_line:
            end = end or looked
            yield bytes(held[:end])
            del held[:end]
            looked = 0
    if held:
        yield bytes(held)


class _Lines:
    """Lines of text out of blocks of bytes, one by one or the rest of a block at once."""

    def __init__(self, blocks: Iterator[bytes], longest: int) -> None:
        self._blocks = blocks
        self._longest = longest
        self._block = next(blocks, b"").removeprefix(codecs.BOM_UTF8)
        self._at = 0
        self.count = 0
        self._blank = 0
        self.last_is_whole = True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if not self.has_more():
            raise StopIteration
        end = self._block.find(b"\n", self._at) + 1
        self.last_is_whole = bool(end)
        line = self._block[self._at : end or len(self._block)]
        self._at += len(line)
        self.count += 1
        if len(line) > self._longest:
            raise _too_long(self.count, self._longest)
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            raise SourceFault(self.count, NOT_UTF_8) from error

    @property
    def is_used_up(self) -> bool:
        """Whether the last line of a block was given."""
        return self._at >= len(self._block)

    def has_more(self) -> bool:
        """Whether another line comes, if from the next block."""
        if self.is_used_up:
            self._block, self._at = next(self._blocks, b""), 0
        return not self.is_used_up

    def take_block(self, heading: Heading) -> Block | None:
        """The rest of this block at once, if each of its lines is a row for certain."""
        rest = self._block[self._at :]
        if not _is_plain(rest):
            return None
        self.step_over(rest.count(b"\n\n") + rest.count(b"\n\r\n\r\n"))
        # Counted by numpy, several times as quick as bytes.count.
        count = int(np.count_nonzero(np.frombuffer(rest, np.uint8) == NEWLINE))
        block = Block(heading, self.count + 1, count, rest, self._longest)
        self._at = len(self._block)
        self.count += block.count
        return block

    def step_over(self, blank: int) -> None:
        """Count blank lines, about. Raises SourceFault when no mishap leaves so many."""
        self._blank += blank
        if self._blank > MOST_BLANK_LINES:
            most = f"{MOST_BLANK_LINES:,}"
            raise SourceFault(self.count, f"The file holds more than {most} blank lines.")


def _is_plain(lines: bytes) -> bool:
    if not lines.endswith(b"\n") or b'"' in lines or b"\0" in lines:
        return False
    if b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n"):
        return False
    if lines.isascii():
        return True
    try:
        lines.decode()
    except UnicodeDecodeError:
        return False  # row by row, it is said in which line
    return True


def read_heading(cells: list[str]) -> Heading:
    """Where each contract column stands. Raises SourceFault naming what is missing or doubled."""
    if any("\0" in cell for cell in cells):
        raise SourceFault(1, NOT_UTF_8)
    names = [_name(cell) for cell in cells]
    missing = [HEADINGS[n] for n in COLUMNS if n not in names and n not in OPTIONAL]
    doubled = [HEADINGS[n] for n in COLUMNS if names.count(n) > 1]
    faults = []
    if missing:
        faults.append(_delimited_otherwise(cells) or f"Headings missing: {', '.join(missing)}.")
    if doubled:
        faults.append(f"Headings that stand twice: {', '.join(doubled)}.")
    if faults:
        raise SourceFault(1, " ".join(faults))
    places = {place: COLUMNS[name] for place, name in enumerate(names) if name in COLUMNS}
    return Heading(places, len(cells))


def _name(cell: str) -> str:
    return "".join(c for c in cell.lower() if c.isalnum())


def _delimited_otherwise(cells: list[str]) -> str:
    for delimiter, words in OTHER_DELIMITERS.items():
        if len({_name(cell) for cell in ",".join(cells).split(delimiter)} & set(COLUMNS)) > 1:
            return f"The cells are separated by {words}. Save the file with commas between them."
    return ""


def _shows_its_end(heading: Heading, row: list[str]) -> bool:
    whole = len(row) >= heading.width and bool(row[-1].strip())
    return whole and heading.places.get(heading.width - 1) in SHOW_THEIR_END


def raw_device(heading: Heading, line: int, row: list[str], *, is_ended: bool = True) -> RawDevice:
    """A row's contract columns. Raises SourceFault for a last row that may be cut off."""
    if not (is_ended or _shows_its_end(heading, row)):
        raise SourceFault(
            line,
            "The file is cut off in this row: send it again whole. If it is whole, end its last "
            "line with a line break.",
        )
    short = len(row) <= max(heading.places)
    if short or len(row) > heading.width:
        # Its columns cannot be told apart, so nothing of it is read but its line.
        fault = "CELLS_MISSING" if short else "CELLS_TOO_MANY"
        return RawDevice(line, "", "", "", "", "", "", "", "", fault=fault, is_ended=is_ended)
    values = {column: row[place] for place, column in heading.places.items()}
    values.setdefault("responsible_role", "")
    return RawDevice(line=line, **values, is_ended=is_ended)  # type: ignore[arg-type]
