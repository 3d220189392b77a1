"""A draft's answers held against the firmware file that was read for it. Pure.

A draft keeps the facts of the file's header and its digests, never a byte of it, nor the maker's
own note in the header.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

from cpl.identifiers import IdentifierFault, hardware_of
from cpl.ota_image import TYPES_WITH_TRAILER, TYPES_WITHOUT_TRAILER
from fir.submissions.claims import READERS, Fault
from fir.submissions.readers import NotReadable

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cpl.ota_image import OtaImage

HASH = "manufacturer_image_hash"
DIFFERS = "FILE_SAYS_OTHERWISE"
WHOLE_FILE = (
    "This is the hash of the whole file that was read. What is wanted is that of the Manufacturer "
    "Image in it alone, which Devices work out before they activate it (GBCS); in that file it is "
    "{right}."
)
OTHER_READING = (
    "In the file that was read this is the hash of what follows the header {this}. For this Device "
    "Type the Manufacturer Image is what follows it {right}: {hash}."
)
WITH, WITHOUT = "with its last 66 bytes", "without its last 66 bytes, a Supplier’s signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What is kept of a file. Hashes are as `cpl.ota_image.OtaImage` has them."""

    manufacturer_identifier: str
    firmware_version: str
    image_size: int
    minimum_hardware_version: str | None
    maximum_hardware_version: str | None
    file_hash: str
    hash_behind_header: str
    hash_before_trailer: str | None

    @classmethod
    def of(cls, image: OtaImage) -> Self:
        """The facts of a file that has gone by."""
        header = image.header
        return cls(
            manufacturer_identifier=header.manufacturer_identifier,
            firmware_version=header.firmware_version,
            image_size=header.total_size,
            minimum_hardware_version=header.minimum_hardware_version,
            maximum_hardware_version=header.maximum_hardware_version,
            file_hash=image.file_hash,
            hash_behind_header=image.hash_behind_header,
            hash_before_trailer=image.hash_before_trailer,
        )

    @classmethod
    def kept(cls, kept: Mapping[str, Any]) -> Self:
        """The facts as a draft keeps them."""
        return cls(**kept)

    def to_keep(self) -> dict[str, Any]:
        """The facts for a draft to keep."""
        return asdict(self)

    def image_hash_for(self, device_type: str | None) -> str | None:
        """The Manufacturer Image Hash, if the file is for Devices of this type; None where both
        readings of it are possible and the type does not decide."""
        if self.hash_before_trailer is None or device_type in TYPES_WITHOUT_TRAILER:
            return self.hash_behind_header
        return self.hash_before_trailer if device_type in TYPES_WITH_TRAILER else None

    def answers(self, device_type: str | None) -> dict[str, Any]:
        """What the file says, by the field of a submission that it answers."""
        said = {
            "manufacturer_identifier": self.manufacturer_identifier,
            "firmware_version": self.firmware_version,
            HASH: self.image_hash_for(device_type),
            "image_size": self.image_size,
            "minimum_hardware_version": self.minimum_hardware_version,
            "maximum_hardware_version": self.maximum_hardware_version,
        }
        return {name: value for name, value in said.items() if value is not None}


def answers_to_take(
    file: FileFacts,
    said: Mapping[str, Any],
    *,
    device_type: str | None,
    offered: Collection[str],
    over: bool = False,
) -> dict[str, Any]:
    """The answers that the file gives to questions that are still open; with `over`, also to those
    that were answered otherwise. Only fields that are `offered` are answered."""
    return {
        name: value
        for name, value in file.answers(device_type).items()
        if name in offered and (_is_open(said.get(name)) or (over and _read(name, said) != value))
    }


def disagreements(
    file: FileFacts, said: Mapping[str, Any], *, device_type: str | None
) -> list[Fault]:
    """Where the answers say something else than the file that was read, a sentence each. An answer
    that is open, or that cannot be read, says nothing else."""
    found = []
    for name, value in file.answers(device_type).items():
        answer = _read(name, said)
        if answer is not None and answer != value and name != HASH:
            message = f"The file that was read says {value}; the answer is {answer}."
            found.append(Fault(name, DIFFERS, message))
    return [*found, *_about_hash(file, said, device_type), *_about_hardware(file, said)]


def _about_hash(file: FileFacts, said: Mapping[str, Any], device_type: str | None) -> list[Fault]:
    answer, right = _read(HASH, said), file.image_hash_for(device_type)
    readings = {file.hash_behind_header, file.hash_before_trailer}
    if answer is None or answer == right or (right is None and answer in readings):
        return []
    if answer == file.file_hash:
        message = WHOLE_FILE.format(right=right or " or ".join(sorted(filter(None, readings))))
        return [Fault(HASH, "HASH_OF_WHOLE_FILE", message)]
    if answer in readings:
        is_without = answer == file.hash_before_trailer
        this, other = (WITHOUT, WITH) if is_without else (WITH, WITHOUT)
        return [Fault(HASH, DIFFERS, OTHER_READING.format(this=this, right=other, hash=right))]
    message = "The file that was read holds another Manufacturer Image"
    return [Fault(HASH, DIFFERS, f"{message}: its hash is {right}." if right else f"{message}.")]


def _about_hardware(file: FileFacts, said: Mapping[str, Any]) -> list[Fault]:
    lowest, highest = file.minimum_hardware_version, file.maximum_hardware_version
    if lowest is None or highest is None:
        return []
    models = [_read("device_model", said), *(_read("further_device_models", said) or ())]
    # Of one length and case, so that their text is in the numbers' order.
    outside = [m for m in models if m and not lowest <= hardware_of(m) <= highest]
    if not outside:
        return []
    message = f"The file that was read is for hardware {lowest} to {highest}, not for "
    return [Fault("device_model", DIFFERS, f"{message}{', '.join(outside)}.")]


def _is_open(answer: Any) -> bool:
    return answer is None or answer == [] or (isinstance(answer, str) and not answer.strip())


def _read(name: str, said: Mapping[str, Any]) -> Any:
    """An answer as it would be kept; None while it is open or cannot be read."""
    if _is_open(said.get(name)):
        return None
    try:
        return READERS[name](said[name])
    except (IdentifierFault, NotReadable):
        return None
