"""The Central Products List, for everybody: browsed, searched, as at a day, and as a file."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.timezone import localdate

from cpl.history import neighbours_of, show_entries, status_history
from cpl.identifiers import IdentifierFault, family_of, parse_cpl_entry_id
from cpl.queries import listed_entries
from cpl.search import EntrySearch, find_entries
from fir.ledger.audiences import EVERYONE
from fir.parties.permissions import Permission
from fir.portal.events import OF_STANDING, history
from fir.portal.forms.filters import ListFilters
from fir.portal.page import Page
from fir.portal.pages import stretch
from fir.records.list_files import (
    CSV,
    XLSX,
    FileInTheMaking,
    list_sheet,
    list_state,
    list_workbook,
)
from fir.records.list_queries import waiting_proposals_of
from fir.records.models import RECALLED
from fir.records.quality_queries import findings_of_entry
from fir.records.queries import entry_events, find_repository_entry, has_record, recalled_among

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from django.http import HttpRequest

    from cpl.models import ListedEntry
    from fir.ledger.models import LedgerEvent
    from fir.records.list_files import ListFile, ListState

# Raised when the form of the files changes, so that nobody keeps an old form by its ETag.
FORM = 1
RETRY_AFTER = 10  # seconds
WHOLE_ALONE = "The workbook is always the whole list. Take the CSV file for a part of it."


def entry_id_in_url(text: str) -> str:
    """The entry id in an address. Raises Http404 for one that no entry can have."""
    try:
        return parse_cpl_entry_id(text)
    except IdentifierFault as fault:
        raise Http404 from fault


class _List(Page):
    is_public = True

    def show_list(
        self, filters: ListFilters, *, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        """The list's page; no entries while something in the filters is to be mended."""
        search = filters.search() if filters.is_valid() else EntrySearch()
        entries = find_entries(search)
        found = stretch(entries if filters.is_valid() else entries.none(), self.request.GET)
        shown = show_entries([entry.pk for entry in found.rows], as_at=search.as_at)
        return self.show(
            "listed/_entries.html" if self.wants_fragment else "listed/entries.html",
            status=found.status if status == HTTPStatus.OK else status,
            filters=filters,
            listing=found,
            rows=self._rows(shown, recalls=search.as_at is None),
            as_at=search.as_at,
            used=filters.used(),
            list_url=reverse("portal:cpl"),
        )

    def _rows(
        self, shown: Sequence[ListedEntry], *, recalls: bool
    ) -> list[tuple[ListedEntry, list[str]]]:
        """Entries, each with its status; and, for those who may read it, that it is recalled."""
        reads = recalls and self.visitor is not None and self.visitor.may(Permission.VIEW_RECORDS)
        ids = [entry.cpl_entry_id for entry in shown]
        recalled = recalled_among(self.party, ids) if reads else set()
        return [
            (entry, [RECALLED] * (entry.cpl_entry_id in recalled) + [entry.status])
            for entry in shown
        ]


class ListedEntries(_List):
    """The list, newest entries first, narrowed as asked."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of entries."""
        return self.show_list(ListFilters(request.GET, today=localdate()))


class _ListFile(_List):
    def file(
        self, state: ListState, media_type: str, *, name: str, make: Callable[[], ListFile]
    ) -> HttpResponse:
        """The file under an ETag of the state that it is of, which may be an earlier one; 304, and
        nothing made, for whoever has that of `state`; a page that says so while there is none."""
        if known := self._known(state):
            return known
        try:
            file = make()
        except FileInTheMaking as refusal:
            return self._none_now(refusal)
        headers = self._headers(file.state) | {
            "Content-Disposition": f'attachment; filename="{name}"'
        }
        answer = HttpResponse(file.content, content_type=media_type, headers=headers)
        return self._known(file.state) or answer

    def _headers(self, state: ListState) -> dict[str, str]:
        digest = hashlib.sha256(self.request.get_full_path().encode()).hexdigest()[:16]
        return {"ETag": f'"{FORM}-{state.seq}-{digest}"', "Cache-Control": "public, no-cache"}

    def _known(self, state: ListState) -> HttpResponse | None:
        """What is answered to whoever has the file of this state; None to others."""
        answer = HttpResponse(headers=self._headers(state))
        known = get_conditional_response(self.request, etag=answer["ETag"], response=answer)
        return None if known is answer else known

    def _none_now(self, refusal: FileInTheMaking) -> HttpResponse:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        page = self.show("listed/in_the_making.html", status=status, why=str(refusal))
        page["Retry-After"] = str(RETRY_AFTER)
        return page


class ListSheet(_ListFile):
    """The list as the sheet that can be imported again, narrowed as asked."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The file, or the list's page saying what is to be mended."""
        filters = ListFilters(request.GET, today=localdate())
        filters.refuse_unknown()
        if not filters.is_valid():
            return self.show_list(filters, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        search, state = filters.search(), list_state()
        name = f"cpl-{search.as_at or localdate()}.csv"
        return self.file(state, CSV, name=name, make=lambda: list_sheet(search, state))


class ListWorkbook(_ListFile):
    """The whole list as a workbook."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """The file, or the list's page saying that it cannot be narrowed."""
        if request.GET:
            filters = ListFilters(request.GET, today=localdate())
            filters.add_error(None, WHOLE_ALONE)
            return self.show_list(filters, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        state = list_state()
        name = f"cpl-{localdate()}.xlsx"
        return self.file(state, XLSX, name=name, make=lambda: list_workbook(state))


class Entry(Page):
    """One entry of the list, its history, and what stands beside it."""

    is_public = True

    def get(self, request: HttpRequest, cpl_entry_id: str) -> HttpResponse:
        """The entry, with a way to its record for those who may read records."""
        entry = listed_entries().filter(cpl_entry_id=entry_id_in_url(cpl_entry_id)).first()
        if entry is None:
            raise Http404
        manages = self.visitor is not None and self.visitor.may(Permission.MANAGE_LIST)
        reads = self.visitor is not None and self.visitor.may(Permission.VIEW_RECORDS)
        may_read = manages or reads
        standing = find_repository_entry(self.party, entry.cpl_entry_id) if may_read else None
        return self.show(
            "listed/entry.html",
            entry=entry,
            standing=standing,
            reads_records=reads,
            has_record=bool(standing.record_id) if standing else has_record(entry.cpl_entry_id),
            findings=findings_of_entry(entry.entry_id),
            manages=manages,
            proposed=waiting_proposals_of(entry.cpl_entry_id) if manages else (),
            statuses=status_history(entry),
            history=history(self._events(entry, reads=standing is not None)),
            neighbours=neighbours_of(entry),
            lists=_lists_of_neighbours(entry),
        )

    def _events(self, entry: ListedEntry, *, reads: bool) -> list[LedgerEvent]:
        """What the ledger tells everybody of the entry; and whoever reads its record, how its
        release stands."""
        events = entry_events(entry.cpl_entry_id, self.party.tags if reads else [EVERYONE])
        return [one for one in events if EVERYONE in one.audience or one.kind in OF_STANDING]


def _lists_of_neighbours(entry: ListedEntry) -> dict[str, str]:
    """The queries by which the list shows all that stands beside an entry."""
    kind = {"device_type": entry.device_type, "manufacturer": entry.manufacturer_identifier}
    queries = {
        "model": kind | {"device_model": entry.device_model},
        "hash": {"manufacturer_image_hash": entry.manufacturer_image_hash},
        "family": kind | {"device_model": family_of(entry.device_model)},
    }
    return {name: urlencode(query) for name, query in queries.items()}
