"""What an inventory may be packed in: gzip, which is unpacked as it streams in, and ZIP. Pure.

A ZIP has its table of contents at its end, so it alone is put in a file: one without a name, gone
when its reading ends, however that ends.
"""

import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO

from fir.estates.faults import SourceFault

PIECE = 1 << 20
GZIP, ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")
PACKED_TWICE = "This file is packed itself. Pack the responses once."
_ENCRYPTED = 0x1
# How a ZIP ends: this, its counts, and a comment of at most 65,535 bytes.
_END, _END_LENGTH, _LONGEST_COMMENT = b"PK\x05\x06", 22, 0xFFFF
_LONGEST_ENTRY = 1 << 9  # of its table of contents; a name and some dates


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an inventory is read: the bytes of its stream, those that it unpacks to, how many
    times its size that may be, the files in a ZIP, and the bytes of one line."""

    bytes_sent: int
    bytes_unpacked: int
    times_unpacked: int
    members: int
    line_bytes: int


class Limited:
    """Bytes of one or more streams, and that they are not too many."""

    def __init__(self, most: int, what: str) -> None:
        self._most = most
        self._what = what
        self._count = 0

    def pieces(self, stream: Iterable[bytes]) -> Iterator[bytes]:
        """The stream's pieces. Raises SourceFault once all were more than are taken."""
        for piece in stream:
            self._count += len(piece)
            if self._count > self._most:
                raise SourceFault(
                    1, f"{self._what} more than {self._most:,} bytes, the most that is read."
                )
            yield piece


def unpacked(pieces: Iterable[bytes], most_times: int) -> Iterator[bytes]:
    """What a gzip file holds. Raises SourceFault when it is damaged, cut off or a bomb."""
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
            if written > PIECE and written > read * most_times:
                raise _bomb("The gzip file", most_times)
            waiting = unpacker.unconsumed_tail
            yield plain
    if not unpacker.eof:
        raise SourceFault(1, "The gzip file is cut off: send it again whole.")
    if unpacker.unused_data:
        raise _more_than_one_part()


def _bomb(what: str, most_times: int, member: int = 0) -> SourceFault:
    message = f"{what} unpacks to more than {most_times:,} times its size, which no inventory does."
    return SourceFault(1, message, member)


def _more_than_one_part() -> SourceFault:
    return SourceFault(1, "The gzip file holds more than one part; pack the CSV in one.")


def members_of(pieces: Iterable[bytes], limits: Limits) -> Iterator[tuple[int, Iterator[bytes]]]:
    """The files in a ZIP, numbered from 1, each as it unpacks; folders are stepped over.

    Raises SourceFault when it is damaged, or holds what no ZIP of responses holds.
    """
    with tempfile.TemporaryFile() as file:
        for piece in pieces:
            file.write(piece)
        _refuse_long_contents(file, limits.members)
        with _damage(), zipfile.ZipFile(file) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            for number, member in enumerate(members, start=1):
                _refuse_member(number, member)
                if member.file_size > max(PIECE, member.compress_size * limits.times_unpacked):
                    raise _bomb("This file", limits.times_unpacked, number)
            for number, member in enumerate(members, start=1):
                yield number, _unpacked_member(archive, number, member)


@contextmanager
def _damage() -> Iterator[None]:
    """What the zipfile module complains of, in words. It reads what anybody may have written."""
    try:
        yield
    except SourceFault:
        raise
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError) as error:
        raise SourceFault(1, "The ZIP file is cut off or damaged: send it again whole.") from error


def _refuse_long_contents(file: IO[bytes], most: int) -> None:
    """Before the whole table of contents is read into memory."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_LENGTH - _LONGEST_COMMENT))
    tail = file.read()
    end = tail.rfind(_END)
    count = int.from_bytes(tail[end + 10 : end + 12], "little")
    length = int.from_bytes(tail[end + 12 : end + 16], "little")
    if end >= 0 and (count > most or length > most * _LONGEST_ENTRY):
        raise SourceFault(1, f"The ZIP file holds more than {most:,} files, which is too many.")


def _refuse_member(number: int, member: zipfile.ZipInfo) -> None:
    """No file is ever made of a member; but one that asks to stand elsewhere means no good."""
    name = member.filename
    paths = (PurePosixPath(name), PureWindowsPath(name))
    if any(path.is_absolute() or path.drive or ".." in path.parts for path in paths):
        wrong = "This file's name points outside the ZIP file."
    elif member.flag_bits & _ENCRYPTED:
        wrong = "This file is encrypted. Pack the responses without a password."
    elif name == "[Content_Types].xml" or name.startswith("xl/"):
        wrong = "This is a workbook (XLSX), no ZIP of responses. Save the sheet as CSV UTF-8."
    elif name.lower().endswith((".zip", ".gz")):
        wrong = PACKED_TWICE
    elif member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        wrong = "This file is packed in an uncommon way. Pack it with deflate, as most tools do."
    else:
        return
    raise SourceFault(1, wrong, number)


def _unpacked_member(
    archive: zipfile.ZipFile, number: int, member: zipfile.ZipInfo
) -> Iterator[bytes]:
    with _damage(), archive.open(member) as file:
        while piece := file.read(PIECE):
            if piece.startswith((GZIP, *ZIP)) and file.tell() == len(piece):
                raise SourceFault(1, PACKED_TWICE, number)
            yield piece
