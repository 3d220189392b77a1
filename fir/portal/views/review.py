"""Deciding of a submission, and talking about it."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from fir.parties.permissions import Permission
from fir.portal.forms.drafts import add_faults
from fir.portal.forms.submissions import APPROVE, CLOSE, LATER, RETURN, CommentForm, DecisionForm
from fir.portal.views.submissions import READERS, AboutSubmission, too_late
from fir.submissions.claims import Kind
from fir.submissions.models import SUBMITTED
from fir.submissions.operations import (
    ReasonNeeded,
    SameEyes,
    SubmissionAlreadyDecided,
    SubmissionRefused,
    approve_submission,
    close_submission,
    comment_on_submission,
    return_submission,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Callable, Mapping

    from django.http import HttpRequest, HttpResponse

    from fir.submissions.models import Submission

_DECIDE: Mapping[str, Callable[..., Submission]] = {
    APPROVE: approve_submission,
    LATER: approve_submission,
    RETURN: return_submission,
    CLOSE: close_submission,
}
_PUBLISHED = {
    Kind.NEW: "Published as {entries}. Every Supplier with such Devices is being told.",
    Kind.CORRECTION: "The record of {entries} is corrected. What stood before stays to be read.",
    Kind.LEGACY_COMPLETION: "{entries} has its record now.",
    Kind.WITHDRAWAL: "{entries} stands as Removed. Suppliers with such Devices are being told.",
    Kind.RECALL_LIFT: "The recall of {entries} is lifted. Suppliers are being told.",
}
_DECIDED = {
    LATER: "Approved. It is judged again and published on {time}, unless somebody stops it.",
    RETURN: "Returned. The Manufacturer reads your reason.",
    CLOSE: "Closed. The Manufacturer reads your reason.",
}


def decided_in_words(decision: str, submission: Submission) -> str:
    """What came of a decision."""
    words = _DECIDED.get(decision) or _PUBLISHED[Kind(submission.kind)]
    due = submission.publish_at and timezone.localtime(submission.publish_at)
    return words.format(
        entries=" and ".join(submission.cpl_entry_ids),
        time=f"{due:%-d %B %Y at %H:%M}" if due else "",
    )


class _OnItsPage(AboutSubmission):
    def form_url(self, request: HttpRequest) -> str:
        """The form stands on the submission's own page."""
        return reverse("portal:submission", kwargs=self.kwargs)


class Decide(_OnItsPage):
    """Where the decision's form is sent."""

    requires = {"POST": (Permission.REVIEW_SUBMISSIONS,)}

    def post(self, request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
        """Decide, or say on the submission's page why not."""
        submission = self.find(submission_id)
        form = DecisionForm(request.POST, submission=submission)
        if submission.state != SUBMITTED:
            return self._too_late(submission_id)
        if not form.is_valid():
            return self.show_one(submission, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            decided = self._decide(submission, form)
        except (ReasonNeeded, SubmissionRefused) as refusal:
            _say(form, refusal)
            return self.show_one(submission, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        except SubmissionAlreadyDecided:
            return self._too_late(submission_id)
        except SameEyes as refusal:
            form.add_error(None, str(refusal))
            return self.show_one(submission, form, status=HTTPStatus.FORBIDDEN)
        said = decided_in_words(form.cleaned_data["decision"], decided)
        messages.success(request, said)
        return redirect("portal:submission", submission_id)

    def _decide(self, submission: Submission, form: DecisionForm) -> Submission:
        decision = form.cleaned_data["decision"]
        said: dict[str, Any] = {"reason": form.cleaned_data["reason"]}
        if decision in (APPROVE, LATER):
            said["cpl_entry_id"] = form.cleaned_data.get("cpl_entry_id", "")
            said["publish_at"] = form.publish_at
        return _DECIDE[decision](
            submission_id=submission.pk, by=self.actor, at=timezone.now(), **said
        )

    def _too_late(self, submission_id: uuid.UUID) -> HttpResponse:
        """Somebody was quicker: show what they did, and that nothing was done now."""
        submission = self.find(submission_id)
        messages.warning(self.request, too_late(submission))
        form = DecisionForm(self.request.POST, submission=submission)
        return self.show_one(submission, form, status=HTTPStatus.CONFLICT)


def _say(form: DecisionForm, refusal: ReasonNeeded | SubmissionRefused) -> None:
    """Put what is wrong with a decision beside the fields it is about."""
    if isinstance(refusal, SubmissionRefused):
        days = ({"publish_at": "publish_day"}.get(f.field, f.field) for f in refusal.faults)
        add_faults(form, [replace(f, field=d) for f, d in zip(refusal.faults, days, strict=True)])
    else:
        form.add_error("reason", str(refusal))


class Say(_OnItsPage):
    """Where the form for a comment is sent."""

    requires = {"POST": READERS}

    def post(self, request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
        """Keep the comment, or say beside it what is wrong with it."""
        submission = self.find(submission_id)
        form = CommentForm(request.POST)
        form.is_valid()
        try:
            comment_on_submission(
                submission_id=submission.pk,
                text=form.cleaned_data.get("text", ""),
                by=self.actor,
                at=timezone.now(),
            )
        except ReasonNeeded as refusal:
            form.add_error("text", str(refusal))
        except SubmissionRefused as refusal:
            add_faults(form, refusal.faults)
        else:
            messages.success(request, "Your comment was sent. The other side is told of it.")
            return redirect(f"{self.form_url(request)}#comments")
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return self.show_one(submission, comment=form, status=status)
