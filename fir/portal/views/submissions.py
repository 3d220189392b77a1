"""The queue, reading one submission, and the decision."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from fir.parties.permissions import Permission
from fir.portal.comparison import compare
from fir.portal.forms.drafts import add_faults
from fir.portal.forms.filters import SubmissionFilters
from fir.portal.forms.submissions import DecisionForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page
from fir.portal.pages import listing
from fir.submissions.judging import judge_submission
from fir.submissions.models import SUBMITTED, by_same_eyes
from fir.submissions.operations import (
    ReasonNeeded,
    SameEyes,
    SubmissionAlreadyDecided,
    SubmissionRefused,
    approve_submission,
    close_submission,
    return_submission,
)
from fir.submissions.queries import find_submission, previous_release, submissions_for

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from fir.submissions.models import Submission

READERS = (Permission.SUBMIT_FIRMWARE, Permission.REVIEW_SUBMISSIONS)
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
