"""Reads of submissions and drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch

from cpl.identifiers import family_of
from fir.records.queries import entries_among, entries_of_family, path_entry
from fir.records.rules import heads
from fir.submissions.models import Comment, Decision, Draft, FindingWaiver, Submission

if TYPE_CHECKING:
    import uuid

    from django.db.models import QuerySet

    from fir.parties.models import Party
    from fir.records.models import RepositoryEntry


def submissions_for(party: Party, *, state: str = "") -> QuerySet[Submission]:
    """The submissions this Party may see, with their decisions and comments."""
    visible = Submission.objects.visible_to(party).select_related("party")
    return (visible.filter(state=state) if state else visible).prefetch_related(
        Prefetch("decisions", queryset=Decision.objects.order_by("number")),
        Prefetch("comments", queryset=Comment.objects.select_related("party").order_by("id")),
    )


def find_submission(party: Party, submission_id: uuid.UUID) -> Submission | None:
    """One submission, or None when there is none that this Party may see."""
    return submissions_for(party).filter(pk=submission_id).first()


def waivers_of(submission: Submission) -> list[FindingWaiver]:
    """The findings about a submission that somebody proposed to live with."""
    return list(submission.waivers.order_by("id"))


def drafts_of(party: Party) -> QuerySet[Draft]:
    """A Party's drafts, those changed last first."""
    return Draft.objects.visible_to(party).order_by("-changed_at", "-id")


def find_draft(party: Party, draft_id: uuid.UUID) -> Draft | None:
    """One draft, or None when the Party has none with this id."""
    return Draft.objects.visible_to(party).select_related("again_of").filter(pk=draft_id).first()


def previous_release(submission: Submission) -> RepositoryEntry | None:
    """What a submission is read beside: the entry that it is about, or else the latest release of
    its Device Model, or of the same family on other hardware; None for the first of its family."""
    if submission.of_entry:
        return entries_among([submission.of_entry]).get(submission.of_entry)
    family = entries_of_family(
        submission.device_type,
        submission.manufacturer_identifier,
        family_of(submission.device_model),
    )
    return latest_of(family, submission.device_model)


def latest_of(family: list[RepositoryEntry], device_model: str) -> RepositoryEntry | None:
    """The latest release of a Device Model among its family's entries, or else of the family."""
    own = [entry for entry in family if entry.device_model == device_model]
    for entries in (own, family):
        standing = heads(list(map(path_entry, entries)))
        if standing:
            return next(e for e in entries if e.cpl_entry_id == standing[0].cpl_entry_id)
    return None
