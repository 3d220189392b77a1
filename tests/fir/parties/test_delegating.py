"""A Supplier lets agents see some of its Devices, and ends that; asking without leave is noted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import Error, connection, transaction

from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.parties.delegating import (
    AlreadyDelegated,
    DelegationOver,
    DelegationRefused,
    OnlySuppliersDelegate,
    delegate_to_agent,
    note_refusal,
    revoke_delegation,
)
from fir.parties.delegation_queries import agents_seeing, scope_of, scopes_of_agent
from fir.parties.models import AgentRefusal, Delegation, Party
from tests import make

if TYPE_CHECKING:
    from fir.parties.scopes import Scope

pytestmark = pytest.mark.django_db
ESME = ("ESME", make.MAKER, "00010101")
TODAY = make.AT.date()


@pytest.fixture
def supplier() -> Party:
    make.listed(make.row(1))
    return make.party()


@pytest.fixture
def agent() -> Party:
    return make.agent()


def given(by: Party, **changes: Any) -> Delegation:
    """What a Supplier delegates, when it says `changes` otherwise."""
    said = {
        "agent": "agent",
        "device_types": ["ESME"],
        "device_models": [],
        "first_day": "2026-11-20",
        "last_day": "2026-11-30",
    }
    return delegate_to_agent(**{**said, **changes}, by=make.actor(by), at=make.AT)


def sees(agent: Party, supplier: Party, at: datetime = make.AT) -> Scope | None:
    return scope_of(agent, supplier.slug, at=at)


def events(kind: str) -> list[dict[str, Any]]:
    return [payload_of(e) for e in LedgerEvent.objects.filter(kind=kind).order_by("seq")]


def test_an_agent_sees_what_was_delegated_and_nothing_else(supplier: Party, agent: Party) -> None:
    assert sees(agent, supplier) is None

    given(supplier, device_models=[f"{make.MAKER.lower()}/00010101", "F1A1/00010101"])

    scope = sees(agent, supplier)
    assert scope is not None
    assert scope.supplier == supplier
    assert not scope.is_whole
    assert scope.covers(*ESME)
    assert not scope.covers("GSME", make.MAKER, "00010101")
    assert not scope.covers("ESME", "F1A2", "00010101")
    assert not scope.covers("ESME", make.MAKER, "00010102")
    assert sees(make.agent("another"), supplier) is None
    assert sees(agent, make.party("small-gas", "SMALL_SUPPLIER")) is None


def test_several_delegations_add_up(supplier: Party, agent: Party) -> None:
    given(supplier, device_models=["F1A1/00010101"])
    given(supplier, device_types=["GSME"])

    scope = sees(agent, supplier)

    assert scope is not None
    assert scope.covers(*ESME)
    assert scope.covers("GSME", "F1A2", "00FF0101")
    assert not scope.covers("ESME", make.MAKER, "00010102")


@pytest.mark.parametrize(
    ("at", "is_seen"),
    [
        (datetime(2026, 11, 20, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 21, 0, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 1, 0, 0, tzinfo=UTC), False),
    ],
)
def test_it_begins_with_its_first_day_and_ends_with_its_last(
    supplier: Party, agent: Party, at: datetime, is_seen: bool
) -> None:
    given(supplier, first_day="2026-11-21")

    assert (sees(agent, supplier, at) is not None) is is_seen
    assert bool(agents_seeing(supplier, ESME, at=at)) is is_seen
    assert bool(scopes_of_agent(agent, at=at)) is is_seen


def test_revoking_ends_it_at_once_and_for_good(supplier: Party, agent: Party) -> None:
    delegation = given(supplier)
    by = make.actor(supplier)

    revoke_delegation(delegation=delegation, by=by, at=make.AT)

    assert sees(agent, supplier) is None
    assert delegation.state(TODAY) == "LIVE"  # as it was read before
    assert Delegation.objects.get().state(TODAY) == "REVOKED"
    assert events("DELEGATION_REVOKED") == [{"supplier": "big-light", "agent": "agent"}]
    with pytest.raises(DelegationOver, match="revoked already, on 2026-11-20"):
        revoke_delegation(delegation=delegation, by=by, at=make.AT)


def test_what_ended_by_itself_is_not_revoked(supplier: Party, agent: Party) -> None:
    delegation, later = given(supplier), make.AT + timedelta(days=11)

    with pytest.raises(DelegationOver, match="ended by itself on 2026-11-30"):
        revoke_delegation(delegation=delegation, by=make.actor(supplier), at=later)


def test_another_suppliers_delegation_is_not_there_to_be_revoked(
    supplier: Party, agent: Party
) -> None:
    delegation, other = given(supplier), make.party("small-gas", "SMALL_SUPPLIER")

    for stranger in (other, agent):
        with pytest.raises(Delegation.DoesNotExist):
            revoke_delegation(delegation=delegation, by=make.actor(stranger), at=make.AT)

    assert sees(agent, supplier) is not None


@pytest.mark.parametrize(
    ("party", "category"), [("big-light", "OTHER_SEC_PARTY"), ("agent", "OTHER_SEC_PARTY")]
)
def test_nothing_is_seen_once_one_of_the_two_is_something_else(
    supplier: Party, agent: Party, party: str, category: str
) -> None:
    given(supplier)

    Party.objects.filter(slug=party).update(category=category)

    assert sees(Party.objects.get(slug="agent"), supplier) is None
    assert agents_seeing(supplier, ESME, at=make.AT) == []


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"agent": ""}, "agent", "Say which Registered Supplier Agent"),
        ({"agent": "nobody"}, "agent", "‘nobody’ is no Registered Supplier Agent"),
        ({"agent": "no\x00body"}, "agent", "is no Registered Supplier Agent"),
        ({"agent": "wires"}, "agent", "‘wires’ is no Registered Supplier Agent"),
        ({"agent": "big-light"}, "agent", "Big Light sees its own Devices anyway"),
        ({"device_types": []}, "device_types", "Choose at least one Device Type of ESME, GSME."),
        ({"device_types": ["PPMID"]}, "device_types", "ESME, GSME, and no PPMID (MP207)"),
        ({"device_types": ["TOASTER"]}, "device_types", "is not a Device Type"),
        ({"device_models": ["F1A1/00990101"]}, "device_models", "The list has no ESME of the"),
        ({"device_models": ["F1A2/00010101"]}, "device_models", "of the Device Model F1A2/00010"),
        ({"device_models": ["00010101"]}, "device_models", "with a stroke between them"),
        ({"device_models": ["F1A1/0001"]}, "device_models", "is not a Device Model"),
        ({"device_models": ["F1A1/00010101"] * 501}, "device_models", "At most 500"),
        ({"first_day": "2026-11-19"}, "first_day", "2026-11-19 is over"),
        ({"first_day": "tomorrow"}, "first_day", "‘tomorrow’ is not a date"),
        ({"first_day": ""}, "first_day", "date"),
        ({"last_day": "2026-11-19"}, "last_day", "before it begins on 2026-11-20"),
        ({"last_day": ""}, "last_day", "date"),
    ],
)
def test_what_cannot_be_is_said_field_by_field(
    supplier: Party, agent: Party, said: dict[str, Any], field: str, sentence: str
) -> None:
    make.party("wires", "NETWORK_PARTY")

    with pytest.raises(DelegationRefused) as refused:
        given(supplier, **said)

    (fault,) = refused.value.faults
    assert fault.field == field
    assert sentence in fault.message
    assert not Delegation.objects.exists()


def test_everything_that_is_to_be_mended_is_said_at_once(supplier: Party) -> None:
    with pytest.raises(DelegationRefused) as refused:
        given(supplier, agent="x", device_types=["IHD"], first_day="x", last_day="x")

    assert [fault.field for fault in refused.value.faults] == [
        "agent",
        "device_types",
        "first_day",
        "last_day",
    ]


def test_the_very_same_is_not_delegated_twice(supplier: Party, agent: Party) -> None:
    given(supplier)

    with pytest.raises(AlreadyDelegated, match="from 2026-11-20 to 2026-11-30 already"):
        given(supplier, first_day="2026-11-30", last_day="2026-12-09")

    given(supplier, first_day="2026-12-01", last_day="2026-12-09")
    given(supplier, device_types=["GSME"])


@pytest.mark.parametrize("category", ["REGISTERED_SUPPLIER_AGENT", "NETWORK_PARTY", "DCC"])
def test_only_a_supplier_delegates(agent: Party, category: str) -> None:
    with pytest.raises(OnlySuppliersDelegate):
        given(make.party("somebody", category))


def test_both_are_told_and_nobody_else(supplier: Party, agent: Party) -> None:
    given(supplier)

    event = LedgerEvent.objects.get(kind="DELEGATION_GIVEN")
    assert event.audience == ["party:agent", "party:big-light"]
    assert payload_of(event) == {
        "supplier": "big-light",
        "agent": "agent",
        "device_types": ["ESME"],
        "device_models": [],
        "first_day": "2026-11-20",
        "last_day": "2026-11-30",
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE parties_delegation SET last_day = '2099-01-01'",
        "UPDATE parties_delegation SET revoked_at = NULL, revoked_by = NULL",
        "UPDATE parties_delegation SET revoked_at = now(), revoked_by = given_by, agent_id = 1",
        "DELETE FROM parties_delegation",
    ],
)
def test_a_delegation_stays_as_it_was_given(supplier: Party, agent: Party, statement: str) -> None:
    revoke_delegation(delegation=given(supplier), by=make.actor(supplier), at=make.AT)

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# Asking in vain


def test_the_first_refusal_of_a_day_is_told_and_the_others_are_counted(
    supplier: Party, agent: Party
) -> None:
    by, other = make.actor(agent), make.actor(make.agent("another"))
    for _ in range(3):
        note_refusal(supplier="big-light", by=by, at=make.AT)
    note_refusal(supplier="big-light", by=other, at=make.AT)
    note_refusal(supplier="big-light", by=by, at=make.AT + timedelta(days=1))

    told = [(e["agent"], e["day"]) for e in events("AGENT_REFUSED")]
    assert told == [("agent", "2026-11-20"), ("another", "2026-11-20"), ("agent", "2026-11-21")]
    counted = AgentRefusal.objects.order_by("pk").values_list("agent__slug", "day", "times")
    assert list(counted) == [
        ("agent", date(2026, 11, 20), 3),
        ("another", date(2026, 11, 20), 1),
        ("agent", date(2026, 11, 21), 1),
    ]
    heard = LedgerEvent.objects.filter(kind="AGENT_REFUSED").values_list("audience", flat=True)
    assert {tuple(audience) for audience in heard} == {("party:big-light",)}


@pytest.mark.parametrize("slug", ["nobody", "", "wires", "agent", "no\x00body"])
def test_nothing_is_noted_where_there_is_no_such_supplier(agent: Party, slug: str) -> None:
    make.party("wires", "NETWORK_PARTY")

    note_refusal(supplier=slug, by=make.actor(agent), at=make.AT)

    assert not AgentRefusal.objects.exists()
    assert not events("AGENT_REFUSED")


def test_nothing_is_noted_of_who_is_no_agent(supplier: Party) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")

    note_refusal(supplier="big-light", by=make.actor(other), at=make.AT)

    assert not AgentRefusal.objects.exists()
