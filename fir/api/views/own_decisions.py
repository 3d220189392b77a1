"""What a Supplier decides of a release for itself: testing, approved or held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone
from rest_framework.response import Response

from fir.api.answers import own_decision_answer
from fir.api.bodies import words_in
from fir.api.door import Door
from fir.api.shapes import decisions as shapes
from fir.api.views.records import visible_entry
from fir.eligibility.deciding import decide_release
from fir.eligibility.decision_queries import decisions_about
from fir.parties.permissions import Permission

if TYPE_CHECKING:
    from rest_framework.request import Request

    from fir.parties.scopes import Scope
    from fir.records.models import RepositoryEntry

FIELDS = ("state", "reason")


class OwnDecisionDoor(Door):
    """`GET /firmware/{cpl_entry_id}/own-decision`: what the Supplier says of it; `PUT` says it."""

    answers = {"GET": (200, shapes.OwnDecisions), "PUT": (200, shapes.OwnDecisions)}
    takes = {"PUT": shapes.GivenOwnDecision}
    requires = {
        "GET": (Permission.VIEW_ESTATE, Permission.DECIDE_RELEASES),
        "PUT": (Permission.DECIDE_RELEASES,),
    }
    parameters = ("party",)

    def get(self, request: Request, cpl_entry_id: str) -> Response:
        """The decision that stands, and all there were. An agent sees those about the Device Models
        that are delegated to it."""
        scope = self.scope()
        entry = visible_entry(self.actor.party, cpl_entry_id)
        if not scope.covers(entry.device_type, entry.manufacturer_identifier, entry.device_model):
            raise Http404
        return Response(_answer(scope, entry))

    def put(self, request: Request, cpl_entry_id: str) -> Response:
        """Say it for one's own Supplier; what says the same already stays as it is."""
        scope = self.scope()
        entry = visible_entry(self.actor.party, cpl_entry_id)
        said = words_in(request.data, FIELDS)
        decide_release(
            cpl_entry_id=entry.cpl_entry_id,
            state=said.get("state", ""),
            reason=said.get("reason", ""),
            by=self.actor,
            at=timezone.now(),
        )
        return Response(_answer(scope, entry))


def _answer(scope: Scope, entry: RepositoryEntry) -> dict[str, Any]:
    history = list(map(own_decision_answer, decisions_about(scope, entry.cpl_entry_id)))
    return {
        "cpl_entry_id": entry.cpl_entry_id,
        "own_decision": history[0] if history else None,
        "history": history,
    }
