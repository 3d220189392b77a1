"""Reading an inventory as it streams in: CSV, gzip CSV, a DUIS 8.2 response, a ZIP of them. Pure.

Only the contract's columns leave this module; all others are dropped where they are read.
"""

import codecs
from collections.abc import Iterable, Iterator
from itertools import chain

from fir.duis.faults import InventoryFault
from fir.duis.inventory import read_inventory
from fir.estates.csv_rows import Block, read_csv
from fir.estates.faults import SourceFault
from fir.estates.rules import RawDevice
from fir.estates.unpacking import GZIP, ZIP, Limited, Limits, members_of, unpacked

PDF = b"%PDF"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_source(pieces: Iterable[bytes], limits: Limits) -> Iterator[RawDevice]:
    """The rows of an inventory, one by one. Raises what `read_parts` raises."""
    for part in read_parts(pieces, limits):
        if isinstance(part, Block):
            yield from part.rows()
        else:
            yield part


def read_parts(pieces: Iterable[bytes], limits: Limits) -> Iterator[Block | RawDevice]:
    """The rows of an inventory, whichever of its forms it comes in: plain rows of a CSV in blocks.

    Raises SourceFault when it is empty, cut off, of another form, beyond a limit, or lacks a
    heading.
    """
    opening, whole = _opened(Limited(limits.bytes_sent, "The file has").pieces(pieces))
    if opening.startswith(GZIP):
        limited = Limited(limits.bytes_unpacked, "The gzip file unpacks to")
        yield from _from_plain(
            *_opened(limited.pieces(unpacked(whole, limits.times_unpacked))), limits
        )
    elif opening.startswith(ZIP):
        yield from _from_zip(whole, limits)
    else:
        yield from _from_plain(opening, whole, limits)


def _opened(pieces: Iterable[bytes]) -> tuple[bytes, Iterable[bytes]]:
    """How the stream opens, by which its form is known, and the whole of it."""
    stream = iter(pieces)
    opening = b""
    while len(opening) < 4 and (piece := next(stream, None)) is not None:
        opening += piece
    return opening[:4], chain([opening], stream)


def _from_plain(
    opening: bytes, whole: Iterable[bytes], limits: Limits
) -> Iterator[Block | RawDevice]:
    if opening.startswith(GZIP):
        raise SourceFault(1, "This was packed with gzip twice; pack it once.")
    if opening.startswith(ZIP):
        raise SourceFault(1, "This is a ZIP file inside a gzip file; pack it once.")
    if opening.startswith(PDF):
        raise SourceFault(1, "This is a PDF file. Send the CSV itself, or one 8.2 response.")
    if opening.startswith(UTF_16):
        raise SourceFault(
            1, "This is UTF-16 text, as “Unicode Text” of a spreadsheet is. Save it as CSV UTF-8."
        )
    if opening.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"<"):
        yield from _from_duis(whole)
    elif opening:
        yield from read_csv(whole, limits.line_bytes)
    else:
        raise SourceFault(1, "The inventory is empty.")


def _from_zip(whole: Iterable[bytes], limits: Limits) -> Iterator[RawDevice]:
    limited = Limited(limits.bytes_unpacked, "The ZIP file unpacks to")
    number = 0
    for number, pieces in members_of(whole, limits):
        yield from _from_duis(limited.pieces(pieces), number)
    if not number:
        raise SourceFault(1, "The ZIP file is empty. Put the 8.2 responses in it.")


def _from_duis(pieces: Iterable[bytes], member: int = 0) -> Iterator[RawDevice]:
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
                member=member,
            )
    except InventoryFault as fault:
        raise SourceFault(fault.line, fault.message, member) from fault
