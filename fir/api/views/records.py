"""The list, for everybody; and the repository's records, for those who may read them."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.timezone import localdate
from drf_spectacular.types import OpenApiTypes
from rest_framework.response import Response

from cpl.history import show_entries
from cpl.identifiers import (
    DEVICE_TYPES,
    IdentifierFault,
    parse_cpl_entry_id,
    parse_date,
    parse_device_model,
    parse_firmware_version,
    parse_image_hash,
    parse_manufacturer_identifier,
)
from cpl.queries import listed_entries
from cpl.search import EntrySearch, find_entries
from cpl.sheet.row import CURRENT, REMOVED
from fir.api.answers import entry_answer
from fir.api.bodies import moment_in, words_in
from fir.api.door import PAGING, Door
from fir.api.problems import InputRefused
from fir.api.record_answers import (
    as_at_answer,
    record_answer,
    record_answers,
    record_answers_then,
)
from fir.api.shapes import records as shapes
from fir.eligibility.decision_queries import OWN_CHOICES, narrowed_by_decision
from fir.ledger.audiences import EVERYONE
from fir.ledger.queries import NoSuchMoment, last_seq_visible, moment_at
from fir.parties.permissions import Permission
from fir.parties.scopes import Scope
from fir.records.as_at import listed_then
from fir.records.list_files import CSV, XLSX, list_sheet, list_state, list_workbook
from fir.records.queries import repository_entries
from fir.records.recalling import recall_release
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rest_framework.request import Request

    from cpl.models import CPLEntry
    from fir.ledger.queries import Moment
    from fir.parties.models import Party
    from fir.records.list_files import ListFile, ListState
    from fir.records.models import RepositoryEntry

FILTERS = ("device_type", "manufacturer", "device_model", "firmware_version", "status", "q")
AS_AT = (
    "The repository as it stood at this time, by when things were recorded: an RFC 3339 time with "
    "its offset. It is resolved to the last event at or before it, which `as_at` names. Entries "
    "are found by what identifies them; `status` cannot be asked for beside it."
)
LIST_FILTERS = (*FILTERS, "manufacturer_image_hash", "added_from", "added_to", "as_at")


def _entry_id(text: str) -> str:
    """The entry id in a URL; one that no entry can have names nothing (404)."""
    try:
        return parse_cpl_entry_id(text)
    except IdentifierFault as fault:
        raise Http404 from fault


class _Filtered(Door):
    parameters: ClassVar[tuple[str, ...]] = (*FILTERS, *PAGING)

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


class _ListDoor(_Filtered):
    is_public = True

    def search(self) -> EntrySearch:
        """Which entries of the list the asker wants to see, and as at which day."""
        as_at = self.day("as_at")
        if as_at and as_at > localdate():
            message = "What the list will say is not known. Take today or a day before it."
            raise InputRefused([Fault("as_at", "IN_THE_FUTURE", message)])
        return EntrySearch(
            **self.filters(),
            manufacturer_image_hash=self.identifier("manufacturer_image_hash", parse_image_hash),
            added_from=self.day("added_from"),
            added_to=self.day("added_to"),
            as_at=as_at,
        )

    def day(self, name: str) -> date | None:
        """A query parameter that is a day; None when absent."""
        text = self.identifier(name, lambda written: parse_date(written).isoformat())
        return date.fromisoformat(text) if text else None


class CPL(_ListDoor):
    """`GET /cpl`: the Central Products List. Public."""

    parameters = (*LIST_FILTERS, *PAGING)
    answers = {"GET": (200, shapes.EntryPage)}

    def get(self, request: Request) -> Response | HttpResponse:
        """A page of entries."""
        search = self.search()
        found = find_entries(search)

        def show(entries: Sequence[CPLEntry]) -> list[dict[str, Any]]:
            numbers = [entry.pk for entry in entries]
            return [entry_answer(entry) for entry in show_entries(numbers, as_at=search.as_at)]

        seq = last_seq_visible([EVERYONE])
        return self.unless_unchanged(seq, lambda: self.page(found, show, "id"))


class _FileDoor(Door):
    is_public = True

    def file(
        self, state: ListState, media_type: str, *, name: str, make: Callable[[], ListFile]
    ) -> Response | HttpResponse:
        """The file under an ETag of the state that it is of, which may be an earlier one; 304, and
        nothing made, for whoever has that of `state`."""

        def answer() -> Response | HttpResponse:
            file = make()
            return self.unless_unchanged(
                file.state.seq, lambda: _file(file.content, media_type, name=name)
            )

        return self.unless_unchanged(state.seq, answer)


class CPLSheet(_ListDoor, _FileDoor):
    """`GET /cpl.csv`: the Central Products List as the sheet that can be imported again. Public."""

    parameters = LIST_FILTERS
    answers = {"GET": ((200, "text/csv"), OpenApiTypes.STR)}

    def get(self, request: Request) -> Response | HttpResponse:
        """The entries that fit, in the order in which they were listed."""
        search, state = self.search(), list_state()
        name = f"cpl-{search.as_at or localdate()}.csv"
        return self.file(state, CSV, name=name, make=lambda: list_sheet(search, state))


class CPLWorkbook(_FileDoor):
    """`GET /cpl.xlsx`: the whole Central Products List as a workbook. Public."""

    answers = {"GET": ((200, XLSX), OpenApiTypes.BINARY)}

    def get(self, request: Request) -> Response | HttpResponse:
        """Every entry, in the order in which they were listed."""
        state = list_state()
        name = f"cpl-{localdate()}.xlsx"
        return self.file(state, XLSX, name=name, make=lambda: list_workbook(state))


def _file(content: bytes, media_type: str, *, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=media_type, headers=headers)


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


class _AsAt(Door):
    own_words = {"as_at": (OpenApiTypes.DATETIME, AS_AT)}

    def moment(self) -> Moment | None:
        """As at which moment the asker wants an answer; None for now. Raises InputRefused."""
        # A plus sign that was not escaped arrives as a space.
        text = re.sub(r" (\d\d:\d\d)$", r"+\1", self.text("as_at"))
        if not text:
            return None
        try:
            return moment_at(moment_in("as_at", text), now=timezone.now())
        except NoSuchMoment as error:
            raise InputRefused([Fault("as_at", "NO_SUCH_MOMENT", str(error))]) from error


class Firmware(_Filtered, _AsAt):
    """`GET /firmware`: entries with their records, as far as this Party may read them."""

    answers = {"GET": (200, shapes.RecordPage)}
    requires = {"GET": (Permission.VIEW_RECORDS,)}
    parameters = (*FILTERS, "own_decision", "as_at", *PAGING)

    def get(self, request: Request) -> Response | HttpResponse:
        """A page of records; with `as_at`, as they stood at that time."""
        filters, then = self.filters(), self.moment()
        if then and filters["status"]:
            message = "What stood at a time is not searched by status: leave one of the two out."
            raise InputRefused([Fault("status", "NOT_WITH_AS_AT", message)])
        party = self.actor.party
        found = repository_entries(party, **filters)
        own = self.choice("own_decision", OWN_CHOICES)
        entries = narrowed_by_decision(found, Scope(party), own, entry="entry_id")

        def page() -> dict[str, Any]:
            if then is None:
                show = partial(record_answers, party=party)
                return {**self.page(entries, show, "entry_id"), "as_at": None}
            show_then = partial(record_answers_then, party=party, then=then)
            stood = self.page(listed_then(entries, then), show_then, "entry_id")
            return {**stood, "as_at": as_at_answer(then)}

        return self.unless_unchanged(_seq_of(party, then), page)


class FirmwareRecordDoor(_AsAt):
    """`GET /firmware/{cpl_entry_id}`: one record with its pathway, history and contact."""

    answers = {"GET": (200, shapes.RecordWithHistory)}
    requires = {"GET": (Permission.VIEW_RECORDS,)}
    parameters = ("as_at",)

    def get(self, request: Request, cpl_entry_id: str) -> Response | HttpResponse:
        """The record; with `as_at`, as it stood at that time."""
        party, then = self.actor.party, self.moment()
        entry = visible_entry(party, cpl_entry_id, then)
        seq = _seq_of(party, then)
        return self.unless_unchanged(seq, lambda: record_answer(entry, party, then=then))


class RecallDoor(Door):
    """`POST /firmware/{cpl_entry_id}/recall` `{reason}`: this release must not be deployed."""

    answers = {"POST": (200, shapes.RecordWithHistory)}
    takes = {"POST": shapes.GivenRecall}
    requires = {"POST": (Permission.SUBMIT_FIRMWARE,)}

    def post(self, request: Request, cpl_entry_id: str) -> Response:
        """Recall one's own release, at once and without review: 200, or 409 when it is recalled
        already. Lifting a recall is a submission (`RECALL_LIFT`)."""
        party = self.actor.party
        entry = visible_entry(party, cpl_entry_id)
        reason = words_in(request.data, ("reason",)).get("reason", "")
        recall_release(
            cpl_entry_id=entry.cpl_entry_id, reason=reason, by=self.actor, at=timezone.now()
        )
        return Response(record_answer(visible_entry(party, cpl_entry_id), party))


def visible_entry(party: Party, cpl_entry_id: str, then: Moment | None = None) -> RepositoryEntry:
    """The entry, if this Party may read it and it was listed by that moment. Raises Http404."""
    found = repository_entries(party).filter(cpl_entry_id=_entry_id(cpl_entry_id))
    entry = (listed_then(found, then) if then else found).first()
    if entry is None:
        raise Http404
    return entry


def _seq_of(party: Party, then: Moment | None) -> int:
    """The last event that an answer depends on: a moment of just now may still get another."""
    visible = last_seq_visible(party.tags)
    return max(visible, then.seq) if then else visible
