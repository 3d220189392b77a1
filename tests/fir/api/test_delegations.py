"""Letting agents see Devices, and deciding of releases, as a Supplier's system does."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.eligibility.models import SupplierDecision
from fir.parties.models import Delegation, Party
from fir.parties.permissions import Permission as P  # noqa: N817 - named in every other line here
from tests import make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
DELEGATIONS = "/api/v1/delegations"
DECISION = "/api/v1/firmware/CPL-000002/own-decision"


@pytest.fixture
def supplier() -> Party:
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.agent()
    return make.party()


@pytest.fixture
def headers(supplier: Party) -> dict[str, str]:
    """A key that may delegate, which none may unless it is said."""
    return make.bearer(supplier, [P.DELEGATE, P.VIEW_ESTATE, P.VIEW_RECORDS, P.DECIDE_RELEASES])


def said(**changes: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "agent": "agent",
        "device_types": ["ESME"],
        "device_models": ["F1A1/00010101"],
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=9)).isoformat(),
        **changes,
    }


def post(client: Client, path: str, body: Any, headers: dict[str, str]) -> Any:
    return client.post(path, data=body, content_type="application/json", headers=headers)


def put(client: Client, body: Any, headers: dict[str, str], path: str = DECISION) -> Any:
    return client.put(path, data=body, content_type="application/json", headers=headers)


def faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 422
    return [(error["field"], error["code"]) for error in answer.json()["errors"]]


def test_a_delegation_is_given_found_and_revoked(client: Client, headers: dict[str, str]) -> None:
    given = post(client, DELEGATIONS, said(), headers)

    assert given.status_code == 201
    body = given.json()
    assert body == {
        **said(),
        "id": body["id"],
        "supplier": "big-light",
        "state": "LIVE",
        "given_at": body["given_at"],
        "revoked_at": None,
    }
    where = given.headers["Location"]
    assert client.get(where, headers=headers).json() == body
    assert client.get(DELEGATIONS, headers=headers).json()["results"] == [body]

    revoked = post(client, f"{where}/revocation", {}, headers)

    assert revoked.status_code == 200
    assert revoked.json()["state"] == "REVOKED"
    again = post(client, f"{where}/revocation", {}, headers)
    assert (again.status_code, "revoked already" in again.json()["detail"]) == (409, True)


def test_the_agent_finds_it_and_can_do_nothing_about_it(
    client: Client, headers: dict[str, str]
) -> None:
    where = post(client, DELEGATIONS, said(), headers).headers["Location"]
    agent = make.party("another-supplier")
    held = Delegation.objects.get()

    own = make.bearer(held.agent)
    assert client.get(where, headers=own).json()["supplier"] == "big-light"
    assert post(client, f"{where}/revocation", {}, own).status_code == 403
    other = make.bearer(agent, [P.DELEGATE, P.VIEW_ESTATE])
    assert client.get(where, headers=other).status_code == 404
    assert post(client, f"{where}/revocation", {}, other).status_code == 404
    assert client.get(DELEGATIONS, headers=other).json()["results"] == []
    held.refresh_from_db()
    assert held.revoked_at is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"agent": "big-light"}, [("agent", "NOT_AN_AGENT")]),
        ({"agent": "nobody"}, [("agent", "NOT_AN_AGENT")]),
        ({"agent": 7}, [("agent", "NOT_TEXT")]),
        ({"device_types": "ESME"}, [("device_types", "NOT_A_LIST")]),
        ({"device_types": [["ESME"]]}, [("device_types", "NOT_A_LIST")]),
        ({"device_types": ["PPMID"]}, [("device_types", "NOT_FOR_AGENTS"),
                                       ("device_models", "NOT_LISTED")]),
        ({"device_models": ["F1A1/00990101"]}, [("device_models", "NOT_LISTED")]),
        ({"last_day": "2020-01-01"}, [("last_day", "ENDS_BEFORE_IT_BEGINS")]),
        ({"first_day": "2020-01-01"}, [("first_day", "IN_THE_PAST")]),
        ({"sites": []}, [("sites", "FIELD_UNKNOWN")]),
        ({"agent": "", "device_types": []}, [("agent", "NOT_AN_AGENT"),
                                             ("device_types", "NONE_CHOSEN")]),
    ],
)  # fmt: skip
def test_every_fault_is_named(
    client: Client,
    headers: dict[str, str],
    changes: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    assert faults(post(client, DELEGATIONS, said(**changes), headers)) == expected
    assert not Delegation.objects.exists()


@pytest.mark.parametrize("body", ["[]", "7", '"x"', "null", "{", ""])
def test_what_is_no_object_is_refused(client: Client, headers: dict[str, str], body: str) -> None:
    for answer in (post(client, DELEGATIONS, body, headers), put(client, body, headers)):
        assert answer.status_code in (400, 422)


def test_the_very_same_twice_conflicts(client: Client, headers: dict[str, str]) -> None:
    post(client, DELEGATIONS, said(), headers)

    assert post(client, DELEGATIONS, said(), headers).status_code == 409


def test_a_key_delegates_only_where_that_was_said(client: Client, supplier: Party) -> None:
    usual = make.bearer(supplier)

    assert post(client, DELEGATIONS, said(), usual).status_code == 403
    assert client.get(DELEGATIONS, headers=usual).status_code == 200


def test_what_there_is_not_is_not_found(client: Client, headers: dict[str, str]) -> None:
    nowhere = f"{DELEGATIONS}/{uuid.uuid4()}"

    assert client.get(nowhere, headers=headers).status_code == 404
    assert post(client, f"{nowhere}/revocation", {}, headers).status_code == 404


# Own decisions


def test_a_decision_is_made_read_and_made_anew(client: Client, headers: dict[str, str]) -> None:
    nothing = client.get(DECISION, headers=headers).json()
    assert nothing == {"cpl_entry_id": "CPL-000002", "own_decision": None, "history": []}

    put(client, {"state": "testing", "reason": "In our lab."}, headers)
    held = put(client, {"state": "HELD", "reason": "It stops the clock."}, headers)

    assert held.status_code == 200
    body = held.json()
    assert [(d["state"], d["reason"]) for d in body["history"]] == [
        ("HELD", "It stops the clock."),
        ("TESTING", "In our lab."),
    ]
    assert body["own_decision"] == body["history"][0]
    assert client.get(DECISION, headers=headers).json() == body


def test_records_carry_it_and_are_narrowed_by_it(
    client: Client, supplier: Party, headers: dict[str, str]
) -> None:
    before = client.get("/api/v1/firmware/CPL-000002", headers=headers)
    put(client, {"state": "HELD", "reason": "It stops the clock."}, headers)

    def narrowed(own: str, of: dict[str, str]) -> list[str]:
        found = client.get(f"/api/v1/firmware?own_decision={own}", headers=of).json()
        return [record["cpl_entry_id"] for record in found["results"]]

    after = client.get(
        "/api/v1/firmware/CPL-000002",
        headers={**headers, "if-none-match": before.headers["ETag"]},
    )
    assert after.status_code == 200
    assert before.json()["own_decision"] is None
    assert after.json()["own_decision"]["state"] == "HELD"
    assert [e["kind"] for e in after.json()["history"]][-1] == "SUPPLIER_DECIDED"
    assert narrowed("HELD", headers) == ["CPL-000002"]
    assert narrowed("NONE", headers) == ["CPL-000001"]
    assert narrowed("APPROVED", headers) == []
    other = make.bearer(make.party("small-gas", "SMALL_SUPPLIER"))
    assert narrowed("HELD", other) == []
    assert narrowed("NONE", other) == ["CPL-000001", "CPL-000002"]
    theirs = client.get("/api/v1/firmware/CPL-000002", headers=other).json()
    assert theirs["own_decision"] is None
    assert "SUPPLIER_DECIDED" not in [event["kind"] for event in theirs["history"]]


def test_how_a_record_stood_says_what_is_decided_now(
    client: Client, headers: dict[str, str]
) -> None:
    put(client, {"state": "HELD", "reason": "It stops the clock."}, headers)

    then = client.get("/api/v1/firmware/CPL-000002?as_at=2026-11-20T10:00:00Z", headers=headers)

    assert then.status_code == 200
    assert then.json()["own_decision"]["state"] == "HELD"
    assert "SUPPLIER_DECIDED" not in [event["kind"] for event in then.json()["history"]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"state": "MAYBE", "reason": "x"}, [("state", "NOT_A_STATE")]),
        ({"reason": "x"}, [("state", "NOT_A_STATE")]),
        ({"state": "HELD"}, [("reason", "REASON_NEEDED")]),
        ({}, [("state", "NOT_A_STATE"), ("reason", "REASON_NEEDED")]),
        ({"state": ["HELD"], "reason": "x"}, [("state", "NOT_TEXT")]),
        ({"state": "HELD", "reason": "x", "until": "x"}, [("until", "FIELD_UNKNOWN")]),
    ],
)
def test_what_is_wrong_with_a_decision_is_named(
    client: Client, headers: dict[str, str], body: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert faults(put(client, body, headers)) == expected
    assert not SupplierDecision.objects.exists()


@pytest.mark.parametrize("entry", ["CPL-777777", "nothing", "CPL%00"])
def test_no_other_entry_is_decided_of(client: Client, headers: dict[str, str], entry: str) -> None:
    path = f"/api/v1/firmware/{entry}/own-decision"

    assert put(client, {"state": "HELD", "reason": "x"}, headers, path).status_code == 404
    assert client.get(path, headers=headers).status_code == 404


@pytest.mark.parametrize("door", ["eligibility", "firmware"])
def test_a_filter_that_there_is_not_is_a_fault(
    client: Client, headers: dict[str, str], door: str
) -> None:
    answer = client.get(f"/api/v1/{door}?own_decision=MAYBE", headers=headers)

    ((field, _code),) = faults(answer)
    assert field == "own_decision"


def test_no_agent_decides(client: Client, supplier: Party) -> None:
    agent = Party.objects.get(slug="agent")
    make.delegated(supplier, agent, at=timezone.now())

    answer = put(
        client,
        {"state": "HELD", "reason": "x"},
        make.bearer(agent),
        f"{DECISION}?party=big-light",
    )

    assert answer.status_code == 403
    assert not SupplierDecision.objects.exists()
