"""Reads of the list as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.functions import Length

from cpl.models import CPLEntry, DeviceModel, EntryRevision, ListedEntry, Manufacturer
from cpl.search import as_stored
from cpl.sheet.row import CURRENT

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import QuerySet

    from cpl.identifiers import ModelKey

OWN_NUMBERS = r"^CPL-([0-9]{6}|[1-9][0-9]{6,8})$"


def listed_entries() -> QuerySet[ListedEntry]:
    """Every entry as the list shows it now."""
    return ListedEntry.objects.all()


def search_entries(
    *,
    device_type: str = "",
    manufacturer: str = "",
    device_model: str = "",
    firmware_version: str = "",
    status: str = "",
    q: str = "",
) -> Q:
    """What narrows a view of entries to those asked for; `q` is the beginning of an id, a model, a
    version or a hash.

    The list itself is searched by `cpl.search`, which uses indexes; inside a view that looks up
    further rows for each entry, PostgreSQL does better with the view's own columns.
    """
    wanted = {
        "device_type": device_type.upper(),
        "manufacturer_identifier": manufacturer.upper(),
        "device_model": device_model.upper(),
        "firmware_version": firmware_version.upper(),
        "status": status.upper(),
    }
    narrowed = Q(**{field: value for field, value in wanted.items() if value})
    if start := as_stored(q):
        narrowed &= (
            Q(cpl_entry_id__startswith=start)
            | Q(device_model__startswith=start)
            | Q(firmware_version__startswith=start)
            | Q(manufacturer_image_hash__startswith=start)
            | Q(manufacturer_identifier__startswith=start)
            | Q(manufacturer_name__istartswith=q.strip())
        )
    return narrowed


def entries_by_id(cpl_entry_ids: Collection[str]) -> dict[str, ListedEntry]:
    """The entries with these ids, by id; unknown ids are simply absent."""
    found = ListedEntry.objects.filter(cpl_entry_id__in=cpl_entry_ids)
    return {entry.cpl_entry_id: entry for entry in found}


def current_entries_of(
    *, device_type: str, manufacturer_identifier: str, device_model: str, firmware_version: str
) -> list[str]:
    """The ids of the Current entries of one Device Model and version."""
    same = ListedEntry.objects.filter(
        device_type=device_type,
        manufacturer_identifier=manufacturer_identifier,
        device_model=device_model,
        firmware_version=firmware_version,
        status=CURRENT,
    )
    return sorted(same.values_list("cpl_entry_id", flat=True))


def manufacturer_name(identifier: str) -> str:
    """A maker's name as the list said it last, or as it was first made known."""
    said = EntryRevision.objects.filter(entry__device_model__manufacturer__identifier=identifier)
    newest = said.order_by("-id").values_list("manufacturer_name", flat=True).first()
    return newest or Manufacturer.objects.get(identifier=identifier).name


def known_manufacturers() -> list[tuple[str, str]]:
    """Every maker's identifier and name as first made known, by name."""
    makers = Manufacturer.objects.order_by("name", "identifier")
    return list(makers.values_list("identifier", "name"))


def next_entry_ids(count: int = 1) -> list[str]:
    """The ids FIR gives next: those above the highest `CPL-nnnnnn`.

    Ask it under the list's lock (`cpl.operations.lock_list`), or two may get the same.
    """
    numbered = CPLEntry.objects.filter(cpl_entry_id__regex=OWN_NUMBERS)
    ids = numbered.order_by(Length("cpl_entry_id").desc(), "-cpl_entry_id")
    highest = ids.values_list("cpl_entry_id", flat=True).first()
    number = int(highest.removeprefix("CPL-")) + 1 if highest else 1
    ids_after: list[str] = []
    while len(ids_after) < count:
        # A sheet may have taken numbers beyond those that are looked at.
        if not CPLEntry.objects.filter(cpl_entry_id=f"CPL-{number:06d}").exists():
            ids_after.append(f"CPL-{number:06d}")
        number += 1
    return ids_after


def find_device_models(keys: Collection[ModelKey]) -> dict[ModelKey, int]:
    """Ids of the Device Models with these keys; unknown ones are absent."""
    models = DeviceModel.objects.filter(manufacturer__identifier__in={key[1] for key in keys})
    known = models.values_list("device_type", "manufacturer__identifier", "device_model", "pk")
    return {tuple_[:3]: tuple_[3] for tuple_ in known if tuple_[:3] in keys}


def listed_facts(*columns: str) -> list[tuple[Any, ...]]:
    """These columns of every entry as the list shows it now, after the entry's own number."""
    return list(ListedEntry.objects.values_list("entry_id", *columns))
