"""What came back is mended in a draft and brought again, once; the first stays as it was."""

from __future__ import annotations

from typing import Any

import pytest

from fir.submissions.models import Submission
from tests import make
from tests.fir.api.asking import Asker, codes, made

pytestmark = pytest.mark.django_db
EVERY_FACT = {
    "purposes": ["FEATURE"],
    "security_relevant": False,
    "interrupts_hub_power": False,
    "minimum_hardware_version": "0100",
    "maximum_hardware_version": "0202",
    "image_size": 1,
    "end_of_support": "2040-01-31",
    "activation_advice": "By day.",
    "further_device_models": ["00010201"],
}


@pytest.fixture
def maker() -> Asker:
    return Asker(make.maker())


@pytest.fixture
def decider() -> Asker:
    return Asker(make.administrator())


def returned(maker: Asker, decider: Asker, **said: Any) -> dict[str, Any]:
    brought = maker.brings(**said)
    return decider.decides(brought, "return", reason="Name the clock.")


def test_the_draft_begins_with_what_came_back(maker: Asker, decider: Asker) -> None:
    first = returned(maker, decider, **EVERY_FACT)

    draft = made(maker.post("/drafts", {"again_of": first["id"]}))

    assert draft["said"] == make.release() | EVERY_FACT
    assert (draft["again_of"], draft["faults"]) == (first["id"], [])


def test_answers_that_are_given_stand_in_the_place_of_the_old_ones(
    maker: Asker, decider: Asker
) -> None:
    first = returned(maker, decider)

    draft = made(
        maker.post("/drafts", {"again_of": first["id"], "gbcs_version": "4.1", "esme_variant": ""})
    )

    assert (draft["said"]["gbcs_version"], draft["said"]["esme_variant"]) == ("4.1", "")
    assert draft["said"]["release_notes"] == "Mends the clock."


def test_what_is_brought_again_names_what_it_replaces(maker: Asker, decider: Asker) -> None:
    first = returned(maker, decider)
    draft = made(maker.post("/drafts", {"again_of": first["id"]}))
    said = {**draft["said"], "release_notes": "Mends the big clock."}
    maker.put(f"/drafts/{draft['id']}", {**said, "version": draft["version"]})

    second = made(maker.post(f"/drafts/{draft['id']}/submission"))

    assert (second["replaces"], second["state"]) == (first["id"], "SUBMITTED")
    assert second["release_notes"] == "Mends the big clock."
    assert maker.get(f"/submissions/{first['id']}").json() == first
    assert decider.decides(second, "approve")["state"] == "PUBLISHED"


@pytest.mark.parametrize("kind", ["CORRECTION", "LEGACY_COMPLETION", "WITHDRAWAL"])
def test_every_kind_can_be_mended(maker: Asker, decider: Asker, kind: str) -> None:
    if kind == "CORRECTION":
        decider.decides(maker.brings(1), "approve")
    else:
        make.listed(make.row(1))
    facts = {
        "CORRECTION": make.release(1) | {"reason": "Wrong hash."},
        "LEGACY_COMPLETION": {"release_notes": "Old."},
        "WITHDRAWAL": {"reason": "It breaks."},
    }[kind]
    brought = maker.brings_about("CPL-000001", kind, **facts)
    decider.decides(brought, "return", reason="Say more.")

    draft = made(maker.post("/drafts", {"again_of": brought["id"]}))

    assert (draft["kind"], draft["faults"]) == (kind, [])
    assert made(maker.post(f"/drafts/{draft['id']}/submission"))["replaces"] == brought["id"]


@pytest.mark.parametrize("decision", ["approve", "close", None])
def test_only_what_came_back_is_mended(maker: Asker, decider: Asker, decision: str | None) -> None:
    brought = maker.brings()
    if decision:
        decider.decides(brought, decision, reason="So.")

    answer = maker.post("/drafts", {"again_of": brought["id"]})

    assert codes(answer) == {("again_of", "NOT_RETURNED")}


def test_nobody_mends_what_another_brought(maker: Asker, decider: Asker) -> None:
    first = returned(maker, decider)

    answer = Asker(make.maker("also-fine")).post("/drafts", {"again_of": first["id"]})

    assert codes(answer) == {("again_of", "NOT_RETURNED")}


def test_the_kind_of_what_came_back_stays(maker: Asker, decider: Asker) -> None:
    first = returned(maker, decider)

    answer = maker.post("/drafts", {"again_of": first["id"], "kind": "CORRECTION"})

    assert codes(answer) == {("kind", "KIND_STAYS")}


def test_what_came_back_is_brought_again_once(maker: Asker, decider: Asker) -> None:
    first = returned(maker, decider)
    one, other = (made(maker.post("/drafts", {"again_of": first["id"]})) for _ in range(2))
    second = made(maker.post(f"/drafts/{one['id']}/submission"))
    decider.decides(second, "return", reason="Once more.")

    again = maker.post(f"/drafts/{other['id']}/submission")

    assert codes(again) == {("again_of", "MENDED_ALREADY")}
    assert second["id"] in again.json()["errors"][0]["message"]
    assert codes(maker.post("/drafts", {"again_of": first["id"]})) == {
        ("again_of", "MENDED_ALREADY")
    }
    assert Submission.objects.count() == 2
    third = made(maker.post("/drafts", {"again_of": second["id"]}))
    assert made(maker.post(f"/drafts/{third['id']}/submission"))["replaces"] == second["id"]
