"""What the list says of a firmware file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cpl.identifiers import hardware_of
from cpl.quality_queries import entries_carrying, entries_of_version

if TYPE_CHECKING:
    from cpl.models import ListedEntry
    from cpl.ota_image import OtaImage
    from cpl.ota_image.header import OtaHeader


@dataclass(frozen=True, slots=True)
class Match:
    """An entry that carries a hash of the file, and where it and the file's header disagree."""

    entry: ListedEntry
    disagreements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FileComparison:
    """A file held against the list.

    `others` list the header's Manufacturer and firmware version with another hash.
    `image_hash` is the Manufacturer Image Hash, None where two readings are possible and neither
    the Device Type nor the list decides. `matches` carry one of the readings; `mistaken` carry the
    hash of the whole file, which is a mistake of theirs.
    """

    image: OtaImage
    image_hash: str | None
    matches: list[Match]
    mistaken: list[Match]
    others: list[ListedEntry]


def compare_file(image: OtaImage, device_type: str = "") -> FileComparison:
    """What the list says of a file, '' for a Device Type that is not known. Two queries."""
    found = entries_carrying([*image.image_hashes, image.file_hash])
    matches = [
        Match(entry, disagreements(image.header, entry, device_type=device_type)) for entry in found
    ]
    known = {entry.pk for entry in found}
    header = image.header
    said = entries_of_version(header.manufacturer_identifier, header.firmware_version)
    right = [m for m in matches if m.entry.manufacturer_image_hash in image.image_hashes]
    return FileComparison(
        image=image,
        image_hash=image.image_hash_for(device_type) or _the_listed(right),
        matches=right,
        mistaken=[m for m in matches if m.entry.manufacturer_image_hash == image.file_hash],
        others=[entry for entry in said if entry.pk not in known],
    )


def _the_listed(matches: list[Match]) -> str | None:
    """The one reading of a file that the list carries; None when it carries both, or neither."""
    listed = {match.entry.manufacturer_image_hash for match in matches}
    return listed.pop() if len(listed) == 1 else None


def disagreements(
    header: OtaHeader, entry: ListedEntry, *, device_type: str = ""
) -> tuple[str, ...]:
    """Where a file's header, and the Device Type that the file is said to be for, disagree with an
    entry: a sentence each."""
    said = [
        ("Device Type that you chose", device_type or entry.device_type, entry.device_type),
        (
            "header's Manufacturer Identifier",
            header.manufacturer_identifier,
            entry.manufacturer_identifier,
        ),
        ("header's firmware version", header.firmware_version, entry.firmware_version),
    ]
    differing = [
        f"The {what} is {file}; the entry says {listed}."
        for what, file, listed in said
        if file != listed
    ]
    return (*differing, *_hardware(header, entry))


def _hardware(header: OtaHeader, entry: ListedEntry) -> list[str]:
    lowest, highest = header.minimum_hardware_version, header.maximum_hardware_version
    own = hardware_of(entry.device_model)
    # Of one length and case, so that their text is in the numbers' order.
    if lowest is None or highest is None or lowest <= own <= highest:
        return []
    return [
        f"The header is for hardware {lowest} to {highest}; the entry's Device Model has {own}."
    ]
