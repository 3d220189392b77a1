"""Pages about a Supplier's Devices, for itself and for the agents that it lets see some of them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.shortcuts import redirect
from django.utils import timezone

from fir.parties.delegating import note_refusal
from fir.parties.delegation_queries import scope_of
from fir.parties.permissions import Category, Permission
from fir.portal.errors import error_page
from fir.portal.page import Page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase

    from fir.parties.scopes import Scope


class _AskedForDevices(Page):
    """A page that may be asked for the Devices of the Supplier that `?party=` names. Whoever may
    see none of them reads the same refusal, whether or not there is such a Supplier."""

    scope: Scope | None = None
    refused_supplier = ""  # whose Devices this asker asked for in vain

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The answer; a refusal is noted when it is made, since a read writes nothing."""
        answer = super().dispatch(request, *args, **kwargs)
        if self.refused_supplier:
            note_refusal(supplier=self.refused_supplier, by=self.actor, at=timezone.now())
        return answer

    def _refuse_devices(self, request: HttpRequest, named: str) -> HttpResponse:
        self.refused_supplier = named
        return error_page(request, HTTPStatus.FORBIDDEN)

    def show(
        self, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any
    ) -> HttpResponse:
        """The page, which knows whose Devices it shows, if any. `of_party` begins the query of
        every link that stays with them."""
        scope = self.scope
        named = urlencode({"party": scope.supplier.slug}) if scope and not scope.is_whole else ""
        return super().show(
            template,
            status=status,
            scope=scope,
            of_party=f"{named}&" if named else "",
            whose="its" if named else "your",
            **context,
        )


class ScopedPage(_AskedForDevices):
    """A page about the Devices in `scope`: of the asker itself, a Supplier, or of the Supplier that
    `?party=` names, as far as it lets this agent see them. An agent that names none chooses one.
    """

    scope: Scope

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        refusal = super()._refusal(request)
        if refusal is not None:
            return refusal
        named = request.GET.get("party", "")
        found = scope_of(self.party, named, at=timezone.now())
        if found is not None:
            self.scope = found
            return None
        if not named and self.party.category == Category.REGISTERED_SUPPLIER_AGENT:
            return redirect("portal:suppliers")
        return self._refuse_devices(request, named)


class PageWithDevices(_AskedForDevices):
    """A page for many about something else, with the Devices in `scope` beside it: the asker's own,
    where it is a Supplier and may look at them, or those of the Supplier that an agent names. It is
    None for everybody else."""

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        refusal = super()._refusal(request)
        if refusal is not None:
            return refusal
        named = request.GET.get("party", "")
        if self.actor.may(Permission.VIEW_ESTATE):
            self.scope = scope_of(self.party, named, at=timezone.now())
        return self._refuse_devices(request, named) if named and self.scope is None else None
