"""Recording when the DCC loaded entries: what is published is not loaded yet.

In May 2018 a fault kept the DCC from loading what the list already showed (GBCS v1.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import localdate

from cpl.bulk import insert_rows
from cpl.models import LoadConfirmation
from cpl.operations import lock_list
from cpl.queries import entries_by_id
from fir.ledger.operations import NewEvent, append_events
from fir.records.list_queries import ids_not_loaded

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from cpl.models import ListedEntry
    from fir.parties.models import Actor

MOST_SHOWN = 20


class UnknownEntries(ValueError):
    """No such entries are listed; all of them are in `cpl_entry_ids`, and nothing was recorded."""

    def __init__(self, cpl_entry_ids: Iterable[str]) -> None:
        self.cpl_entry_ids = tuple(sorted(cpl_entry_ids))
        super().__init__(
            f"No entries of the list: {_named(self.cpl_entry_ids)}. Nothing was recorded; correct "
            "these ids or leave them out."
        )


class LoadedOnAnotherDay(ValueError):
    """Another day was recorded for some of the entries, and nobody said to replace it."""


class NotLoadedThen(ValueError):
    """The DCC cannot have loaded an entry on that day."""


@transaction.atomic
def confirm_loaded(
    *,
    cpl_entry_ids: Collection[str],
    loaded_on: date | None,
    by: Actor,
    at: datetime,
    added_by: date | None = None,
    replace: bool = False,
) -> int:
    """Record that the DCC loaded these entries on a day, or, without one, that it did not after
    all; how many entries that changes. Entries that say so already stay as they are. `added_by`
    adds every entry of which nothing was said yet and that was on the list by then. With `replace`
    a day that was recorded before gives way.

    Raises UnknownEntries; LoadedOnAnotherDay; and NotLoadedThen for a day that is still to come or
    before an entry was added to the list. Then nothing was recorded.
    """
    lock_list()
    # Chosen under the lock: what somebody else has just confirmed is not said again.
    unsaid = ids_not_loaded(added_by=added_by) if added_by else ()
    entries = entries_by_id({*cpl_entry_ids, *unsaid})
    if unknown := set(cpl_entry_ids) - entries.keys():
        raise UnknownEntries(unknown)
    if loaded_on:
        _require_possible(loaded_on, entries.values(), today=localdate(at))
        if not replace:
            _require_unsaid(loaded_on, entries.values())
    changed = sorted(entry for entry in entries if entries[entry].loaded_on != loaded_on)
    insert_rows(
        LoadConfirmation,
        ("entry_id", "loaded_on", "confirmed_at", "confirmed_by"),
        ((entries[entry].pk, loaded_on, at, by.actor_id) for entry in changed),
    )
    if changed:
        append_events([_confirmed(entry, loaded_on) for entry in changed], by=by.author, at=at)
    return len(changed)


def _require_unsaid(loaded_on: date, entries: Iterable[ListedEntry]) -> None:
    others = [
        f"{entry.cpl_entry_id} ({entry.loaded_on.isoformat()})"
        for entry in sorted(entries, key=lambda entry: entry.cpl_entry_id)
        if entry.loaded_on and entry.loaded_on != loaded_on
    ]
    if others:
        raise LoadedOnAnotherDay(
            f"Another day was recorded for {_named(others)}. Leave these out, or say that the day "
            "is to be replaced."
        )


def _require_possible(loaded_on: date, entries: Iterable[ListedEntry], *, today: date) -> None:
    if loaded_on > today:
        raise NotLoadedThen(
            f"{loaded_on.isoformat()} is still to come: give the day on which the DCC loaded them, "
            f"at the latest {today.isoformat()}."
        )
    later = sorted(entry.cpl_entry_id for entry in entries if entry.date_added > loaded_on)
    if later:
        raise NotLoadedThen(
            f"On {loaded_on.isoformat()} the list did not have {_named(later)} yet: give a day on "
            "or after the one on which they were added."
        )


def _named(cpl_entry_ids: Collection[str]) -> str:
    """Entry ids as a sentence names them, at most `MOST_SHOWN`."""
    shown = ", ".join(list(cpl_entry_ids)[:MOST_SHOWN])
    more = len(cpl_entry_ids) - MOST_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown


def _confirmed(cpl_entry_id: str, loaded_on: date | None) -> NewEvent:
    payload = {
        "cpl_entry_id": cpl_entry_id,
        "loaded_on": loaded_on.isoformat() if loaded_on else None,
    }
    return NewEvent("CPL_LOAD_CONFIRMED", "cpl_entry", cpl_entry_id, payload)
