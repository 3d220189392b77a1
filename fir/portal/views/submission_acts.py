"""Small pages about a submission, each for one thing that needs a word: taking back an approval,
waiving a finding, and taking back what was brought."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone

from cpl.quality import BY_CODE
from cpl.rulebook import sentence_of
from fir.parties.permissions import Permission
from fir.portal.forms.drafts import add_faults
from fir.portal.forms.submissions import CancelForm, TakeBackForm, WaiveForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.portal.reviewing import judgements, waivable_of
from fir.submissions.models import APPROVED, SUBMITTED, WAITING, by_same_eyes
from fir.submissions.operations import (
    AlreadyWaived,
    NoSuchFinding,
    ReasonNeeded,
    SameEyes,
    SubmissionAlreadyDecided,
    SubmissionRefused,
    cancel_approval,
    waive_finding,
    withdraw_submission,
)
from fir.submissions.queries import queue_for

if TYPE_CHECKING:
    import uuid

    from django import forms
    from django.http import HttpRequest, HttpResponse

    from fir.portal.reviewing import Waivable
    from fir.submissions.models import Submission

REVIEWS = dict.fromkeys(("GET", "POST"), (Permission.REVIEW_SUBMISSIONS,))
NOT_NOW = (SubmissionAlreadyDecided, AlreadyWaived, NoSuchFinding)
ANOTHER = "You brought this, or your Party's own key did: another person must do this."
AS_IT_STANDS = "What happened stands on its page."


class _Act(Page):
    """A page with a reason and a button; where there is nothing to do, it says why instead."""

    about: ClassVar[str]
    heading: ClassVar[str]
    form: ClassVar[type[forms.Form]]
    ends_something: ClassVar[bool] = True

    def get(self, request: HttpRequest, submission_id: uuid.UUID, code: str = "") -> HttpResponse:
        """The form, or why there is nothing to do."""
        submission = self.find_for(submission_id, code)
        kept = take_answers(request, self.party)
        if kept is not None:
            messages.info(request, WELCOME_BACK)
        return self.show_act(submission, self.form(kept), code)

    def post(self, request: HttpRequest, submission_id: uuid.UUID, code: str = "") -> HttpResponse:
        """Do it, or say on this page why not."""
        submission = self.find_for(submission_id, code)
        form = self.form(request.POST)
        form.is_valid()
        reason = form.cleaned_data.get("reason", "")
        try:
            done = self.act(submission, reason, code)
        except ReasonNeeded as refusal:
            form.add_error("reason", str(refusal))
        except SubmissionRefused as refusal:
            add_faults(form, refusal.faults)
        except SameEyes as refusal:
            form.add_error(None, str(refusal))
            return self.show_act(submission, form, code, status=HTTPStatus.FORBIDDEN)
        except NOT_NOW as refusal:
            form.add_error(None, f"{refusal} {AS_IT_STANDS}")
            now = self.find_for(submission_id, code)
            return self.show_act(now, form, code, status=HTTPStatus.CONFLICT)
        else:
            messages.success(request, done)
            return redirect("portal:submission", submission_id)
        return self.show_act(submission, form, code, status=form_status(has_errors=True))

    def find_for(self, submission_id: uuid.UUID, code: str) -> Submission:
        """The submission. Raises Http404 for one, or a rule, that there is not."""
        found = queue_for(self.party).filter(pk=submission_id).first()
        if found is None or (code and code not in BY_CODE):
            raise Http404
        return found

    def act(self, submission: Submission, reason: str, code: str) -> str:
        """Call the operation; what to say when it was done."""
        raise NotImplementedError

    def why_not(self, submission: Submission) -> str:
        """Why there is nothing to do now; '' where there is something."""
        raise NotImplementedError

    def show_act(
        self,
        submission: Submission,
        form: forms.Form,
        code: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        **more: Any,
    ) -> HttpResponse:
        """The page."""
        return self.show(
            "submissions/act.html",
            status=status,
            submission=submission,
            form=form,
            about=f"portal/submissions/_{self.about}.html",
            heading=self.heading,
            kind="warning" if self.ends_something else "",
            **{"why_not": self.why_not(submission), **more},
        )


class CancelApproval(_Act):
    """Taking back an approval before its time."""

    requires = REVIEWS
    about, heading, form = "cancel", "Take the approval back", CancelForm

    def act(self, submission: Submission, reason: str, code: str) -> str:
        """Take it back."""
        by, at = self.actor, timezone.now()
        cancel_approval(submission_id=submission.pk, reason=reason, by=by, at=at)
        return "The approval is taken back, and the submission waits again."

    def why_not(self, submission: Submission) -> str:
        """Only what waits for its time can be stopped."""
        if submission.state != APPROVED:
            return "It does not wait for its time: there is no approval to take back."
        return ANOTHER if by_same_eyes(submission, self.actor) else ""


class Waive(_Act):
    """Proposing to live with a finding about a submission."""

    requires = REVIEWS
    about, heading, form = "waive", "Waive it", WaiveForm
    ends_something = False

    def act(self, submission: Submission, reason: str, code: str) -> str:
        """Waive it, for the first of two people."""
        by, at = self.actor, timezone.now()
        waive_finding(submission_id=submission.pk, code=code, reason=reason, by=by, at=at)
        return "You waived it. It comes about when another person approves the submission."

    def why_not(self, submission: Submission) -> str:
        """Only what waits for a decision can still have a finding waived."""
        if submission.state != SUBMITTED:
            return "It does not wait for a decision: there is nothing to waive."
        return ANOTHER if by_same_eyes(submission, self.actor) else ""

    def show_act(
        self,
        submission: Submission,
        form: forms.Form,
        code: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        **more: Any,
    ) -> HttpResponse:
        """The page, with what was found."""
        found = self._found(submission, code)
        why_not = self.why_not(submission) or _nothing_to_waive(found)
        more = {"found": found, "sentence": sentence_of(BY_CODE[code]), "why_not": why_not}
        return super().show_act(submission, form, code, status=status, **more)

    def _found(self, submission: Submission, code: str) -> list[Waivable]:
        judged = judgements([submission], today=timezone.localdate()).get(submission.pk)
        every = waivable_of(submission, judged, by=self.actor) if judged else []
        return [one for one in every if one.finding.code == code]


def _nothing_to_waive(found: list[Waivable]) -> str:
    if not found:
        return "It does not break this rule now, or not in a way that may be waived."
    return "" if any(one.waiver is None for one in found) else "Somebody waived this already."


class TakeBack(_Act):
    """Taking back what the asker's Party brought."""

    requires = dict.fromkeys(("GET", "POST"), (Permission.SUBMIT_FIRMWARE,))
    about, heading, form = "take_back", "Take it back", TakeBackForm

    def find_for(self, submission_id: uuid.UUID, code: str) -> Submission:
        """A submission of the Party's own. Raises Http404 for every other."""
        submission = super().find_for(submission_id, code)
        if submission.party_id != self.party.pk:
            raise Http404
        return submission

    def act(self, submission: Submission, reason: str, code: str) -> str:
        """Take it back."""
        by, at = self.actor, timezone.now()
        withdraw_submission(submission_id=submission.pk, reason=reason, by=by, at=at)
        return "It is taken back. Nothing of it is published, and nobody decides of it any more."

    def why_not(self, submission: Submission) -> str:
        """What was decided for good stands."""
        is_waiting = submission.state in WAITING
        return "" if is_waiting else "It no longer waits, so it cannot be taken back."
