"""A finding about a submission that two people at the Administrator agree to live with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.parties.queries import actors_of_person
from fir.records.models import Proposal
from fir.records.proposals import confirm_proposal
from fir.records.quality import read_news
from fir.records.quality_queries import findings_of_entry
from fir.submissions.judging import judge_submission
from fir.submissions.models import FindingWaiver
from fir.submissions.operations import (
    AlreadyWaived,
    NoSuchFinding,
    ReasonNeeded,
    SameEyes,
    SubmissionAlreadyDecided,
    approve_submission,
    waive_finding,
)
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Actor
    from fir.submissions.models import Submission

pytestmark = pytest.mark.django_db
CODE = "GBCS_UNKNOWN"


@pytest.fixture
def reviewers() -> list[Actor]:
    """Two people of the Administrator."""
    party = make.administrator()
    people = [make.person(party, f"{name}@administrator.invalid") for name in ("basil", "cosima")]
    return [actors_of_person(person)[0] for person in people]


@pytest.fixture
def submission() -> Submission:
    """A release under a version of GBCS that the catalogue does not have."""
    found = make.submitted(make.actor(make.maker()), gbcs_version="9.9")
    judged = judge_submission(found, today=make.AT.date())
    assert [finding.code for finding in judged.waivable] == [CODE]
    return found


def waived_by(reviewer: Actor, submission: Submission, reason: str = "A draft.") -> None:
    waive_finding(submission_id=submission.pk, code=CODE, reason=reason, by=reviewer, at=make.AT)


def test_a_waiver_comes_about_with_the_approval_of_another(
    submission: Submission, reviewers: list[Actor]
) -> None:
    first, second = reviewers
    waived_by(first, submission)
    assert not LedgerEvent.objects.filter(kind="QUALITY_FINDING_WAIVED").exists()

    decided = approve_submission(submission_id=submission.pk, by=second, at=make.AT)

    proposal = Proposal.objects.get()
    assert (proposal.state, proposal.proposed_by) == ("CONFIRMED", first.actor_id)
    assert proposal.decided_by == second.actor_id
    told = payload_of(LedgerEvent.objects.get(kind="QUALITY_FINDING_WAIVED"))
    assert (told["cpl_entry_id"], told["reason"]) == (decided.cpl_entry_id, "A draft.")
    read_news(at=make.AT)
    assert [one.waiver for one in findings_of_entry(proposal.entry_id)] == [proposal]


def test_a_waiver_by_whoever_approves_waits_for_another_person(
    submission: Submission, reviewers: list[Actor]
) -> None:
    first, second = reviewers
    waived_by(first, submission)

    approve_submission(submission_id=submission.pk, by=first, at=make.AT)

    assert Proposal.objects.get().state == "WAITING"
    assert not LedgerEvent.objects.filter(kind="QUALITY_FINDING_WAIVED").exists()
    read_news(at=make.AT)
    confirm_proposal(proposal_id=Proposal.objects.get().pk, by=second, at=make.AT)
    assert LedgerEvent.objects.filter(kind="QUALITY_FINDING_WAIVED").count() == 1


def test_every_hardware_version_takes_the_waiver_along(reviewers: list[Actor]) -> None:
    first, second = reviewers
    found = make.submitted(
        make.actor(make.maker()), gbcs_version="9.9", further_device_models=["00010102"]
    )
    waived_by(first, found)

    approve_submission(submission_id=found.pk, by=second, at=make.AT)

    assert Proposal.objects.filter(state="CONFIRMED").count() == 2


def test_a_finding_is_waived_once_with_a_reason_while_it_waits(
    submission: Submission, reviewers: list[Actor]
) -> None:
    first, second = reviewers
    with pytest.raises(ReasonNeeded):
        waived_by(first, submission, " ")
    with pytest.raises(NoSuchFinding):
        waive_finding(
            submission_id=submission.pk, code="LISTED_TWICE", reason="x", by=first, at=make.AT
        )
    waived_by(first, submission)
    with pytest.raises(AlreadyWaived):
        waived_by(second, submission)
    approve_submission(submission_id=submission.pk, by=second, at=make.AT)
    with pytest.raises(SubmissionAlreadyDecided):
        waived_by(second, submission)
    assert FindingWaiver.objects.count() == 1


def test_who_brought_it_waives_nothing() -> None:
    own = make.party("administrator", "ADMINISTRATOR", manufacturer_identifiers=[make.MAKER])
    key = make.actor(own)
    found = make.submitted(key, gbcs_version="9.9")

    with pytest.raises(SameEyes):
        waived_by(key, found)


def test_the_database_refuses_a_waiver_by_the_same_eyes(submission: Submission) -> None:
    with pytest.raises(IntegrityError, match="waiver_four_eyes"), transaction.atomic():
        FindingWaiver.objects.create(
            submission=submission,
            code=CODE,
            reason="Mine.",
            waived_at=make.AT,
            waived_by=submission.submitted_by,
            waived_answerable=submission.submitted_answerable,
            waived_party=submission.submitted_party,
            submitted_answerable=submission.submitted_answerable,
            submitted_party=submission.submitted_party,
        )
