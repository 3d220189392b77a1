"""Firmware Records: which release is the latest, over what it goes, whom to ask, and whose Devices
may take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone

from cpl.sheet.row import REMOVED
from fir.eligibility.summaries import devices_for
from fir.ledger.queries import payload_of
from fir.parties.permissions import Permission
from fir.parties.queries import holds_identifier
from fir.portal.events import history
from fir.portal.forms.filters import EntryFilters
from fir.portal.page import Page
from fir.portal.pages import stretch
from fir.portal.pathway import pathway_picture
from fir.portal.views.listed import entry_id_in_url
from fir.records.contact_queries import is_unconfirmed
from fir.records.queries import (
    contacts_of,
    entries_of_models,
    entry_events,
    find_repository_entry,
    key_of,
    positions_among,
    positions_of,
    repository_entries,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest, HttpResponse

    from fir.eligibility.summaries import DevicesFor
    from fir.ledger.models import LedgerEvent
    from fir.records.models import RepositoryEntry
    from fir.records.rules import Position

READS = {"GET": (Permission.VIEW_RECORDS,)}
CORRECTED = "FIRMWARE_SUPERSEDED"


class Records(Page):
    """The records this Party may read, newest first, narrowed as asked."""

    requires = READS

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of records, each with its place in its model's order."""
        filters = EntryFilters(request.GET)
        entries = repository_entries(self.party, **filters.narrowed())
        entries = entries if filters.is_valid() else entries.none()
        found = stretch(entries, request.GET)
        shown = found.rows
        positions = positions_of(shown)
        rows = [(entry, _standing(entry, positions[entry.cpl_entry_id])) for entry in shown]
        template = "records/_records.html" if self.wants_fragment else "records/records.html"
        return self.show(template, status=found.status, filters=filters, listing=found, rows=rows)


def _standing(entry: RepositoryEntry, position: Position) -> str:
    """How an entry stands, in a word: its place among its model's releases, unless removed."""
    return entry.status if entry.status == REMOVED else position


def _correction(events: Sequence[LedgerEvent]) -> dict[str, Any] | None:
    """When, and why, the record took the place of an earlier one, if it did."""
    told = [event for event in events if event.kind == CORRECTED]
    return {"at": told[-1].at, "reason": payload_of(told[-1])["reason"]} if told else None


class Record(Page):
    """One record: the facts, its model's other releases, whom to ask, and the asker's Devices."""

    requires = READS

    def get(self, request: HttpRequest, cpl_entry_id: str) -> HttpResponse:
        """The record."""
        entry = find_repository_entry(self.party, entry_id_in_url(cpl_entry_id))
        if entry is None:
            raise Http404
        siblings = entries_of_models([key_of(entry)])[key_of(entry)]
        positions = positions_among(siblings)
        own = {one.cpl_entry_id for one in siblings}
        contact = contacts_of([entry.manufacturer_identifier]).get(entry.manufacturer_identifier)
        today = timezone.localdate()
        events = entry_events(entry.cpl_entry_id, self.party.tags)
        return self.show(
            "records/record.html",
            entry=entry,
            elsewhere=[named for named in entry.predecessors if named not in own],
            position=positions[entry.cpl_entry_id],
            picture=pathway_picture(siblings, entry.cpl_entry_id),
            releases=[(one, positions[one.cpl_entry_id]) for one in reversed(siblings)],
            contact=contact,
            is_unconfirmed=contact is not None and is_unconfirmed(contact.confirmed_on, today),
            today=today,
            history=history(events),
            corrected=_correction(events),
            brings=self._brings(entry),
            mine=self._mine(entry, siblings),
        )

    def _brings(self, entry: RepositoryEntry) -> bool:
        """Whether the asker may bring anything for the entry's maker."""
        may = self.actor.may(Permission.SUBMIT_FIRMWARE)
        return may and holds_identifier(self.party, entry.manufacturer_identifier)

    def _mine(self, entry: RepositoryEntry, model: Sequence[RepositoryEntry]) -> DevicesFor | None:
        """How the asker's own Devices stand to this release, where the asker has any."""
        if not (self.party.is_supplier and self.actor.may(Permission.VIEW_ESTATE)):
            return None
        return devices_for(self.party, entry, model, at=timezone.now())
