"""Reads of submissions, and the facts that the rules ask for."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch

from cpl.identifiers import family_of
from cpl.quality import BY_CODE, findings_of
from cpl.quality_facts import Severity
from cpl.quality_index import ListIndex
from cpl.quality_queries import catalogue_now, known_files, lines_beside
from cpl.queries import current_entries_of, entries_by_id
from cpl.rulebook import sentence_of
from fir.records.queries import entries_of_family, path_entry
from fir.records.rules import heads
from fir.submissions.claims import Claim, Fault, as_line, read_claim
from fir.submissions.models import SUBMITTED, Decision, Submission
from fir.submissions.rules import Known, SubmissionFacts, broken_rules

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet

    from fir.parties.models import Party
    from fir.records.models import RepositoryEntry


def submissions_for(party: Party, *, state: str = "") -> QuerySet[Submission]:
    """The submissions this Party may see, with their decisions."""
    decisions = Prefetch("decisions", queryset=Decision.objects.order_by("id"))
    visible = Submission.objects.visible_to(party).select_related("party")
    return (visible.filter(state=state) if state else visible).prefetch_related(decisions)


def find_submission(party: Party, submission_id: uuid.UUID) -> Submission | None:
    """One submission, or None when there is none that this Party may see."""
    return submissions_for(party).filter(pk=submission_id).first()


def check_release(said: Mapping[str, Any], *, today: date) -> tuple[Claim, list[Fault]]:
    """A release as it was described, and everything that would keep it from being brought today:
    every fault of form and every broken rule."""
    claim, faults = read_claim(said)
    return claim, [*faults, *faults_of(claim, today=today)]


def faults_of(claim: Claim, *, today: date, own: uuid.UUID | None = None) -> list[Fault]:
    """Every rule that a claim breaks, those of the list that must be fixed among them; `own` is the
    submission it stands in, if any."""
    broken = broken_rules(facts_of(claim, today=today, own=own))
    return [*broken, *_quality_of(claim, Severity.MUST_FIX, today=today)]


def warnings_of(claim: Claim, *, today: date) -> list[Fault]:
    """What the list's rules find of a claim that two people may waive: it stops nothing, but
    somebody should look whether it is meant."""
    return _quality_of(claim, Severity.WAIVABLE, today=today)


def _quality_of(claim: Claim, severity: Severity, *, today: date) -> list[Fault]:
    beside = lines_beside(claim.manufacturer_identifier or "", claim.manufacturer_image_hash or "")
    found = findings_of(
        as_line(claim, today), ListIndex(beside), catalogue_now(), today, known_files()
    )
    return [
        Fault(
            finding.field,
            finding.code,
            f"{sentence_of(BY_CODE[finding.code])} {finding.particulars}".strip(),
        )
        for finding in found
        if finding.severity is severity
    ]


def faults_now(submission: Submission, *, today: date) -> list[Fault]:
    """The rules that a submission breaks today, whatever held when it was brought."""
    return faults_of(claim_of(submission), today=today, own=submission.pk)


def warnings_now(submission: Submission, *, today: date) -> list[Fault]:
    """What the list's rules find of a submission today that two people may waive."""
    return warnings_of(claim_of(submission), today=today)


def claim_of(submission: Submission) -> Claim:
    said = {field.name: getattr(submission, field.name) for field in fields(Claim)}
    return Claim(**{**said, "predecessors": tuple(submission.predecessors)})


def previous_release(submission: Submission) -> RepositoryEntry | None:
    """What a submission is read beside: the latest release of its Device Model, or else of the
    same family on other hardware; None for the first of its family."""
    family = entries_of_family(
        submission.device_type,
        submission.manufacturer_identifier,
        family_of(submission.device_model),
    )
    own = [e for e in family if e.device_model == submission.device_model]
    for entries in (own, family):
        standing = heads(list(map(path_entry, entries)))
        if standing:
            return next(e for e in entries if e.cpl_entry_id == standing[0].cpl_entry_id)
    return None


def facts_of(claim: Claim, *, today: date, own: uuid.UUID | None = None) -> SubmissionFacts:
    """What the rules may read about a claim; `own` is the submission it stands in, if any."""
    named = entries_by_id(claim.predecessors or ())
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
