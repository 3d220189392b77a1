"""What a Supplier decides of releases for itself, and what follows for its findings alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import Error, connection, transaction

from cpl.models import CPLEntry
from fir.eligibility.asking import findings_asked
from fir.eligibility.deciding import OnlySuppliersDecide, OwnDecisionRefused, decide_release
from fir.eligibility.decision_queries import (
    decisions_about,
    held_back,
    own_decisions,
    standing_decisions,
)
from fir.eligibility.models import SupplierDecision
from fir.eligibility.operations import read_news
from fir.eligibility.queries import findings_of, standing_of
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.parties.delegation_queries import scope_of
from fir.parties.scopes import Scope
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier() -> Party:
    """A Supplier with a Device of CPL-000001, over which 2 was published, and 3 over that."""
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.published(maker, administrator, 3, predecessors=["CPL-000002"])
    supplier = make.party()
    make.estate(supplier, make.device(1))
    return supplier


@pytest.fixture
def other(supplier: Party) -> Party:
    """Another Supplier with the very same Devices."""
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.estate(other, make.device(2))
    return other


def decide(by: Party, state: str, entry: int = 3, **changes: Any) -> SupplierDecision:
    said = {"reason": "Tried in our lab.", "at": make.AT, **changes}
    return decide_release(cpl_entry_id=f"CPL-{entry:06}", state=state, by=make.actor(by), **said)


def found(of: Party, **asked: str) -> list[tuple[str, list[str]]]:
    """Outcome and reasons of a Supplier's findings, once everything is read."""
    read_news(at=make.AT)
    findings = findings_asked(Scope(of), at=make.AT, **asked).findings
    return [(finding.outcome, finding.reasons) for finding in findings]


@pytest.mark.parametrize("entry", [2, 3])
def test_what_a_supplier_holds_is_blocked_for_its_own_devices_alone(
    supplier: Party, other: Party, entry: int
) -> None:
    assert found(supplier) == found(other) == [("ELIGIBLE_IN_STEPS", [])]

    decide(supplier, "HELD", entry)

    assert not standing_of(supplier, at=make.AT).complete
    assert found(supplier) == [("BLOCKED", ["SUPPLIER_HOLD"])]
    assert found(other) == [("ELIGIBLE_IN_STEPS", [])]
    assert standing_of(supplier, at=make.AT).complete


@pytest.mark.parametrize("state", ["TESTING", "APPROVED"])
def test_a_hold_ends_when_the_supplier_says_otherwise(supplier: Party, state: str) -> None:
    decide(supplier, "HELD")
    assert found(supplier) == [("BLOCKED", ["SUPPLIER_HOLD"])]

    decide(supplier, state)

    assert found(supplier) == [("ELIGIBLE_IN_STEPS", [])]


def test_a_hold_counts_in_a_whole_assessment_and_leaks_into_no_other(
    supplier: Party, other: Party
) -> None:
    decide(supplier, "HELD")
    read_news(at=make.AT)

    for party, number in ((supplier, 1), (other, 2)):  # both are worked out with the next news
        make.estate(party, make.device(number), make.device(number + 10))
    third = make.party("third", "SMALL_SUPPLIER")
    make.estate(third, make.device(3))

    assert found(supplier) == [("BLOCKED", ["SUPPLIER_HOLD"])]
    assert found(other) == found(third) == [("ELIGIBLE_IN_STEPS", [])]
    assert held_back([supplier.pk, other.pk]) == {supplier.pk: frozenset({"CPL-000003"})}


def test_a_hold_on_what_runs_already_blocks_nothing(supplier: Party) -> None:
    decide(supplier, "HELD", 1)

    assert found(supplier) == [("ELIGIBLE_IN_STEPS", [])]


def test_a_hold_counts_for_a_target_that_is_worked_out_on_request(
    supplier: Party, other: Party
) -> None:
    decide(supplier, "HELD", 2)

    assert found(supplier, target="CPL-000002") == [("BLOCKED", ["SUPPLIER_HOLD"])]
    assert found(other, target="CPL-000002") == [("ELIGIBLE", [])]


@pytest.mark.parametrize(
    ("own_decision", "number"), [("HELD", 1), ("TESTING", 0), ("NONE", 0), ("", 1)]
)
@pytest.mark.parametrize("target", ["", "CPL-000003", "CPL-000002"])
def test_findings_are_narrowed_by_what_was_decided_of_their_target(
    supplier: Party, own_decision: str, number: int, target: str
) -> None:
    for entry in (2, 3):
        decide(supplier, "HELD", entry)

    assert len(found(supplier, own_decision=own_decision, target=target)) == number


def test_what_nothing_was_decided_of_is_found_as_such(supplier: Party, other: Party) -> None:
    decide(supplier, "HELD")

    assert [f.outcome for f in findings_of(Scope(other), own_decision="NONE")] == [
        "ELIGIBLE_IN_STEPS"
    ]
    assert not findings_of(Scope(other), own_decision="HELD")


def test_the_newest_stands_and_all_are_kept(supplier: Party, other: Party) -> None:
    decide(supplier, "TESTING")
    decide(supplier, "HELD", reason="It stops the clock.", at=make.AT + timedelta(hours=1))
    own = Scope(supplier)

    assert [d.state for d in decisions_about(own, "CPL-000003")] == ["HELD", "TESTING"]
    assert own_decisions(own, ["CPL-000003"])["CPL-000003"].reason == "It stops the clock."
    assert [d.state for d in standing_decisions(own)] == ["HELD"]
    assert [d.state for d in standing_decisions(own, state="TESTING")] == []
    assert not standing_decisions(Scope(other))


def test_saying_the_same_twice_is_saying_it_once(supplier: Party) -> None:
    first, again = decide(supplier, "held"), decide(supplier, "HELD", reason=" Tried in our\nlab. ")

    assert first == again
    assert LedgerEvent.objects.filter(kind="SUPPLIER_DECIDED").count() == 1
    assert decide(supplier, "HELD", reason="Another reason.") != first


def test_the_supplier_and_the_agents_that_see_such_devices_are_told(
    supplier: Party, other: Party
) -> None:
    make.listed(make.row(20, device_model="00020101"))
    seeing, blind, late = make.agent("seeing"), make.agent("blind"), make.agent("late")
    make.delegated(supplier, seeing, "F1A1/00010101")
    make.delegated(supplier, blind, "F1A1/00020101")
    make.delegated(other, blind)
    make.delegated(supplier, late, at=make.AT + timedelta(days=1))

    decide(supplier, "HELD")

    event = LedgerEvent.objects.get(kind="SUPPLIER_DECIDED")
    assert event.audience == ["party:big-light", "party:seeing"]
    assert payload_of(event) == {
        "cpl_entry_id": "CPL-000003",
        "state": "HELD",
        "reason": "Tried in our lab.",
    }


def test_an_agent_sees_what_was_decided_for_the_models_it_was_given(supplier: Party) -> None:
    make.listed(make.row(20, device_model="00020101"))
    decide(supplier, "HELD")
    decide(supplier, "APPROVED", 20)
    agent = make.agent()
    make.delegated(supplier, agent, "F1A1/00020101")

    scope = scope_of(agent, supplier.slug, at=make.AT)

    assert scope is not None
    assert list(own_decisions(scope, ["CPL-000003", "CPL-000020"])) == ["CPL-000020"]
    assert [d.state for d in standing_decisions(scope)] == ["APPROVED"]
    assert decisions_about(scope, "CPL-000003") == []


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"state": ""}, "state", "Choose one of TESTING, APPROVED, HELD."),
        ({"state": "MAYBE"}, "state", "‘MAYBE’ is not one of TESTING, APPROVED, HELD."),
        ({"reason": " \n"}, "reason", "Say why"),
        ({"reason": "x" * 501}, "reason", "500"),
        ({"reason": "bell\x07"}, "reason", "bell"),
    ],
)
def test_what_cannot_be_kept_is_said(
    supplier: Party, said: dict[str, Any], field: str, sentence: str
) -> None:
    with pytest.raises(OwnDecisionRefused) as refused:
        decide(supplier, **{"state": "HELD", **said})

    (fault,) = refused.value.faults
    assert (fault.field, sentence in fault.message) == (field, True)
    assert not SupplierDecision.objects.exists()


def test_an_entry_that_there_is_not_is_not_decided_of(supplier: Party) -> None:
    with pytest.raises(CPLEntry.DoesNotExist):
        decide(supplier, "HELD", 999)


@pytest.mark.parametrize("category", ["REGISTERED_SUPPLIER_AGENT", "NETWORK_PARTY", "DCC"])
def test_only_a_supplier_decides(supplier: Party, category: str) -> None:
    with pytest.raises(OnlySuppliersDecide):
        decide(make.party("somebody", category), "HELD")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE eligibility_supplierdecision SET state = 'APPROVED'",
        "DELETE FROM eligibility_supplierdecision",
    ],
)
def test_a_decision_stays_as_it_was(supplier: Party, statement: str) -> None:
    decide(supplier, "HELD")

    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
