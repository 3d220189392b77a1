"""Telling Suppliers what happened to list entries that their Devices run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpl.queries import current_entries_of, entries_by_id
from fir.estates.queries import devices_by_version
from fir.ledger.queries import payload_of
from fir.notifications.models import Notice
from fir.notifications.raising import raise_notices
from fir.notifications.wording import entry_changed_text, version_of
from fir.notifications.wording_of_changes import LISTS_NAME, Change, changes_text, changes_title
from fir.parties.queries import suppliers
from fir.records.list_queries import entry_changes_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cpl.models import ListedEntry
    from fir.estates.queries import VersionKey
    from fir.ledger.models import LedgerEvent

TITLES = {
    "CPL_ENTRY_REMOVED": "{} was removed from the " + LISTS_NAME,
    "CPL_ENTRY_RELISTED": "{} stands on the " + LISTS_NAME + " again",
}


def tell_of_entry(event: LedgerEvent, *, at: datetime) -> None:
    """Tell whoever has Devices on the entry that it was removed, or relisted, by two people. What
    an import does to an entry is told with the whole import instead."""
    said = payload_of(event)
    if said.get("proposed_by") is None:  # the first events of these kinds did not say it
        return
    entry = entries_by_id([event.subject_id])[event.subject_id]
    others = [one for one in _listing_the_same(entry) if one != entry.cpl_entry_id]
    devices = devices_by_version([version_of(entry)])
    notices = [
        Notice(
            party=party,
            seq=event.seq,
            kind=event.kind,
            subject_id=entry.cpl_entry_id,
            title=TITLES[event.kind].format(entry.cpl_entry_id),
            text=entry_changed_text(
                event.kind, entry, said, party, sum(devices[party.pk].values()), others
            ),
            counts={"DEVICES": sum(devices[party.pk].values())},
            raised_at=at,
        )
        for party in suppliers(admitted_by=event.at)
        if party.pk in devices
    ]
    raise_notices(notices, happened_at=event.at, at=at)


def _listing_the_same(entry: ListedEntry) -> list[str]:
    """The Current entries of the entry's Device Model and version."""
    return current_entries_of(
        device_type=entry.device_type,
        manufacturer_identifier=entry.manufacturer_identifier,
        device_model=entry.device_model,
        firmware_version=entry.firmware_version,
    )


def tell_of_import(event: LedgerEvent, *, at: datetime) -> None:
    """Tell each Supplier which of the entries that its Devices run an import removed, relisted or
    corrected: one notice, however many they are."""
    said = payload_of(event)
    if not any(said.get(count) for count in ("removed", "relisted", "corrected")):
        return
    told = entry_changes_of(event)
    entries = entries_by_id({one.subject_id for one in told})
    changes = [Change(one.kind, entries[one.subject_id], payload_of(one)) for one in told]
    devices = devices_by_version({version_of(entry) for entry in entries.values()})
    notices = [
        Notice(
            party=party,
            seq=event.seq,
            kind=event.kind,
            subject_id=event.subject_id,
            title=changes_title(concerning),
            text=changes_text(concerning, running, party, event.at),
            counts={"DEVICES": sum(running.values())},
            raised_at=at,
        )
        for party in suppliers(admitted_by=event.at)
        if (running := devices.get(party.pk, {}))
        and (concerning := _most_devices_first(changes, running))
    ]
    raise_notices(notices, happened_at=event.at, at=at)


def _most_devices_first(
    changes: Sequence[Change], running: Mapping[VersionKey, int]
) -> list[Change]:
    """The changes of entries that Devices run."""
    run = [change for change in changes if version_of(change.entry) in running]
    return sorted(run, key=lambda one: (-running[version_of(one.entry)], one.entry.cpl_entry_id))
