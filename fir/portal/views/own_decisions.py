"""What a Supplier decides of releases for itself: saying it of one, and all that stands."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from fir.eligibility.deciding import OwnDecisionRefused, decide_release
from fir.eligibility.decision_queries import decisions_about, standing_decisions
from fir.parties.permissions import Permission
from fir.portal.forms.own_decisions import OwnDecisionFilters, OwnDecisionForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import form_status
from fir.portal.pages import stretch
from fir.portal.scoped import ScopedPage
from fir.portal.templatetags.fir import words
from fir.portal.views.listed import entry_id_in_url
from fir.records.queries import find_repository_entry

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from fir.records.models import RepositoryEntry

READS = (Permission.VIEW_ESTATE, Permission.DECIDE_RELEASES)


class OwnDecisions(ScopedPage):
    """The decisions of a Supplier that stand, newest first."""

    requires = {"GET": READS}

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of them, narrowed as asked."""
        filters = OwnDecisionFilters(request.GET)
        found = stretch(standing_decisions(self.scope, **filters.narrowed()), request.GET)
        template = "_decisions.html" if self.wants_fragment else "decisions.html"
        return self.show(
            f"own_decisions/{template}", status=found.status, filters=filters, listing=found
        )


class OwnDecision(ScopedPage):
    """What a Supplier says of one release, all it ever said, and the form that says it anew."""

    requires = {"GET": READS, "POST": (Permission.DECIDE_RELEASES,)}

    def get(self, request: HttpRequest, cpl_entry_id: str) -> HttpResponse:
        """The decisions, and to whom may decide, the form."""
        entry = self._find(cpl_entry_id)
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        return self._show(entry, OwnDecisionForm(kept))

    def post(self, request: HttpRequest, cpl_entry_id: str) -> HttpResponse:
        """Decide, or say what is to be mended."""
        entry = self._find(cpl_entry_id)
        form = OwnDecisionForm(request.POST)
        if not (form.is_valid() and self._decided(entry, form)):
            return self._show(entry, form, status=form_status(has_errors=True))
        state = words(form.cleaned_data["state"]).lower()
        messages.success(request, f"You decided: {entry.cpl_entry_id} is {state} for you.")
        return redirect("portal:own-decision", entry.cpl_entry_id)

    def _decided(self, entry: RepositoryEntry, form: OwnDecisionForm) -> bool:
        said = form.cleaned_data
        entry_id = entry.cpl_entry_id
        try:
            decide_release(cpl_entry_id=entry_id, **said, by=self.actor, at=timezone.now())
        except OwnDecisionRefused as refused:
            for fault in refused.faults:
                form.add_error(fault.field, fault.message)
            return False
        return True

    def _find(self, cpl_entry_id: str) -> RepositoryEntry:
        """The entry. Raises Http404 for one of whose Device Model no Devices are seen."""
        entry = find_repository_entry(self.party, entry_id_in_url(cpl_entry_id))
        if entry is None or not self.scope.covers(
            entry.device_type, entry.manufacturer_identifier, entry.device_model
        ):
            raise Http404
        return entry

    def _show(
        self, entry: RepositoryEntry, form: OwnDecisionForm, *, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        return self.show(
            "own_decisions/decision.html",
            status=status,
            entry=entry,
            form=form,
            decisions=decisions_about(self.scope, entry.cpl_entry_id),
            may_decide=self.scope.is_whole and self.actor.may(Permission.DECIDE_RELEASES),
        )
