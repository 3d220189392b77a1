"""The queue, and reading one submission."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.utils import timezone

from fir.ledger.queries import payload_of
from fir.parties.permissions import Permission
from fir.portal.events import history
from fir.portal.forms.filters import SubmissionFilters
from fir.portal.forms.submissions import CommentForm, DecisionForm
from fir.portal.kept import WELCOME_BACK, take_answers
from fir.portal.page import Page
from fir.portal.pages import listing
from fir.portal.reviewing import judgements, review_of
from fir.submissions.models import APPROVED, DRAFT, RETURNED, SUBMITTED, WAITING, by_same_eyes
from fir.submissions.queries import (
    drafts_of,
    events_of,
    find_submission,
    is_overdue,
    queue_for,
)

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse

    from fir.ledger.models import LedgerEvent
    from fir.submissions.judging import Judgement
    from fir.submissions.models import Submission

READERS = (Permission.SUBMIT_FIRMWARE, Permission.REVIEW_SUBMISSIONS)
NEWEST_DRAFTS = 10
DECIDED = "Somebody decided this before you."
TAKEN_BACK = "Whoever brought this took it back before you decided."


@dataclass(frozen=True, slots=True)
class Row:
    """A submission of the queue, with what the rules say of it now where it waits."""

    submission: Submission
    judged: Judgement | None
    is_overdue: bool


class Submissions(Page):
    """The submissions this Party may see; for the Administrator that is the queue."""

    requires = {"GET": READERS}

    def get(self, request: HttpRequest) -> HttpResponse:
        """One page of them, or of the Party's drafts; a bringer's newest drafts stand above."""
        brings = self.actor.may(Permission.SUBMIT_FIRMWARE)
        filters = SubmissionFilters(request.GET, brings=brings)
        asked = filters.narrowed()
        if asked.get("state") == DRAFT:
            return self._show_drafts(filters)
        found = listing(queue_for(self.party, **asked), request.GET)
        now, reviews = timezone.now(), self.actor.may(Permission.REVIEW_SUBMISSIONS)
        fragment = "_submissions" if self.wants_fragment else "submissions"
        drafts = list(drafts_of(self.party)[: NEWEST_DRAFTS + 1]) if brings else []
        return self.show(
            f"submissions/{fragment}.html",
            status=found.status,
            filters=filters,
            listing=found,
            rows=_rows(found.page, is_judged=reviews, at=now),
            now=now,
            reviews=reviews,
            drafts=drafts[:NEWEST_DRAFTS],
            more_drafts=len(drafts) > NEWEST_DRAFTS,
        )

    def _show_drafts(self, filters: SubmissionFilters) -> HttpResponse:
        """All of the Party's drafts in the place of its submissions."""
        kind = filters.narrowed()["kind"]
        drafts = drafts_of(self.party)
        found = listing(drafts.filter(kind=kind) if kind else drafts, self.request.GET)
        fragment = "_submissions" if self.wants_fragment else "submissions"
        return self.show(
            f"submissions/{fragment}.html", status=found.status, filters=filters, listing=found
        )


def _rows(submissions: Iterable[Submission], *, is_judged: bool, at: datetime) -> list[Row]:
    found = list(submissions)
    judged = judgements(found, today=timezone.localdate(at)) if is_judged else {}
    return [Row(one, judged.get(one.pk), is_overdue(one, at=at)) for one in found]


class AboutSubmission(Page):
    """What pages and forms about one submission share."""

    def find(self, submission_id: uuid.UUID) -> Submission:
        """The submission. Raises Http404 when there is none that this Party may see."""
        submission = find_submission(self.party, submission_id)
        if submission is None:
            raise Http404
        return submission

    def show_one(
        self,
        submission: Submission,
        form: DecisionForm | None = None,
        comment: CommentForm | None = None,
        *,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:
        """A submission beside what stands, and what was said of it; with the forms for whoever may
        decide of it or say something."""
        now = timezone.now()
        events = self._events(submission)
        reviews = self.actor.may(Permission.REVIEW_SUBMISSIONS)
        own = by_same_eyes(submission, self.actor)
        is_open = submission.state == SUBMITTED
        return self.show(
            "submissions/submission.html",
            status=status,
            now=now,
            submission=submission,
            last=next(reversed(submission.decisions.all()), None),
            review=review_of(submission, by=self.actor, today=timezone.localdate(now)),
            is_overdue=is_overdue(submission, at=now),
            history=history(events),
            held_back=_held_back(submission, events),
            reviews=reviews,
            decides=is_open and reviews and not own,
            cancels=submission.state == APPROVED and reviews and not own,
            is_own=submission.state in WAITING and reviews and own,
            takes_back=self._may_bring(submission) and submission.state in WAITING,
            mends=self._may_bring(submission) and submission.state == RETURNED,
            form=form or DecisionForm(submission=submission),
            comment=comment or CommentForm(),
        )

    def _may_bring(self, submission: Submission) -> bool:
        """Whether the asker may do what its bringer's people may."""
        is_own = submission.party_id == self.party.pk
        return is_own and self.actor.may(Permission.SUBMIT_FIRMWARE)

    def _events(self, submission: Submission) -> list[LedgerEvent]:
        """What the ledger tells of it; not asked before anything but its coming has happened."""
        has_history = submission.withdrawn_at or submission.decisions.all()
        return events_of(submission, self.party.tags) if has_history else []


def _held_back(submission: Submission, events: Sequence[LedgerEvent]) -> dict[str, Any] | None:
    """Why it could not be published at its time, and when that was, if it waits because of that."""
    if submission.state != SUBMITTED or not events:
        return None
    told = [one for one in events if one.kind != "SUBMISSION_COMMENTED"]
    if not told or told[-1].kind != "PUBLICATION_HELD_BACK":
        return None
    return {"at": told[-1].at, "faults": payload_of(told[-1])["faults"]}


class OneSubmission(AboutSubmission):
    """One submission: its facts, its state, and what was said of it."""

    requires = {"GET": READERS}

    def get(self, request: HttpRequest, submission_id: uuid.UUID) -> HttpResponse:
        """The submission."""
        submission = self.find(submission_id)
        kept = take_answers(request, self.party)
        if kept is None:
            return self.show_one(submission)
        if "text" in kept:
            messages.info(request, WELCOME_BACK)
            return self.show_one(submission, comment=CommentForm(kept))
        if submission.state == SUBMITTED:
            messages.info(request, WELCOME_BACK)
        else:
            said = kept.get("reason") or "no reason"
            messages.warning(request, f"{too_late(submission)} You had written: {said}")
        return self.show_one(submission, DecisionForm(kept, submission=submission))


def too_late(submission: Submission) -> str:
    """What to tell whoever decided of a submission that does not wait any more."""
    what = TAKEN_BACK if submission.withdrawn_at else DECIDED
    return f"{what} Your decision was not kept; what happened stands below."
