"""What the answers about submissions say, to whom, and what the records say that they become."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fir.submissions.operations import waive_finding
from tests import make
from tests.fir.api.asking import Asker, codes, made

pytestmark = pytest.mark.django_db

FACTS: dict[str, Any] = {
    "purposes": ["SECURITY", "DEFECT"],
    "security_relevant": True,
    "interrupts_hub_power": True,
    "minimum_hardware_version": "0100",
    "maximum_hardware_version": "0202",
    "image_size": 123_456,
    "end_of_support": "2040-01-31",
    "activation_advice": "Not on a Friday.\nNor at night.",
    "release_notes": "Mends the clock.",
    "carries_updates": True,
}
NOBODY_SAID: dict[str, Any] = {
    "purposes": [],
    "security_relevant": None,
    "interrupts_hub_power": None,
    "minimum_hardware_version": "",
    "maximum_hardware_version": "",
    "image_size": None,
    "end_of_support": None,
    "activation_advice": "",
    "release_notes": "",
    "carries_updates": None,
}


@pytest.fixture
def maker() -> Asker:
    return Asker(make.maker())


@pytest.fixture
def decider() -> Asker:
    return Asker(make.administrator())


def of(answer: dict[str, Any], *names: str) -> dict[str, Any]:
    """These fields of an answer."""
    return {name: answer[name] for name in names}


def test_everything_that_was_said_comes_back(maker: Asker) -> None:
    said = make.release(
        9, device_type="CHF", esme_variant="", further_device_models=["00010201"], **FACTS
    )
    said["smets_chts_version"] = "CHTS V1.1"

    brought = maker.brings(**said)

    assert of(brought, *said) == said
    assert maker.get(f"/submissions/{brought['id']}").json() == {
        name: value for name, value in brought.items() if name != "warnings"
    }


def test_what_is_not_said_yet_is_null_or_empty(maker: Asker) -> None:
    brought = maker.brings(release_notes="")

    assert of(brought, *NOBODY_SAID) == NOBODY_SAID
    assert of(brought, "kind", "state", "party", "predecessors") == {
        "kind": "NEW",
        "state": "SUBMITTED",
        "party": "fine-meters",
        "predecessors": "N/A",
    }
    unsaid = ("of_entry", "replaces", "publish_at", "cpl_entry_id", "withdrawn_at")
    assert of(brought, *unsaid) == dict.fromkeys(unsaid)
    empty = ("cpl_entry_ids", "further_device_models", "decisions", "comments")
    assert of(brought, *empty) == {name: [] for name in empty}
    assert brought["reason"] == ""


def test_several_hardware_versions_become_several_entries(maker: Asker, decider: Asker) -> None:
    brought = maker.brings(further_device_models=["00010301", "00010201"])

    decided = decider.decides(brought, "approve")

    assert decided["further_device_models"] == ["00010201", "00010301"]
    assert decided["cpl_entry_ids"] == ["CPL-000001", "CPL-000002", "CPL-000003"]
    assert decided["cpl_entry_id"] == "CPL-000001"
    models = [decider.get(f"/cpl/{e}").json()["device_model"] for e in decided["cpl_entry_ids"]]
    assert models == ["00010101", "00010201", "00010301"]


def test_a_record_says_all_that_was_published(maker: Asker, decider: Asker) -> None:
    brought = maker.brings(
        device_type="CHF", smets_chts_version="CHTS V1.1", esme_variant="", **FACTS
    )
    (entry,) = decider.decides(brought, "approve")["cpl_entry_ids"]

    one, listed = maker.get(f"/firmware/{entry}").json(), maker.get("/firmware").json()["results"]

    assert of(one, *FACTS) == FACTS
    assert one["supersedes"] is None
    assert of(listed[0], *FACTS) == FACTS


def test_of_an_entry_from_before_nobody_said_anything(maker: Asker) -> None:
    make.listed(make.row(1))

    record = maker.get("/firmware/CPL-000001").json()

    assert of(record, *NOBODY_SAID) == NOBODY_SAID
    assert of(record, "record_id", "supersedes") == {"record_id": None, "supersedes": None}


def test_a_completion_may_say_that_nobody_knows_the_pathway(maker: Asker, decider: Asker) -> None:
    make.listed(make.row(1))

    brought = maker.brings_about("CPL-000001", "LEGACY_COMPLETION", release_notes="Old.")
    decided = decider.decides(brought, "approve")

    assert brought["predecessors"] is None
    assert brought["firmware_version"] == "00000001"
    assert (decided["state"], decided["cpl_entry_ids"]) == ("PUBLISHED", ["CPL-000001"])
    record = maker.get("/firmware/CPL-000001").json()
    assert record["pathway"] == {"declared": "UNKNOWN", "predecessors": []}
    assert (record["release_notes"], record["record_id"] is None) == ("Old.", False)


@pytest.mark.parametrize("kind", ["CORRECTION", "LEGACY_COMPLETION", "WITHDRAWAL"])
def test_what_is_about_an_entry_names_it(maker: Asker, kind: str) -> None:
    answer = maker.post("/submissions", {"kind": kind})

    assert ("of_entry", "FIELD_MISSING") in codes(answer)


@pytest.mark.parametrize("kind", ["CORRECTION", "LEGACY_COMPLETION", "WITHDRAWAL"])
def test_nobody_says_anything_about_anothers_entry(maker: Asker, kind: str) -> None:
    make.listed(make.row(1, manufacturer_identifier="F1A2"))

    answer = maker.post(
        "/submissions", {"kind": kind, "of_entry": "CPL-000001", "reason": "Wrong."}
    )

    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:fir:problem:NotYourManufacturer"


def test_the_queue_is_asked_by_state(maker: Asker, decider: Asker) -> None:
    waiting, returned, closed, later, done = (
        maker.brings(n, device_model=f"000{n}0101") for n in range(1, 6)
    )
    time = (timezone.now() + timedelta(days=1)).isoformat()
    decider.decides(returned, "return", reason="Name the clock.")
    decider.decides(closed, "close", reason="Not needed.")
    decider.decides(later, "approve", publish_at=time)
    decider.decides(done, "approve")
    by_state = {
        "SUBMITTED": waiting, "RETURNED": returned, "CLOSED": closed, "APPROVED": later,
        "PUBLISHED": done,
    }  # fmt: skip

    for state, expected in by_state.items():
        found = maker.get(f"/submissions?state={state.lower()}").json()["results"]
        assert [(one["id"], one["state"]) for one in found] == [(expected["id"], state)]


# Comments and waivers


def test_both_sides_read_what_was_said_in_its_order(maker: Asker, decider: Asker) -> None:
    path = f"/submissions/{maker.brings()['id']}"

    asked = decider.post(f"{path}/comments", {"text": "Which hubs is it for?"})
    maker.post(f"{path}/comments", {"text": "All of them.\r\nAnd yours."})

    assert made(asked)["party"] == "administrator"
    for asker in (maker, decider):
        said = asker.get(path).json()["comments"]
        assert [(one["party"], one["text"]) for one in said] == [
            ("administrator", "Which hubs is it for?"),
            ("fine-meters", "All of them.\nAnd yours."),
        ]
        assert said[0]["made_at"].endswith("Z")
    assert asker.get("/submissions").json()["results"][0]["comments"] == said


def test_nobody_else_comments_or_learns_that_there_is_something(maker: Asker) -> None:
    stranger = Asker(make.maker("other-meters", "F1A2"))
    brought = maker.brings()

    for asked in (brought["id"], str(uuid.uuid4())):
        for door, body in (("comments", {"text": "Hello."}), ("withdrawal", {})):
            answer = stranger.post(f"/submissions/{asked}/{door}", body)
            assert answer.status_code == 404
            assert answer.json()["detail"].startswith("There is no such thing here")
    assert maker.get(f"/submissions/{brought['id']}").json()["comments"] == []


def test_who_holds_the_identifier_reads_it_and_does_not_take_it_back(maker: Asker) -> None:
    brought = maker.brings()
    holder = Asker(make.maker("also-fine"))

    assert holder.get(f"/submissions/{brought['id']}").json()["state"] == "SUBMITTED"
    assert holder.post(f"/submissions/{brought['id']}/withdrawal", {}).status_code == 404
    assert holder.post(f"/drafts/{brought['id']}/submission").status_code == 404


def test_the_administrator_alone_sees_what_somebody_would_waive(
    maker: Asker, decider: Asker
) -> None:
    brought = maker.brings(gbcs_version="9.9")
    (warning,) = [one for one in brought["warnings"] if one["field"] == "gbcs_version"]
    path = f"/submissions/{brought['id']}"
    assert decider.get(path).json()["waivers"] == []

    waive_finding(
        submission_id=uuid.UUID(brought["id"]),
        code=warning["code"],
        reason="A trial.",
        by=make.actor(decider.party),
        at=timezone.now(),
    )

    (waiver,) = decider.get(path).json()["waivers"]
    assert of(waiver, "code", "reason") == {"code": warning["code"], "reason": "A trial."}
    assert "waivers" not in maker.get(path).json()
