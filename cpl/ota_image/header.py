"""The header of an OTA Upgrade Image: which Devices the firmware is for, and how large it is.

The layout is that of the ZigBee Over-the-Air Upgrading Cluster (document 095264), which GBCS uses;
every number is written lowest byte first.
"""

from dataclasses import dataclass, field
from struct import Struct
from typing import Final

from cpl.identifiers import shown
from cpl.ota_image.faults import (
    IDENTIFIER,
    LARGEST_IMAGE,
    EmptyFile,
    FileTooShort,
    ImpossibleHeaderLength,
    UnknownHeaderVersion,
    size_disagrees,
    too_large,
    wrong_identifier,
)

# Identifier, header version, header length, field control, manufacturer code, image type, file
# version, stack version, header string, total image size.
_FIXED: Final = Struct("<4sHHHHHIH32sI")
_HARDWARE: Final = Struct("<HH")
_CREDENTIAL_LENGTH: Final = 1
_DESTINATION_LENGTH: Final = 8
_MAJOR_VERSION: Final = 0x01

# What field control says is there behind the fixed fields, in this order.
_HAS_CREDENTIAL: Final = 1 << 0
_HAS_DESTINATION: Final = 1 << 1
_HAS_HARDWARE: Final = 1 << 2

# Every field that is read stands within these first bytes; a longer header holds unknown ones.
LONGEST_OPENING: Final = _FIXED.size + _CREDENTIAL_LENGTH + _DESTINATION_LENGTH + _HARDWARE.size


@dataclass(frozen=True, slots=True)
class OtaHeader:
    """What a header says, in the forms in which the list stores the same facts.

    `manufacturer_identifier` is the header's manufacturer code (4 hex) and `firmware_version` its
    file version (8 hex, opaque). `image_type` and `stack_version` are 4 hex. `header_string` is the
    maker's own note, cut at its first NUL, with a � for what is no printable ASCII: show it as
    text, and believe nothing for it. `header_length` and `total_size` count bytes, the latter
    header and signature included. The hardware versions are 4 hex, version and revision as in
    `hardware_of`, and both None when the header has none.
    """

    manufacturer_identifier: str
    image_type: str
    firmware_version: str
    stack_version: str
    header_string: str = field(repr=False)  # free text of strangers has no place in a log
    header_length: int
    total_size: int
    minimum_hardware_version: str | None
    maximum_hardware_version: str | None


def read_header(opening: bytes) -> OtaHeader:
    """The header of a file, from its first `LONGEST_OPENING` bytes or from the whole of it.

    Raises a `NotAnUpgradeImage` that says why it has none, or none that can be true.
    """
    if not opening:
        raise EmptyFile("The file is empty. Fetch it again, or choose another.")
    if not opening.startswith(IDENTIFIER[: len(opening)]):
        raise wrong_identifier(opening)
    if len(opening) < _FIXED.size:
        raise FileTooShort(
            f"The file ends after {len(opening)} bytes, within its header, which takes at least "
            f"{_FIXED.size}. Likely cause: a transfer that did not finish; fetch the file again."
        )
    _, version, length, control, maker, kind, file, stack, note, total = _FIXED.unpack_from(opening)
    needed = _length_of_fields(control)
    _check_layout(version, length, total, needed)
    if len(opening) < needed:
        raise size_disagrees(total, len(opening))
    minimum, maximum = _hardware(opening, control, needed)
    return OtaHeader(
        manufacturer_identifier=f"{maker:04X}",
        image_type=f"{kind:04X}",
        firmware_version=f"{file:08X}",
        stack_version=f"{stack:04X}",
        header_string=_text(note),
        header_length=length,
        total_size=total,
        minimum_hardware_version=minimum,
        maximum_hardware_version=maximum,
    )


def _length_of_fields(control: int) -> int:
    length = _FIXED.size
    if control & _HAS_CREDENTIAL:
        length += _CREDENTIAL_LENGTH
    if control & _HAS_DESTINATION:
        length += _DESTINATION_LENGTH
    if control & _HAS_HARDWARE:
        length += _HARDWARE.size
    return length


def _check_layout(version: int, length: int, total: int, needed: int) -> None:
    if version >> 8 != _MAJOR_VERSION:
        raise UnknownHeaderVersion(
            f"The header is of version {version:04X}, but only 0100 to 01FF are known here. Likely "
            "cause: a damaged header; fetch the file again."
        )
    if length < needed:
        raise ImpossibleHeaderLength(
            f"The header says that it is {length:,} bytes long, but the fields that it announces "
            f"take {needed}. Correct the header length or the field control."
        )
    if length >= total:
        raise ImpossibleHeaderLength(
            f"The header says that it is {length:,} bytes long and the whole file {total:,}, which "
            "leaves no room for a Manufacturer Image. Correct the header length or the total size."
        )
    if total > LARGEST_IMAGE:
        raise too_large()


def _hardware(opening: bytes, control: int, end: int) -> tuple[str | None, str | None]:
    if not control & _HAS_HARDWARE:
        return None, None
    # They come last, whichever of the other optional fields stand before them.
    minimum, maximum = _HARDWARE.unpack_from(opening, end - _HARDWARE.size)
    return f"{minimum:04X}", f"{maximum:04X}"


def _text(note: bytes) -> str:
    return shown(note.split(b"\0", 1)[0].decode("ascii", "replace")).strip()
