"""A person's own pages: the account, and the choice of the Party to act for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from fir.portal.access import act_for, actors_of
from fir.portal.forms.people import PartyForm
from fir.portal.page import Page, form_status

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class Account(Page):
    """Who is signed in, and for whom that person acts. Also for somebody without a Party."""

    is_public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """The account."""
        if not request.user.is_authenticated:
            return self._to_sign_in(request)
        return self.show("accounts/account.html", actors=actors_of(request))


class ActingFor(Page):
    """Choosing the Party to act for. Also for somebody without a Party."""

    is_public = True

    def get(self, request: HttpRequest) -> HttpResponse:
        """The person's Parties."""
        if not request.user.is_authenticated:
            return self._to_sign_in(request)
        now = {"party": self.visitor.party.slug} if self.visitor else None
        form = PartyForm(actors=actors_of(request), initial=now)
        return self.show("accounts/acting_for.html", form=form)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Act for the chosen one from now on, in all of this browser's tabs."""
        if not request.user.is_authenticated:
            return self._to_sign_in(request)
        form = PartyForm(request.POST, actors=actors_of(request))
        if not form.is_valid():
            status = form_status(has_errors=True)
            return self.show("accounts/acting_for.html", form=form, status=status)
        chosen = act_for(request, form.cleaned_data["party"])
        if chosen is not None:
            messages.success(request, f"You act for {chosen.party.name} now.")
        back = request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
        return redirect(back if is_ours else "portal:home")
