"""What Suppliers let agents see: a Supplier's page of its delegations, and an agent's own page of
what it was given."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from fir.parties.delegating import (
    AlreadyDelegated,
    DelegationOver,
    DelegationRefused,
    delegate_to_agent,
    revoke_delegation,
)
from fir.parties.delegation_queries import (
    agents,
    delegations_of,
    find_delegation,
    refusals_of,
    scopes_of_agent,
)
from fir.parties.models import ENDED, LIVE, NOT_YET
from fir.parties.permissions import Category, Permission
from fir.portal.errors import error_page
from fir.portal.forms.delegations import DelegationForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.portal.pages import listing

if TYPE_CHECKING:
    import uuid

    from django.http import HttpRequest, HttpResponse

    from fir.parties.models import Delegation

DELEGATES = dict.fromkeys(("GET", "POST"), (Permission.DELEGATE,))
REFUSALS_SHOWN = 10


class Agents(Page):
    """What this Supplier lets agents see, what it did, and which agents asked in vain."""

    requires = {"GET": (Permission.DELEGATE,)}

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of delegations, newest first."""
        found = listing(delegations_of(self.party), request.GET)
        return self.show(
            "agents/agents.html",
            status=found.status,
            listing=found,
            rows=_with_states(found.page),
            refusals=refusals_of(self.party)[:REFUSALS_SHOWN],
        )


def _with_states(delegations: list[Delegation]) -> list[tuple[Delegation, str, bool]]:
    """Delegations with how they stand today, and whether they could be revoked."""
    today = timezone.localdate()
    states = [(delegation, delegation.state(today)) for delegation in delegations]
    return [(delegation, state, state in (NOT_YET, LIVE)) for delegation, state in states]


class Delegate(Page):
    """Letting an agent see some of the Supplier's Devices."""

    requires = DELEGATES

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form."""
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        return self._show(DelegationForm(kept, agents=agents(), today=timezone.localdate()))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Delegate it, or say all that is to be mended."""
        form = DelegationForm(request.POST, agents=agents(), today=timezone.localdate())
        given = self._given(form) if form.is_valid() else None
        if given is None:
            return self._show(form, status=form_status(has_errors=True))
        messages.success(request, f"{given.agent.name} was let see what you chose.")
        return redirect("portal:agents")

    def _given(self, form: DelegationForm) -> Delegation | None:
        try:
            return delegate_to_agent(**form.said(), by=self.actor, at=timezone.now())
        except DelegationRefused as refused:
            for fault in refused.faults:
                form.add_error(fault.field, fault.message)
        except AlreadyDelegated as refused:
            form.add_error(None, str(refused))
        return None

    def _show(self, form: DelegationForm, *, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        return self.show("agents/delegate.html", status=status, form=form)


class RevokeDelegation(Page):
    """Ending a delegation."""

    requires = DELEGATES

    def get(self, request: HttpRequest, delegation_id: uuid.UUID) -> HttpResponse:
        """What the agent will see no more, and the button."""
        held = self._find(delegation_id)
        today = timezone.localdate()
        over = held.state(today) not in (NOT_YET, LIVE)
        return self.show("agents/revoke.html", delegation=held, is_over=over)

    def post(self, request: HttpRequest, delegation_id: uuid.UUID) -> HttpResponse:
        """Revoke it."""
        held = self._find(delegation_id)
        try:
            revoke_delegation(delegation=held, by=self.actor, at=timezone.now())
        except DelegationOver as refused:  # by somebody else this very moment, or by its last day
            messages.info(request, str(refused))
        else:
            name = held.agent.name
            messages.success(request, f"{name} sees nothing by that delegation any more.")
        return redirect("portal:agents")

    def _find(self, delegation_id: uuid.UUID) -> Delegation:
        held = find_delegation(self.party, delegation_id)
        if held is None:
            raise Http404
        return held


class Suppliers(Page):
    """Which Suppliers let this agent see some of their Devices, and which: where it begins."""

    requires = {"GET": (Permission.VIEW_ESTATE,)}

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        refusal = super()._refusal(request)
        is_agent = self.visitor and self.party.category == Category.REGISTERED_SUPPLIER_AGENT
        return refusal or (None if is_agent else error_page(request, HTTPStatus.FORBIDDEN))

    def get(self, request: HttpRequest) -> HttpResponse:
        """The Suppliers with what it may see today, and every delegation it was given."""
        found = listing(delegations_of(self.party), request.GET)
        context: dict[str, Any] = {
            "scopes": scopes_of_agent(self.party, at=timezone.now()),
            "rows": _with_states(found.page),
            "ended": ENDED,
        }
        return self.show("agents/suppliers.html", status=found.status, listing=found, **context)
