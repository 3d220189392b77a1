"""A Supplier's estate: what it holds, the loads it came by, and sending in an inventory."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from fir.eligibility.queries import estate_by_version, standing_of, summary_of
from fir.eligibility.summaries import counted_by_model, listed_models
from fir.estates.explanations import PHASES, note_in_words
from fir.estates.models import AT_WORK, RECEIVING
from fir.estates.operations import (
    EstateRefused,
    LoadNotHeld,
    NewerLoadStands,
    NotASupplier,
    accept_load,
    receive_load,
)
from fir.estates.queries import find_load, loads_of, notes_of, notes_report, standing_load_of
from fir.estates.sources import HEADINGS, OPTIONAL
from fir.estates.sweep import HELD_LOADS_STAND, NOTES_STAND
from fir.parties.permissions import Permission
from fir.portal.errors import error_page
from fir.portal.forms.estates import AcceptForm, EstateFilters, InventoryForm, refused
from fir.portal.kept import take_answers
from fir.portal.page import Page
from fir.portal.pages import listing
from fir.portal.scoped import ScopedPage
from fir.portal.templatetags.fir import shares_of
from fir.portal.uploads import UploadPage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.forms import Form
    from django.http import HttpRequest

    from fir.eligibility.summaries import ListedModel, ModelCount
    from fir.estates.models import EstateLoad
    from fir.portal.uploads import Upload

READS = {"GET": (Permission.VIEW_ESTATE,)}
READS_LOADS = {"GET": (Permission.VIEW_ESTATE, Permission.LOAD_ESTATE)}
NOTES_SHOWN = 100
REFUSALS: Mapping[type[Exception], HTTPStatus] = {
    EstateRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotASupplier: HTTPStatus.FORBIDDEN,
}
NOT_ACCEPTED: Mapping[type[Exception], str] = {
    LoadNotHeld: "It no longer waits to be accepted, so nothing was changed. Below is how it "
    "stands now.",
    NewerLoadStands: "A load that was sent after this one is your estate already, so nothing was "
    "changed, and nothing is to be done.",
}


class SupplierPage(Page):
    """A page about a Supplier's own Devices. Whoever is no Supplier reads the same refusal, whether
    or not any estate exists: an agent sees them once a Supplier has named it."""

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        refusal = super()._refusal(request)
        if refusal is None and not self.party.is_supplier:
            return error_page(request, HTTPStatus.FORBIDDEN)
        return refusal

    def show(
        self, template: str, *, status: HTTPStatus = HTTPStatus.OK, **context: Any
    ) -> HttpResponse:
        """The page, which knows whether the asker may look at the estate and send one in."""
        return super().show(
            template,
            status=status,
            may_view=self.actor.may(Permission.VIEW_ESTATE),
            may_send=self.actor.may(Permission.LOAD_ESTATE),
            **context,
        )


class EstatePage(ScopedPage):
    """The estate in figures and by Device Model, and how it stands: to an agent, as far as it was
    delegated, and without the loads it came by."""

    requires = READS

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of Device Models below the figures of the whole estate."""
        versions = estate_by_version(self.scope)
        filters = EstateFilters(request.GET)
        wanted = filters.narrowed().get("device_type")
        models = [m for m in counted_by_model(versions) if wanted in (None, "", m.device_type)]
        found = listing(models, request.GET)
        context = {"filters": filters, "listing": found, "rows": _rows(list(found.page))}
        if self.wants_fragment:
            return self.show("estates/_models.html", status=found.status, **context)
        summary = summary_of(versions)
        return self.show(
            "estates/estate.html" if self.scope.is_whole else "agents/estate.html",
            status=found.status,
            summary=summary,
            shares=shares_of(summary.by_position.items()),
            standing=standing_of(self.scope.supplier, at=timezone.now()),
            **(self._loads() if self.scope.is_whole else {}),
            **context,
        )

    def _loads(self) -> dict[str, Any]:
        """Which load stands, which is the newest, and what the asker may do about them."""
        return {
            "stands": standing_load_of(self.party),
            "newest": loads_of(self.party).first(),
            "may_view": self.actor.may(Permission.VIEW_ESTATE),
            "may_send": self.actor.may(Permission.LOAD_ESTATE),
        }


def _rows(models: list[ModelCount]) -> list[tuple[ModelCount, ListedModel | None, Any]]:
    """Each Device Model with what the list says of it and the parts of its bar."""
    listed = listed_models([model.listed_as for model in models])
    return [(m, listed.get(m.listed_as), shares_of(m.by_position.items())) for m in models]


class Loads(SupplierPage):
    """Every inventory that was sent in, newest first."""

    requires = READS_LOADS

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of loads."""
        found = listing(loads_of(self.party), request.GET)
        stands = standing_load_of(self.party)
        return self.show("estates/loads.html", status=found.status, listing=found, stands=stands)


class _OneLoad(SupplierPage):
    def load(self, load_id: int) -> EstateLoad:
        """The asker's own load; anybody else's does not exist here."""
        load = find_load(self.party, load_id)
        if load is None:
            raise Http404
        return load

    def show_load(
        self,
        load: EstateLoad,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        form: Form | None = None,
        fragment: bool = False,
    ) -> HttpResponse:
        """The load's page, or the piece of it that is asked for anew while the load is at work."""
        reasons = load.notes_by_reason.items()
        return self.show(
            "estates/_load_again.html" if fragment else "estates/load.html",
            status=status,
            load=load,
            form=form,
            phase=PHASES[load.state],
            is_at_work=load.state in (RECEIVING, *AT_WORK),
            stands=standing_load_of(self.party),
            reasons=[(note_in_words(reason), count) for reason, count in reasons],
            notes=[(note, note_in_words(note.reason)) for note in notes_of(load)[:NOTES_SHOWN]],
            held_percent=settings.ESTATE_BAD_ROWS_HELD_PERCENT,
            held_days=HELD_LOADS_STAND.days,
            notes_days=NOTES_STAND.days,
        )


class Load(_OneLoad):
    """One load: how far it is, what was noted of its rows, and accepting it when it is held."""

    requires = READS_LOADS

    def get(self, request: HttpRequest, load_id: int) -> HttpResponse:
        """The load. A page that asks again gets nothing (204) while its state is the one `seen`, so
        that nothing is read out twice."""
        load = self.load(load_id)
        if self.wants_fragment and request.GET.get("seen") == load.state:
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        if take_answers(request, self.party) is not None:
            messages.info(request, "You were signed out, and nothing was accepted. Accept it now.")
        return self.show_load(load, fragment=self.wants_fragment)


class LoadNotes(_OneLoad):
    """Everything that was noted of a load's rows, to keep as a file."""

    requires = READS_LOADS

    def get(self, request: HttpRequest, load_id: int) -> StreamingHttpResponse:
        """The report as CSV; values are masked unless hexadecimal."""
        load = self.load(load_id)
        name = f'attachment; filename="load-{load.pk}-notes.csv"'
        return StreamingHttpResponse(
            notes_report(load),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": name},
        )


class AcceptLoad(_OneLoad):
    """Taking a held load without its bad rows."""

    requires = {"POST": (Permission.LOAD_ESTATE,)}

    def form_url(self, request: HttpRequest) -> str:
        """The load's page, which shows the form."""
        return reverse("portal:load", kwargs=self.kwargs)

    def post(self, request: HttpRequest, load_id: int) -> HttpResponse:
        """The load becomes the estate, unless it is not held or a newer one stands: then 409."""
        try:
            load = accept_load(load=self.load(load_id), by=self.actor, at=timezone.now())
        except (LoadNotHeld, NewerLoadStands) as refusal:
            form = refused(AcceptForm, None, NOT_ACCEPTED[type(refusal)])
            return self.show_load(self.load(load_id), status=HTTPStatus.CONFLICT, form=form)
        messages.success(request, f"Load {load.pk} is your estate now, without its bad rows.")
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
        load = receive_load(party=self.party, pieces=pieces, by=self.actor, at=timezone.now())
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
