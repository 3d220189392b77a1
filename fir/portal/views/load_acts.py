"""What is done about loads: sending in an inventory, accepting or dropping one that is held."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from fir.estates.csv_rows import HEADINGS, OPTIONAL
from fir.estates.models import FULL, MODES
from fir.estates.operations import (
    BaseReplaced,
    EstateRefused,
    LoadNotHeld,
    NewerLoadStands,
    NotASupplier,
    SameFileAgain,
    accept_load,
    drop_load,
    receive_load,
)
from fir.parties.permissions import Permission
from fir.portal.forms.estates import AcceptForm, DropForm, InventoryForm, refused
from fir.portal.uploads import UploadFault, UploadPage
from fir.portal.views.estates import OneLoad, SupplierPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from fir.portal.uploads import Upload

REFUSALS: Mapping[type[Exception], HTTPStatus] = {
    SameFileAgain: HTTPStatus.CONFLICT,
    EstateRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotASupplier: HTTPStatus.FORBIDDEN,
}
NOT_ACCEPTED: Mapping[type[Exception], str] = {
    LoadNotHeld: "It no longer waits to be accepted, so nothing was changed. Below is how it "
    "stands now.",
    NewerLoadStands: "A load that was sent after this one is your estate already, so nothing was "
    "changed, and nothing is to be done.",
    BaseReplaced: "The estate that these changes were made to stands no more, so nothing was "
    "changed. Send the whole inventory, or the changes since then.",
}


class AcceptLoad(OneLoad):
    """Taking a held load without its bad rows."""

    requires = {"POST": (Permission.LOAD_ESTATE,)}

    def form_url(self, request: HttpRequest) -> str:
        """The load's page, which shows the form."""
        return reverse("portal:load", kwargs=self.kwargs)

    def post(self, request: HttpRequest, load_id: int) -> HttpResponse:
        """The load becomes the estate, unless it is not held or a newer one stands: then 409."""
        try:
            load = accept_load(load=self.load(load_id), by=self.actor, at=timezone.now())
        except tuple(NOT_ACCEPTED) as refusal:
            form = refused(AcceptForm, None, NOT_ACCEPTED[type(refusal)])
            return self.show_load(self.load(load_id), status=HTTPStatus.CONFLICT, form=form)
        messages.success(request, f"Load {load.pk} is your estate now, without its bad rows.")
        return redirect("portal:load", load.pk)


class DropLoad(OneLoad):
    """Letting a held load go."""

    requires = {"POST": (Permission.LOAD_ESTATE,)}

    def form_url(self, request: HttpRequest) -> str:
        """The load's page, which shows the form."""
        return reverse("portal:load", kwargs=self.kwargs)

    def post(self, request: HttpRequest, load_id: int) -> HttpResponse:
        """The load is refused, unless it is not held any more: then 409."""
        try:
            load = drop_load(load=self.load(load_id), by=self.actor, at=timezone.now())
        except LoadNotHeld as refusal:
            form = refused(DropForm, None, NOT_ACCEPTED[type(refusal)])
            return self.show_load(self.load(load_id), status=HTTPStatus.CONFLICT, form=form)
        messages.success(request, f"Load {load.pk} is dropped. The estate is as it was.")
        return redirect("portal:load", load.pk)


class SendInventory(UploadPage, SupplierPage):
    """Sending in an inventory."""

    requires = {"GET": (Permission.LOAD_ESTATE,), "POST": (Permission.LOAD_ESTATE,)}
    refusals = REFUSALS

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form, and what an inventory must hold."""
        return self._show(InventoryForm())

    def take(self, upload: Upload) -> HttpResponse:
        """Take the inventory in; its load's page follows."""
        pieces = upload.file("the inventory")
        mode = upload.fields.get("mode") or FULL
        if mode not in MODES:
            raise UploadFault("Choose whether the file holds all Devices or what changed.")
        load = receive_load(
            party=self.party,
            pieces=pieces,
            by=self.actor,
            at=timezone.now(),
            mode=mode,
            size=self.body.expected,
        )
        messages.success(self.request, f"The inventory is in, as load {load.pk}.")
        return redirect("portal:load", load.pk)

    def show_refusal(self, refusal: Exception, status: HTTPStatus) -> HttpResponse:
        """The form, saying why the inventory could not be taken."""
        return self._show(refused(InventoryForm, "inventory", refusal), status=status)

    def _show(self, form: InventoryForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        return self.show(
            "estates/send.html",
            status=status,
            form=form,
            headings=[(HEADINGS[name], name in OPTIONAL) for name in HEADINGS],
        )
