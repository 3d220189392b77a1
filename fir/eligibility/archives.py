"""Lists of Devices as ZIP archives: cut into batches, and as the bodies of DUIS requests.

An archive is sent while it grows: one file of it is held at a time, and nothing on a disk. Its
directory stands at its end, so that an archive which broke off opens nowhere.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from typing import IO, TYPE_CHECKING, Any, NamedTuple, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings

from cpl.device_ids import written_device_ids
from fir.duis.requests import ACTIVATES, DISTRIBUTES, activation_request, distribution_request
from fir.eligibility.assumptions import ASSUMPTIONS
from fir.eligibility.lists import CSV, pages_of
from fir.records.queries import versions_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from fir.eligibility.lists import DeviceList, Group, GroupKey

MANIFEST = "manifest.json"
QUICKLY = 1  # of nine: Device IDs pack to a third at once, and hardly better for ten times the work
READABLE = 0o644 << 16
OWN_WORK = (
    "FIR sends nothing and signs nothing. Your own tools put in the OTA Upgrade Image, a RequestID "
    "and your signature, and send it when your people have decided to."
)
ALSO_ACTIVATE = (ACTIVATES, "11.4")
NOT_ACTIVATED = "Activation (11.3, 11.4) is the Supplier's own: no agent is given its requests."


class ActivationRefused(PermissionError):
    """Only the Supplier itself activates: no agent is given an 11.3."""


class File(NamedTuple):
    """A file of an archive, how many Devices it is for, and the Service Request that it is of; ''
    for a file of ids."""

    name: str
    devices: int
    service: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds for a group: its files, and the version and hash of what is to be
    installed; '' where nothing is."""

    group: Group
    firmware_version: str
    image_hash: str
    files: tuple[File, ...]


def batches(found: DeviceList, *, at: datetime) -> Iterator[bytes]:
    """The list as a ZIP of CSV files, each of as many Devices as one request takes. Devices that
    are not handled alike never share a file. Raises LoadGone, as reading any list does."""
    return _zipped(_batches(found, at), at)


def contents_of_batches(found: DeviceList) -> list[Contents]:
    """What that ZIP holds, by group."""
    return _contents(found.groups, lambda group: _cut(_folder(group.key), group.devices, "csv"))


def _batches(found: DeviceList, at: datetime) -> Iterator[tuple[str, bytes]]:
    contents = contents_of_batches(found)
    yield _manifest(found, at, contents)
    for one in contents:
        for file, page in _paged(found, one, one.files):
            yield file.name, CSV.head + written_device_ids(page)


def requests(found: DeviceList, *, at: datetime) -> Iterator[bytes]:
    """The list's next step as a ZIP of DUIS request bodies: for each group that something may be
    sent to, what its Device Type's route takes. Of several steps, the next alone: the others are
    another list once that is installed. Raises LoadGone, as reading any list does."""
    return _zipped(_requests(found, at), at)


def contents_of_requests(found: DeviceList) -> list[Contents]:
    """What that ZIP holds, by group; a group that nothing may be sent to is absent."""
    sent = [group for group in found.groups if group.key.installs]
    return _contents(sent, lambda group: _requests_of(found, group))


def _requests(found: DeviceList, at: datetime) -> Iterator[tuple[str, bytes]]:
    contents = contents_of_requests(found)
    withheld = None if may_activate(found) else NOT_ACTIVATED
    yield _manifest(found, at, contents, what_is_left=OWN_WORK, withheld=withheld)
    for one in contents:
        distributed = [file for file in one.files if file.service in DISTRIBUTES]
        for file, page in _paged(found, one, distributed):
            ids = written_device_ids(page).decode().split()
            version = one.firmware_version
            yield (
                file.name,
                distribution_request(file.service, firmware_version=version, device_ids=ids),
            )
        for file in one.files:
            if file.service == ACTIVATES:
                yield file.name, activation_body(found, one.image_hash)


def _contents(
    groups: Sequence[Group], files_of: Callable[[Group], Iterable[File]]
) -> list[Contents]:
    versions = versions_of({group.key.installs for group in groups})
    return [
        Contents(group, *versions.get(group.key.installs, ("", "")), tuple(files_of(group)))
        for group in groups
    ]


def _requests_of(found: DeviceList, group: Group) -> Iterator[File]:
    """The requests of the group's route that FIR can write, and gives this asker."""
    for service in ASSUMPTIONS.routes[group.key.device_type].requests:
        start = f"{service}-{_stem(group.key)}"
        if service in ALSO_ACTIVATE and not may_activate(found):
            continue
        if service in DISTRIBUTES:
            yield from _cut(start, group.devices, "xml", service)
        elif service == ACTIVATES:
            yield File(f"{start}.xml", group.devices, service)


def _folder(key: GroupKey) -> str:
    return f"{key.outcome}/{_stem(key)}"


def _stem(key: GroupKey) -> str:
    return f"{key.device_type}-{key.installs or key.target or 'no-target'}"


def _cut(start: str, devices: int, ending: str, service: str = "") -> list[File]:
    """A group's batches: names that sort in their order, and how many Devices each has."""
    most = settings.DEVICES_IN_A_REQUEST
    return [
        File(f"{start}-{number:05}.{ending}", min(most, devices - first), service)
        for number, first in enumerate(range(0, devices, most), 1)
    ]


def _paged(found: DeviceList, one: Contents, files: Sequence[File]) -> Iterator[tuple[File, bytes]]:
    """These files, each with the numbers of its Devices."""
    pages = pages_of(found, one.group.cohorts, size=settings.DEVICES_IN_A_REQUEST) if files else ()
    return zip(files, pages, strict=True)


def may_activate(found: DeviceList) -> bool:
    """Whether whoever asks is the Supplier that the Devices are of, and no agent of its."""
    return found.scope.is_whole


def activation_body(found: DeviceList, image_hash: str) -> bytes:
    """The body of an 11.3. Raises ActivationRefused for anybody but the Supplier itself."""
    if not may_activate(found):
        raise ActivationRefused(NOT_ACTIVATED)
    return activation_request(image_hash)


def _told(one: Contents) -> dict[str, Any]:
    """What a manifest says of a group; '' for what there is not."""
    return {
        **one.group.key._asdict(),
        "firmware_version": one.firmware_version,
        "manufacturer_image_hash": one.image_hash,
        "devices": one.group.devices,
        "findings": one.group.findings,
        "files": [{"name": file.name, "devices": file.devices} for file in one.files],
    }


def _manifest(
    found: DeviceList, at: datetime, contents: Sequence[Contents], **more: str | None
) -> tuple[str, bytes]:
    said = {
        "supplier": found.scope.supplier.slug,
        "load_id": found.load_id or None,
        "seq": found.standing.seq,
        "complete": found.standing.complete,
        "made_at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "devices": sum(one.group.devices for one in contents),
        **{name: text for name, text in more.items() if text},
        "groups": list(map(_told, contents)),
    }
    return MANIFEST, (json.dumps(said, indent=2) + "\n").encode()


class _Pipe:
    """What is written into it is taken out at its other end."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, octets: bytes) -> int:
        """Put something in."""
        self._held += octets
        return len(octets)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """All that is in it."""
        taken, self._held = bytes(self._held), bytearray()
        return taken


def _zipped(files: Iterator[tuple[str, bytes]], at: datetime) -> Iterator[bytes]:
    pipe = _Pipe()
    with ZipFile(cast("IO[bytes]", pipe), "w") as archive:  # to write is all that it is asked for
        for name, content in files:
            entry = ZipInfo(name, at.astimezone(UTC).timetuple()[:6])
            entry.external_attr = READABLE
            archive.writestr(entry, content, ZIP_DEFLATED, QUICKLY)
            yield pipe.taken()
    yield pipe.taken()
