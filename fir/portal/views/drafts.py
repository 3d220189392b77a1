"""Bringing a release."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from fir.parties.permissions import Permission
from fir.parties.queries import identifiers_of
from fir.portal.forms.drafts import ReleaseForm, add_faults
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.submissions.judging import check_release
from fir.submissions.operations import NotYourManufacturer, SubmissionRefused, submit_firmware
from fir.submissions.queries import find_submission

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

CHECK = "check"


class NewSubmission(Page):
    """The form on which a release is brought."""

    requires = dict.fromkeys(("GET", "POST"), (Permission.SUBMIT_FIRMWARE,))

    def get(self, request: HttpRequest) -> HttpResponse:
        """The form; with what was typed into it before its sender had to sign in again."""
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
            form = self._form(kept)
            form.is_valid()
            return self._show(form)
        return self._show(self._form(initial=self._again(request.GET.get("again", ""))))

    def _again(self, submission_id: str) -> dict[str, Any]:
        """The answers of an earlier submission that is to be brought again, if one is named."""
        try:
            earlier = find_submission(self.party, uuid.UUID(submission_id))
        except ValueError:
            return {}
        return ReleaseForm.answers_of(earlier) if earlier else {}

    def post(self, request: HttpRequest) -> HttpResponse:
        """Check the release and say what is to be mended, or bring it."""
        form = self._form(request.POST)
        if not form.is_valid() or request.POST.get("action") == CHECK:
            return self._checked(form)
        try:
            received = submit_firmware(said=form.said(), by=self.actor, at=timezone.now())
        except SubmissionRefused as refusal:
            add_faults(form, refusal.faults)
        except NotYourManufacturer as refusal:
            form.add_error("manufacturer_identifier", str(refusal))
        else:
            messages.success(request, "The release was brought. Whoever decides of it is told.")
            return redirect("portal:submission", received.submission.pk)
        return self._show(form)

    def _checked(self, form: ReleaseForm) -> HttpResponse:
        """The form with everything that would keep the release from being brought."""
        _, judged = check_release(form.said(), today=timezone.localdate())
        add_faults(form, judged.faults)
        if self.request.POST.get("action") == CHECK:
            shown = {"is_checked": True, "warnings": judged.warnings}
            return self._show(form, status=HTTPStatus.OK, **shown)
        return self._show(form)

    def _form(self, said: Any = None, initial: Any = None) -> ReleaseForm:
        return ReleaseForm(said, initial=initial, identifiers=identifiers_of(self.party))

    def _show(self, form: ReleaseForm, **more: Any) -> HttpResponse:
        return self.show(
            "submissions/new.html",
            **{"status": form_status(has_errors=bool(form.errors)), "form": form, **more},
        )
