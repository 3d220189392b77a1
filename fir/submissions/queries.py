"""Reads of submissions, and the facts that the rules ask for."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch

from cpl.identifiers import family_of
from cpl.quality import BY_CODE, findings_of
from cpl.quality.facts import Severity
from cpl.quality.index import ListIndex
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

    from cpl.quality import QualityFinding
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


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a release: `faults` keep it from being published; `warnings` are
    findings that two people may waive once it is listed, for somebody to look at before."""

    faults: list[Fault]
    warnings: list[Fault]


def check_release(said: Mapping[str, Any], *, today: date) -> tuple[Claim, Judgement]:
    """A release as it was described, and everything that would keep it from being brought today:
    every fault of form and every broken rule."""
    claim, faults = read_claim(said)
    judged = judge_claim(claim, today=today)
    return claim, Judgement([*faults, *judged.faults], judged.warnings)


def judge_claim(claim: Claim, *, today: date, own: uuid.UUID | None = None) -> Judgement:
    """What the rules of submissions, and the list's own, say of a claim; `own` is the submission it
    stands in, if any."""
    found = _quality_of(claim, today=today)
    broken = broken_rules(facts_of(claim, today=today, own=own))
    return Judgement(
        faults=[*broken, *(fault for must_fix, fault in found if must_fix)],
        warnings=[fault for must_fix, fault in found if not must_fix],
    )


def _quality_of(claim: Claim, *, today: date) -> list[tuple[bool, Fault]]:
    """What the list's rules find of the line that a claim would become, and whether it must be
    fixed."""
    image_hash = claim.manufacturer_image_hash or ""
    beside = ListIndex(lines_beside(claim.manufacturer_identifier or "", image_hash))
    files = known_files(image_hash) if image_hash else {}
    found = findings_of(as_line(claim, today), beside, catalogue_now(), today, files)
    return [(finding.severity is Severity.MUST_FIX, _as_fault(finding)) for finding in found]


def _as_fault(finding: QualityFinding) -> Fault:
    sentence = sentence_of(BY_CODE[finding.code])
    # The finding first: a rule says what is right, which reads as if all were well.
    return Fault(finding.field, finding.code, f"{finding.particulars} The rule: {sentence}")


def judge_submission(submission: Submission, *, today: date) -> Judgement:
    """What the rules say of a submission today, whatever held when it was brought."""
    return judge_claim(_claim_of(submission), today=today, own=submission.pk)


def _claim_of(submission: Submission) -> Claim:
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
