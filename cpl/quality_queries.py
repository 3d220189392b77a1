"""What the rules about the list's quality read: lines, the catalogue, known files."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db.models import Exists, OuterRef

from cpl import catalogue
from cpl.facts import LINE_FACTS
from cpl.models import (
    CPLEntry,
    DeviceTypeNeeds,
    EntryRevision,
    KnownFile,
    ListedEntry,
    SpecificationVersion,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from cpl.catalogue import SpecificationKey
    from cpl.quality.facts import Line


def lines_of_list() -> dict[int, Line]:
    """Every entry as the rules read it, by the entry's own number."""
    lines = ListedEntry.objects.values_list("entry_id", *LINE_FACTS, named=True)
    return {line[0]: cast("Line", line) for line in lines}


def lines_beside(makers: Collection[str], hashes: Collection[str]) -> list[Line]:
    """Every entry that can matter to some lines: those of their Manufacturers, by identifier, or
    with one of their hashes."""
    made = CPLEntry.objects.filter(device_model__manufacturer__identifier__in=makers)
    # An entry without a hash shares none.
    said = EntryRevision.objects.filter(
        manufacturer_image_hash__in=hashes, manufacturer_image_hash__gt=""
    )
    entries = ListedEntry.objects.filter(entry__in=made.values("pk").union(said.values("entry")))
    return cast("list[Line]", list(entries.values_list("entry_id", *LINE_FACTS, named=True)))


def entries_of_version(manufacturer_identifier: str, firmware_version: str) -> list[ListedEntry]:
    """The entries of a Manufacturer that list a firmware version, whatever their Device Model."""
    numbers = CPLEntry.objects.filter(
        firmware_version=firmware_version,
        device_model__manufacturer__identifier=manufacturer_identifier,
    )
    entries = ListedEntry.objects.filter(entry__in=numbers.values("pk"))
    return list(entries.order_by("entry_id"))


def known_files() -> dict[str, str]:
    """For the hash of each whole OTA file that was dropped, that of its Manufacturer Image, where
    any entry was ever listed with it."""
    listed = EntryRevision.objects.values("manufacturer_image_hash")
    files = KnownFile.objects.filter(file_hash__in=listed)
    return dict(files.values_list("file_hash", "image_hash"))


def known_files_among(hashes: Collection[str]) -> dict[str, str]:
    """The same for those of these hashes that are a whole file's."""
    files = KnownFile.objects.filter(file_hash__in=hashes)
    return dict(files.values_list("file_hash", "image_hash"))


def has_news_of_files(since: datetime) -> bool:
    """Whether a file that was dropped since then shows a hash of the list to be a whole file's."""
    said = EntryRevision.objects.filter(manufacturer_image_hash=OuterRef("file_hash"))
    return KnownFile.objects.filter(Exists(said), seen_at__gt=since).exists()


def entries_carrying(hashes: Collection[str]) -> list[ListedEntry]:
    """Every entry whose Manufacturer Image Hash is now one of these, by entry id."""
    # By the revisions' index first: the view alone would look through the whole list.
    said = EntryRevision.objects.filter(manufacturer_image_hash__in=hashes)
    found = ListedEntry.objects.filter(
        entry__in=said.values("entry"), manufacturer_image_hash__in=hashes
    )
    return list(found.order_by("cpl_entry_id"))


def specifications_now() -> dict[SpecificationKey, catalogue.Specification]:
    """What the Administrator keeps of the versions of specifications. One query."""
    versions = SpecificationVersion.objects.values_list(
        "kind", "version", "in_effect_from", "in_effect_until"
    )
    return {row[:2]: catalogue.Specification(*row) for row in versions}


def catalogue_now() -> catalogue.Catalogue:
    """What the Administrator keeps of specifications and Device Types."""
    needs = DeviceTypeNeeds.objects.values_list(
        "device_type", "needs_cpa", "needs_zigbee", "needs_dlms", "answerable"
    )
    return catalogue.Catalogue(
        specifications=specifications_now(),
        needs={row[0]: catalogue.DeviceTypeNeeds(*row) for row in needs},
    )
