"""Firmware Records: which release is the latest, over what it goes, whom to ask, and whose Devices
may take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone

from cpl.sheet.row import REMOVED
from fir.eligibility.queries import standing_of
from fir.eligibility.summaries import devices_for
from fir.ledger.queries import payload_of
from fir.parties.permissions import Permission
from fir.parties.queries import holds_identifier
from fir.parties.scopes import Scope
from fir.portal.events import history
from fir.portal.forms.filters import RecordFilters
from fir.portal.forms.moments import AsAtForm
from fir.portal.looking_back import NOT_LISTED_THEN, as_at_query, moment_asked
from fir.portal.page import Page, form_status
from fir.portal.pages import stretch
from fir.portal.pathway import pathway_picture
from fir.portal.views.listed import entry_id_in_url
from fir.portal.watching import nothing_newer
from fir.records.as_at import listed_then, models_then
from fir.records.contact_queries import is_unconfirmed
from fir.records.models import ARCHIVED, RECALLED
from fir.records.queries import (
    contacts_of,
    entries_of_models,
    entry_events,
    find_repository_entry,
    key_of,
    positions_among,
    positions_of,
    positions_then,
    repository_entries,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import HttpRequest, HttpResponse

    from fir.eligibility.summaries import DevicesFor
    from fir.ledger.models import LedgerEvent
    from fir.ledger.queries import Moment
    from fir.parties.models import Party
    from fir.records.models import RepositoryEntry
    from fir.records.rules import Position

READS = {"GET": (Permission.VIEW_RECORDS,)}
CORRECTED = "FIRMWARE_SUPERSEDED"


class Records(Page):
    """The records this Party may read, newest first, narrowed as asked, today or as at a time."""

    requires = READS

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of records, each with its place in its model's order."""
        filters = RecordFilters(request.GET)
        then = moment_asked(filters, now=timezone.now())
        entries = repository_entries(self.party, **filters.narrowed())
        entries = listed_then(entries, then) if then else entries
        entries = entries if filters.is_valid() else entries.none()
        found = stretch(entries, request.GET)
        shown, positions = _placed(found.rows, then)
        rows = [(entry, _standing(entry, positions[entry.cpl_entry_id])) for entry in shown]
        template = "records/_records.html" if self.wants_fragment else "records/records.html"
        return self.show(
            template,
            status=found.status,
            filters=filters,
            listing=found,
            rows=rows,
            then=then,
            then_query=as_at_query(then),
        )


def _placed(
    entries: Sequence[RepositoryEntry], then: Moment | None
) -> tuple[Sequence[RepositoryEntry], Mapping[str, Position]]:
    """These entries and their places, today or as they stood then, in their order."""
    if then is None:
        return entries, positions_of(entries)
    listed = models_then(then, {key_of(entry) for entry in entries})
    stood = {entry.cpl_entry_id: entry for entry in listed}
    found = [stood[entry.cpl_entry_id] for entry in entries if entry.cpl_entry_id in stood]
    return found, positions_then(listed)


def _standing(entry: RepositoryEntry, position: Position) -> list[str]:
    """How an entry stands, in words: that it is recalled, whatever else; and that it is removed or
    archived, or else its place among its model's releases."""
    recalled = [RECALLED] if entry.recalled_at else []
    if entry.status == REMOVED:
        return [*recalled, REMOVED]
    return [*recalled, ARCHIVED if entry.archived_at else position]


def _correction(events: Sequence[LedgerEvent]) -> dict[str, Any] | None:
    """When, and why, the record took the place of an earlier one, if it did."""
    told = [event for event in events if event.kind == CORRECTED]
    return {"at": told[-1].at, "reason": payload_of(told[-1])["reason"]} if told else None


def _own_decision(events: Sequence[LedgerEvent], party: Party) -> dict[str, Any] | None:
    """What a Supplier last said of the release itself, if it did."""
    told = [e for e in events if e.kind == "SUPPLIER_DECIDED" and e.by_party == party.slug]
    return {**payload_of(told[-1]), "decided_at": told[-1].at} if told else None


class Record(Page):
    """One record: the facts, its model's other releases, whom to ask, and the asker's Devices; or
    as it stood at an earlier time, when nothing can be done about it."""

    requires = READS

    def get(self, request: HttpRequest, cpl_entry_id: str) -> HttpResponse:
        """The record; today's, where the time that was asked for is none."""
        entry = find_repository_entry(self.party, entry_id_in_url(cpl_entry_id))
        if entry is None:
            raise Http404
        answer = nothing_newer(request, lambda: standing_of(self.party, at=timezone.now()).mark)
        if answer is not None:
            return answer
        form = AsAtForm(request.GET if request.GET.get("as_at") else None)
        then = moment_asked(form, now=timezone.now())
        model = models_then(then, [key_of(entry)]) if then else []
        stood = next((one for one in model if one.cpl_entry_id == entry.cpl_entry_id), None)
        if then and stood is None:
            form.add_error("as_at", NOT_LISTED_THEN)
        if then is None or stood is None:
            then, stood, model = None, entry, entries_of_models([key_of(entry)])[key_of(entry)]
        return self.show(
            "records/record.html",
            status=form_status(has_errors=bool(form.errors)),
            form=form,
            then=then,
            then_query=as_at_query(then),
            **self._of(stood, model, then),
            brings=then is None and self._brings(entry),
            mine=None if then else self._mine(entry, model),
            decides=then is None and self._decides(),
        )

    def _of(
        self, entry: RepositoryEntry, model: Sequence[RepositoryEntry], then: Moment | None
    ) -> dict[str, Any]:
        """What the page says of an entry among its model's, both as they stand or stood."""
        positions = positions_among(model)
        own = {one.cpl_entry_id for one in model}
        contact = contacts_of([entry.manufacturer_identifier]).get(entry.manufacturer_identifier)
        today = timezone.localdate()
        events = entry_events(entry.cpl_entry_id, self.party.tags)
        events = [event for event in events if then is None or event.seq <= then.seq]
        place = positions[entry.cpl_entry_id]
        return {
            "entry": entry,
            "elsewhere": [named for named in entry.predecessors if named not in own],
            "position": place,
            "standing_words": _standing(entry, place),
            "picture": pathway_picture(model, entry.cpl_entry_id),
            "releases": [
                (one, positions[one.cpl_entry_id], _standing(one, positions[one.cpl_entry_id]))
                for one in reversed(model)
            ],
            "contact": contact,
            "is_unconfirmed": contact is not None and is_unconfirmed(contact.confirmed_on, today),
            "today": today,
            "history": history(events),
            "corrected": _correction(events),
            "decided": _own_decision(events, self.party),
        }

    def _brings(self, entry: RepositoryEntry) -> bool:
        """Whether the asker may bring anything for the entry's maker."""
        may = self.actor.may(Permission.SUBMIT_FIRMWARE)
        return may and holds_identifier(self.party, entry.manufacturer_identifier)

    def _mine(self, entry: RepositoryEntry, model: Sequence[RepositoryEntry]) -> DevicesFor | None:
        """How the asker's own Devices stand to this release, where the asker has any."""
        if not (self.party.is_supplier and self.actor.may(Permission.VIEW_ESTATE)):
            return None
        return devices_for(Scope(self.party), entry, model, at=timezone.now())

    def _decides(self) -> bool:
        """Whether the asker may at least read what its Party, a Supplier, decided of releases."""
        reads = {Permission.VIEW_ESTATE, Permission.DECIDE_RELEASES} & self.actor.permissions
        return self.party.is_supplier and bool(reads)
