"""Who sees a Supplier's Devices, at every door that takes the Supplier's name (`?party=`)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone

from fir.eligibility.deciding import decide_release
from fir.ledger.models import LedgerEvent
from fir.parties.delegating import delegate_to_agent, revoke_delegation
from fir.parties.models import AgentRefusal
from fir.parties.operations import issue_key, operator
from fir.parties.permissions import Permission
from tests import make
from tests.house.routes import routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db

SUMMARY, ELIGIBILITY = "/api/v1/estate/summary", "/api/v1/eligibility"
WAYS = "/api/v1/firmware/CPL-000002/ways"


@pytest.fixture
def supplier() -> Party:
    """A Supplier with five Devices of three Device Models and two Device Types."""
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.listed(
        make.row(20, device_model="00020101"),
        make.row(30, device_type="GSME", device_model="00030101"),
        make.row(40, device_type="PPMID", device_model="00040101"),
    )
    supplier = make.party()
    other_models = [
        make.device(3, DeviceModel="00020101", DeviceFirmwareVersion="00000020"),
        make.device(4, DeviceType="GSME", DeviceModel="00030101", DeviceFirmwareVersion="00000030"),
        make.device(
            5, DeviceType="PPMID", DeviceModel="00040101", DeviceFirmwareVersion="00000040"
        ),
    ]
    make.estate(supplier, make.device(1), make.device(2), *other_models, at=timezone.now())
    return supplier


@pytest.fixture
def agent() -> Party:
    return make.agent()


def ask(client: Client, path: str, of: Party) -> Any:
    return client.get(path, headers=make.bearer(of))


def counted(client: Client, of: Party, party: str = "?party=big-light") -> dict[str, int]:
    """How many Devices of each Device Type and Device Model somebody sees, at both doors."""
    summary = ask(client, SUMMARY + party, of).json()
    found = ask(client, ELIGIBILITY + party, of).json()
    models = {f"{v['device_type']} {v['device_model']}": v["devices"] for v in summary["versions"]}
    assert sum(models.values()) == summary["devices"] == sum(found["totals"].values())
    assert sum(finding["device_count"] for finding in found["results"]) == summary["devices"]
    return models


def doors_about_an_estate() -> list[str]:
    """The names of all doors that read what a Supplier may have delegated."""
    found = {route.name for route in routes() if "party" in getattr(route.view, "parameters", ())}
    return sorted(found)


def test_every_door_about_an_estate_is_known_here() -> None:
    assert {"estate-summary", "eligibility", "own-decision"} <= set(doors_about_an_estate())


def addresses(found: dict[str, Any]) -> list[str]:
    """Every such door, about things that are the Supplier's."""
    known = {
        "cpl_entry_id": "CPL-000002",
        "finding_id": found["results"][0]["id"],
    }
    views = []
    for name in doors_about_an_estate():
        (pattern,) = [args for _, args in get_resolver().reverse_dict.getlist(name)[0][0]]
        views.append(reverse(name, kwargs={each: known[each] for each in pattern}))
    return views


def test_a_supplier_sees_all_of_its_own(client: Client, supplier: Party) -> None:
    everything = {
        "ESME 00010101": 2,
        "ESME 00020101": 1,
        "GSME 00030101": 1,
        "PPMID 00040101": 1,
    }

    assert counted(client, supplier) == counted(client, supplier, "") == everything


@pytest.mark.parametrize(
    ("types", "models", "seen"),
    [
        (["ESME"], [], {"ESME 00010101": 2, "ESME 00020101": 1}),
        (["GSME"], [], {"GSME 00030101": 1}),
        (["ESME"], ["F1A1/00010101"], {"ESME 00010101": 2}),
        (
            ["ESME", "GSME"],
            ["F1A1/00020101", "F1A1/00030101"],
            {"ESME 00020101": 1, "GSME 00030101": 1},
        ),
        (["ESME", "GSME"], [], {"ESME 00010101": 2, "ESME 00020101": 1, "GSME 00030101": 1}),
    ],
)
def test_an_agent_sees_what_was_delegated_to_it(
    client: Client,
    supplier: Party,
    agent: Party,
    types: list[str],
    models: list[str],
    seen: dict[str, int],
) -> None:
    make.delegated(supplier, agent, *models, device_types=types, at=timezone.now())

    assert counted(client, agent) == seen


def test_a_target_that_was_not_delegated_has_no_findings(
    client: Client, supplier: Party, agent: Party
) -> None:
    make.delegated(supplier, agent, "F1A1/00020101", at=timezone.now())

    for target in ("CPL-000002", "CPL-000001", "CPL-000040"):  # kept, worked out now, a PPMID
        about = ask(client, f"{ELIGIBILITY}?target={target}&party=big-light", agent).json()
        assert (about["results"], set(about["totals"].values())) == ([], {0})
    assert len(ask(client, f"{ELIGIBILITY}?target=CPL-000001", supplier).json()["results"]) == 1


def ended(supplier: Party, agent: Party) -> None:
    now = timezone.now()
    yesterday = now - timedelta(days=1)
    make.delegated(supplier, agent, days=1, at=yesterday)


def not_begun(supplier: Party, agent: Party) -> None:
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    delegate_to_agent(
        agent=agent.slug,
        device_types=["ESME"],
        device_models=[],
        first_day=tomorrow,
        last_day=tomorrow,
        by=make.actor(supplier),
        at=timezone.now(),
    )


def revoked(supplier: Party, agent: Party) -> None:
    now = timezone.now()
    given = make.delegated(supplier, agent, at=now)
    revoke_delegation(delegation=given, by=make.actor(supplier), at=now)


def to_another(supplier: Party, agent: Party) -> None:
    make.delegated(supplier, make.agent("another"), at=timezone.now())


def by_another(supplier: Party, agent: Party) -> None:
    make.delegated(make.party("small-gas", "SMALL_SUPPLIER"), agent, at=timezone.now())


def none(supplier: Party, agent: Party) -> None:
    return None


NOT_LIVE = [none, ended, not_begun, revoked, to_another, by_another]


@pytest.mark.parametrize("given", NOT_LIVE)
def test_without_a_live_delegation_every_door_refuses_in_the_same_words(
    client: Client, supplier: Party, agent: Party, given: Callable[[Party, Party], None]
) -> None:
    doors = addresses(ask(client, ELIGIBILITY, supplier).json())
    given(supplier, agent)
    make.party("without-estate", "SMALL_SUPPLIER")
    make.party("wires", "NETWORK_PARTY")

    for door in doors:
        named = ("big-light", "without-estate", "wires", "nobody", "agent")
        # The ways to a release are there for many; who names nobody reads them without Devices.
        slugs = named if door == WAYS else (*named, "")
        answers = [ask(client, f"{door}?party={slug}", agent) for slug in slugs]

        assert {answer.status_code for answer in answers} == {403}
        assert len({answer.content for answer in answers}) == 1
        assert "No Supplier has delegated this" in answers[0].json()["detail"]


def test_what_is_delegated_opens_every_door(client: Client, supplier: Party, agent: Party) -> None:
    make.delegated(supplier, agent, at=timezone.now())
    doors = addresses(ask(client, f"{ELIGIBILITY}?party=big-light", agent).json())

    answers = {door: ask(client, f"{door}?party=big-light", agent).status_code for door in doors}

    assert answers == dict.fromkeys(doors, 200)


@pytest.mark.parametrize("given", [*NOT_LIVE, make.delegated])
def test_nobody_else_ever_sees_them(
    client: Client, supplier: Party, agent: Party, given: Callable[[Party, Party], None]
) -> None:
    doors = addresses(ask(client, ELIGIBILITY, supplier).json())
    given(supplier, agent)
    others = [
        make.party("third", "SMALL_SUPPLIER"),
        make.maker("other-meters", "F1A2"),
        make.party("wires", "NETWORK_PARTY"),
        make.party("assets", "METER_ASSET_PROVIDER"),
        make.party("dcc", "DCC"),
    ]

    for door in doors:
        for party in others:
            assert ask(client, f"{door}?party=big-light", party).status_code == 403
        assert client.get(f"{door}?party=big-light").status_code == 401


@pytest.mark.parametrize(("model", "devices"), [("F1A1/00010101", 2), ("F1A1/00020101", 0)])
def test_an_agent_that_names_the_supplier_sees_its_devices_on_the_ways(
    client: Client, supplier: Party, agent: Party, model: str, devices: int
) -> None:
    make.delegated(supplier, agent, model, at=timezone.now())

    plain = ask(client, WAYS, agent).json()
    named = ask(client, f"{WAYS}?party=big-light", agent).json()

    assert (plain["findings"], [way["devices"] for way in plain["results"]]) == (None, [None])
    assert named["findings"]["complete"]
    assert [way["devices"] for way in named["results"]] == [devices]


def test_a_key_that_may_not_look_at_an_estate_is_told_so_on_the_ways(
    client: Client, supplier: Party, agent: Party
) -> None:
    make.delegated(supplier, agent, at=timezone.now())
    reads = [Permission.VIEW_RECORDS]
    key = issue_key(party=agent, name="reads", permissions=reads, by=operator(), at=make.AT)
    headers = {"authorization": f"Bearer {key}"}

    answer = client.get(f"{WAYS}?party=big-light", headers=headers)

    assert answer.status_code == 403
    assert "lacks the permission VIEW_ESTATE" in answer.json()["detail"]


def test_revoking_works_with_the_next_request(
    client: Client, supplier: Party, agent: Party
) -> None:
    given = make.delegated(supplier, agent, at=timezone.now())
    headers = make.bearer(agent)
    assert client.get(f"{SUMMARY}?party=big-light", headers=headers).status_code == 200

    revoke_delegation(delegation=given, by=make.actor(supplier), at=timezone.now())

    assert client.get(f"{SUMMARY}?party=big-light", headers=headers).status_code == 403


def test_a_supplier_is_told_once_a_day_who_asked_in_vain(
    client: Client, supplier: Party, agent: Party
) -> None:
    for _ in range(3):
        ask(client, f"{SUMMARY}?party=big-light", agent)
    for slug in ("nobody", "wires"):
        ask(client, f"{SUMMARY}?party={slug}", agent)
    ask(client, f"{SUMMARY}?party=big-light", make.party("third", "SMALL_SUPPLIER"))

    assert LedgerEvent.objects.filter(kind="AGENT_REFUSED").count() == 1
    assert list(AgentRefusal.objects.values_list("agent__slug", "times")) == [("agent", 3)]
    told = {
        party.slug: [
            event["payload"]
            for event in ask(client, "/api/v1/feed?limit=1000", party).json()["events"]
            if event.get("kind") == "AGENT_REFUSED"
        ]
        for party in (supplier, agent)
    }
    assert told == {
        "big-light": [
            {
                "supplier": "big-light",
                "agent": "agent",
                "day": timezone.localdate().isoformat(),
            }
        ],
        "agent": [],
    }


def test_what_is_seen_is_never_refused_and_never_told(
    client: Client, supplier: Party, agent: Party
) -> None:
    make.delegated(supplier, agent, "F1A1/00020101", at=timezone.now())

    counted(client, agent)

    assert not AgentRefusal.objects.exists()


def test_an_agent_reads_what_the_supplier_decided_for_what_it_sees(
    client: Client, supplier: Party, agent: Party
) -> None:
    make.delegated(supplier, agent, "F1A1/00010101", at=timezone.now())
    for entry in ("CPL-000002", "CPL-000020"):
        decide_release(
            cpl_entry_id=entry,
            state="TESTING",
            reason="In our lab.",
            by=make.actor(supplier),
            at=make.AT,
        )

    found = ask(client, f"{ELIGIBILITY}?party=big-light", agent).json()["results"]
    assert [finding["own_decision"]["state"] for finding in found] == ["TESTING"]
    seen = ask(client, "/api/v1/firmware/CPL-000002/own-decision?party=big-light", agent)
    assert seen.json()["own_decision"]["reason"] == "In our lab."
    outside = ask(client, "/api/v1/firmware/CPL-000020/own-decision?party=big-light", agent)
    assert outside.status_code == 404


def test_no_agent_sees_loads_or_sends_one(client: Client, supplier: Party, agent: Party) -> None:
    make.delegated(supplier, agent, at=timezone.now())

    for party in ("", "?party=big-light"):
        assert ask(client, f"/api/v1/estate/loads{party}", agent).status_code in (403, 422)
    sent = client.post(
        "/api/v1/estate/loads",
        data=make.inventory(make.device(1)),
        content_type="text/csv",
        headers=make.bearer(agent),
    )
    assert sent.status_code == 403
