"""Bringing a release, and deciding it.

Approval lists, publishes, decides and tells in one commit.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from cpl.identifiers import IdentifierFault, parse_cpl_entry_id
from cpl.models import CPLEntry
from cpl.operations import lock_list
from cpl.queries import manufacturer_name, next_entry_id
from cpl.sheet.row import CURRENT, SheetRow
from fir.ledger.operations import NewEvent, append_events
from fir.parties.queries import holders_of, holds_identifier
from fir.records.operations import Release, publish_release
from fir.records.rules import NAMED, NONE
from fir.submissions.claims import LISTED_FACTS, Claim, Fault, read_reason
from fir.submissions.models import (
    APPROVE,
    CLOSE,
    CLOSED,
    PUBLISHED,
    RETURN,
    RETURNED,
    SUBMITTED,
    Decision,
    Submission,
    by_same_eyes,
)
from fir.submissions.queries import check_release, judge_claim, judge_submission

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from fir.parties.models import Actor


class Received(NamedTuple):
    """A submission as it was kept, and what somebody should look at again in it."""

    submission: Submission
    warnings: Sequence[Fault]


class SubmissionRefused(ValueError):
    """The submission has faults; all of them are in `faults`, and nothing was kept."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{len(self.faults)} faults to mend.")


class NotYourManufacturer(PermissionError):
    """A Party brings firmware only under the Manufacturer Identifiers that it holds."""


class SubmissionAlreadyDecided(ValueError):
    """Somebody decided this submission before."""


class SameEyes(PermissionError):
    """Whoever brought a release does not decide it."""


class ReasonNeeded(ValueError):
    """Returning and closing need a reason that the Manufacturer can act on."""


def submit_firmware(*, said: Mapping[str, Any], by: Actor, at: datetime) -> Received:
    """Bring one release, as described in `said` (the fields of `claims.READERS`).

    Raises NotYourManufacturer, and SubmissionRefused with every fault of form and every broken
    rule at once; then nothing was kept.
    """
    claim, judged = check_release(said, today=localdate(at))
    identifier = claim.manufacturer_identifier
    if identifier and not holds_identifier(by.party, identifier):
        raise NotYourManufacturer(
            f"{by.party.name} does not hold the Manufacturer Identifier {identifier}. "
            "The Administrator gives identifiers to the Parties that may bring for them."
        )
    if judged.faults:
        raise SubmissionRefused(judged.faults)
    try:
        return Received(_keep(claim, by=by, at=at), judged.warnings)
    except IntegrityError as error:
        # Two bring the same release at once: the constraint lets one of them in.
        if "submissions_waiting_once" not in str(error):
            raise
        raise SubmissionRefused(judge_claim(claim, today=localdate(at)).faults) from error


@transaction.atomic
def _keep(claim: Claim, *, by: Actor, at: datetime) -> Submission:
    submission = Submission.objects.create(
        **{**asdict(claim), "predecessors": list(claim.predecessors or ())},
        party=by.party,
        submitted_at=at,
        submitted_by=by.actor_id,
        submitted_answerable=by.answerable,
        submitted_party=by.party.actor_id,
    )
    append_events([_event("SUBMISSION_RECEIVED", submission)], by=by.author, at=at)
    return submission


def _event(kind: str, submission: Submission, **more: str) -> NewEvent:
    """An event for the Administrator, the Party that brought it and the identifier's holders."""
    holders = holders_of(submission.manufacturer_identifier)
    payload = {
        "submission_id": str(submission.pk),
        "device_type": submission.device_type,
        "manufacturer_identifier": submission.manufacturer_identifier,
        "device_model": submission.device_model,
        "firmware_version": submission.firmware_version,
        **more,
    }
    parties = sorted({submission.party.slug, *holders})
    return NewEvent(kind, "submission", str(submission.pk), payload, parties)


@transaction.atomic
def approve_submission(
    *,
    submission_id: uuid.UUID,
    by: Actor,
    at: datetime,
    reason: str = "",
    cpl_entry_id: str = "",
) -> Submission:
    """Approve and publish at once: list line, locked record, decision and events, or nothing.

    FIR gives the next entry id unless one is named.

    Raises Submission.DoesNotExist, SubmissionAlreadyDecided, SameEyes, and SubmissionRefused when
    a rule that held on submission no longer does, or the named entry id or the reason will not do.
    """
    submission = _open_submission(submission_id, by)
    reason = _readable(reason)
    lock_list()
    entry_id = _entry_id(cpl_entry_id)
    faults = judge_submission(submission, today=localdate(at)).faults
    if faults:
        raise SubmissionRefused(faults)
    _, published = publish_release(
        row=_list_line(submission, entry_id, localdate(at)),
        release=Release(
            pathway=NAMED if submission.predecessors else NONE,
            predecessors=tuple(submission.predecessors),
            release_notes=submission.release_notes,
            carries_updates=submission.carries_updates,
            submission_id=submission.pk,
        ),
        makers=holders_of(submission.manufacturer_identifier),
        by=by,
        at=at,
    )
    _decide(submission, APPROVE, PUBLISHED, reason, by=by, at=at, cpl_entry_id=entry_id)
    approved = _event("SUBMISSION_APPROVED", submission, cpl_entry_id=entry_id, reason=reason)
    append_events([approved, *published], by=by.author, at=at)
    return submission


@transaction.atomic
def return_submission(
    *, submission_id: uuid.UUID, reason: str, by: Actor, at: datetime
) -> Submission:
    """Send a submission back to who brought it, saying what to mend.

    Raises Submission.DoesNotExist, SubmissionAlreadyDecided, SameEyes, ReasonNeeded, and
    SubmissionRefused when the reason cannot be kept as text.
    """
    return _turn_down(submission_id, RETURN, RETURNED, "SUBMISSION_RETURNED", reason, by, at)


@transaction.atomic
def close_submission(
    *, submission_id: uuid.UUID, reason: str, by: Actor, at: datetime
) -> Submission:
    """Close a submission for good without publishing it.

    Raises Submission.DoesNotExist, SubmissionAlreadyDecided, SameEyes, ReasonNeeded, and
    SubmissionRefused when the reason cannot be kept as text.
    """
    return _turn_down(submission_id, CLOSE, CLOSED, "SUBMISSION_CLOSED", reason, by, at)


def _turn_down(
    submission_id: uuid.UUID,
    decision: str,
    state: str,
    kind: str,
    reason: str,
    by: Actor,
    at: datetime,
) -> Submission:
    submission = _open_submission(submission_id, by)
    reason = _readable(reason)
    if not reason:
        raise ReasonNeeded("Say why, so that the Manufacturer can act on it.")
    _decide(submission, decision, state, reason, by=by, at=at)
    append_events([_event(kind, submission, reason=reason)], by=by.author, at=at)
    return submission


def _readable(reason: str) -> str:
    """The reason as it is kept: published text, like every other."""
    text, faults = read_reason(reason)
    if faults:
        raise SubmissionRefused(faults)
    return text


def _open_submission(submission_id: uuid.UUID, by: Actor) -> Submission:
    """The submission, locked against other deciders, if it is open and somebody else's."""
    locked = Submission.objects.select_for_update(of=("self",)).select_related("party")
    submission = locked.get(pk=submission_id)
    if submission.state != SUBMITTED:
        raise SubmissionAlreadyDecided(
            f"This submission is {submission.state}; it was decided before."
        )
    if by_same_eyes(submission, by):
        raise SameEyes("Whoever brought a release does not decide it: another person must.")
    return submission


def _decide(
    submission: Submission,
    decision: str,
    state: str,
    reason: str,
    *,
    by: Actor,
    at: datetime,
    cpl_entry_id: str = "",
) -> None:
    Decision.objects.create(
        submission=submission,
        decision=decision,
        reason=reason,
        decided_at=at,
        decided_by=by.actor_id,
        decided_answerable=by.answerable,
        decided_party=by.party.actor_id,
        submitted_answerable=submission.submitted_answerable,
        submitted_party=submission.submitted_party,
    )
    submission.state, submission.cpl_entry_id = state, cpl_entry_id
    submission.save(update_fields=["state", "cpl_entry_id"])


def _entry_id(named: str) -> str:
    if not named:
        return next_entry_id()
    try:
        entry_id = parse_cpl_entry_id(named)
    except IdentifierFault as fault:
        raise SubmissionRefused([Fault("cpl_entry_id", fault.code, str(fault))]) from fault
    if CPLEntry.objects.filter(cpl_entry_id=entry_id).exists():
        taken = Fault("cpl_entry_id", "ENTRY_ID_TAKEN", f"{entry_id} is another entry's id.")
        raise SubmissionRefused([taken])
    return entry_id


def _list_line(submission: Submission, entry_id: str, today: date) -> SheetRow:
    return SheetRow(
        **{fact: getattr(submission, fact) for fact in LISTED_FACTS},
        line=0,
        cpl_entry_id=entry_id,
        manufacturer_name=manufacturer_name(submission.manufacturer_identifier),
        status=CURRENT,
        date_added=today,
        date_removed=None,
        removal_reason="",
    )
