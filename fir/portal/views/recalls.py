"""Recalling a release: its Manufacturer says why, is asked once more, and it is told at once."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from cpl.identifiers import family_of
from fir.parties.permissions import Permission
from fir.parties.queries import holds_identifier
from fir.portal.forms.recalls import ConfirmRecallForm, RecallForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.portal.views.listed import entry_id_in_url
from fir.records.proposals import ReasonRefused, read_reason
from fir.records.queries import entries_of_family, find_repository_entry
from fir.records.recalling import recall_release
from fir.records.standing import AlreadyRecalled

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from fir.records.models import RepositoryEntry

CONFIRM = "confirm"
RECALLED = "{} is recalled. Every Supplier that may have such Devices is being told."


class Recall(Page):
    """Two steps on one address: the reason, and then whether it is meant. One person is enough, so
    that a recall waits for nobody; lifting one goes through review."""

    requires = dict.fromkeys(("GET", "POST"), (Permission.SUBMIT_FIRMWARE,))

    def get(self, request: HttpRequest, cpl_entry_id: str) -> HttpResponse:
        """The first step, or that it is recalled already."""
        entry = self._find(cpl_entry_id)
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        return self._show(entry, RecallForm(kept))

    def post(self, request: HttpRequest, cpl_entry_id: str) -> HttpResponse:
        """Go on to the second step, or recall it, or say what is to be mended."""
        entry = self._find(cpl_entry_id)
        first = RecallForm(request.POST)
        first.is_valid()
        try:
            reason = read_reason(first.cleaned_data.get("reason", ""))
        except ReasonRefused as refused:
            first.add_error("reason", str(refused))
        if first.errors:
            return self._show(entry, first, status=form_status(has_errors=True))
        if entry.recalled_at is not None:
            return self._show(entry, first, status=HTTPStatus.CONFLICT)
        if request.POST.get("action") != CONFIRM:
            return self._ask(entry, ConfirmRecallForm(initial={"reason": reason}), reason)
        form = ConfirmRecallForm(request.POST)
        if not form.is_valid():
            return self._ask(entry, form, reason, status=form_status(has_errors=True))
        return self._recall(entry, first, reason)

    def _recall(self, entry: RepositoryEntry, form: RecallForm, reason: str) -> HttpResponse:
        """Recall it, and go to its record."""
        cpl_entry_id, by, at = entry.cpl_entry_id, self.actor, timezone.now()
        try:
            recall_release(cpl_entry_id=cpl_entry_id, reason=reason, by=by, at=at)
        except AlreadyRecalled:  # somebody else was quicker
            return self._show(self._find(cpl_entry_id), form, status=HTTPStatus.CONFLICT)
        messages.success(self.request, RECALLED.format(cpl_entry_id))
        reads = self.actor.may(Permission.VIEW_RECORDS)
        return redirect("portal:record" if reads else "portal:cpl-entry", cpl_entry_id)

    def _find(self, cpl_entry_id: str) -> RepositoryEntry:
        """The entry. Raises Http404 for one whose Manufacturer Identifier the asker does not
        hold."""
        entry = find_repository_entry(self.party, entry_id_in_url(cpl_entry_id))
        if entry is None or not holds_identifier(self.party, entry.manufacturer_identifier):
            raise Http404
        return entry

    def _show(
        self, entry: RepositoryEntry, form: RecallForm, *, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        return self.show("recalls/recall.html", status=status, form=form, **_about(entry))

    def _ask(
        self,
        entry: RepositoryEntry,
        form: ConfirmRecallForm,
        reason: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        return self.show(
            "recalls/sure.html", status=status, form=form, reason=reason, **_about(entry)
        )


def _about(entry: RepositoryEntry) -> dict[str, Any]:
    """The entry, and the others of its family that list the very same image: each is recalled by
    itself."""
    family = family_of(entry.device_model)
    listed = entries_of_family(entry.device_type, entry.manufacturer_identifier, family)
    same = [
        one
        for one in listed
        if one.manufacturer_image_hash == entry.manufacturer_image_hash != ""
        and one.cpl_entry_id != entry.cpl_entry_id
    ]
    return {"entry": entry, "same_image": same}
