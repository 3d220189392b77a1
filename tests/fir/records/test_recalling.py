"""Releases are recalled by their maker at once, archived and restored by two people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from fir.eligibility.models import Finding
from fir.eligibility.operations import read_news as assess
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.notifications.models import Notice
from fir.notifications.operations import read_news as tell
from fir.records.models import Archival, Recall, RepositoryEntry
from fir.records.proposals import (
    AlreadyProposed,
    ProposedBySameEyes,
    ReasonRefused,
    confirm_proposal,
)
from fir.records.queries import entries_of_models, key_of, positions_among
from fir.records.recalling import (
    NotYourRelease,
    UnknownCause,
    propose_archival,
    propose_restoration,
    recall_release,
)
from fir.records.standing import AlreadyArchived, AlreadyRecalled, NotArchived
from fir.submissions.operations import SubmissionRefused, approve_submission, submit_firmware
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Actor

pytestmark = pytest.mark.django_db
LATER = make.AT + timedelta(hours=1)


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


@pytest.fixture
def reviewers() -> tuple[Actor, Actor]:
    """Two pairs of eyes."""
    return make.actor(make.administrator()), make.actor(make.party("dcc", "DCC"))


@pytest.fixture(autouse=True)
def _releases(maker: Actor, reviewers: tuple[Actor, Actor]) -> None:
    """CPL-000001 from before the repository, and CPL-000002 over it."""
    make.listed(make.row(1))
    make.published(maker, reviewers[0], 2, predecessors=["CPL-000001"])


def entry(cpl_entry_id: str = "CPL-000002") -> RepositoryEntry:
    return RepositoryEntry.objects.get(cpl_entry_id=cpl_entry_id)


def places() -> dict[str, str]:
    key = key_of(entry())
    return {i: str(place) for i, place in positions_among(entries_of_models([key])[key]).items()}


def recalled(by: Actor, reason: str = "It drains the battery.") -> None:
    recall_release(cpl_entry_id="CPL-000002", reason=reason, by=by, at=LATER)


def lifted(maker: Actor, decider: Actor) -> None:
    said = {"kind": "RECALL_LIFT", "of_entry": "CPL-000002", "reason": "It was the cable."}
    found = submit_firmware(said=said, by=maker, at=LATER).submission
    approve_submission(submission_id=found.pk, by=decider, at=LATER)


def faults_of(by: Actor, **said: Any) -> list[str]:
    with pytest.raises(SubmissionRefused) as refusal:
        submit_firmware(said=said, by=by, at=LATER)
    return [fault.code for fault in refusal.value.faults]


def archived(reviewers: tuple[Actor, Actor], cause: str = "END_OF_SUPPORT") -> None:
    first, second = reviewers
    proposal = propose_archival(
        cpl_entry_id="CPL-000002", cause=cause, reason="Old.", by=first, at=LATER
    )
    confirm_proposal(proposal_id=proposal.pk, by=second, at=LATER)


# Recalling


def test_a_maker_recalls_its_own_release_at_once_and_alone(maker: Actor) -> None:
    recalled(maker, " It drains\nthe battery. ")

    assert (entry().recalled_at, entry().recall_reason) == (LATER, "It drains the battery.")
    told = LedgerEvent.objects.get(kind="FIRMWARE_RECALLED")
    assert payload_of(told)["reason"] == "It drains the battery."
    assert "party:fine-meters" in told.audience


def test_a_recalled_release_is_eligible_for_nobody_until_the_recall_is_lifted(
    maker: Actor, reviewers: tuple[Actor, Actor]
) -> None:
    make.estate(make.party(), make.device(1))
    assert Finding.objects.get().outcome == "ELIGIBLE"

    recalled(maker)
    assess(at=LATER)

    assert (Finding.objects.get().outcome, Finding.objects.get().reasons) == (
        "BLOCKED",
        ["RECALLED"],
    )
    lifted(maker, reviewers[0])
    assess(at=LATER)
    assert Finding.objects.get().outcome == "ELIGIBLE"
    assert entry().recalled_at is None


def test_every_supplier_that_may_have_such_devices_is_told(
    maker: Actor, reviewers: tuple[Actor, Actor]
) -> None:
    make.estate(make.party("runs-it"), make.device(1, DeviceFirmwareVersion="00000002"))
    make.estate(make.party("has-the-model"), make.device(2))
    make.estate(make.party("has-another"), make.device(3, DeviceModel="00990101"))
    make.party("unknown-estate")
    make.party("wires", "NETWORK_PARTY")

    recalled(maker)
    assess(at=LATER)
    tell(at=LATER)

    notices = {n.party.slug: n for n in Notice.objects.filter(kind="FIRMWARE_RECALLED")}
    assert set(notices) == {"runs-it", "has-the-model", "unknown-estate"}
    assert "1 of them runs this firmware already" in notices["runs-it"].text
    assert all(n.title.startswith("DO NOT DEPLOY CPL-000002") for n in notices.values())
    lifted(maker, reviewers[0])
    tell(at=LATER)
    assert Notice.objects.filter(kind="RECALL_LIFTED").count() == 3


def test_nobody_recalls_anothers_release(reviewers: tuple[Actor, Actor]) -> None:
    rival = make.actor(make.maker("other-meters", "F1A2"))

    for stranger in (rival, *reviewers):
        with pytest.raises(NotYourRelease):
            recalled(stranger)
    assert not Recall.objects.exists()


def test_a_release_is_recalled_once_with_a_reason(maker: Actor) -> None:
    with pytest.raises(ReasonRefused):
        recalled(maker, " ")
    recalled(maker)
    with pytest.raises(AlreadyRecalled):
        recalled(maker)
    with pytest.raises(RepositoryEntry.DoesNotExist):
        recall_release(cpl_entry_id="CPL-9", reason="x", by=maker, at=LATER)


def test_only_a_recall_that_stands_is_lifted(maker: Actor) -> None:
    said = {"kind": "RECALL_LIFT", "of_entry": "CPL-000002", "reason": "It was the cable."}

    assert faults_of(maker, **said) == ["NOT_RECALLED"]


# Archiving


@pytest.mark.parametrize("cause", ["REMOVED", "REPLACED", "WITHDRAWN", "END_OF_SUPPORT"])
def test_two_people_archive_a_release_and_it_is_no_release_to_go_to(
    reviewers: tuple[Actor, Actor], cause: str
) -> None:
    assert places() == {"CPL-000001": "N-1", "CPL-000002": "N"}

    archived(reviewers, cause)

    assert (entry().archived_at, entry().archive_cause) == (LATER, cause)
    assert places() == {"CPL-000001": "N", "CPL-000002": "OLDER"}
    told = payload_of(LedgerEvent.objects.get(kind="FIRMWARE_ARCHIVED"))
    assert (told["cause"], told["reason"]) == (cause, "Old.")
    assert told["proposed_by"] == str(reviewers[0].actor_id)


def test_two_people_restore_it_by_a_further_row(reviewers: tuple[Actor, Actor]) -> None:
    archived(reviewers)
    first, second = reviewers

    proposal = propose_restoration(
        cpl_entry_id="CPL-000002", reason="Still supported.", by=first, at=LATER
    )
    confirm_proposal(proposal_id=proposal.pk, by=second, at=LATER)

    assert entry().archived_at is None
    assert places()["CPL-000002"] == "N"
    assert list(Archival.objects.order_by("pk").values_list("state", flat=True)) == [
        "ARCHIVED",
        "RESTORED",
    ]
    assert LedgerEvent.objects.filter(kind="FIRMWARE_RESTORED").exists()


def test_archiving_takes_another_pair_of_eyes_a_cause_and_a_reason(
    reviewers: tuple[Actor, Actor],
) -> None:
    first, _ = reviewers
    said: dict[str, Any] = {"cpl_entry_id": "CPL-000002", "by": first, "at": LATER}
    with pytest.raises(UnknownCause, match="END_OF_SUPPORT"):
        propose_archival(cause="BORED", reason="x", **said)
    with pytest.raises(ReasonRefused):
        propose_archival(cause="REPLACED", reason=" ", **said)
    proposal = propose_archival(cause="REPLACED", reason="x", **said)
    with pytest.raises(AlreadyProposed):
        propose_archival(cause="REPLACED", reason="y", **said)
    with pytest.raises(ProposedBySameEyes):
        confirm_proposal(proposal_id=proposal.pk, by=first, at=LATER)
    assert not Archival.objects.exists()


def test_what_is_archived_is_not_archived_again_nor_restored_when_it_is_not(
    reviewers: tuple[Actor, Actor],
) -> None:
    said: dict[str, Any] = {
        "cpl_entry_id": "CPL-000002",
        "reason": "x",
        "by": reviewers[0],
        "at": LATER,
    }
    with pytest.raises(NotArchived):
        propose_restoration(**said)
    archived(reviewers)
    with pytest.raises(AlreadyArchived):
        propose_archival(cause="REPLACED", **said)


def test_a_proposal_that_lost_its_sense_does_not_come_about(
    reviewers: tuple[Actor, Actor],
) -> None:
    first, second = reviewers
    said: dict[str, Any] = {"cpl_entry_id": "CPL-000002", "reason": "x", "by": first, "at": LATER}
    one = propose_archival(cause="REPLACED", **said)
    other = propose_archival(cause="END_OF_SUPPORT", **said)
    confirm_proposal(proposal_id=one.pk, by=second, at=LATER)

    with pytest.raises(AlreadyArchived):
        confirm_proposal(proposal_id=other.pk, by=second, at=LATER)


def test_what_is_archived_is_not_corrected(maker: Actor, reviewers: tuple[Actor, Actor]) -> None:
    archived(reviewers)
    said = make.release(2, predecessors=["CPL-000001"], kind="CORRECTION", of_entry="CPL-000002")

    assert faults_of(maker, **said, reason="Notes.") == ["ENTRY_ARCHIVED"]


def test_a_withdrawn_release_is_archived_with_its_removal(
    maker: Actor, reviewers: tuple[Actor, Actor]
) -> None:
    said = {"kind": "WITHDRAWAL", "of_entry": "CPL-000002", "reason": "Withdrawn."}
    found = submit_firmware(said=said, by=maker, at=LATER).submission

    approve_submission(submission_id=found.pk, by=reviewers[0], at=LATER)

    assert (entry().status, entry().archive_cause) == ("REMOVED", "WITHDRAWN")
    assert LedgerEvent.objects.latest("seq").kind == "FIRMWARE_ARCHIVED"


# What the database says


@pytest.mark.parametrize(
    "row",
    [
        {"state": "ARCHIVED", "cause": "", "reason": "x"},
        {"state": "RESTORED", "cause": "REPLACED", "reason": "x"},
        {"state": "ARCHIVED", "cause": "REPLACED", "reason": ""},
        {"state": "LOST", "cause": "", "reason": "x"},
    ],
)
def test_the_database_refuses_an_archival_that_makes_no_sense(row: dict[str, str]) -> None:
    by = {"recorded_at": LATER, "recorded_by": "00000000-0000-0000-0000-000000000001"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Archival.objects.create(entry_id=entry().pk, **row, **by)
