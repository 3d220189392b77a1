"""Reads of submissions, and the facts that the rules ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Prefetch

from cpl.identifiers import family_of
from cpl.queries import current_entries_of, entries_by_id, uses_of_hash
from fir.submissions.models import SUBMITTED, Decision, Submission
from fir.submissions.rules import Known, SubmissionFacts

if TYPE_CHECKING:
    import uuid
    from datetime import date

    from django.db.models import QuerySet

    from fir.parties.models import Party
    from fir.submissions.claims import Claim


def submissions_for(party: Party, *, state: str = "") -> QuerySet[Submission]:
    """The submissions this Party may see, with their decisions."""
    decisions = Prefetch("decisions", queryset=Decision.objects.order_by("id"))
    visible = Submission.objects.visible_to(party).select_related("party")
    return (visible.filter(state=state) if state else visible).prefetch_related(decisions)


def find_submission(party: Party, submission_id: uuid.UUID) -> Submission | None:
    """One submission, or None when there is none that this Party may see."""
    return submissions_for(party).filter(pk=submission_id).first()


def facts_of(claim: Claim, *, today: date, own: uuid.UUID | None = None) -> SubmissionFacts:
    """What the rules may read about a claim; `own` is the submission it stands in, if any."""
    named = entries_by_id(claim.predecessors or ())
    uses = uses_of_hash(claim.manufacturer_image_hash) if claim.manufacturer_image_hash else []
    return SubmissionFacts(
        claim=claim,
        today=today,
        predecessors={
            entry_id: Known(
                entry_id,
                entry.device_type,
                entry.manufacturer_identifier,
                family_of(entry.device_model),
            )
            for entry_id, entry in named.items()
        },
        uses_of_hash=tuple(
            Known(use.cpl_entry_id, use.device_type, use.manufacturer_identifier, use.family)
            for use in uses
        ),
        listed_already=_listed_already(claim),
        waiting_already=_waiting_already(claim, own),
    )


def _identity(claim: Claim) -> dict[str, str] | None:
    identity = {
        "device_type": claim.device_type,
        "manufacturer_identifier": claim.manufacturer_identifier,
        "device_model": claim.device_model,
        "firmware_version": claim.firmware_version,
    }
    said = {name: value for name, value in identity.items() if value is not None}
    return said if len(said) == len(identity) else None


def _listed_already(claim: Claim) -> tuple[str, ...]:
    identity = _identity(claim)
    return tuple(current_entries_of(**identity)) if identity else ()


def _waiting_already(claim: Claim, own: uuid.UUID | None) -> bool:
    identity = _identity(claim)
    if identity is None:
        return False
    waiting = Submission.objects.filter(state=SUBMITTED, **identity)
    return (waiting.exclude(pk=own) if own else waiting).exists()
