"""Lists of Devices as ZIP archives: cut into batches, and as the bodies of DUIS requests.

An archive is sent while it grows: one file of it is held at a time, and nothing on a disk. Its
directory stands at its end, so that an archive which broke off opens nowhere.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.conf import settings

from cpl.device_ids import written_device_ids
from fir.duis.requests import ACTIVATES, DISTRIBUTES, activation_request, distribution_request
from fir.eligibility.assumptions import ASSUMPTIONS
from fir.eligibility.lists import CSV, pages_of
from fir.records.queries import versions_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from fir.eligibility.lists import DeviceList, Group, GroupKey
    from fir.parties.models import Party

MANIFEST = "manifest.json"
QUICKLY = 1  # of nine: Device IDs pack to a third at once, and hardly better for ten times the work
READABLE = 0o644 << 16
OWN_WORK = (
    "FIR sends nothing and signs nothing. Your own tools put in the OTA Upgrade Image, a RequestID "
    "and your signature, and send it when your people have decided to."
)
NOT_ACTIVATED = "Activation (11.3) is the Supplier's own: no agent is given its requests."


class ActivationRefused(PermissionError):
    """Only the Supplier itself activates: no agent is given an 11.3."""


def batches(found: DeviceList, *, at: datetime) -> Iterator[bytes]:
    """The list as a ZIP of CSV files, each of as many Devices as one request takes. Devices that
    are not handled alike never share a file. Raises LoadGone, as reading any list does."""
    return _zipped(_batches(found, at), at)


def _batches(found: DeviceList, at: datetime) -> Iterator[tuple[str, bytes]]:
    versions = versions_of({group.key.installs for group in found.groups})
    cut = [(group, _cut(f"{_folder(group.key)}-", group.devices, "csv")) for group in found.groups]
    yield _manifest(found, at, [_told(group, versions, files) for group, files in cut])
    for group, files in cut:
        pages = pages_of(found, group.cohorts, size=settings.DEVICES_IN_A_REQUEST)
        for (name, _devices), page in zip(files, pages, strict=True):
            yield name, CSV.head + written_device_ids(page)


def _folder(key: GroupKey) -> str:
    return f"{key.outcome}/{_stem(key)}"


def _stem(key: GroupKey) -> str:
    return f"{key.device_type}-{key.installs or key.target or 'no-target'}"


def _cut(start: str, devices: int, ending: str) -> list[tuple[str, int]]:
    """The names of a group's batches, which sort in their order, and how many Devices each has."""
    most = settings.DEVICES_IN_A_REQUEST
    return [
        (f"{start}{number:05}.{ending}", min(most, devices - first))
        for number, first in enumerate(range(0, devices, most), 1)
    ]


def requests(found: DeviceList, *, asker: Party, at: datetime) -> Iterator[bytes]:
    """The list's next step as a ZIP of DUIS request bodies: for each group that something may be
    sent to, what its Device Type's route takes. Of several steps, the next alone: the others are
    another list once that is installed. Raises LoadGone, as reading any list does."""
    return _zipped(_requests(found, asker, at), at)


def _requests(found: DeviceList, asker: Party, at: datetime) -> Iterator[tuple[str, bytes]]:
    sent = [group for group in found.groups if group.key.installs]
    versions = versions_of({group.key.installs for group in sent})
    files = {group.key: _files_of(found, group, asker) for group in sent}
    told = [_told(group, versions, files[group.key]) for group in sent]
    yield _manifest(found, at, told, what_is_left=OWN_WORK, withheld=_withheld(found, asker))
    for group in sent:
        yield from _bodies(found, group, versions[group.key.installs], asker)


def _files_of(found: DeviceList, group: Group, asker: Party) -> list[tuple[str, int]]:
    files = []
    for service in _services(group):
        start = f"{service}-{_stem(group.key)}"
        if service in DISTRIBUTES:
            files += _cut(f"{start}-", group.devices, "xml")
        elif may_activate(found, asker):
            files.append((f"{start}.xml", group.devices))
    return files


def _bodies(
    found: DeviceList, group: Group, release: tuple[str, str], asker: Party
) -> Iterator[tuple[str, bytes]]:
    version, image_hash = release
    for service in _services(group):
        start = f"{service}-{_stem(group.key)}"
        if service in DISTRIBUTES:
            names = _cut(f"{start}-", group.devices, "xml")
            pages = pages_of(found, group.cohorts, size=settings.DEVICES_IN_A_REQUEST)
            for (name, _devices), page in zip(names, pages, strict=True):
                ids = written_device_ids(page).decode().split()
                yield (
                    name,
                    distribution_request(service, firmware_version=version, device_ids=ids),
                )
        elif may_activate(found, asker):
            yield f"{start}.xml", activation_body(found, image_hash, asker=asker)


def _services(group: Group) -> tuple[str, ...]:
    """The requests of the group's route that FIR can write."""
    route = ASSUMPTIONS.routes[group.key.device_type]
    return tuple(s for s in route.requests if s in DISTRIBUTES or s == ACTIVATES)


def may_activate(found: DeviceList, asker: Party) -> bool:
    """Whether whoever asks is the Supplier that the Devices are of, and no agent of its."""
    return asker.pk == found.supplier.pk


def activation_body(found: DeviceList, image_hash: str, *, asker: Party) -> bytes:
    """The body of an 11.3. Raises ActivationRefused for anybody but the Supplier itself."""
    if not may_activate(found, asker):
        raise ActivationRefused(NOT_ACTIVATED)
    return activation_request(image_hash)


def _withheld(found: DeviceList, asker: Party) -> str | None:
    return None if may_activate(found, asker) else NOT_ACTIVATED


def _told(
    group: Group, versions: Mapping[str, tuple[str, str]], files: list[tuple[str, int]]
) -> dict[str, Any]:
    """What a manifest says of a group; '' for what there is not."""
    version, image_hash = versions.get(group.key.installs, ("", ""))
    return {
        **group.key._asdict(),
        "firmware_version": version,
        "manufacturer_image_hash": image_hash,
        "devices": group.devices,
        "findings": group.findings,
        "files": [{"name": name, "devices": devices} for name, devices in files],
    }


def _manifest(
    found: DeviceList, at: datetime, groups: list[dict[str, Any]], **more: str | None
) -> tuple[str, bytes]:
    said = {
        "supplier": found.supplier.slug,
        "load_id": found.load_id or None,
        "seq": found.standing.seq,
        "complete": found.standing.complete,
        "made_at": at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "devices": sum(group["devices"] for group in groups),
        **{name: text for name, text in more.items() if text},
        "groups": groups,
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
    with ZipFile(pipe, "w") as archive:  # type: ignore[arg-type]
        for name, content in files:
            entry = ZipInfo(name, at.astimezone(UTC).timetuple()[:6])
            entry.external_attr = READABLE
            archive.writestr(entry, content, ZIP_DEFLATED, QUICKLY)
            yield pipe.taken()
    yield pipe.taken()
