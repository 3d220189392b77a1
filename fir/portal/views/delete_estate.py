"""A Supplier deletes its estate, after it was asked whether it is sure."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from fir.eligibility.deleting import EstateInUse, delete_estate
from fir.estates.deleting import NoEstate
from fir.estates.queries import loads_of, standing_load_of
from fir.parties.permissions import Permission
from fir.portal.forms.estates import DeleteEstateForm
from fir.portal.kept import take_answers
from fir.portal.page import form_status
from fir.portal.views.estates import SupplierPage

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class DeleteEstate(SupplierPage):
    """Taking the estate out of the repository, with everything that was kept of its inventories."""

    requires = dict.fromkeys(("GET", "POST"), (Permission.LOAD_ESTATE,))

    def get(self, request: HttpRequest) -> HttpResponse:
        """What would go, and the form that asks whether it is meant."""
        if take_answers(request, self.party) is not None:
            messages.info(request, "You were signed out, and nothing was deleted.")
        return self._ask(DeleteEstateForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Delete it, if that is meant: 409 while somebody reads it."""
        form = DeleteEstateForm(request.POST)
        if not form.is_valid():
            return self._ask(form, form_status(has_errors=True))
        try:
            delete_estate(party=self.party, by=self.actor, at=timezone.now())
        except EstateInUse as refusal:
            form.add_error(None, str(refusal))
            return self._ask(form, HTTPStatus.CONFLICT)
        except NoEstate as refusal:
            messages.info(request, str(refusal))
        else:
            messages.success(request, "The estate is deleted, with everything that was kept of it.")
        return redirect("portal:send-inventory")

    def _ask(self, form: DeleteEstateForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        return self.show(
            "estates/delete.html",
            status=status,
            form=form,
            stands=standing_load_of(self.party),
            loads=loads_of(self.party).count(),
        )
