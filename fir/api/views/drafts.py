"""Drafts: kept as they are written, read and brought by the Party whose they are."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from rest_framework.response import Response

from fir.api.answers import draft_answers
from fir.api.bodies import object_in
from fir.api.door import PAGING, Door
from fir.api.problems import InputRefused
from fir.api.shapes import drafts as shapes
from fir.api.shapes.submissions import ReceivedSubmission
from fir.api.views.submissions import received_response
from fir.parties.permissions import Permission
from fir.submissions.claims import Fault
from fir.submissions.operations import (
    drop_draft,
    kind_in,
    mend_submission,
    rewrite_draft,
    start_draft,
    submit_draft,
)
from fir.submissions.queries import drafts_of, find_draft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rest_framework.request import Request

    from fir.submissions.models import Draft

WRITERS = (Permission.SUBMIT_FIRMWARE,)


class _OfDrafts(Door):
    def answers_about(self, drafts: Sequence[Draft]) -> list[dict[str, Any]]:
        """The drafts, judged today."""
        return draft_answers(drafts, self.actor.party, today=timezone.localdate())


class Drafts(_OfDrafts):
    """`POST /drafts` begins a draft, of one's own or of what came back; `GET /drafts` lists
    them."""

    answers = {"GET": (200, shapes.DraftPage), "POST": (201, shapes.Draft)}
    takes = {"POST": shapes.BegunDraft}
    requires = {"GET": WRITERS, "POST": WRITERS}
    parameters = PAGING

    def get(self, request: Request) -> Response:
        """This Party's drafts, those changed last first."""
        drafts = drafts_of(self.actor.party)
        return Response(self.page(drafts, self.answers_about, "-changed_at", "-id"))

    def post(self, request: Request) -> Response:
        """Keep answers without bringing them: 201 with all that would keep them from it."""
        said = object_in(request.data)
        again_of, now = _submission_id(said.pop("again_of", None)), timezone.now()
        if again_of is None:
            draft = start_draft(kind=kind_in(said), said=said, by=self.actor, at=now)
        else:
            draft = mend_submission(submission_id=again_of, changes=said, by=self.actor, at=now)
        where = reverse("draft", kwargs={"draft_id": draft.pk})
        (answer,) = self.answers_about([draft])
        return Response(answer, status=HTTPStatus.CREATED, headers={"Location": where})


def _submission_id(said: Any) -> uuid.UUID | None:
    """The id of a submission, if one is named. Raises InputRefused for what is none."""
    if said is None:
        return None
    try:
        return uuid.UUID(said)
    except (AttributeError, TypeError, ValueError) as error:
        message = "The id of a submission that came back is wanted here."
        raise InputRefused([Fault("again_of", "NOT_AN_ID", message)]) from error


class DraftDoor(_OfDrafts):
    """`GET /drafts/{id}`: one draft; `PUT` says all of it anew, `DELETE` throws it away."""

    answers = {"GET": (200, shapes.Draft), "PUT": (200, shapes.Draft), "DELETE": (204, None)}
    takes = {"PUT": shapes.RewrittenDraft}
    requires = {"GET": WRITERS, "PUT": WRITERS, "DELETE": WRITERS}

    def get(self, request: Request, draft_id: uuid.UUID) -> Response:
        """The draft, with all that would keep it from being brought today."""
        draft = find_draft(self.actor.party, draft_id)
        if draft is None:
            raise Http404
        (answer,) = self.answers_about([draft])
        return Response(answer)

    def put(self, request: Request, draft_id: uuid.UUID) -> Response:
        """Put these answers in the place of all that stand: 200, or 409 with the `version` of what
        stands when that is not the one that was seen."""
        said = object_in(request.data)
        seen = _version(said.pop("version", None))
        draft = rewrite_draft(
            draft_id=draft_id, said=said, by=self.actor, at=timezone.now(), have_seen=seen
        )
        (answer,) = self.answers_about([draft])
        return Response(answer)

    def delete(self, request: Request, draft_id: uuid.UUID) -> Response:
        """Throw the draft away: 204."""
        drop_draft(draft_id=draft_id, by=self.actor, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


def _version(said: Any) -> str:
    """The version that was seen; '' where none is given. Raises InputRefused for what is none."""
    if said is None:
        return ""
    if not isinstance(said, str) or not said:
        message = "Give the draft's `version` as it was answered, or leave it out."
        raise InputRefused([Fault("version", "NOT_A_VERSION", message)])
    return said


class DraftSubmission(Door):
    """`POST /drafts/{id}/submission`: bring the draft; it is a submission from then on."""

    answers = {"POST": (201, ReceivedSubmission)}
    requires = {"POST": WRITERS}

    def post(self, request: Request, draft_id: uuid.UUID) -> Response:
        """Bring it as `POST /submissions` would: 201, the same again when it is sent twice, or 422
        with every fault."""
        received = submit_draft(draft_id=draft_id, by=self.actor, at=timezone.now())
        return received_response(received)
