"""Reads of submissions and drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Case, Count, F, Min, Prefetch, Q, Value, When

from fir.ledger.models import LedgerEvent
from fir.records.queries import path_entry
from fir.records.rules import heads
from fir.submissions.models import (
    APPROVED,
    RETURNED,
    SUBMITTED,
    Comment,
    Decision,
    Draft,
    FindingWaiver,
    Submission,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from fir.parties.models import Party
    from fir.records.models import RepositoryEntry

# The workers look every minute; whatever its time passed longer ago than this is held up.
OVERDUE_AFTER = timedelta(minutes=5)


def submissions_for(party: Party, *, state: str = "") -> QuerySet[Submission]:
    """The submissions this Party may see, with their decisions and comments."""
    visible = Submission.objects.visible_to(party).select_related("party")
    return (visible.filter(state=state) if state else visible).prefetch_related(
        Prefetch("decisions", queryset=Decision.objects.order_by("number")),
        Prefetch("comments", queryset=Comment.objects.select_related("party").order_by("id")),
    )


def find_submission(party: Party, submission_id: uuid.UUID) -> Submission | None:
    """One submission, with the one it replaces and the one that replaces it, or None when there is
    none that this Party may see."""
    found = submissions_for(party).select_related("replaces", "submission")
    return found.filter(pk=submission_id).first()


def queue_for(party: Party, *, state: str = "", kind: str = "") -> QuerySet[Submission]:
    """The submissions this Party may see, as a queue: first what waits for a decision, the longest
    first; then what waits for its time, the next first; then all others, newest first."""
    wanted = {name: said for name, said in (("state", state), ("kind", kind)) if said}
    turn = Case(
        When(state=SUBMITTED, then=Value(0)), When(state=APPROVED, then=Value(1)), default=Value(2)
    )
    since = Case(
        When(state=SUBMITTED, then=F("submitted_at")), When(state=APPROVED, then=F("publish_at"))
    )
    visible = Submission.objects.visible_to(party).filter(**wanted)
    return visible.select_related("party", "submission").order_by(
        turn, since, "-submitted_at", "id"
    )


@dataclass(frozen=True, slots=True)
class InQueue:
    """What of a Party's submissions waits: for a decision, and since when; for its time, and for
    which; held up, its time long past; and for its bringer, returned and not brought again."""

    submitted: int
    oldest: datetime | None
    approved: int
    next_at: datetime | None
    overdue: int
    returned: int


def in_queue_for(party: Party, *, at: datetime) -> InQueue:
    """The same of all that the Party may see. One query."""
    counted = Submission.objects.visible_to(party).aggregate(
        submitted=Count("pk", filter=Q(state=SUBMITTED)),
        oldest=Min("submitted_at", filter=Q(state=SUBMITTED)),
        approved=Count("pk", filter=Q(state=APPROVED)),
        next_at=Min("publish_at", filter=Q(state=APPROVED)),
        overdue=Count("pk", filter=Q(state=APPROVED, publish_at__lt=at - OVERDUE_AFTER)),
        returned=Count("pk", filter=Q(state=RETURNED, submission__isnull=True)),
    )
    return InQueue(**counted)


def is_overdue(submission: Submission, *, at: datetime) -> bool:
    """Whether its time passed and it was not published, as it would be within a minute."""
    due = submission.publish_at if submission.state == APPROVED else None
    return due is not None and due < at - OVERDUE_AFTER


def events_of(submission: Submission, tags: Sequence[str]) -> list[LedgerEvent]:
    """The submission's events that a reader of these tags may read, oldest first."""
    events = LedgerEvent.objects.filter(
        subject_type="submission", subject_id=str(submission.pk), audience__overlap=list(tags)
    )
    return list(events.order_by("seq"))


def waivers_of(submission: Submission) -> list[FindingWaiver]:
    """The findings about a submission that somebody proposed to live with."""
    return list(submission.waivers.order_by("id"))


def drafts_of(party: Party) -> QuerySet[Draft]:
    """A Party's drafts, those changed last first."""
    return Draft.objects.visible_to(party).order_by("-changed_at", "-id")


def find_draft(party: Party, draft_id: uuid.UUID) -> Draft | None:
    """One draft, or None when the Party has none with this id."""
    return Draft.objects.visible_to(party).select_related("again_of").filter(pk=draft_id).first()


def previous_release(
    submission: Submission, family: Sequence[RepositoryEntry]
) -> RepositoryEntry | None:
    """What a submission is read beside, among the entries of its family: the one that it is about,
    or else the latest release of its Device Model, or of the same family on other hardware; None
    for the first of its family."""
    if submission.of_entry:
        return next((e for e in family if e.cpl_entry_id == submission.of_entry), None)
    return latest_of(family, submission.device_model)


def latest_of(family: Sequence[RepositoryEntry], device_model: str) -> RepositoryEntry | None:
    """The latest release of a Device Model among its family's entries, or else of the family."""
    own = [entry for entry in family if entry.device_model == device_model]
    for entries in (own, family):
        standing = heads(list(map(path_entry, entries)))
        if standing:
            return next(e for e in entries if e.cpl_entry_id == standing[0].cpl_entry_id)
    return None
