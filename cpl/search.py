"""Finding entries of the list by what somebody knows of them, by indexes alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Replace, Upper

from cpl.models import CPLEntry, DeviceModel, EntryRevision, Manufacturer, StatusChange
from cpl.sheet.row import REMOVED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from django.db.models import QuerySet


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySearch:
    """What entries are asked for: everything said here must fit; what is empty narrows nothing.

    `cpl_entry_id`, `device_model`, `firmware_version` and `manufacturer_image_hash` are each the
    beginning of one, in any form that people write it; `q` is the beginning of any of the four.
    `as_at` takes the list by its own dates: the entries added by the end of that day, with the
    status of that day.
    """

    q: str = ""
    device_type: str = ""
    manufacturer: str = ""
    device_model: str = ""
    firmware_version: str = ""
    manufacturer_image_hash: str = ""
    cpl_entry_id: str = ""
    status: str = ""
    added_from: date | None = None
    added_to: date | None = None
    as_at: date | None = None


def find_entries(search: EntrySearch) -> QuerySet[CPLEntry]:
    """The entries that fit, in no order; `cpl.history.show_entries` shows them.

    Counting and paging them does not touch the view, which looks up the newest of four kinds of row
    for each entry it is asked about.
    """
    return CPLEntry.objects.filter(*_conditions(search))


def newest_status_rows(as_at: date | None = None) -> QuerySet[StatusChange]:
    """Each entry's newest removal or relisting; with `as_at`, of those dated by the end of it."""
    rows = _said_last().filter(status_date__lte=as_at) if as_at else StatusChange.objects.all()
    later = rows.filter(entry=OuterRef("entry"), pk__gt=OuterRef("pk"))
    return rows.filter(~Exists(later))


def _said_last() -> QuerySet[StatusChange]:
    """The status rows without those that the entry's next row only says anew: of removals in a row,
    with no relisting between, the last has the date that counts."""
    after = StatusChange.objects.filter(entry=OuterRef("entry"), pk__gt=OuterRef("pk"))
    next_status = Subquery(after.order_by("pk").values("status")[:1])
    return StatusChange.objects.exclude(status=Coalesce(next_status, Value("")))


def _conditions(search: EntrySearch) -> Iterator[Q]:
    begins = {"cpl_entry_id": search.cpl_entry_id, "firmware_version": search.firmware_version}
    said: dict[str, Any] = {
        "device_model__device_type": search.device_type.upper(),
        "device_model__manufacturer__identifier": search.manufacturer.upper(),
        "date_added__gte": search.added_from,
        "date_added__lte": search.added_to,
        **{f"{column}__startswith": as_stored(text) for column, text in begins.items()},
    }
    yield Q(**{condition: value for condition, value in said.items() if value})
    if model := as_stored(search.device_model):
        yield Q(device_model__in=_models(model))
    if image_hash := as_stored(search.manufacturer_image_hash):
        yield Q(pk__in=_with_hash(image_hash))
    if start := as_stored(search.q):
        yield Q(pk__in=_with_any_beginning(start))
    if search.as_at:
        yield Q(date_added__lte=search.as_at)
    if search.status:
        removed = newest_status_rows(search.as_at).filter(status=REMOVED)
        is_removed = Q(pk__in=removed.values("entry"))
        yield is_removed if search.status.upper() == REMOVED else ~is_removed


def as_stored(text: str) -> str:
    """An identifier, or its beginning, as people paste it, in the form that the list stores."""
    return "".join(text.split()).upper().removeprefix("0X")


def _models(start: str) -> list[int]:
    """The Device Models that begin so. Asked first: PostgreSQL cannot tell how few they are, and
    would rather read every entry than look each model's up."""
    models = DeviceModel.objects.filter(device_model__startswith=start)
    return list(models.values_list("pk", flat=True))


def _with_hash(start: str) -> QuerySet[Any, Any]:
    """The entries whose hash, as said last, begins so."""
    later = EntryRevision.objects.filter(entry=OuterRef("entry"), pk__gt=OuterRef("pk"))
    said = EntryRevision.objects.filter(~Exists(later), manufacturer_image_hash__startswith=start)
    return said.values("entry")


def _with_any_beginning(start: str) -> QuerySet[Any, Any]:
    """A union, since one condition over columns of four tables could use no index."""
    entries = CPLEntry.objects.values("pk")
    return entries.filter(cpl_entry_id__startswith=start).union(
        entries.filter(firmware_version__startswith=start),
        entries.filter(device_model__in=[*_models(start), *_models_of_makers(start)]),
        _with_hash(start),
    )


def _models_of_makers(start: str) -> list[int]:
    """The Device Models of the makers whose identifier or name, spaces aside, begins so."""
    plain = Upper(Replace("name", Value(" ")))
    makers = Manufacturer.objects.annotate(plain=plain).filter(
        Q(identifier__startswith=start) | Q(plain__startswith=start)
    )
    models = DeviceModel.objects.filter(manufacturer__in=list(makers.values_list("pk", flat=True)))
    return list(models.values_list("pk", flat=True))
