"""Bringing a release, the queue, and the decision."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from rest_framework.response import Response

from fir.api.answers import submission_answer
from fir.api.door import PAGING, Door
from fir.api.problems import InputRefused
from fir.api.shapes import submissions as shapes
from fir.parties.permissions import Permission
from fir.submissions.claims import Fault
from fir.submissions.models import STATES
from fir.submissions.operations import (
    approve_submission,
    close_submission,
    return_submission,
    submit_firmware,
)
from fir.submissions.queries import find_submission, submissions_for

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping

    from rest_framework.request import Request

READERS = (Permission.SUBMIT_FIRMWARE, Permission.REVIEW_SUBMISSIONS)
DECIDE: Mapping[str, Callable[..., Any]] = {
    "approve": approve_submission,
    "return": return_submission,
    "close": close_submission,
}
DECISION_FIELDS = ("decision", "reason", "cpl_entry_id")


class Submissions(Door):
    """`POST /submissions` brings one release; `GET /submissions?state=` is the queue."""

    answers = {"GET": (200, shapes.SubmissionPage), "POST": (201, shapes.ReceivedSubmission)}
    takes = {"POST": shapes.BroughtFacts}
    requires = {"GET": READERS, "POST": (Permission.SUBMIT_FIRMWARE,)}
    parameters = ("state", *PAGING)

    def get(self, request: Request) -> Response:
        """The submissions that this Party may see, newest first."""
        found = submissions_for(self.actor.party, state=self.choice("state", STATES))
        return Response(
            self.page(
                found, lambda rows: list(map(submission_answer, rows)), "-submitted_at", "-id"
            )
        )

    def post(self, request: Request) -> Response:
        """Bring one release: 201 with what somebody should look at again, or 422 with every
        fault."""
        submission, warnings = submit_firmware(
            said=_object(request.data), by=self.actor, at=timezone.now()
        )
        where = reverse("submission", kwargs={"submission_id": submission.pk})
        answer = {**submission_answer(submission), "warnings": list(map(asdict, warnings))}
        return Response(answer, status=HTTPStatus.CREATED, headers={"Location": where})


class SubmissionDoor(Door):
    """`GET /submissions/{id}`: one submission, its state and what was said of it."""

    answers = {"GET": (200, shapes.Submission)}
    requires = {"GET": READERS}

    def get(self, request: Request, submission_id: uuid.UUID) -> Response:
        """The submission."""
        submission = find_submission(self.actor.party, submission_id)
        if submission is None:
            raise Http404
        return Response(submission_answer(submission))


class DecisionDoor(Door):
    """`POST /submissions/{id}/decision` `{decision: approve|return|close, reason}`."""

    answers = {"POST": (200, shapes.Submission)}
    takes = {"POST": shapes.Decision}
    requires = {"POST": (Permission.REVIEW_SUBMISSIONS,)}

    def post(self, request: Request, submission_id: uuid.UUID) -> Response:
        """Decide: 200, or 409 when somebody did before."""
        said = _decision(_object(request.data))
        decide = DECIDE[said.pop("decision")]
        decide(submission_id=submission_id, by=self.actor, at=timezone.now(), **said)
        decided = find_submission(self.actor.party, submission_id)
        if decided is None:
            raise Http404
        return Response(submission_answer(decided))


def _object(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise InputRefused([Fault("", "NOT_AN_OBJECT", "A JSON object is wanted here.")])
    return data


def _decision(said: Mapping[str, Any]) -> dict[str, str]:
    """The decision in words. Raises InputRefused with every fault of form."""
    faults = [
        Fault(name[:80], "FIELD_UNKNOWN", f"The fields are {', '.join(DECISION_FIELDS)}.")
        for name in said
        if name not in DECISION_FIELDS
    ]
    faults += [
        Fault(name, "NOT_TEXT", "Text of at most 4000 characters is wanted here.")
        for name in DECISION_FIELDS
        if not isinstance(said.get(name, ""), str) or len(said.get(name, "")) > 4000
    ]
    if not faults and said.get("decision") not in DECIDE:
        faults.append(Fault("decision", "NOT_A_CHOICE", f"One of {', '.join(DECIDE)}."))
    if not faults and said.get("cpl_entry_id") and said["decision"] != "approve":
        faults.append(Fault("cpl_entry_id", "ONLY_ON_APPROVAL", "Only an approval lists an entry."))
    if faults:
        raise InputRefused(faults)
    words = {"reason": "", **said}
    return {name: str(value) for name, value in words.items() if name in said or name == "reason"}
