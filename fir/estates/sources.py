"""Reading an inventory as it streams in: CSV, gzip CSV or a DUIS 8.2 response. Pure.

Only the contract's columns leave this module; all others are dropped where they are read.
"""

import codecs
import csv
import zlib
from collections.abc import Iterable, Iterator
from itertools import chain

from fir.duis.faults import InventoryFault
from fir.duis.inventory import read_inventory
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
# A gzip member of plain rows packs to about a tenth; a thousandth is no inventory.
LARGEST_UNPACKING = 1000
PIECE = 1 << 20
# A row of an inventory has a few hundred characters, whatever else its Supplier exports beside.
LONGEST_LINE = 1 << 20
GZIP, ZIP, PDF = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06"), b"%PDF"


class SourceFault(ValueError):
    """The inventory cannot be read as a whole: nothing of it is kept. Names the line."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(f"Line {line}: {message}")


def read_source(pieces: Iterable[bytes]) -> Iterator[RawDevice]:
    """The rows of an inventory, whichever of its forms it comes in.

    Raises SourceFault when it is empty, cut off, of another form, or lacks a heading.
    """
    opening, whole = _opened(pieces)
    if opening.startswith(GZIP):
        yield from _from_plain(*_opened(_unpacked(whole)))
    else:
        yield from _from_plain(opening, whole)


def _opened(pieces: Iterable[bytes]) -> tuple[bytes, Iterable[bytes]]:
    """How the stream opens, by which its form is known, and the whole of it."""
    stream = iter(pieces)
    opening = b""
    while len(opening) < 4 and (piece := next(stream, None)) is not None:
        opening += piece
    return opening[:4], chain([opening], stream)


def _from_plain(opening: bytes, whole: Iterable[bytes]) -> Iterator[RawDevice]:
    if opening.startswith(GZIP):
        raise SourceFault(1, "This was packed with gzip twice; pack it once.")
    if opening.startswith(ZIP):
        raise SourceFault(
            1, "This is a ZIP or XLSX file. Send the CSV itself, or one 8.2 response."
        )
    if opening.startswith(PDF):
        raise SourceFault(1, "This is a PDF file. Send the CSV itself, or one 8.2 response.")
    if opening.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        yield from _from_duis(whole)
    elif opening:
        yield from _from_csv(whole)
    else:
        raise SourceFault(1, "The inventory is empty.")


def _unpacked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(wbits=31)
    read = written = 0
    for piece in pieces:
        read += len(piece)
        waiting = piece
        if unpacker.eof and piece:
            raise _more_than_one_part()
        while waiting and not unpacker.eof:
            try:
                plain = unpacker.decompress(waiting, PIECE)
            except zlib.error as error:
                raise SourceFault(1, f"The gzip file is damaged ({error}).") from error
            written += len(plain)
            if written > PIECE and written > read * LARGEST_UNPACKING:
                raise SourceFault(
                    1, "The gzip file unpacks to more than a thousand times its size."
                )
            waiting = unpacker.unconsumed_tail
            yield plain
    if not unpacker.eof:
        raise SourceFault(1, "The gzip file is cut off: send it again whole.")
    if unpacker.unused_data:
        raise _more_than_one_part()


def _more_than_one_part() -> SourceFault:
    return SourceFault(1, "The gzip file holds more than one part; pack the CSV in one.")


def _from_duis(pieces: Iterable[bytes]) -> Iterator[RawDevice]:
    try:
        for device in read_inventory(pieces):
            yield RawDevice(
                line=device.line,
                device_id=device.device_id,
                device_type=device.device_type,
                device_status=device.device_status,
                manufacturer=device.device_manufacturer,
                device_model=device.device_model,
                firmware_version=device.device_firmware_version,
                chf_device_id=device.chf_device_id,
                responsible_role="",
            )
    except InventoryFault as fault:
        raise SourceFault(fault.line, fault.message) from fault


class _Lines:
    """Lines of text out of pieces of bytes, remembering how the last one ended."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces = pieces
        self.count = 0
        self.last_is_whole = True

    def __iter__(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        rest = ""
        try:
            for piece in self.pieces:
                *lines, rest = (rest + decoder.decode(piece)).split("\n")
                for line in lines:
                    self._check(line)
                    self.count += 1
                    yield f"{line}\n"
                self._check(rest)
            rest += decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise SourceFault(
                self.count + 1, "This is not UTF-8 text. Save the file as CSV UTF-8."
            ) from error
        if rest:
            self.count += 1
            self.last_is_whole = False
            yield rest

    def _check(self, line: str) -> None:
        if len(line) > LONGEST_LINE:
            raise SourceFault(
                self.count + 1,
                f"This line is longer than {LONGEST_LINE:,} characters, which no row is.",
            )


def _from_csv(pieces: Iterable[bytes]) -> Iterator[RawDevice]:
    lines = _Lines(pieces)
    rows = csv.reader(lines, strict=True)
    try:
        cells = next(rows, [])
        header = _header(cells)
        previous: tuple[int, list[str]] | None = None
        for row in rows:
            if previous:
                yield _raw(header, len(cells), *previous, is_ended=True)
            previous = (rows.line_num, row) if row else None
    except csv.Error as error:
        raise SourceFault(
            rows.line_num, f"The CSV is cut off or damaged here ({error})."
        ) from error
    if previous:
        yield _raw(header, len(cells), *previous, is_ended=lines.last_is_whole)


def _header(cells: list[str]) -> dict[int, str]:
    """Where each contract column stands. Raises SourceFault naming what is missing or doubled."""
    if any("\0" in cell for cell in cells):
        raise SourceFault(1, "This is not UTF-8 text. Save the file as CSV UTF-8.")
    names = ["".join(c for c in cell.lower() if c.isalnum()) for cell in cells]
    missing = [HEADINGS[n] for n in COLUMNS if n not in names and n not in OPTIONAL]
    doubled = [HEADINGS[n] for n in COLUMNS if names.count(n) > 1]
    if missing:
        raise SourceFault(1, f"Headings missing: {', '.join(missing)}.")
    if doubled:
        raise SourceFault(1, f"Headings that stand twice: {', '.join(doubled)}.")
    return {place: COLUMNS[name] for place, name in enumerate(names) if name in COLUMNS}


def _shows_its_end(header: dict[int, str], width: int, row: list[str]) -> bool:
    whole = len(row) >= width and bool(row[-1].strip())
    return whole and header.get(width - 1) in SHOW_THEIR_END


def _raw(
    header: dict[int, str], width: int, line: int, row: list[str], *, is_ended: bool
) -> RawDevice:
    if not (is_ended or _shows_its_end(header, width, row)):
        raise SourceFault(
            line,
            "The file is cut off in this row: send it again whole. If it is whole, end its last "
            "line with a line break.",
        )
    short = len(row) <= max(header)
    if short or len(row) > width:
        # Its columns cannot be told apart, so nothing of it is read but its line.
        fault = "CELLS_MISSING" if short else "CELLS_TOO_MANY"
        return RawDevice(line, "", "", "", "", "", "", "", "", fault=fault, is_ended=is_ended)
    values = {column: row[place] for place, column in header.items()}
    return RawDevice(
        line=line,
        device_id=values["device_id"],
        device_type=values["device_type"],
        device_status=values["device_status"],
        manufacturer=values["manufacturer"],
        device_model=values["device_model"],
        firmware_version=values["firmware_version"],
        chf_device_id=values["chf_device_id"],
        responsible_role=values.get("responsible_role", ""),
        is_ended=is_ended,
    )
