"""Why a file is no OTA Upgrade Image, in sentences that repeat not one byte of it.

A sentence names sizes and versions at most: the file may be unpublished firmware, or not firmware
at all.
"""

import re
from typing import Final

IDENTIFIER: Final = b"\x1e\xf1\xee\x0b"  # 0x0BEEF11E, lowest byte first
LARGEST_IMAGE: Final = 4 * 1024 * 1024  # bytes, the header included
TRAILER_LENGTH: Final = 66  # bytes

_WANTED: Final = "Give the OTA Upgrade Image, which begins with the bytes 1E F1 EE 0B."
_OTHER_KINDS: Final = (
    (rb"PK[\x03\x05]", "it is a ZIP archive; give the image inside it"),
    (rb"\x1f\x8b", "it is compressed with gzip; give the image inside it"),
    (rb"%PDF", "it is a PDF document"),
    (rb"\x7fELF", "it is a program as a compiler leaves it (ELF), not yet made into an image"),
    (rb"\x0b\xee\xf1\x1e", "its numbers were written highest byte first; write the lowest first"),
    (rb"\s*HvHuC", "it is an image written in Base64; decode it and give its bytes"),
    (rb"\s*(?:0x)?1EF1EE0B", "it is an image written in hexadecimal; give its bytes themselves"),
    (rb":[0-9A-F]{8}", "it is an Intel HEX file; give the image that was made from it"),
    (rb"S[0-9][0-9A-F]{6}", "it is a Motorola S-record file; give the image that was made from it"),
    (
        rb"(?:\xef\xbb\xbf)?\s*<",
        "it is an XML message, such as a Service Request; give the bytes of its FirmwareImage",
    ),
    (
        rb"(?:0x)?[0-9A-F\s]+\Z",
        "it is text in hexadecimal, such as a Hash; give the image, byte for byte",
    ),
    (rb"[\t\r\n -~]+\Z", "it is text, not firmware"),
)
_BARE_IMAGE: Final = (
    "it is the bare Manufacturer Image, without the OTA header that goes before it, or it is "
    "encrypted or another kind of file"
)


class NotAnUpgradeImage(ValueError):
    """The file is no whole OTA Upgrade Image; `str()` explains it to the person who gave it.

    `code` is for machines, `message` is what `str()` says: what is wrong and what to do.
    """

    code = "NOT_AN_UPGRADE_IMAGE"

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class EmptyFile(NotAnUpgradeImage):
    """There is not one byte."""

    code = "EMPTY"


class FileTooShort(NotAnUpgradeImage):
    """The file ends before its header could say how long the file is."""

    code = "TOO_SHORT"


class WrongIdentifier(NotAnUpgradeImage):
    """The file begins as no OTA Upgrade Image does."""

    code = "WRONG_IDENTIFIER"


class UnknownHeaderVersion(NotAnUpgradeImage):
    """The header is of another major version, whose fields may stand elsewhere."""

    code = "UNKNOWN_HEADER_VERSION"


class ImpossibleHeaderLength(NotAnUpgradeImage):
    """The header is shorter than its own fields, or leaves no room for a Manufacturer Image."""

    code = "IMPOSSIBLE_HEADER_LENGTH"


class SizeDisagrees(NotAnUpgradeImage):
    """The file is shorter or longer than its header says."""

    code = "SIZE_DISAGREES"


class ImageTooLarge(NotAnUpgradeImage):
    """The file is, or its header says that it is, larger than `LARGEST_IMAGE`."""

    code = "TOO_LARGE"


def wrong_identifier(opening: bytes) -> WrongIdentifier:
    """What a file that begins with `opening`, and not as an image does, looks like instead."""
    cause = _likely_kind(opening)
    return WrongIdentifier(f"This is not an OTA Upgrade Image. {_WANTED} Likely cause: {cause}.")


def _likely_kind(opening: bytes) -> str:
    for seen, cause in _OTHER_KINDS:
        if re.match(seen, opening, re.IGNORECASE):
            return cause
    return _BARE_IMAGE


def size_disagrees(announced: int, given: int) -> SizeDisagrees:
    """Why a file of `given` bytes has a header that says `announced`."""
    return SizeDisagrees(
        f"The header says that the file has {announced:,} bytes, header and signature included, "
        f"but it has {given:,}. Likely cause: {_cause_of_size(given - announced)}."
    )


def _cause_of_size(surplus: int) -> str:
    if surplus == TRAILER_LENGTH:
        return "a signature was added and the size in the header left as it was; correct it"
    if surplus == -TRAILER_LENGTH:
        return "the signature was taken off and the size in the header left as it was; correct it"
    if surplus < 0:
        return "a transfer that did not finish; fetch the file again"
    return "something was added behind the image; give the file as it was made"


def too_large() -> ImageTooLarge:
    """The refusal of whatever is larger than `LARGEST_IMAGE`, however much larger it is."""
    return ImageTooLarge(
        f"An OTA Upgrade Image may have at most {LARGEST_IMAGE:,} bytes here; this file has more, "
        "or its header says so. Likely cause: another kind of file, or a damaged header; fetch "
        "the file again."
    )
