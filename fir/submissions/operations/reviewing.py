"""What is said and done of a submission before it is decided: comments, and findings waived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.timezone import localdate

from cpl.identifiers import IdentifierFault
from cpl.sheet.cells import parse_reason
from fir.ledger.operations import append_events
from fir.parties.permissions import Category
from fir.submissions.claims import Fault
from fir.submissions.judging import judge_submission
from fir.submissions.models import Comment, FindingWaiver, Submission
from fir.submissions.operations.bringing import SubmissionRefused, readable, submission_event
from fir.submissions.operations.deciding import ReasonNeeded, open_submission

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from fir.parties.models import Actor


MOST_COMMENTS = 100  # of one Party, each of which is an event and a notice


class NoSuchFinding(ValueError):
    """The submission has no finding of this code that may be waived."""


class AlreadyWaived(ValueError):
    """Somebody waived this finding of the submission before."""


@transaction.atomic
def comment_on_submission(
    *, submission_id: uuid.UUID, text: str, by: Actor, at: datetime
) -> Comment:
    """Say something about a submission to the other side: the Administrator to the Party that
    brought it, or the other way round. What is said stays.

    Raises Submission.DoesNotExist for every other Party, ReasonNeeded when nothing is said, and
    SubmissionRefused when it cannot be kept as text, or too much was said already.
    """
    said = readable(text, "text")
    if not said:
        raise ReasonNeeded("Write what you have to say.")
    visible = Submission.objects.select_related("party")
    if by.party.category != Category.ADMINISTRATOR:
        visible = visible.filter(party=by.party)
    submission = visible.get(pk=submission_id)
    if submission.comments.filter(party=by.party).count() >= MOST_COMMENTS:
        message = f"{MOST_COMMENTS} comments stand here from your side: settle the rest otherwise."
        raise SubmissionRefused([Fault("text", "TOO_MANY", message)])
    comment = Comment.objects.create(
        submission=submission, text=said, party=by.party, made_at=at, made_by=by.actor_id
    )
    told = submission_event("SUBMISSION_COMMENTED", submission, comment=comment.pk)
    append_events([told], by=by.author, at=at)
    return comment


@transaction.atomic
def waive_finding(
    *, submission_id: uuid.UUID, code: str, reason: str, by: Actor, at: datetime
) -> list[FindingWaiver]:
    """Propose to live with a finding about a submission. It comes about with the approval, when
    another person gives that; otherwise it waits for one as a proposal about the published entry.

    Raises Submission.DoesNotExist, SubmissionAlreadyDecided, SameEyes, NoSuchFinding,
    AlreadyWaived, ReasonNeeded, and SubmissionRefused when the reason cannot be kept.
    """
    submission = open_submission(submission_id, by)
    try:
        why = parse_reason(" ".join(reason.split()))
    except IdentifierFault as fault:
        raise SubmissionRefused([Fault("reason", fault.code, str(fault))]) from fault
    if not why:
        raise ReasonNeeded("Say why: the reason is published with the entry.")
    judged = judge_submission(submission, today=localdate(at))
    found = [finding for finding in judged.waivable if finding.code == code]
    if not found:
        raise NoSuchFinding(f"This submission has no finding {code} that may be waived.")
    # The submission's row is held: nobody waives it meanwhile.
    waived = set(submission.waivers.filter(code=code).values_list("about", flat=True))
    found = [finding for finding in found if finding.about not in waived]
    if not found:
        raise AlreadyWaived(f"{code} was waived before for this submission.")
    waivers = [
        FindingWaiver(
            submission=submission,
            code=code,
            particulars=finding.particulars,
            about=finding.about,
            reason=why,
            waived_at=at,
            waived_by=by.actor_id,
            waived_answerable=by.answerable,
            waived_party=by.party.actor_id,
            submitted_answerable=submission.submitted_answerable,
            submitted_party=submission.submitted_party,
        )
        for finding in found
    ]
    return FindingWaiver.objects.bulk_create(waivers)
