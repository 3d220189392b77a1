"""The Central Products List, for everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from cpl.identifiers import IdentifierFault, parse_cpl_entry_id
from cpl.queries import listed_entries, search_entries
from fir.parties.permissions import Permission
from fir.portal.forms.filters import EntryFilters
from fir.portal.page import Page
from fir.portal.pages import listing

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def entry_id_in_url(text: str) -> str:
    """The entry id in an address. Raises Http404 for one that no entry can have."""
    try:
        return parse_cpl_entry_id(text)
    except IdentifierFault as fault:
        raise Http404 from fault


class ListedEntries(Page):
    """The list, newest entries first, narrowed as asked."""

    is_public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of entries."""
        filters = EntryFilters(request.GET)
        entries = listed_entries().filter(search_entries(**filters.narrowed()))
        entries = entries if filters.is_valid() else entries.none()
        found = listing(entries.order_by("-entry_id"), request.GET)
        template = "listed/_entries.html" if self.wants_fragment else "listed/entries.html"
        rows = [(entry, entry.status) for entry in found.page]
        return self.show(template, status=found.status, filters=filters, listing=found, rows=rows)


class Entry(Page):
    """One entry of the list."""

    is_public = True

    def get(self, request: HttpRequest, cpl_entry_id: str) -> HttpResponse:
        """The entry, with a way to its record for those who may read records."""
        entry = listed_entries().filter(cpl_entry_id=entry_id_in_url(cpl_entry_id)).first()
        if entry is None:
            raise Http404
        reads_records = self.visitor is not None and self.visitor.may(Permission.VIEW_RECORDS)
        return self.show("listed/entry.html", entry=entry, reads_records=reads_records)
