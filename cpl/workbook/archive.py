"""The ZIP archive that a workbook is: opened only when it holds what it says, and not too much."""

import io
import zipfile
import zlib

MOST_PARTS = 1_000
MOST_INFLATED = 200_000_000  # bytes of all parts together, once inflated

_ENCRYPTED = 1  # the first flag of a part
_LOCAL_HEADER = 30  # bytes, before the name
_CHUNK = 1 << 18


class Refused(Exception):
    """The workbook cannot be taken; `message` is for the person who brought it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message


def open_archive(data: bytes) -> zipfile.ZipFile:
    """The archive of a workbook, or `Refused`.

    Every part was inflated once and found to be no larger than the archive declares, because what
    reads the workbook afterwards trusts that. Nothing of it was kept.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile:
        raise _damaged() from None
    parts = archive.infolist()
    _check_kind(archive.namelist(), data)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_INFLATED:
        raise _too_large()
    for part in parts:
        _check_part(part, data)
    return archive


def _check_kind(names: list[str], data: bytes) -> None:
    if "xl/workbook.xml" in names and "[Content_Types].xml" in names:
        return
    if "xl/workbook.bin" in names:
        kind = "This is a binary workbook (XLSB). Save the sheet as XLSX or as CSV UTF-8."
    elif b"application/vnd.oasis.opendocument" in data[:200]:
        kind = "This is an OpenDocument file (ODS). Save the sheet as XLSX or as CSV UTF-8."
    else:
        kind = "This is a ZIP archive and no workbook (XLSX). Give the CSV file or workbook inside."
    raise Refused("NOT_A_WORKBOOK", kind)


def _check_part(part: zipfile.ZipInfo, data: bytes) -> None:
    if part.flag_bits & _ENCRYPTED:
        message = "The workbook is locked with a password. Save it without one."
        raise Refused("WORKBOOK_LOCKED", message)
    if part.compress_type == zipfile.ZIP_STORED:
        size = part.compress_size
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        size = _inflated_size(_packed(part, data), most=part.file_size)
    else:
        raise _damaged()
    if size > part.file_size:
        raise _too_large()
    if size < part.file_size:
        raise _damaged()


def _packed(part: zipfile.ZipInfo, data: bytes) -> memoryview:
    """The compressed bytes of a part. The archive's own reader would stop at the declared size."""
    at = part.header_offset
    name_and_extra = data[at + 26 : at + _LOCAL_HEADER]
    name = int.from_bytes(name_and_extra[:2], "little")
    extra = int.from_bytes(name_and_extra[2:], "little")
    begin = at + _LOCAL_HEADER + name + extra
    return memoryview(data)[begin : begin + part.compress_size]


def _inflated_size(packed: memoryview, most: int) -> int:
    """How many bytes come out of `packed`; counted no further once they are more than `most`."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    try:
        for at in range(0, len(packed), _CHUNK):
            rest: bytes | memoryview = packed[at : at + _CHUNK]
            while rest and size <= most:
                size += len(inflater.decompress(rest, _CHUNK))
                rest = inflater.unconsumed_tail
        return size + len(inflater.flush()) if size <= most else size
    except zlib.error:
        raise _damaged() from None


def _damaged() -> Refused:
    return Refused(
        "WORKBOOK_DAMAGED",
        "The workbook (XLSX) is damaged or cut off. Likely cause: an export or a transfer that did "
        "not finish; save it again, or save the sheet as CSV UTF-8.",
    )


def _too_large() -> Refused:
    return Refused(
        "TOO_LARGE",
        f"The workbook holds more than {MOST_INFLATED // 1_000_000} MB or {MOST_PARTS:,} parts "
        "once it is unpacked, or more than it says. No list needs so much: copy the list alone "
        "into a new workbook, or save the sheet as CSV UTF-8.",
    )
