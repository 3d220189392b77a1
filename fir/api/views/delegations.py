"""What a Supplier lets Registered Supplier Agents see: giving it, listing it, and ending it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from rest_framework.response import Response

from cpl.identifiers import shown
from fir.api.answers import moment
from fir.api.bodies import LONGEST_TEXT, object_in
from fir.api.door import PAGING, Door
from fir.api.problems import InputRefused
from fir.api.shapes import delegations as shapes
from fir.parties.delegating import delegate_to_agent, revoke_delegation
from fir.parties.delegation_queries import delegations_of, find_delegation
from fir.parties.permissions import Permission
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    import uuid
    from collections.abc import Sequence
    from datetime import date

    from rest_framework.request import Request

    from fir.parties.models import Delegation

TEXTS = ("agent", "first_day", "last_day")
LISTS = ("device_types", "device_models")
FIELDS = (*TEXTS[:1], *LISTS, *TEXTS[1:])
READS = (Permission.DELEGATE, Permission.VIEW_ESTATE)


class Delegations(Door):
    """`GET /delegations`: those that this Party gave, or was given; `POST` gives one."""

    answers = {"GET": (200, shapes.DelegationPage), "POST": (201, shapes.Delegation)}
    takes = {"POST": shapes.GivenDelegation}
    requires = {"GET": READS, "POST": (Permission.DELEGATE,)}
    parameters = PAGING

    def get(self, request: Request) -> Response:
        """The delegations, newest first, those that are over among them."""
        today = timezone.localdate()

        def show(found: Sequence[Delegation]) -> list[dict[str, Any]]:
            return [delegation_answer(one, today) for one in found]

        return Response(self.page(delegations_of(self.actor.party), show, "-given_at", "id"))

    def post(self, request: Request) -> Response:
        """Let an agent see some of the Supplier's Devices: 201, or 422 with every fault, or 409
        where the very same is delegated already."""
        said = _said(request.data)
        given = delegate_to_agent(**said, by=self.actor, at=timezone.now())
        where = reverse("delegation", kwargs={"delegation_id": given.pk})
        answer = delegation_answer(given, timezone.localdate())
        return Response(answer, status=HTTPStatus.CREATED, headers={"Location": where})


class _OneDelegation(Door):
    def delegation(self, delegation_id: uuid.UUID) -> Delegation:
        """The delegation. Raises Http404 for one that this Party neither gave nor was given."""
        found = find_delegation(self.actor.party, delegation_id)
        if found is None:
            raise Http404
        return found


class DelegationDoor(_OneDelegation):
    """`GET /delegations/{id}`: one delegation."""

    answers = {"GET": (200, shapes.Delegation)}
    requires = {"GET": READS}

    def get(self, request: Request, delegation_id: uuid.UUID) -> Response:
        """What it lets see, and whether it does so today."""
        return Response(delegation_answer(self.delegation(delegation_id), timezone.localdate()))


class Revocation(_OneDelegation):
    """`POST /delegations/{id}/revocation`: the agent sees nothing by it from its next request."""

    answers = {"POST": (200, shapes.Delegation)}
    requires = {"POST": (Permission.DELEGATE,)}

    def post(self, request: Request, delegation_id: uuid.UUID) -> Response:
        """Revoke it: 200, or 409 when it is over already."""
        held = self.delegation(delegation_id)
        revoked = revoke_delegation(delegation=held, by=self.actor, at=timezone.now())
        return Response(delegation_answer(revoked, timezone.localdate()))


def delegation_answer(delegation: Delegation, today: date) -> dict[str, Any]:
    """A delegation as it stands on a day."""
    return {
        "id": str(delegation.pk),
        "supplier": delegation.supplier.slug,
        "agent": delegation.agent.slug,
        "device_types": delegation.device_types,
        "device_models": delegation.device_models,
        "first_day": delegation.first_day,
        "last_day": delegation.last_day,
        "state": delegation.state(today),
        "given_at": moment(delegation.given_at),
        "revoked_at": moment(delegation.revoked_at),
    }


def _said(data: Any) -> dict[str, Any]:
    """A delegation's fields: text, and lists of text. Raises InputRefused with every fault."""
    said = object_in(data)
    faults = [
        Fault(shown(name), "FIELD_UNKNOWN", f"The fields are {', '.join(FIELDS)}.")
        for name in said
        if name not in FIELDS
    ]
    faults += [
        Fault(name, "NOT_TEXT", "Text is wanted here.")
        for name in TEXTS
        if not _is_text(said.get(name, ""))
    ]
    faults += [
        Fault(name, "NOT_A_LIST", "A list of texts is wanted here.")
        for name in LISTS
        if not _is_list(said.get(name, []))
    ]
    if faults:
        raise InputRefused(faults)
    return {**{name: said.get(name, "") for name in TEXTS}, **{n: said.get(n, []) for n in LISTS}}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))
