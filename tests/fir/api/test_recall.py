"""A Manufacturer's system says that a release must not be deployed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fir.parties.permissions import Permission
from tests import make
from tests.fir.api.asking import Asker, codes

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
RECALL = "/firmware/CPL-000002/recall"
REASON = {"reason": "It stops the clock."}


@pytest.fixture
def maker() -> Party:
    """A maker with a published release."""
    party = make.maker()
    make.listed(make.row(1))
    make.published(make.actor(party), make.actor(make.administrator()), 2)
    return party


def test_a_release_is_recalled_at_once_and_everybody_is_answered_so(maker: Party) -> None:
    answer = Asker(maker).post(RECALL, REASON)

    seen = Asker(make.party()).get("/firmware/CPL-000002").json()
    assert answer.status_code == 200, answer.content
    assert answer.json()["recalled"]["reason"] == "It stops the clock."
    assert seen["recalled"] == answer.json()["recalled"]
    assert seen["history"][-1]["kind"] == "FIRMWARE_RECALLED"
    assert seen["status"] == "Current"


def test_a_release_is_recalled_once(maker: Party) -> None:
    asker = Asker(maker)
    asker.post(RECALL, REASON)

    again = asker.post(RECALL, REASON)

    assert again.status_code == 409
    assert again.json()["type"] == "urn:fir:problem:AlreadyRecalled"
    assert again.json()["detail"] == "CPL-000002 is recalled already."


def test_a_release_that_one_may_see_but_not_recall_is_refused_with_the_reason(
    maker: Party,
) -> None:
    holder = make.party("dcc", "DCC", manufacturer_identifiers=["F1A9"])

    refused = Asker(holder).post(RECALL, REASON)

    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:fir:problem:NotYourRelease"
    assert "F1A1" in refused.json()["detail"]


def test_a_release_of_somebody_else_or_none_is_not_there(maker: Party) -> None:
    rival = Asker(make.maker("other-meters", "F1A2"))

    assert rival.post(RECALL, REASON).status_code == 404
    assert Asker(maker).post("/firmware/CPL-000009/recall", REASON).status_code == 404
    assert Asker(maker).post("/firmware/%20/recall", REASON).status_code == 404


def test_a_key_without_the_permission_recalls_nothing(maker: Party) -> None:
    asker = Asker(maker)
    asker.headers = {"authorization": f"Bearer {make.key(maker, [Permission.VIEW_RECORDS])}"}

    assert asker.post(RECALL, REASON).status_code == 403
    assert asker.get("/firmware/CPL-000002").json()["recalled"] is None


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": " \n"}, {"reason": "x" * 501}])
def test_a_recall_has_a_reason(maker: Party, body: dict[str, Any]) -> None:
    refused = Asker(maker).post(RECALL, body)

    assert refused.status_code == 422
    assert refused.json()["type"] == "urn:fir:problem:ReasonRefused"


def test_a_body_of_another_form_is_refused_by_field(maker: Party) -> None:
    asker = Asker(maker)

    assert codes(asker.post(RECALL, {"reason": 7})) == {("reason", "NOT_TEXT")}
    assert codes(asker.post(RECALL, {**REASON, "until": "x"})) == {("until", "FIELD_UNKNOWN")}
    assert codes(asker.post(RECALL, b"[]")) == {("", "NOT_AN_OBJECT")}


def test_a_recall_is_lifted_by_a_submission_that_somebody_reviews(maker: Party) -> None:
    asker = Asker(maker)
    asker.post(RECALL, REASON)

    lift = asker.brings_about("CPL-000002", "RECALL_LIFT", reason="It was another.")
    waiting = asker.get("/firmware/CPL-000002").json()["recalled"]
    Asker(make.party("admin-two", "ADMINISTRATOR")).decides(lift, "approve")

    assert waiting is not None
    assert asker.get("/firmware/CPL-000002").json()["recalled"] is None
