"""What changes between bringing and publishing, and what is nobody else's business."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from cpl.queries import listed_entries
from fir.parties.operations import give_identifier, operator
from fir.parties.queries import identifiers_of
from fir.records.models import RepositoryEntry
from fir.records.queries import record_faults
from fir.submissions.judging import check_release
from fir.submissions.models import Submission
from fir.submissions.operations import SubmissionRefused, approve_submission, submit_firmware
from tests import make
from tests.fir.submissions.test_kinds import (
    brought,
    completion,
    correction,
    faults_of,
    told,
    withdrawal,
)

if TYPE_CHECKING:
    from fir.parties.models import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


@pytest.fixture
def decider() -> Actor:
    return make.actor(make.administrator())


# What changed meanwhile


def test_a_correction_that_would_undo_something_newer_is_not_published(
    maker: Actor, decider: Actor
) -> None:
    make.published(maker, decider, 1)
    waiting = submit_firmware(said=correction(), by=maker, at=make.AT).submission
    renewed = {"cpa_renewal_date": date(2099, 6, 30), "date_added": make.AT.date()}
    make.listed(make.row(1, **renewed, zigbee_certificate_id="", dlms_certificate_id=""))

    with pytest.raises(SubmissionRefused) as refusal:
        approve_submission(submission_id=waiting.pk, by=decider, at=make.AT)

    assert [fault.code for fault in refusal.value.faults] == ["ENTRY_CHANGED_MEANWHILE"]
    assert listed_entries().get().cpa_renewal_date == date(2099, 6, 30)


def test_of_two_corrections_that_wait_the_second_is_looked_at_anew(
    maker: Actor, decider: Actor
) -> None:
    make.published(maker, decider, 1)
    said = correction(release_notes="Mends both.")
    claim = submit_firmware(said=correction(), by=maker, at=make.AT).submission

    assert faults_of(maker, **said) == {"WAITING_ALREADY": "firmware_version"}
    approve_submission(submission_id=claim.pk, by=decider, at=make.AT)
    brought(maker, decider, **said)
    assert RepositoryEntry.objects.get().release_notes == "Mends both."


def test_a_correction_need_not_mend_what_it_leaves_as_it_is(maker: Actor, decider: Actor) -> None:
    make.published(maker, decider, 1, cpa_renewal_date=make.AT.date().isoformat())
    later = make.AT + timedelta(days=30)  # by then the certificate has lapsed
    said = correction(cpa_renewal_date=make.AT.date().isoformat())

    submission, warnings, _ = submit_firmware(said=said, by=maker, at=later)

    assert "CERTIFICATE_LAPSED" in [warning.code for warning in warnings]
    approve_submission(submission_id=submission.pk, by=decider, at=later)
    assert RepositoryEntry.objects.get().release_notes == "Mends the valve."


def test_a_completion_says_what_the_list_says_by_then(maker: Actor, decider: Actor) -> None:
    make.listed(make.row(1), make.row(2))
    waiting = submit_firmware(said=completion(), by=maker, at=make.AT).submission
    make.listed(make.row(1), make.row(2, cpa_certificate_id="CPA-NEW"))

    approve_submission(submission_id=waiting.pk, by=decider, at=make.AT)

    assert told("PATHWAY_COMPLETED")["cpa_certificate_id"] == "CPA-NEW"
    assert list(record_faults()) == []


def test_what_was_removed_is_warned_of_when_it_comes_as_new(maker: Actor, decider: Actor) -> None:
    make.published(maker, decider, 1)
    brought(maker, decider, **withdrawal())

    _, warnings, _ = submit_firmware(said=make.release(1), by=maker, at=make.AT)

    (warning,) = (one for one in warnings if one.code == "REMOVED_BEFORE")
    assert "CPL-000001" in warning.message


# What is nobody else's business


def test_a_claim_under_anothers_identifier_learns_nothing_of_what_waits(
    maker: Actor, decider: Actor
) -> None:
    make.published(maker, decider, 1)
    submit_firmware(said=withdrawal(), by=maker, at=make.AT)
    make.submitted(maker, 9)
    rival = make.actor(make.maker("other-meters", "F1A2"))

    for said in (withdrawal(), make.release(9, predecessors=["CPL-000001"])):
        _, judged = check_release(said, today=make.AT.date(), held=identifiers_of(rival.party))
        assert (judged.faults, judged.warnings, judged.waivable) == ([], [], [])


def test_an_identifier_given_later_opens_nothing_of_before(maker: Actor) -> None:
    earlier = make.submitted(maker, 8)
    later = make.AT + timedelta(days=1)
    party = make.maker("half-sister", "F1A2")
    give_identifier(party=party, manufacturer_identifier=make.MAKER, by=operator(), at=later)
    submit_firmware(said=make.release(9), by=maker, at=later + timedelta(hours=1))

    seen = Submission.objects.visible_to(party)

    assert [one.firmware_version for one in seen] == ["00000009"]
    assert earlier not in seen
