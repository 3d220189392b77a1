"""Reads of what keeps the list right: proposals, waivers, what the DCC has not loaded yet, and what
the ledger tells of a list's import or of certificates at one go."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Case, OuterRef, Value, When

from cpl.models import ListedEntry
from cpl.quality.facts import Severity
from cpl.sheet.row import CURRENT, REMOVED
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.records.models import (
    ARCHIVE,
    CONFIRMED,
    RELIST,
    RESTORE,
    WAITING,
    WAIVE,
    Proposal,
    QualityFinding,
    RepositoryEntry,
    SheetImport,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Sequence
    from datetime import date

    from django.db.models import QuerySet

STATUS_KINDS = frozenset({"CPL_ENTRY_REMOVED", "CPL_ENTRY_RELISTED"})
CHANGE_KINDS = STATUS_KINDS | {"CPL_ENTRY_CORRECTED"}
CERTIFICATE_KINDS = frozenset({"CERTIFICATE_DUE", "CERTIFICATE_LAPSED"})


def proposals(*, state: str = "") -> QuerySet[Proposal]:
    """Proposals with their entries, newest first; with `state`, those in that state."""
    found = Proposal.objects.select_related("entry").order_by("-proposed_at", "-id")
    return found.filter(state=state) if state else found


def proposals_waiting_first(*, state: str = "") -> QuerySet[Proposal]:
    """The same, with those that wait for a second person before all others."""
    waits = Case(When(state=WAITING, then=Value(0)), default=Value(1))
    return proposals(state=state).order_by(waits, "-proposed_at", "-id")


def find_proposal(proposal_id: uuid.UUID) -> Proposal | None:
    """The proposal with this id, with its entry."""
    return proposals().filter(pk=proposal_id).first()


def waiting_proposals_of(cpl_entry_id: str) -> QuerySet[Proposal]:
    """What is proposed of an entry and not decided yet, newest first."""
    return proposals(state=WAITING).filter(entry__cpl_entry_id=cpl_entry_id)


def standing_waivers() -> QuerySet[Proposal]:
    """The confirmed waivers of the finding that is asked about, for use inside its query:
    `Exists(standing_waivers())`. A finding about other values is not waived."""
    return Proposal.objects.filter(
        kind=WAIVE,
        state=CONFIRMED,
        entry=OuterRef("entry"),
        code=OuterRef("code"),
        about=OuterRef("about"),
    )


def still_makes_sense(proposal: Proposal) -> bool:
    """Whether what is proposed can still come about: the entry may have been removed or relisted
    otherwise, and the finding may have gone."""
    if proposal.kind == WAIVE:
        standing = QualityFinding.objects.filter(
            entry=proposal.entry,
            code=proposal.code,
            about=proposal.about,
            severity=Severity.WAIVABLE,
        )
        return standing.exists()
    if proposal.kind in (ARCHIVE, RESTORE):
        entry = RepositoryEntry.objects.get(entry=proposal.entry)
        return (entry.archived_at is not None) == (proposal.kind == RESTORE)
    is_removed = ListedEntry.objects.get(entry=proposal.entry).status == REMOVED
    return is_removed == (proposal.kind == RELIST)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much of keeping the list waits for somebody."""

    sheets: int
    proposals: int
    must_fix: int


def waiting_for_somebody() -> Waiting:
    """Sheets to apply, proposals to confirm, findings to fix. Three queries."""
    return Waiting(
        sheets=SheetImport.objects.filter(state=WAITING).count(),
        proposals=Proposal.objects.filter(state=WAITING).count(),
        must_fix=QualityFinding.objects.filter(severity=Severity.MUST_FIX).count(),
    )


def entries_not_loaded(*, added_by: date | None = None) -> QuerySet[ListedEntry]:
    """The Current entries that nobody has confirmed as loaded by the DCC, oldest first; with
    `added_by`, those added on or before that day."""
    unloaded = ListedEntry.objects.filter(status=CURRENT, loaded_on__isnull=True)
    if added_by:
        unloaded = unloaded.filter(date_added__lte=added_by)
    return unloaded.order_by("entry_id")


def ids_not_loaded(*, added_by: date) -> list[str]:
    """The ids of the Current entries added on or before a day and not confirmed as loaded."""
    return list(entries_not_loaded(added_by=added_by).values_list("cpl_entry_id", flat=True))


def entry_changes_of(imported: LedgerEvent) -> list[LedgerEvent]:
    """What an import, told by its CPL_IMPORTED event, tells of entries that were listed before it:
    which it removed, relisted or corrected, in the ledger's order.

    An import's events are one append, which that event ends: after the import before it, at the
    same moment, by the same hand. What it listed as removed from the first was never there, and
    of what was removed before it only gave the date or the reason anew.
    """
    imports = LedgerEvent.objects.filter(kind="CPL_IMPORTED", seq__lt=imported.seq)
    before = imports.order_by("-seq").values_list("seq", flat=True).first() or 0
    own = LedgerEvent.objects.filter(
        seq__gt=before, seq__lt=imported.seq, at=imported.at, by_actor=imported.by_actor
    )
    import_id = payload_of(imported).get("import_id")
    changes = [
        event
        for event in own.filter(kind__in=CHANGE_KINDS).order_by("seq")
        if _is_of_import(event, import_id)
    ]
    removals = [event for event in changes if event.kind == "CPL_ENTRY_REMOVED"]
    not_there = set(own.filter(kind="CPL_ENTRY_LISTED").values_list("subject_id", flat=True))
    not_there |= _removed_before(removals)
    return [
        event
        for event in changes
        if event.kind != "CPL_ENTRY_REMOVED" or event.subject_id not in not_there
    ]


def _is_of_import(event: LedgerEvent, import_id: object) -> bool:
    said = payload_of(event)  # the first events of these kinds said neither
    return said.get("proposed_by") is None and said.get("import_id") == import_id


def _removed_before(removals: Sequence[LedgerEvent]) -> set[str]:
    """The entries that stood as removed before the first of these removals."""
    if not removals:
        return set()
    earlier = LedgerEvent.objects.filter(
        kind__in=STATUS_KINDS,
        seq__lt=removals[0].seq,
        subject_type="cpl_entry",
        subject_id__in=[event.subject_id for event in removals],
    )
    newest = dict(earlier.order_by("seq").values_list("subject_id", "kind"))
    return {entry for entry, kind in newest.items() if kind == "CPL_ENTRY_REMOVED"}


def certificates_told_from(events: Collection[LedgerEvent]) -> list[list[LedgerEvent]]:
    """Whatever was told of certificates at one go, for each of these events that begins a go: one
    append's events stand in a row and share their moment, however they are read."""
    seqs = {event.seq for event in events}
    told = LedgerEvent.objects.filter(
        kind__in=CERTIFICATE_KINDS, at__in={event.at for event in events}
    )
    places = enumerate(told.order_by("seq"))
    goes = groupby(places, key=lambda pair: (pair[1].at, pair[1].seq - pair[0]))
    runs = [[event for _, event in go] for _, go in goes]
    return [run for run in runs if run[0].seq in seqs]
