"""The facts in an OTA Upgrade Image, read as it streams by: nothing of the firmware is kept.

An OTA Upgrade Image is a header, the Manufacturer Image and, for meters, a trailer: one byte, the
length 40 (hexadecimal) and the 64 bytes of a Supplier's signature. Each Supplier signs for itself,
so files differ where the firmware is the same: the Manufacturer Image Hash is what they share.

No field announces the trailer. Where the length stands in its place there are two readings of the
file, and only the Device Type tells which is right.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from cpl.ota_image.faults import LARGEST_IMAGE, TRAILER_LENGTH, size_disagrees, too_large
from cpl.ota_image.header import LONGEST_OPENING, OtaHeader, read_header

# That HCALCS are signed for as meters are, is inferred: Service Request 11.1 serves all three. How
# the DCC packs the images of Communications Hubs is not public.
TYPES_WITH_TRAILER: Final = frozenset({"ESME", "GSME", "HCALCS"})
TYPES_WITHOUT_TRAILER: Final = frozenset({"PPMID"})

_SIGNATURE_LENGTH: Final = 0x40
_PLACE_OF_LENGTH: Final = 1


@dataclass(frozen=True, slots=True)
class OtaImage:
    """What is known of an OTA Upgrade Image that has gone by; hashes are SHA-256, 64 upper hex.

    `file_hash` covers every byte: it tells one Supplier's file, and is no Manufacturer Image Hash.
    `hash_behind_header` covers all that follows the header, `hash_before_trailer` the same without
    the last 66 bytes; it is None where those cannot be a trailer.
    """

    header: OtaHeader
    file_hash: str
    hash_behind_header: str
    hash_before_trailer: str | None

    @property
    def image_hashes(self) -> tuple[str, ...]:
        """What the Manufacturer Image Hash may be: one hash, or two, first that without a trailer.

        Hold a declared hash against all of these before saying that it is wrong: by chance, one
        image in 256 seems to have a trailer and has none.
        """
        if self.hash_before_trailer is None:
            return (self.hash_behind_header,)
        return (self.hash_before_trailer, self.hash_behind_header)

    def image_hash_for(self, device_type: str) -> str | None:
        """The Manufacturer Image Hash, if the file is for Devices of this type, as stored.

        None when both readings are possible and the type, '' for an unknown one, does not decide.
        A meter's image without a trailer is taken as one that no Supplier has signed yet.
        """
        if self.hash_before_trailer is None or device_type in TYPES_WITHOUT_TRAILER:
            return self.hash_behind_header
        return self.hash_before_trailer if device_type in TYPES_WITH_TRAILER else None


def read_ota_image(pieces: Iterable[bytes]) -> OtaImage:
    """The facts of the file that comes in these pieces, however it is cut into them.

    Raises a `NotAnUpgradeImage` for anything but one whole OTA Upgrade Image of at most
    `LARGEST_IMAGE` bytes, beyond which it reads no further; what the stream itself raises goes on.
    Between two pieces it holds the header and the last 66 bytes, and in the end none.
    """
    stream = iter(pieces)
    reading = _begun(stream)
    for piece in stream:
        reading.take(piece)
    return reading.image()


def _begun(stream: Iterator[bytes]) -> "_Reading":
    opening = b""
    for piece in stream:
        opening += piece
        if len(opening) >= LONGEST_OPENING:
            break
    reading = _Reading(read_header(opening[:LONGEST_OPENING]))
    reading.take(opening)
    return reading


class _Reading:
    """Follows one file with a known header; what may be a trailer waits until the end is seen."""

    def __init__(self, header: OtaHeader) -> None:
        self._header = header
        self._size = 0
        self._file = sha256()
        self._content = sha256()
        self._tail = b""

    def take(self, piece: bytes) -> None:
        within_header = max(self._header.header_length - self._size, 0)
        self._size += len(piece)
        if self._size > LARGEST_IMAGE:
            raise too_large()
        self._file.update(piece)
        waiting = self._tail + piece[within_header:]
        cut = max(len(waiting) - TRAILER_LENGTH, 0)
        self._content.update(waiting[:cut])
        self._tail = waiting[cut:]

    def image(self) -> OtaImage:
        if self._size != self._header.total_size:
            raise size_disagrees(self._header.total_size, self._size)
        behind_header = self._content.copy()
        behind_header.update(self._tail)
        return OtaImage(
            header=self._header,
            file_hash=self._file.hexdigest().upper(),
            hash_behind_header=behind_header.hexdigest().upper(),
            hash_before_trailer=(
                self._content.hexdigest().upper() if self._may_have_trailer() else None
            ),
        )

    def _may_have_trailer(self) -> bool:
        # Before a trailer stands a Manufacturer Image, if only of one byte.
        image_is_left = self._size - self._header.header_length > TRAILER_LENGTH
        return image_is_left and self._tail[_PLACE_OF_LENGTH] == _SIGNATURE_LENGTH
