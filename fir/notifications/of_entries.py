"""Telling Suppliers what happened to list entries that their Devices run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cpl.queries import current_entries_of, entries_by_id
from fir.estates.queries import devices_by_version
from fir.ledger.queries import payload_of
from fir.notifications.models import Notice
from fir.notifications.raising import raise_notices
from fir.notifications.wording import entries_removed_text, entry_changed_text, version_of
from fir.parties.queries import suppliers
from fir.records.list_queries import entries_removed_by

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cpl.models import ListedEntry
    from fir.estates.queries import VersionKey
    from fir.ledger.models import LedgerEvent

LISTS_NAME = "Central Products List"
TITLES = {
    "CPL_ENTRY_REMOVED": "{} was removed from the " + LISTS_NAME,
    "CPL_ENTRY_RELISTED": "{} stands on the " + LISTS_NAME + " again",
}


def tell_of_entry(event: LedgerEvent, *, at: datetime) -> None:
    """Tell whoever has Devices on the entry that it was removed, or relisted, by two people. What
    an import does to an entry is told with the whole import instead."""
    said = payload_of(event)
    if said["proposed_by"] is None:
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
    """Tell each Supplier which of the entries that its Devices run an import removed: one notice,
    however many they are."""
    if not payload_of(event)["removed"]:
        return
    removed = entries_by_id(entries_removed_by(event))
    devices = devices_by_version({version_of(entry) for entry in removed.values()})
    notices = []
    for party in suppliers(admitted_by=event.at):
        running = devices.get(party.pk, {})
        if entries := _most_devices_first(removed, running):
            counts = {"DEVICES": sum(running.values())}
            title = f"{len(entries)} entries that your Devices run were removed from the "
            one = f"{entries[0].cpl_entry_id}, which your Devices run, was removed from the "
            notices.append(
                Notice(
                    party=party,
                    seq=event.seq,
                    kind=event.kind,
                    subject_id=event.subject_id,
                    title=(one if len(entries) == 1 else title) + LISTS_NAME,
                    text=entries_removed_text(entries, running, party, event.at),
                    counts=counts,
                    raised_at=at,
                )
            )
    raise_notices(notices, happened_at=event.at, at=at)


def _most_devices_first(
    removed: Mapping[str, ListedEntry], running: Mapping[VersionKey, int]
) -> list[ListedEntry]:
    """The removed entries that Devices run."""
    run = [entry for entry in removed.values() if version_of(entry) in running]
    return sorted(run, key=lambda entry: (-running[version_of(entry)], entry.cpl_entry_id))
