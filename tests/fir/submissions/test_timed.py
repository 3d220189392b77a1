"""Approving for a time: published then, once, by the rules of that day; or cancelled before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from cpl.models import CPLEntry
from cpl.queries import listed_entries
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.records.models import FirmwareRecord
from fir.submissions.models import Decision, Submission
from fir.submissions.operations import (
    ReasonNeeded,
    SubmissionAlreadyDecided,
    SubmissionRefused,
    approve_submission,
    cancel_approval,
    close_submission,
    publish_due,
    publishing,
    return_submission,
    withdraw_submission,
)
from tests import make
from tests.fir.submissions.at_once import at_once

if TYPE_CHECKING:
    from fir.parties.models import Actor

LATER = make.AT + timedelta(days=3)


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


@pytest.fixture
def decider() -> Actor:
    return make.actor(make.administrator())


def approved(maker: Actor, decider: Actor, number: int = 9, **more: Any) -> Submission:
    """A release that is to be published three days from now."""
    submission = make.submitted(maker, number)
    return approve_submission(
        submission_id=submission.pk, by=decider, at=make.AT, publish_at=LATER, **more
    )


def kinds() -> list[str]:
    told = LedgerEvent.objects.order_by("seq").values_list("kind", flat=True)
    return [kind for kind in told if kind not in ("PARTY_ADMITTED", "GRANT_CHANGED")]


@pytest.mark.django_db
def test_what_is_approved_for_a_time_is_published_then(maker: Actor, decider: Actor) -> None:
    submission = approved(maker, decider)

    assert (submission.state, submission.publish_at) == ("APPROVED", LATER)
    assert publish_due(at=LATER - timedelta(seconds=1)) == 0
    assert not CPLEntry.objects.exists()

    assert publish_due(at=LATER) == 1

    submission.refresh_from_db()
    assert (submission.state, submission.cpl_entry_id) == ("PUBLISHED", "CPL-000001")
    assert listed_entries().get().date_added == LATER.date()
    assert kinds() == [
        "SUBMISSION_RECEIVED",
        "SUBMISSION_APPROVED",
        "SUBMISSION_PUBLISHED",
        "CPL_ENTRY_LISTED",
        "FIRMWARE_PUBLISHED",
    ]
    told = payload_of(LedgerEvent.objects.get(kind="SUBMISSION_APPROVED"))
    assert (told["cpl_entry_id"], told["publish_at"]) == ("", LATER.isoformat())
    # Whoever approved it published it, and a worker tells of it.
    assert FirmwareRecord.objects.get().published_by == decider.actor_id
    assert LedgerEvent.objects.get(kind="FIRMWARE_PUBLISHED").by_party == "fir"
    assert publish_due(at=LATER + timedelta(days=1)) == 0


@pytest.mark.django_db
def test_a_worker_that_was_down_at_that_moment_publishes_late(maker: Actor, decider: Actor) -> None:
    approved(maker, decider, 8)
    approved(maker, decider, 9)

    assert publish_due(at=LATER + timedelta(days=30)) == 2


@pytest.mark.django_db
def test_an_approval_at_once_passes_through_approved(maker: Actor, decider: Actor) -> None:
    submission = make.published(maker, decider)

    submission.refresh_from_db()
    assert (submission.state, submission.publish_at) == ("PUBLISHED", make.AT)


@pytest.mark.django_db
def test_the_entry_id_that_was_named_is_given_then(maker: Actor, decider: Actor) -> None:
    approved(maker, decider, cpl_entry_id="ESME-77")

    publish_due(at=LATER)

    assert CPLEntry.objects.get().cpl_entry_id == "ESME-77"


@pytest.mark.django_db
@pytest.mark.parametrize("changed", ["listed", "id taken"])
def test_what_no_longer_keeps_the_rules_waits_again_and_says_why(
    maker: Actor, decider: Actor, changed: str
) -> None:
    submission = approved(maker, decider, cpl_entry_id="ESME-77")
    if changed == "listed":
        make.listed(make.row(9))
    else:
        make.listed(make.row(1, cpl_entry_id="ESME-77"))

    assert publish_due(at=LATER) == 0

    submission.refresh_from_db()
    assert (submission.state, submission.publish_at) == ("SUBMITTED", None)
    told: dict[str, Any] = payload_of(LedgerEvent.objects.get(kind="PUBLICATION_HELD_BACK"))
    expected = "LISTED_ALREADY" if changed == "listed" else "ENTRY_ID_TAKEN"
    assert [fault["code"] for fault in told["faults"]] == [expected]
    assert not FirmwareRecord.objects.exists()
    assert publish_due(at=LATER) == 0
    assert kinds().count("PUBLICATION_HELD_BACK") == 1
    # It can be decided anew.
    return_submission(submission_id=submission.pk, reason="Listed.", by=decider, at=LATER)
    assert list(Decision.objects.order_by("number").values_list("number", "decision")) == [
        (1, "APPROVE"),
        (2, "RETURN"),
    ]


@pytest.mark.django_db
def test_a_publication_that_fails_leaves_nothing_and_holds_up_no_other(
    maker: Actor, decider: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = approved(maker, decider, 8), approved(maker, decider, 9)
    whole = publishing.publish

    def fail_after(submission: Submission, *more: Any, **named: Any) -> Any:
        events = whole(submission, *more, **named)
        if submission.pk == first.pk:
            raise RuntimeError("the disk is full")
        return events

    monkeypatch.setattr(publishing, "publish", fail_after)
    assert publish_due(at=LATER) == 1

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("APPROVED", "PUBLISHED")
    assert FirmwareRecord.objects.get().submission_id == second.pk
    monkeypatch.undo()
    assert publish_due(at=LATER) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_publish_once(maker: Actor, decider: Actor) -> None:
    approved(maker, decider)

    answers = at_once(*[lambda: publish_due(at=LATER)] * 3)

    assert sorted(answers) == [0, 0, 1]
    assert CPLEntry.objects.count() == FirmwareRecord.objects.count() == 1
    assert kinds().count("FIRMWARE_PUBLISHED") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("days", [-1, 0, 400])
def test_a_time_that_is_not_to_come_within_a_year_is_refused(
    maker: Actor, decider: Actor, days: int
) -> None:
    submission = make.submitted(maker)

    with pytest.raises(SubmissionRefused) as refusal:
        approve_submission(
            submission_id=submission.pk,
            by=decider,
            at=make.AT,
            publish_at=make.AT + timedelta(days=days),
        )

    assert [fault.field for fault in refusal.value.faults] == ["publish_at"]
    assert not Decision.objects.exists()


# Cancelling


@pytest.mark.django_db
def test_cancelling_an_approval_is_a_further_decision(maker: Actor, decider: Actor) -> None:
    submission = approved(maker, decider)

    cancel_approval(submission_id=submission.pk, reason="Wait.", by=decider, at=make.AT)

    submission.refresh_from_db()
    assert (submission.state, submission.publish_at) == ("SUBMITTED", None)
    assert [d.decision for d in submission.decisions.order_by("number")] == ["APPROVE", "CANCEL"]
    assert kinds()[-1] == "APPROVAL_CANCELLED"
    assert publish_due(at=LATER) == 0
    approve_submission(submission_id=submission.pk, by=decider, at=LATER)
    assert CPLEntry.objects.count() == 1


@pytest.mark.django_db
def test_cancelling_says_why_and_only_what_waits_for_its_time_is_cancelled(
    maker: Actor, decider: Actor
) -> None:
    waiting, done = make.submitted(maker, 7), make.published(maker, decider, 8)
    timed = approved(maker, decider, 9)

    for one in (waiting, done):
        with pytest.raises(SubmissionAlreadyDecided):
            cancel_approval(submission_id=one.pk, reason="No.", by=decider, at=make.AT)
    with pytest.raises(ReasonNeeded):
        cancel_approval(submission_id=timed.pk, reason=" ", by=decider, at=make.AT)
    for decide in (approve_submission, return_submission, close_submission):
        with pytest.raises(SubmissionAlreadyDecided):
            decide(submission_id=timed.pk, reason="No.", by=decider, at=make.AT)


# Taking back


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["SUBMITTED", "APPROVED"])
def test_who_brought_it_takes_it_back_before_it_is_published(
    maker: Actor, decider: Actor, state: str
) -> None:
    submission = make.submitted(maker) if state == "SUBMITTED" else approved(maker, decider)

    withdraw_submission(submission_id=submission.pk, by=maker, at=make.AT)

    submission.refresh_from_db()
    assert (submission.state, submission.withdrawn_by) == ("CLOSED", maker.actor_id)
    assert kinds()[-1] == "SUBMISSION_WITHDRAWN"
    assert publish_due(at=LATER) == 0
    assert make.submitted(maker).state == "SUBMITTED"  # it may be brought anew


@pytest.mark.django_db
def test_nobody_else_takes_it_back_and_nobody_takes_back_what_is_done(
    maker: Actor, decider: Actor
) -> None:
    waiting, done = make.submitted(maker, 8), make.published(maker, decider, 9)
    other = make.actor(make.maker("other-meters", "F1A2"))

    for stranger in (other, decider):
        with pytest.raises(Submission.DoesNotExist):
            withdraw_submission(submission_id=waiting.pk, by=stranger, at=make.AT)
    with pytest.raises(SubmissionAlreadyDecided):
        withdraw_submission(submission_id=done.pk, by=maker, at=make.AT)


@pytest.mark.django_db(transaction=True)
def test_approving_what_is_being_taken_back_does_one_of_the_two(
    maker: Actor, decider: Actor
) -> None:
    submission = make.submitted(maker)

    answers = at_once(
        lambda: approve_submission(submission_id=submission.pk, by=decider, at=make.AT),
        lambda: withdraw_submission(submission_id=submission.pk, by=maker, at=make.AT),
    )

    refused = [a for a in answers if isinstance(a, SubmissionAlreadyDecided)]
    assert len(refused) == 1
    submission.refresh_from_db()
    assert CPLEntry.objects.count() == int(submission.state == "PUBLISHED")
    assert (submission.state == "CLOSED") == (submission.withdrawn_at is not None)


# What the database says of states


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["SUBMITTED", "RETURNED", "APPROVED", "CLOSED"])
def test_what_is_published_stays_so(maker: Actor, decider: Actor, state: str) -> None:
    submission = make.published(maker, decider)

    with pytest.raises(IntegrityError, match="does not become"), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(state=state, cpl_entry_id="")


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["PUBLISHED", "DRAFT", "LOST"])
def test_what_waits_is_not_published_past_an_approval(maker: Actor, state: str) -> None:
    submission = make.submitted(maker)

    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(state=state, cpl_entry_id="CPL-1")
