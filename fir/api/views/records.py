"""The list, for everybody; and the repository's records, for those who may read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404

from cpl.identifiers import (
    DEVICE_TYPES,
    IdentifierFault,
    parse_cpl_entry_id,
    parse_device_model,
    parse_firmware_version,
    parse_manufacturer_identifier,
)
from cpl.queries import listed_entries, search_entries
from cpl.sheet_row import CURRENT, REMOVED
from fir.api.answers import entry_answer, record_answer, record_answers
from fir.api.door import PAGING, Door
from fir.api.shapes import records as shapes
from fir.ledger.audiences import EVERYONE
from fir.ledger.queries import last_seq_visible
from fir.parties.permissions import Permission
from fir.records.queries import find_repository_entry, repository_entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse
    from rest_framework.request import Request
    from rest_framework.response import Response

    from cpl.models import ListedEntry

FILTERS = ("device_type", "manufacturer", "device_model", "firmware_version", "status", "q")


def _entry_id(text: str) -> str:
    """The entry id in a URL; one that no entry can have names nothing (404)."""
    try:
        return parse_cpl_entry_id(text)
    except IdentifierFault as fault:
        raise Http404 from fault


class _Filtered(Door):
    parameters = (*FILTERS, *PAGING)

    def filters(self) -> dict[str, str]:
        """What the asker wants to see."""
        return {
            "q": self.text("q"),
            "manufacturer": self.identifier("manufacturer", parse_manufacturer_identifier),
            "device_model": self.identifier("device_model", parse_device_model),
            "firmware_version": self.identifier("firmware_version", parse_firmware_version),
            "device_type": self.choice("device_type", DEVICE_TYPES),
            "status": self.choice("status", (CURRENT, REMOVED)),
        }


class CPL(_Filtered):
    """`GET /cpl`: the Central Products List. Public."""

    is_public = True
    answers = {"GET": (200, shapes.EntryPage)}

    def get(self, request: Request) -> Response | HttpResponse:
        """A page of entries."""
        entries = listed_entries().filter(search_entries(**self.filters()))
        seq = last_seq_visible([EVERYONE])

        def show(found: Sequence[ListedEntry]) -> list[dict[str, Any]]:
            return [entry_answer(entry) for entry in found]

        return self.unless_unchanged(seq, lambda: self.page(entries, show, "entry_id"))


class CPLEntryDoor(Door):
    """`GET /cpl/{cpl_entry_id}`: one entry of the list. Public."""

    is_public = True
    answers = {"GET": (200, shapes.Entry)}

    def get(self, request: Request, cpl_entry_id: str) -> Response | HttpResponse:
        """The entry."""
        entry = listed_entries().filter(cpl_entry_id=_entry_id(cpl_entry_id)).first()
        if entry is None:
            raise Http404
        return self.unless_unchanged(last_seq_visible([EVERYONE]), lambda: entry_answer(entry))


class Firmware(_Filtered):
    """`GET /firmware`: entries with their records, as far as this Party may read them."""

    answers = {"GET": (200, shapes.RecordPage)}
    requires = {"GET": (Permission.VIEW_RECORDS,)}

    def get(self, request: Request) -> Response | HttpResponse:
        """A page of records."""
        party = self.actor.party
        entries = repository_entries(party, **self.filters())
        seq = last_seq_visible(party.tags)
        return self.unless_unchanged(seq, lambda: self.page(entries, record_answers, "entry_id"))


class FirmwareRecordDoor(Door):
    """`GET /firmware/{cpl_entry_id}`: one record with its pathway, history and contact."""

    answers = {"GET": (200, shapes.RecordWithHistory)}
    requires = {"GET": (Permission.VIEW_RECORDS,)}

    def get(self, request: Request, cpl_entry_id: str) -> Response | HttpResponse:
        """The record."""
        party = self.actor.party
        entry = find_repository_entry(party, _entry_id(cpl_entry_id))
        if entry is None:
            raise Http404
        seq = last_seq_visible(party.tags)
        return self.unless_unchanged(seq, lambda: record_answer(entry, party.tags))
