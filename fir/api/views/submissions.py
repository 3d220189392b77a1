"""Bringing a release, the queue, what is said of it, and the decision."""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from rest_framework.response import Response

from fir.api.answers import comment_answer, submission_answer, waiver_answer
from fir.api.bodies import canonical, moment_in, object_in, words_in
from fir.api.door import PAGING, Door
from fir.api.problems import InputRefused
from fir.api.shapes import submissions as shapes
from fir.parties.permissions import Permission
from fir.submissions.claims import Fault
from fir.submissions.models import DRAFT, STATES
from fir.submissions.operations import (
    Request as NamedRequest,
)
from fir.submissions.operations import (
    approve_submission,
    cancel_approval,
    close_submission,
    comment_on_submission,
    return_submission,
    submit_firmware,
    withdraw_submission,
)
from fir.submissions.queries import find_submission, submissions_for, waivers_of

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping

    from rest_framework.request import Request

    from fir.submissions.models import Submission
    from fir.submissions.operations import Received

READERS = (Permission.SUBMIT_FIRMWARE, Permission.REVIEW_SUBMISSIONS)
DECIDE: Mapping[str, Callable[..., Any]] = {
    "approve": approve_submission,
    "return": return_submission,
    "close": close_submission,
    "cancel": cancel_approval,
}
ON_APPROVAL = {
    "cpl_entry_id": "Only an approval lists an entry.",
    "publish_at": "Only an approval has a time of publication.",
}
DECISION_FIELDS = ("decision", "reason", *ON_APPROVAL)
NAME_OF_REQUEST = "Idempotency-Key"

_IS_NAME = re.compile(r"[\x20-\x7e]{1,200}").fullmatch


class Submissions(Door):
    """`POST /submissions` brings one release; `GET /submissions?state=` is the queue."""

    answers = {"GET": (200, shapes.SubmissionPage), "POST": (201, shapes.ReceivedSubmission)}
    takes = {"POST": shapes.BroughtFacts}
    requires = {"GET": READERS, "POST": (Permission.SUBMIT_FIRMWARE,)}
    parameters = ("state", *PAGING)
    headers_of = {"POST": (NAME_OF_REQUEST,)}

    def get(self, request: Request) -> Response:
        """The submissions that this Party may see, newest first."""
        found = submissions_for(self.actor.party, state=self.state())
        return Response(
            self.page(
                found, lambda rows: list(map(submission_answer, rows)), "-submitted_at", "-id"
            )
        )

    def state(self) -> str:
        """The state that is asked for. Raises InputRefused for that of drafts, which nobody but
        their own Party sees."""
        state = self.choice("state", STATES)
        if state == DRAFT:
            message = f"Drafts are not brought yet; your Party's own are at {reverse('drafts')}."
            raise InputRefused([Fault("state", "DRAFTS_ARE_APART", message)])
        return state

    def post(self, request: Request) -> Response:
        """Bring one release, or correct, complete or withdraw an entry (`kind`): 201 with what
        somebody should look at again, or 422 with every fault."""
        said = object_in(request.data)
        received = submit_firmware(
            said=said, by=self.actor, at=timezone.now(), request=_named(request, said)
        )
        return received_response(received)


def _named(request: Request, said: Mapping[str, Any]) -> NamedRequest | None:
    """The name that the sender gave its request, if it did. Raises InputRefused for one that will
    not do."""
    name = request.headers.get(NAME_OF_REQUEST)
    if name is None:
        return None
    if not _IS_NAME(name):
        message = "1 to 200 printable ASCII characters are wanted here, new for every request."
        raise InputRefused([Fault(NAME_OF_REQUEST, "IDEMPOTENCY_KEY_FORM", message)])
    return NamedRequest(name, hashlib.sha256(canonical(said)).hexdigest())


def received_response(received: Received) -> Response:
    """201 with what was brought; the same again, and marked so, where it was brought before."""
    submission = received.submission
    where = reverse("submission", kwargs={"submission_id": submission.pk})
    warnings = list(map(asdict, received.warnings))
    headers = {"Location": where}
    if received.again:
        headers["Idempotent-Replayed"] = "true"
    answer = {**submission_answer(submission), "warnings": warnings}
    return Response(answer, status=HTTPStatus.CREATED, headers=headers)


class _OneSubmission(Door):
    def submission(self, submission_id: uuid.UUID) -> Submission:
        """The submission that is named. Raises Http404 when this Party may see none such."""
        found = find_submission(self.actor.party, submission_id)
        if found is None:
            raise Http404
        return found


class SubmissionDoor(_OneSubmission):
    """`GET /submissions/{id}`: one submission, its state and what was said of it."""

    answers = {"GET": (200, shapes.SubmissionWithWaivers)}
    requires = {"GET": READERS}

    def get(self, request: Request, submission_id: uuid.UUID) -> Response:
        """The submission; for the Administrator with the findings that somebody would waive."""
        submission = self.submission(submission_id)
        answer = submission_answer(submission)
        if self.actor.may(Permission.REVIEW_SUBMISSIONS):
            answer["waivers"] = list(map(waiver_answer, waivers_of(submission)))
        return Response(answer)


class DecisionDoor(_OneSubmission):
    """`POST /submissions/{id}/decision` `{decision: approve|return|close|cancel, reason}`."""

    answers = {"POST": (200, shapes.Submission)}
    takes = {"POST": shapes.Decision}
    requires = {"POST": (Permission.REVIEW_SUBMISSIONS,)}

    def post(self, request: Request, submission_id: uuid.UUID) -> Response:
        """Decide: 200, or 409 when somebody did before. An approval publishes at once or, with
        `publish_at`, at that time; until then it can be cancelled."""
        said = _decision(request.data)
        decide = DECIDE[said.pop("decision")]
        decide(submission_id=submission_id, by=self.actor, at=timezone.now(), **said)
        return Response(submission_answer(self.submission(submission_id)))


def _decision(data: Any) -> dict[str, Any]:
    """The decision in words. Raises InputRefused with every fault of form."""
    said: dict[str, Any] = {"reason": "", **words_in(data, DECISION_FIELDS)}
    faults = []
    if said.get("decision") not in DECIDE:
        faults.append(Fault("decision", "NOT_A_CHOICE", f"One of {', '.join(DECIDE)}."))
    elif said["decision"] != "approve":
        faults += [
            Fault(name, "ONLY_ON_APPROVAL", message)
            for name, message in ON_APPROVAL.items()
            if said.get(name)
        ]
    if faults:
        raise InputRefused(faults)
    said = {name: value for name, value in said.items() if value or name not in ON_APPROVAL}
    if "publish_at" in said:
        said["publish_at"] = moment_in("publish_at", said["publish_at"])
    return said


class WithdrawalDoor(_OneSubmission):
    """`POST /submissions/{id}/withdrawal` `{reason}`: whoever brought it takes it back."""

    answers = {"POST": (200, shapes.Submission)}
    takes = {"POST": shapes.Withdrawal}
    requires = {"POST": (Permission.SUBMIT_FIRMWARE,)}

    def post(self, request: Request, submission_id: uuid.UUID) -> Response:
        """Take back what waits or is not published yet: 200, or 409 when that is over."""
        reason = words_in(request.data, ("reason",)).get("reason", "")
        withdraw_submission(
            submission_id=submission_id, reason=reason, by=self.actor, at=timezone.now()
        )
        return Response(submission_answer(self.submission(submission_id)))


class CommentsDoor(Door):
    """`POST /submissions/{id}/comments` `{text}`: saying something to the other side."""

    answers = {"POST": (201, shapes.Comment)}
    takes = {"POST": shapes.GivenComment}
    requires = {"POST": READERS}

    def post(self, request: Request, submission_id: uuid.UUID) -> Response:
        """The comment as it was kept; what is said stays."""
        text = words_in(request.data, ("text",)).get("text", "")
        comment = comment_on_submission(
            submission_id=submission_id, text=text, by=self.actor, at=timezone.now()
        )
        return Response(comment_answer(comment), status=HTTPStatus.CREATED)
