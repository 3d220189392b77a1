"""What is done with a sheet that was looked at: corrections confirmed, applied, dropped."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from fir.portal.forms.estates import refused
from fir.portal.forms.sheets import SheetAct
from fir.portal.views.sheets import KEEPS, OneSheet
from fir.records.importing import (
    AnotherMustApply,
    ListChangedSince,
    SheetDoneWith,
    SheetHasFaults,
    apply_sheet,
    confirm_corrections,
    drop_corrections,
    drop_sheet,
)
from fir.records.models import WAITING
from fir.records.reconciling import CorrectionRefused, ListInConflict
from fir.records.sheet_queries import preview_of

if TYPE_CHECKING:
    import uuid
    from collections.abc import Mapping

    from django.http import HttpRequest, HttpResponse

    from fir.records.comparison import Reconciliation
    from fir.records.models import SheetImport

TAKE_BACK = "take-back"
NOT_APPLIED: Mapping[type[Exception], str] = {
    SheetHasFaults: "Values of this sheet cannot be read, so nothing was applied. Mend them in the "
    "file, and bring it again.",
    ListInConflict: "The list or the corrections have changed since you looked, and rows of this "
    "sheet contradict the list now. Nothing was applied; what contradicts it is shown below.",
    ListChangedSince: "The list or the corrections have changed since you looked, so nothing was "
    "applied. What the sheet would do now is shown below; look at it, and apply it then.",
}
APPLIED_AS = {
    "new": "added",
    "removed": "removed",
    "relisted": "relisted",
    "revised": "revised",
    "corrected": "corrected",
}


class _ActOnSheet(OneSheet):
    requires = {"POST": KEEPS}

    def form_url(self, request: HttpRequest) -> str:
        """The sheet's page, which shows the form."""
        return reverse("portal:sheet", kwargs=self.kwargs)

    def refuse(self, sheet_id: uuid.UUID, words: str, status: HTTPStatus) -> HttpResponse:
        """The sheet's page as it stands now, saying why nothing was done."""
        form = refused(SheetAct, None, words)
        return self.show_sheet(self.sheet(sheet_id), status=status, form=form)


class CorrectSheet(_ActOnSheet):
    """Confirming that published facts are wrong and the sheet may correct them."""

    def post(self, request: HttpRequest, sheet_id: uuid.UUID) -> HttpResponse:
        """Keep the reasons beside those given before, or take all of them back."""
        sheet = self.sheet(sheet_id)
        takes_back = request.POST.get("action") == TAKE_BACK
        reasons: Mapping[str, str] = {}
        if sheet.state == WAITING and not takes_back:
            preview = preview_of(sheet, today=timezone.localdate())
            form = self.corrections(preview, request.POST)
            if not form.is_valid():
                status = HTTPStatus.UNPROCESSABLE_ENTITY
                return self.show_sheet(sheet, preview=preview, form=form, status=status)
            reasons = form.reasons
        try:
            sheet = self._confirm(sheet_id, None if takes_back else reasons)
        except SheetDoneWith as refusal:
            return self.refuse(sheet_id, str(refusal), HTTPStatus.CONFLICT)
        except CorrectionRefused as refusal:
            return self.refuse(sheet_id, str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)
        messages.success(request, _confirmed(len(sheet.corrections)))
        return redirect("portal:sheet", sheet_id)

    def _confirm(self, sheet_id: uuid.UUID, reasons: Mapping[str, str] | None) -> SheetImport:
        by, at = self.actor, timezone.now()
        if reasons is None:
            return drop_corrections(sheet_id=sheet_id, by=by, at=at)
        return confirm_corrections(sheet_id=sheet_id, reasons=reasons, by=by, at=at)


def _confirmed(count: int) -> str:
    if not count:
        return "All corrections were taken back."
    entries = "One entry" if count == 1 else f"{count:,} entries"
    return f"{entries} may be corrected by this sheet. Another person must apply it."


class ApplySheet(_ActOnSheet):
    """Bringing the list to what a sheet says."""

    def post(self, request: HttpRequest, sheet_id: uuid.UUID) -> HttpResponse:
        """Apply it as it was seen, or say on its page why not."""
        seen = request.POST.get("seen", "")
        sheet = self.sheet(sheet_id)
        try:
            _, outcome = apply_sheet(sheet_id=sheet.pk, seen=seen, by=self.actor, at=timezone.now())
        except (SheetDoneWith, AnotherMustApply) as refusal:
            return self.refuse(sheet_id, str(refusal), HTTPStatus.CONFLICT)
        except tuple(NOT_APPLIED) as refusal:
            return self.refuse(sheet_id, NOT_APPLIED[type(refusal)], HTTPStatus.CONFLICT)
        messages.success(request, _applied(outcome))
        return redirect("portal:sheet", sheet_id)


def _applied(outcome: Reconciliation) -> str:
    counts = outcome.counts()
    told = [f"{counts[name]:,} {words}" for name, words in APPLIED_AS.items() if counts[name]]
    return f"The list says now what the sheet says: {', '.join(told) or 'nothing has changed'}."


class DropSheet(_ActOnSheet):
    """Doing without a sheet."""

    def post(self, request: HttpRequest, sheet_id: uuid.UUID) -> HttpResponse:
        """Drop it, or say on its page that it was done with before."""
        sheet = self.sheet(sheet_id)
        try:
            drop_sheet(sheet_id=sheet.pk, by=self.actor, at=timezone.now())
        except SheetDoneWith as refusal:
            return self.refuse(sheet_id, str(refusal), HTTPStatus.CONFLICT)
        messages.success(request, "The sheet was dropped. Nothing of it was applied.")
        return redirect("portal:sheets")
