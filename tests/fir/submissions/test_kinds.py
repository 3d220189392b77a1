"""Several hardware versions at once; correcting, completing and withdrawing what is published."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cpl.models import CPLEntry
from cpl.queries import listed_entries
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.records.models import FirmwareRecord, RepositoryEntry
from fir.records.queries import record_faults
from fir.submissions.operations import (
    NotYourManufacturer,
    SubmissionRefused,
    approve_submission,
    submit_firmware,
)
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Actor
    from fir.submissions.models import Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


@pytest.fixture
def decider() -> Actor:
    return make.actor(make.administrator())


def brought(by: Actor, decider: Actor, **said: Any) -> Submission:
    """What was brought as it is said, and approved."""
    submission = submit_firmware(said=said, by=by, at=make.AT).submission
    return approve_submission(submission_id=submission.pk, by=decider, at=make.AT)


def faults_of(by: Actor, **said: Any) -> dict[str, str]:
    """Field by code of a refusal's faults."""
    with pytest.raises(SubmissionRefused) as refusal:
        submit_firmware(said=said, by=by, at=make.AT)
    return {fault.code: fault.field for fault in refusal.value.faults}


def correction(**changes: Any) -> dict[str, Any]:
    """The correction of CPL-000001, published with version 1."""
    said = make.release(1, kind="CORRECTION", of_entry="CPL-000001", reason="The notes were wrong.")
    return said | {"release_notes": "Mends the valve."} | changes


def told(kind: str) -> dict[str, Any]:
    return dict(payload_of(LedgerEvent.objects.get(kind=kind)))


def kinds_after(seq: int) -> list[str]:
    events = LedgerEvent.objects.filter(seq__gt=seq).order_by("seq")
    return list(events.values_list("kind", flat=True))


def head() -> int:
    return LedgerEvent.objects.latest("seq").seq


# Several hardware versions


def test_each_hardware_version_becomes_an_entry_with_a_record(maker: Actor, decider: Actor) -> None:
    further = ["00010102", "00010201"]

    submission = make.published(maker, decider, 9, further_device_models=further)

    assert submission.cpl_entry_ids == ("CPL-000001", "CPL-000002", "CPL-000003")
    entries = {e.cpl_entry_id: e.device_model for e in listed_entries()}
    assert entries == dict(zip(submission.cpl_entry_ids, submission.device_models, strict=True))
    assert {r.submission_id for r in FirmwareRecord.objects.all()} == {submission.pk}
    assert LedgerEvent.objects.filter(kind="FIRMWARE_PUBLISHED").count() == 3
    assert list(record_faults()) == []


def test_hardware_that_waits_already_is_not_brought_beside_another(maker: Actor) -> None:
    make.submitted(maker, 9, further_device_models=["00010102"])

    again = make.release(9, device_model="00010103", further_device_models=["00010102"])

    assert faults_of(maker, **again) == {"WAITING_ALREADY": "firmware_version"}


def test_an_entry_id_cannot_be_named_for_several(maker: Actor, decider: Actor) -> None:
    submission = make.submitted(maker, 9, further_device_models=["00010102"])

    with pytest.raises(SubmissionRefused) as refusal:
        approve_submission(
            submission_id=submission.pk, by=decider, at=make.AT, cpl_entry_id="CPL-77"
        )

    assert [fault.code for fault in refusal.value.faults] == ["NOT_ONE_NEW_ENTRY"]
    assert not CPLEntry.objects.exists()


# Corrections


def test_a_correction_is_a_further_record_that_names_the_one_it_corrects(
    maker: Actor, decider: Actor
) -> None:
    make.published(maker, decider, 1)
    first, before = FirmwareRecord.objects.get(), head()

    submission = brought(maker, decider, **correction())

    assert (submission.state, submission.cpl_entry_id) == ("PUBLISHED", "CPL-000001")
    second = FirmwareRecord.objects.get(supersedes=first)
    assert (second.reason, second.release_notes) == ("The notes were wrong.", "Mends the valve.")
    first.refresh_from_db()
    assert first.release_notes == "Mends the clock."
    shown = RepositoryEntry.objects.get(cpl_entry_id="CPL-000001")
    assert (shown.record_id, shown.release_notes) == (second.pk, "Mends the valve.")
    assert kinds_after(before) == [
        "SUBMISSION_RECEIVED",
        "SUBMISSION_APPROVED",
        "FIRMWARE_SUPERSEDED",
    ]
    assert told("FIRMWARE_SUPERSEDED")["supersedes"] == str(first.pk)
    assert list(record_faults()) == []


def test_a_corrected_hash_is_corrected_on_the_list_too(maker: Actor, decider: Actor) -> None:
    make.published(maker, decider, 1)
    right = make.image_hash("right")

    brought(maker, decider, **correction(manufacturer_image_hash=right))

    assert listed_entries().get().manufacturer_image_hash == right
    event = told("CPL_ENTRY_CORRECTED")
    assert (event["corrected"], event["reason"]) == (
        ["manufacturer_image_hash"],
        "The notes were wrong.",
    )
    assert list(record_faults()) == []


def test_a_renewed_certificate_is_no_correction_of_the_list(maker: Actor, decider: Actor) -> None:
    make.published(maker, decider, 1)

    brought(maker, decider, **correction(cpa_renewal_date="2099-06-30"))

    assert listed_entries().get().cpa_renewal_date == date(2099, 6, 30)
    assert not LedgerEvent.objects.filter(kind="CPL_ENTRY_CORRECTED").exists()
    assert told("CPL_ENTRY_REVISED")["cpa_renewal_date"] == "2099-06-30"


def test_a_correction_is_corrected_in_its_turn(maker: Actor, decider: Actor) -> None:
    make.published(maker, decider, 1)
    brought(maker, decider, **correction())

    brought(maker, decider, **correction(release_notes="Mends both."))

    assert RepositoryEntry.objects.get().release_notes == "Mends both."
    assert FirmwareRecord.objects.filter(supersedes=None).count() == 1
    assert list(record_faults()) == []


def test_a_correction_says_of_the_entry_what_is_not_said_of_it(
    maker: Actor, decider: Actor
) -> None:
    make.published(maker, decider, 1)
    said = correction()
    for name in ("device_type", "manufacturer_identifier", "device_model", "firmware_version"):
        del said[name]

    assert brought(maker, decider, **said).device_model == "00010101"


def test_what_cannot_be_corrected_is_refused(maker: Actor, decider: Actor) -> None:
    make.listed(make.row(2))
    make.published(maker, decider, 1, predecessors=["CPL-000002"])  # CPL-000003

    of_another = correction(of_entry="CPL-000003", device_model="00010102")
    assert faults_of(maker, **of_another) == {"ANOTHER_DEVICE": "of_entry"}
    assert "NOTHING_TO_CORRECT" in faults_of(
        maker, **correction(of_entry="CPL-000002", firmware_version="00000002")
    )
    assert "ENTRY_NOT_LISTED" in faults_of(maker, **correction(of_entry="CPL-9"))
    assert faults_of(maker, **correction(of_entry="CPL-000003", predecessors=["CPL-000003"])) == {
        "ITS_OWN_PREDECESSOR": "predecessors"
    }
    assert faults_of(maker, **correction(of_entry="CPL-000003", reason=" ")) == {
        "FIELD_MISSING": "reason"
    }


def test_nobody_corrects_anothers_record(maker: Actor, decider: Actor) -> None:
    make.published(maker, decider, 1)
    other = make.actor(make.maker("other-meters", "F1A2"))
    said = {"kind": "WITHDRAWAL", "of_entry": "CPL-000001", "reason": "Rival's."}

    with pytest.raises(NotYourManufacturer):
        submit_firmware(said=said, by=other, at=make.AT)


# Completions


def completion(**changes: Any) -> dict[str, Any]:
    return {"kind": "LEGACY_COMPLETION", "of_entry": "CPL-000002"} | changes


@pytest.mark.parametrize(
    ("predecessors", "pathway"), [(["CPL-000001"], "NAMED"), ("N/A", "NONE"), (None, "UNKNOWN")]
)
def test_an_entry_from_before_gets_its_record_and_the_list_stays(
    maker: Actor, decider: Actor, predecessors: Any, pathway: str
) -> None:
    make.listed(make.row(1), make.row(2))
    before, list_before = head(), list(listed_entries().order_by("pk").values())

    brought(maker, decider, **completion(predecessors=predecessors, purposes=["DEFECT"]))

    shown = RepositoryEntry.objects.get(cpl_entry_id="CPL-000002")
    assert (shown.pathway, shown.purposes) == (pathway, ["DEFECT"])
    assert shown.predecessors == (["CPL-000001"] if pathway == "NAMED" else [])
    assert list(listed_entries().order_by("pk").values()) == list_before
    assert kinds_after(before) == [
        "SUBMISSION_RECEIVED",
        "SUBMISSION_APPROVED",
        "PATHWAY_COMPLETED",
    ]
    assert list(record_faults()) == []


def test_an_entry_is_completed_once_and_then_corrected(maker: Actor, decider: Actor) -> None:
    make.listed(make.row(1), make.row(2))
    brought(maker, decider, **completion())

    assert faults_of(maker, **completion()) == {"RECORD_STANDS": "of_entry"}
    said = make.release(2, kind="CORRECTION", of_entry="CPL-000002", reason="Known now.")
    brought(maker, decider, **{**said, "predecessors": ["CPL-000001"]})
    assert RepositoryEntry.objects.get(cpl_entry_id="CPL-000002").pathway == "NAMED"


def test_two_completions_may_not_lead_in_a_circle(maker: Actor, decider: Actor) -> None:
    make.listed(make.row(1), make.row(2))
    brought(maker, decider, **completion(predecessors=["CPL-000001"]))

    circle = completion(of_entry="CPL-000001", predecessors=["CPL-000002"])

    assert faults_of(maker, **circle) == {"PATHWAY_GOES_IN_A_CIRCLE": "predecessors"}


def test_a_completion_changes_nothing_that_the_list_says(maker: Actor) -> None:
    make.listed(make.row(1), make.row(2))

    assert faults_of(maker, **completion(gbcs_version="4.3")) == {"LIST_SAYS_OTHERWISE": "of_entry"}


# Withdrawals


def withdrawal(**changes: Any) -> dict[str, Any]:
    said = {"kind": "WITHDRAWAL", "of_entry": "CPL-000001", "reason": "It drains the battery."}
    return said | changes


def test_a_release_that_its_maker_withdraws_is_removed_with_the_reason(
    maker: Actor, decider: Actor
) -> None:
    make.published(maker, decider, 1)
    before = head()

    submission = brought(maker, decider, **withdrawal())

    entry = listed_entries().get()
    assert (entry.status, entry.removal_reason) == ("REMOVED", "It drains the battery.")
    told_of = ["SUBMISSION_APPROVED", "CPL_ENTRY_REMOVED", "FIRMWARE_ARCHIVED"]
    assert kinds_after(before)[-3:] == told_of
    assert told("CPL_ENTRY_REMOVED")["proposed_by"] == str(submission.submitted_by)
    assert FirmwareRecord.objects.count() == 1
    assert faults_of(maker, **withdrawal()) == {"REMOVED_ALREADY": "of_entry"}
