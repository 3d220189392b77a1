"""Bringing a release, the queue, reading one submission, and the decision."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from fir.parties.permissions import Permission
from fir.parties.queries import identifiers_of
from fir.portal.comparison import compare
from fir.portal.forms.filters import SubmissionFilters
from fir.portal.forms.submissions import DecisionForm, ReleaseForm, add_faults
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page, form_status
from fir.portal.pages import listing
from fir.submissions.models import SUBMITTED, by_same_eyes
from fir.submissions.operations import (
    NotYourManufacturer,
    ReasonNeeded,
    SameEyes,
    SubmissionAlreadyDecided,
    SubmissionRefused,
    approve_submission,
    close_submission,
    return_submission,
    submit_firmware,
)
from fir.submissions.queries import (
    check_release,
    find_submission,
    judge_submission,
    previous_release,
    submissions_for,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from fir.submissions.models import Submission

READERS = (Permission.SUBMIT_FIRMWARE, Permission.REVIEW_SUBMISSIONS)
CHECK = "check"
TOO_LATE = "Somebody decided this before you. Your decision was not kept; theirs stands below."


class Submissions(Page):
    """The submissions this Party may see; for the Administrator that is the queue."""

    requires = {"GET": READERS}

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of them: those that wait longest first, others newest first."""
        filters = SubmissionFilters(request.GET)
        state = filters.narrowed().get("state", "")
        order = ("submitted_at", "id") if state == SUBMITTED else ("-submitted_at", "-id")
        found = listing(submissions_for(self.party, state=state).order_by(*order), request.GET)
        fragment = "_submissions" if self.wants_fragment else "submissions"
        return self.show(
            f"submissions/{fragment}.html", status=found.status, filters=filters, listing=found
        )


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
            submission, _ = submit_firmware(said=form.said(), by=self.actor, at=timezone.now())
        except SubmissionRefused as refusal:
            add_faults(form, refusal.faults)
        except NotYourManufacturer as refusal:
            form.add_error("manufacturer_identifier", str(refusal))
        else:
            messages.success(request, "The release was brought. Whoever decides of it is told.")
            return redirect("portal:submission", submission.pk)
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


class _OneOf(Page):
    def find(self, submission_id: uuid.UUID) -> Submission:
        """The submission. Raises Http404 when there is none that this Party may see."""
        submission = find_submission(self.party, submission_id)
        if submission is None:
            raise Http404
        return submission

    def show_one(
        self, submission: Submission, form: DecisionForm, *, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        """A submission beside the release it follows; with the decision's form for whoever may
        decide of it, as long as nobody has."""
        is_open = submission.state == SUBMITTED
        reviews = self.actor.may(Permission.REVIEW_SUBMISSIONS)
        previous = previous_release(submission) if is_open else None
        today = timezone.localdate()
        return self.show(
            "submissions/submission.html",
            status=status,
            submission=submission,
            previous=previous,
            rows=compare(submission, previous),
            judged=judge_submission(submission, today=today) if is_open else None,
            decides=is_open and reviews and not by_same_eyes(submission, self.actor),
            is_own=is_open and reviews and by_same_eyes(submission, self.actor),
            form=form,
        )


class OneSubmission(_OneOf):
    """One submission: its facts, its state, and what was said of it."""

    requires = {"GET": READERS}

    def get(self, request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
        """The submission."""
        submission = self.find(submission_id)
        kept = take_answers(request, self.party)
        if kept is None:
            return self.show_one(submission, DecisionForm())
        if submission.state == SUBMITTED:
            messages.info(request, WELCOME_BACK)
        else:
            said = kept.get("reason") or "no reason"
            messages.warning(request, f"{TOO_LATE} You had written: {said}")
        return self.show_one(submission, DecisionForm(kept))


_DECIDE: Mapping[str, Callable[..., Submission]] = {
    "approve": approve_submission,
    "return": return_submission,
    "close": close_submission,
}
_DECIDED = {
    "approve": "Published as {entry}. Every Supplier with such Devices is being told.",
    "return": "Returned. The Manufacturer reads your reason.",
    "close": "Closed. The Manufacturer reads your reason.",
}


class Decide(_OneOf):
    """Where the decision's form is sent."""

    requires = {"POST": (Permission.REVIEW_SUBMISSIONS,)}

    def form_url(self, request: HttpRequest) -> str:
        """The form stands on the submission's own page."""
        return reverse("portal:submission", kwargs=self.kwargs)

    def post(self, request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
        """Decide, or say on the submission's page why not."""
        submission = self.find(submission_id)
        form = DecisionForm(request.POST)
        if submission.state == SUBMITTED and not form.is_valid():
            return self.show_one(submission, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            decided = self._decide(submission, form)
        except (ReasonNeeded, SubmissionRefused) as refusal:
            faults = getattr(refusal, "faults", ())
            add_faults(form, faults)
            if not faults:
                form.add_error("reason", str(refusal))
            return self.show_one(submission, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        except SubmissionAlreadyDecided:
            return self._too_late(submission_id)
        except SameEyes as refusal:
            form.add_error(None, str(refusal))
            return self.show_one(submission, form, status=HTTPStatus.FORBIDDEN)
        said = _DECIDED[form.cleaned_data["decision"]].format(entry=decided.cpl_entry_id)
        messages.success(request, said)
        return redirect("portal:submission", submission_id)

    def _decide(self, submission: Submission, form: DecisionForm) -> Submission:
        if submission.state != SUBMITTED:
            raise SubmissionAlreadyDecided
        said = {name: form.cleaned_data[name] for name in ("reason", "cpl_entry_id")}
        decision = form.cleaned_data["decision"]
        if decision != "approve":
            del said["cpl_entry_id"]
        return _DECIDE[decision](
            submission_id=submission.pk, by=self.actor, at=timezone.now(), **said
        )

    def _too_late(self, submission_id: uuid.UUID) -> HttpResponse:
        """Somebody was quicker: show what they decided, and that nothing was done now."""
        messages.warning(
            self.request,
            TOO_LATE,
        )
        return self.show_one(
            self.find(submission_id), DecisionForm(self.request.POST), status=HTTPStatus.CONFLICT
        )
