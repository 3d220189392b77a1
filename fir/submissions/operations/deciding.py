"""Deciding what was brought: approving it, now or for a time, and everything short of that.

An approval without a time lists, publishes, decides and tells in one commit.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import localdate

from cpl.identifiers import IdentifierFault, parse_cpl_entry_id
from cpl.models import CPLEntry
from cpl.operations import lock_list
from fir.ledger.operations import append_events
from fir.submissions.claims import Fault, Kind
from fir.submissions.judging import judge_submission
from fir.submissions.models import (
    APPROVE,
    APPROVED,
    CANCEL,
    CLOSE,
    CLOSED,
    RETURN,
    RETURNED,
    SUBMITTED,
    Decision,
    Submission,
    by_same_eyes,
)
from fir.submissions.operations.bringing import (
    SubmissionAlreadyDecided,
    SubmissionRefused,
    readable,
    submission_event,
)
from fir.submissions.operations.publishing import publish

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from fir.parties.models import Actor

FURTHEST = timedelta(days=366)


class SameEyes(PermissionError):
    """Whoever brought a release does not decide it."""


class ReasonNeeded(ValueError):
    """Returning, closing and cancelling need a reason that the Manufacturer can act on."""


@transaction.atomic
def approve_submission(
    *,
    submission_id: uuid.UUID,
    by: Actor,
    at: datetime,
    reason: str = "",
    cpl_entry_id: str = "",
    publish_at: datetime | None = None,
) -> Submission:
    """Approve, and publish at once or at a time to come: list lines, locked records, decision and
    events, or nothing. What is to be published later is judged again then.

    FIR gives the next entry id unless one is named.

    Raises Submission.DoesNotExist, SubmissionAlreadyDecided, SameEyes, and SubmissionRefused when
    a rule that held on submission no longer does, or what the decision names will not do.
    """
    submission = open_submission(submission_id, by)
    reason = readable(reason)
    _require_to_come(publish_at, at)
    lock_list()
    named = _named_entry_id(cpl_entry_id, submission)
    judged = judge_submission(submission, today=localdate(at))
    if judged.faults:
        raise SubmissionRefused(judged.faults)
    submission.publish_at = publish_at or at
    decision = _decide(
        submission, APPROVE, APPROVED, reason, by=by, at=at, publish_at=publish_at, named=named
    )
    published = [] if publish_at else publish(submission, decision, judged, at=at)
    approved = submission_event(
        "SUBMISSION_APPROVED",
        submission,
        cpl_entry_id=submission.cpl_entry_id,
        reason=reason,
        publish_at=publish_at.isoformat() if publish_at else None,
    )
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


@transaction.atomic
def cancel_approval(
    *, submission_id: uuid.UUID, reason: str, by: Actor, at: datetime
) -> Submission:
    """Take back an approval before its time: a further Decision, and the submission waits again.

    Raises Submission.DoesNotExist, SubmissionAlreadyDecided, SameEyes, ReasonNeeded, and
    SubmissionRefused when the reason cannot be kept as text.
    """
    return _turn_down(
        submission_id, CANCEL, SUBMITTED, "APPROVAL_CANCELLED", reason, by, at, expected=APPROVED
    )


def _turn_down(
    submission_id: uuid.UUID,
    decision: str,
    state: str,
    kind: str,
    reason: str,
    by: Actor,
    at: datetime,
    expected: str = SUBMITTED,
) -> Submission:
    submission = open_submission(submission_id, by, expected=expected)
    reason = readable(reason)
    if not reason:
        raise ReasonNeeded("Say why, so that the Manufacturer can act on it.")
    submission.publish_at = None
    _decide(submission, decision, state, reason, by=by, at=at)
    append_events([submission_event(kind, submission, reason=reason)], by=by.author, at=at)
    return submission


def open_submission(
    submission_id: uuid.UUID, by: Actor, *, expected: str = SUBMITTED
) -> Submission:
    """The submission, locked against other deciders, if it is open and somebody else's."""
    locked = Submission.objects.select_for_update(of=("self",)).select_related("party")
    submission = locked.get(pk=submission_id)
    if submission.state != expected:
        raise SubmissionAlreadyDecided(
            f"This submission is {submission.state}, and not {expected} any more."
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
    publish_at: datetime | None = None,
    named: str = "",
) -> Decision:
    made = Decision.objects.create(
        submission=submission,
        number=submission.decisions.count() + 1,
        decision=decision,
        reason=reason,
        publish_at=publish_at,
        named_entry_id=named,
        decided_at=at,
        decided_by=by.actor_id,
        decided_answerable=by.answerable,
        decided_party=by.party.actor_id,
        submitted_answerable=submission.submitted_answerable,
        submitted_party=submission.submitted_party,
    )
    submission.state = state
    submission.save(update_fields=["state", "publish_at"])
    return made


def _require_to_come(publish_at: datetime | None, at: datetime) -> None:
    if publish_at is not None and not at < publish_at <= at + FURTHEST:
        message = "The time must lie ahead, and within a year. Leave it out to publish now."
        raise SubmissionRefused([Fault("publish_at", "NOT_TO_COME", message)])


def _named_entry_id(named: str, submission: Submission) -> str:
    """The entry id that the decision names, if it does and may."""
    if not named:
        return ""
    if submission.kind != Kind.NEW or submission.further_device_models:
        message = "An entry id can be given only where one new entry is listed. Leave it out."
        raise SubmissionRefused([Fault("cpl_entry_id", "NOT_ONE_NEW_ENTRY", message)])
    try:
        entry_id = parse_cpl_entry_id(named)
    except IdentifierFault as fault:
        raise SubmissionRefused([Fault("cpl_entry_id", fault.code, str(fault))]) from fault
    if CPLEntry.objects.filter(cpl_entry_id=entry_id).exists():
        taken = Fault("cpl_entry_id", "ENTRY_ID_TAKEN", f"{entry_id} is another entry's id.")
        raise SubmissionRefused([taken])
    return entry_id
