"""Journeys of systems: a time of publication, a withdrawal, and what is said of listed entries."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from fir.eligibility.operations import read_news
from fir.submissions.models import Submission
from fir.submissions.operations import publish_due
from tests import make
from tests.fir.api.asking import Asker, codes
from tests.fir.submissions.at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> Asker:
    return Asker(make.maker())


@pytest.fixture
def decider() -> Asker:
    return Asker(make.administrator())


@pytest.fixture
def supplier() -> Asker:
    return Asker(make.party("big-light"))


def in_days(days: int) -> datetime:
    return timezone.now().replace(microsecond=0) + timedelta(days=days)


def state_of(asker: Asker, submission: dict[str, Any]) -> str:
    return str(asker.get(f"/submissions/{submission['id']}").json()["state"])


def kinds(asker: Asker) -> list[str]:
    """The kinds of the events that somebody may read, but those of the test's preparations."""
    events = asker.get("/feed?after=0").json()["events"]
    told = [one["kind"] for one in events if "kind" in one]
    return [kind for kind in told if kind not in ("PARTY_ADMITTED", "GRANT_CHANGED")]


# A time of publication


@pytest.mark.parametrize("offset", ["+00:00", "+05:30", "-11:00"])
def test_what_is_approved_for_a_time_is_published_then(
    maker: Asker, decider: Asker, offset: str
) -> None:
    brought, due = maker.brings(), in_days(3)
    hours, minutes = int(offset[:3]), int(offset[0] + offset[4:])
    local = (due + timedelta(hours=hours, minutes=minutes)).replace(tzinfo=None)

    approved = decider.decides(brought, "approve", publish_at=local.isoformat() + offset)

    written = due.isoformat().replace("+00:00", "Z")
    assert (approved["state"], approved["publish_at"]) == ("APPROVED", written)
    assert [one["publish_at"] for one in approved["decisions"]] == [written]
    assert (approved["cpl_entry_id"], approved["cpl_entry_ids"]) == (None, [])
    assert publish_due(at=due - timedelta(seconds=1)) == 0
    assert maker.get("/firmware").json()["results"] == []

    assert publish_due(at=due) == 1

    published = maker.get(f"/submissions/{brought['id']}").json()
    assert (published["state"], published["cpl_entry_ids"]) == ("PUBLISHED", ["CPL-000001"])
    assert maker.get("/firmware/CPL-000001").json()["published_at"] == written


def test_what_is_published_at_once_says_when(maker: Asker, decider: Asker) -> None:
    decided = decider.decides(maker.brings(), "approve")

    assert decided["publish_at"] == decided["decisions"][0]["decided_at"]
    assert decided["decisions"][0]["publish_at"] is None


def test_an_approval_is_cancelled_before_its_time(maker: Asker, decider: Asker) -> None:
    brought = maker.brings()
    decider.decides(brought, "approve", publish_at=in_days(3).isoformat())

    cancelled = decider.decides(brought, "cancel", reason="The hash is in doubt.")

    assert (cancelled["state"], cancelled["publish_at"]) == ("SUBMITTED", None)
    assert [(one["decision"], one["reason"]) for one in cancelled["decisions"]] == [
        ("APPROVE", ""),
        ("CANCEL", "The hash is in doubt."),
    ]
    assert publish_due(at=in_days(4)) == 0
    assert decider.decides(brought, "approve")["state"] == "PUBLISHED"
    assert "APPROVAL_CANCELLED" in kinds(maker)


@pytest.mark.parametrize("first", ["approve", "close", None])
def test_only_what_waits_for_its_time_is_cancelled(
    maker: Asker, decider: Asker, first: str | None
) -> None:
    brought = maker.brings()
    if first:
        decider.decides(brought, first, reason="So.")

    answer = decider.post(
        f"/submissions/{brought['id']}/decision", {"decision": "cancel", "reason": "No."}
    )

    assert answer.status_code == 409


def test_what_breaks_a_rule_by_then_waits_again(maker: Asker, decider: Asker) -> None:
    brought = maker.brings()
    decider.decides(brought, "approve", publish_at=in_days(3).isoformat())
    make.listed(make.row(9))

    assert publish_due(at=in_days(4)) == 0

    assert state_of(maker, brought) == "SUBMITTED"
    assert kinds(maker)[-1] == "PUBLICATION_HELD_BACK"


# Taking back


def test_who_brought_it_takes_it_back(maker: Asker, decider: Asker) -> None:
    brought = maker.brings()

    answer = maker.post(f"/submissions/{brought['id']}/withdrawal", {"reason": "A mistake."})

    assert answer.status_code == 200
    assert (answer.json()["state"], answer.json()["decisions"]) == ("CLOSED", [])
    assert answer.json()["withdrawn_at"].endswith("Z")
    assert maker.post(f"/submissions/{brought['id']}/withdrawal").status_code == 409
    late = decider.post(f"/submissions/{brought['id']}/decision", {"decision": "approve"})
    assert late.status_code == 409
    assert kinds(decider)[-1] == "SUBMISSION_WITHDRAWN"
    assert maker.brings()["state"] == "SUBMITTED"


def test_what_waits_for_its_time_is_taken_back_too(maker: Asker, decider: Asker) -> None:
    brought = maker.brings()
    decider.decides(brought, "approve", publish_at=in_days(3).isoformat())

    assert maker.post(f"/submissions/{brought['id']}/withdrawal").status_code == 200

    assert publish_due(at=in_days(4)) == 0
    assert state_of(maker, brought) == "CLOSED"


@pytest.mark.parametrize("decision", ["approve", "return", "close"])
def test_what_was_decided_is_not_taken_back(maker: Asker, decider: Asker, decision: str) -> None:
    brought = maker.brings()
    decided = decider.decides(brought, decision, reason="So.")

    answer = maker.post(f"/submissions/{brought['id']}/withdrawal")

    assert answer.status_code == 409
    assert decided["state"] in answer.json()["detail"]
    assert state_of(maker, brought) == decided["state"]


@pytest.mark.django_db(transaction=True)
def test_taking_back_while_somebody_approves_does_one_of_the_two(
    maker: Asker, decider: Asker
) -> None:
    brought = maker.brings()
    path = f"/submissions/{brought['id']}"

    withdrawn, approved = at_once(
        partial(maker.post, f"{path}/withdrawal"),
        partial(decider.post, f"{path}/decision", {"decision": "approve"}),
    )

    assert sorted([withdrawn.status_code, approved.status_code]) == [200, 409]
    submission = Submission.objects.get(pk=uuid.UUID(brought["id"]))
    expected = "CLOSED" if withdrawn.status_code == 200 else "PUBLISHED"
    assert (submission.state, bool(submission.cpl_entry_ids)) == (expected, expected == "PUBLISHED")


# What is said of listed entries


def test_a_completed_pathway_makes_a_suppliers_devices_eligible(
    maker: Asker, decider: Asker, supplier: Asker
) -> None:
    make.listed(make.row(1), make.row(2))
    make.estate(supplier.party, make.device(1), make.device(2), at=timezone.now())

    def found() -> dict[str, int]:
        answer = supplier.get("/eligibility").json()
        assert answer["complete"]
        return {outcome: count for outcome, count in answer["totals"].items() if count}

    assert found() == {"UNCONFIRMED": 2}
    brought = maker.brings_about("CPL-000002", "LEGACY_COMPLETION", predecessors=["CPL-000001"])
    decider.decides(brought, "approve")
    assert not supplier.get("/eligibility").json()["complete"]
    read_news(at=timezone.now())

    assert found() == {"ELIGIBLE": 2}
    pathway = supplier.get("/firmware/CPL-000002").json()["pathway"]
    assert pathway == {"declared": "NAMED", "predecessors": ["CPL-000001"]}
    assert "PATHWAY_COMPLETED" in kinds(supplier)
    again = maker.post(
        "/submissions",
        {"kind": "LEGACY_COMPLETION", "of_entry": "CPL-000002", "predecessors": "N/A"},
    )
    assert codes(again) == {("of_entry", "RECORD_STANDS")}


def test_a_correction_supersedes_and_the_first_record_stays_in_the_history(
    maker: Asker, decider: Asker, supplier: Asker
) -> None:
    decider.decides(maker.brings(), "approve")
    before = supplier.get("/firmware/CPL-000001").json()
    said = make.release(manufacturer_image_hash=make.image_hash("right"), purposes=["DEFECT"])

    brought = maker.brings_about("CPL-000001", "CORRECTION", reason="The hash was wrong.", **said)
    decided = decider.decides(brought, "approve")

    assert (decided["of_entry"], decided["cpl_entry_ids"]) == ("CPL-000001", ["CPL-000001"])
    after = supplier.get("/firmware/CPL-000001").json()
    assert after["supersedes"] == before["record_id"] != after["record_id"]
    assert after["manufacturer_image_hash"] == make.image_hash("right")
    assert (before["purposes"], after["purposes"]) == ([], ["DEFECT"])
    told = [one for one in after["history"] if one["kind"] == "FIRMWARE_SUPERSEDED"]
    assert [one["payload"]["reason"] for one in told] == ["The hash was wrong."]
    published = [one for one in after["history"] if one["kind"] == "FIRMWARE_PUBLISHED"]
    assert published[0]["payload"]["manufacturer_image_hash"] == make.image_hash(9)


def test_a_withdrawn_release_leaves_the_list(maker: Asker, decider: Asker, supplier: Asker) -> None:
    decider.decides(maker.brings(), "approve")

    brought = maker.brings_about("CPL-000001", "WITHDRAWAL", reason="It stops the clock.")
    assert (brought["firmware_version"], brought["predecessors"]) == ("00000009", None)
    decided = decider.decides(brought, "approve")

    assert (decided["state"], decided["cpl_entry_ids"]) == ("PUBLISHED", ["CPL-000001"])
    entry = supplier.get("/cpl/CPL-000001").json()
    assert (entry["status"], entry["removal_reason"]) == ("Removed", "It stops the clock.")
    assert "CPL_ENTRY_REMOVED" in kinds(supplier)
    again = maker.post(
        "/submissions", {"kind": "WITHDRAWAL", "of_entry": "CPL-000001", "reason": "Again."}
    )
    assert codes(again) == {("of_entry", "REMOVED_ALREADY")}
