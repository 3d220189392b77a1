"""Beginning to bring something: what it is, and of which Device or entry."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone

from fir.parties.queries import identifiers_of
from fir.portal.drafting import NOT_YOURS, look_at
from fir.portal.forms.draft_start import StartForm
from fir.portal.forms.drafts import add_faults
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.portal.views.drafts import BRINGS
from fir.submissions.claims import Kind
from fir.submissions.models import RETURNED, Draft
from fir.submissions.offers import (
    answers_about,
    answers_for_model,
    entry_of,
    own_models,
    told_by_list,
)
from fir.submissions.operations import SubmissionRefused, mend_submission, start_draft
from fir.submissions.queries import find_submission

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from fir.submissions.models import Submission

CHECK = "check"


class NewSubmission(Page):
    """Asks what is brought, and begins a draft with what FIR knows of it already."""

    requires = dict.fromkeys(("GET", "POST"), BRINGS)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The question; with what was typed before its sender had to sign in again, or with what
        the link that led here names."""
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        asked = kept or request.GET
        if returned := self._returned(asked.get("again", "")):
            return self.show("drafts/mend.html", submission=returned)
        if kept is not None:
            return self._show(self._form(kept))
        initial = {
            "kind": asked.get("kind", "").upper() or Kind.NEW.value,
            "of_entry": asked.get("entry", "")[:32],
            "model": asked.get("model", ""),
        }
        return self._show(self._form(initial=initial))

    def _returned(self, submission_id: str) -> Submission | None:
        """The submission of this name that came back to the asker's Party, if there is one."""
        try:
            found = find_submission(self.party, uuid.UUID(submission_id))
        except ValueError:
            return None
        is_ours = found is not None and found.party_id == self.party.pk
        return found if is_ours and found and found.state == RETURNED else None

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begin a draft, or say what is to be mended."""
        if returned := self._returned(request.POST.get("again", "")):
            return self._mend(returned)
        form = self._form(request.POST)
        if not form.is_valid():
            return self._show(form)
        kind = form.cleaned_data["kind"]
        said = self._said_of_new(form) if kind == Kind.NEW else self._said_about(kind, form)
        if form.errors:
            return self._show(form)
        try:
            draft = start_draft(kind=kind, said=said, by=self.actor, at=timezone.now())
        except SubmissionRefused as refusal:
            add_faults(form, refusal.faults)
            return self._show(form)
        to_check = request.POST.get("action") == CHECK
        return redirect("portal:draft-check" if to_check else "portal:draft", draft.pk)

    def _mend(self, returned: Submission) -> HttpResponse:
        changes = dict.fromkeys(told_by_list(returned.kind))
        try:
            draft = mend_submission(
                submission_id=returned.pk, changes=changes, by=self.actor, at=timezone.now()
            )
        except SubmissionRefused as refusal:
            for fault in refusal.faults:
                messages.warning(self.request, fault.message)
            return redirect("portal:submission", returned.pk)
        return redirect("portal:draft", draft.pk)

    def _said_of_new(self, form: StartForm) -> dict[str, Any]:
        if form.key is not None:
            return {**answers_for_model(form.key), **form.at_hand()}
        held = identifiers_of(self.party)
        only = {"manufacturer_identifier": held[0]} if len(held) == 1 else {}
        return {**only, **form.at_hand()}

    def _said_about(self, kind: str, form: StartForm) -> dict[str, Any]:
        """What the entry says that is named; where the rules have something against such a
        submission about it, that is put beside its field."""
        said = {"of_entry": form.cleaned_data["of_entry"]}
        tried = Draft(party=self.party, kind=kind, said=said)
        look = look_at(tried, party=self.party, at=timezone.now())
        faults = [fault for fault in look.faults if fault.field == "of_entry"]
        add_faults(form, [f for f in faults if f.code == NOT_YOURS] or faults)
        entry = entry_of(said)
        return answers_about(entry, kind) if entry else said

    def _form(self, said: Any = None, initial: Any = None) -> StartForm:
        return StartForm(said, initial=initial, models=own_models(self.party))

    def _show(self, form: StartForm) -> HttpResponse:
        status = form_status(has_errors=form.is_bound and bool(form.errors))
        return self.show("drafts/new.html", status=status, form=form)
