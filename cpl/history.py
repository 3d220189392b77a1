"""Entries as the list shows them, now or as it stood on a day; and what stands beside one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from cpl.identifiers import family_of
from cpl.models import CPLEntry, ListedEntry, StatusChange
from cpl.search import EntrySearch, find_entries, newest_status_rows
from cpl.sheet.row import COLUMNS, CURRENT, REMOVED, SheetRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from django.db.models import QuerySet

CHUNK = 2000
NEIGHBOURS_SHOWN = 20


def show_entries(numbers: Sequence[int], *, as_at: date | None = None) -> list[ListedEntry]:
    """The entries with these numbers (primary keys) as the list shows them, in the order given.

    With `as_at`, status and removal are those of that day; the facts are always those said last.
    """
    found = ListedEntry.objects.filter(entry__in=numbers).in_bulk()
    shown = [found[number] for number in numbers]
    return _as_they_stood(shown, as_at) if as_at else shown


def _as_they_stood(entries: list[ListedEntry], day: date) -> list[ListedEntry]:
    rows = newest_status_rows(day).filter(entry__in=[entry.pk for entry in entries])
    changes = {change.entry_id: change for change in rows}
    for entry in entries:
        change = changes.get(entry.pk)
        is_removed = change is not None and change.status == REMOVED
        entry.status = REMOVED if is_removed else CURRENT
        entry.date_removed = change.status_date if change and is_removed else None
        entry.removal_reason = change.reason if change and is_removed else ""
    return entries


def sheet_rows(search: EntrySearch) -> Iterator[SheetRow]:
    """The entries that fit, as rows of the list's sheet, in the order in which they were listed.

    Inside a transaction they are read a few thousand at a time.
    """
    listed = ListedEntry.objects.order_by("entry_id")
    if search != EntrySearch():
        listed = listed.filter(entry__in=find_entries(search))
    line = 1
    for some in _chunks(listed.iterator(chunk_size=CHUNK)):
        for entry in _as_they_stood(some, search.as_at) if search.as_at else some:
            line += 1
            yield SheetRow(line, *(getattr(entry, column) for column in COLUMNS))


def _chunks(entries: Iterator[ListedEntry]) -> Iterator[list[ListedEntry]]:
    while some := list(islice(entries, CHUNK)):
        yield some


def status_history(entry: ListedEntry) -> list[StatusChange]:
    """Every removal and relisting of an entry, newest first."""
    return list(StatusChange.objects.filter(entry=entry.pk).order_by("-pk"))


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What stands beside an entry in the list, newest first; of each at most so many as are shown,
    and whether there are more."""

    entries: Sequence[ListedEntry]
    has_more: bool


def neighbours_of(entry: ListedEntry) -> dict[str, Neighbours]:
    """Other entries of the same Device Model (`model`), with the same hash (`hash`), and of the
    family's other hardware (`family`)."""
    first, *others = (
        near.exclude(pk=entry.pk).order_by("-pk").values("pk")[: NEIGHBOURS_SHOWN + 1]
        for near in _near(entry)
    )
    numbers = first.union(*others).values_list("pk", flat=True)
    listed = show_entries(sorted(numbers, reverse=True))
    groups = {
        "model": [one for one in listed if one.model_id == entry.model_id],
        "hash": [one for one in listed if _has_same_hash(one, entry)],
        "family": [
            one
            for one in listed
            if one.model_id != entry.model_id and _family(one) == _family(entry)
        ],
    }
    return {
        name: Neighbours(group[:NEIGHBOURS_SHOWN], has_more=len(group) > NEIGHBOURS_SHOWN)
        for name, group in groups.items()
    }


def _near(entry: ListedEntry) -> Iterator[QuerySet[CPLEntry]]:
    yield CPLEntry.objects.filter(device_model=entry.model_id)
    family = EntrySearch(
        device_type=entry.device_type,
        manufacturer=entry.manufacturer_identifier,
        device_model=family_of(entry.device_model),
    )
    yield find_entries(family).exclude(device_model=entry.model_id)
    if entry.manufacturer_image_hash:
        yield find_entries(EntrySearch(manufacturer_image_hash=entry.manufacturer_image_hash))


def _has_same_hash(one: ListedEntry, other: ListedEntry) -> bool:
    return one.manufacturer_image_hash == other.manufacturer_image_hash != ""


def _family(entry: ListedEntry) -> tuple[str, str, str]:
    return (entry.device_type, entry.manufacturer_identifier, family_of(entry.device_model))
