"""Every rule of eligibility, kept and broken, and what follows; without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cpl.catalogue import Specification
from cpl.rulebook import sentence_of
from fir.eligibility.assumptions import ASSUMPTIONS
from fir.eligibility.facts import CohortFacts, EligibilityFacts, TargetFacts
from fir.eligibility.planner import Plan
from fir.eligibility.rules import ALL_RULES, Effect, Outcome, judge
from fir.records.rules import NAMED, PathEntry
from tests import make

TODAY = make.AT.date()
YESTERDAY, TOMORROW = date(2026, 11, 19), date(2026, 11, 21)


def entry(number: int, **changes: Any) -> PathEntry:
    usual = PathEntry(
        cpl_entry_id=f"CPL-{number}",
        firmware_version=f"{number:08X}",
        manufacturer_image_hash=make.image_hash(number),
        current=True,
        date_added=TODAY,
        pathway=NAMED,
        predecessors=(),
        seq=number,
    )
    return replace(usual, **changes)


OLD, NEW = entry(1), entry(2)
TARGET = TargetFacts(
    entry=NEW,
    cpa_expiry_date=TODAY,
    cpa_renewal_date=None,
    loaded_on=YESTERDAY,
    rivals=(NEW,),
)
FACTS = EligibilityFacts(
    cohort=CohortFacts("ESME", "COMMISSIONED", frozenset({"IS", "GS"}), "0101"),
    installed=(OLD,),
    target=TARGET,
    hops=(),
    plan=Plan(("CPL-2",)),
    hub_carries=None,
    today=TODAY,
    assumptions=ASSUMPTIONS,
)


def facts(cohort: dict[str, Any] | None = None, **changes: Any) -> EligibilityFacts:
    return replace(FACTS, cohort=replace(FACTS.cohort, **(cohort or {})), **changes)


def target(**changes: Any) -> EligibilityFacts:
    return facts(target=replace(TARGET, **changes))


def over(*hops: TargetFacts) -> EligibilityFacts:
    """Displays, which keep no image that waits, that get to the target over these entries."""
    route = (*(hop.entry.cpl_entry_id for hop in hops), "CPL-2")
    return facts({"device_type": "PPMID"}, hub_carries=True, hops=hops, plan=Plan(route))


def stepping(device_type: str) -> EligibilityFacts:
    """Devices of this type that get to the target in two steps."""
    return replace(over(HOP), cohort=replace(FACTS.cohort, device_type=device_type))


def display(hub_carries: bool | None, **cohort: Any) -> EligibilityFacts:
    return facts({"device_type": "PPMID", **cohort}, hub_carries=hub_carries)


def roles(*held: str, of: str = "ESME") -> EligibilityFacts:
    cohort = {"device_type": of, "responsible_roles": frozenset(held)}
    return facts(cohort, hub_carries=True)


def recalled(one: TargetFacts) -> TargetFacts:
    return replace(one, entry=replace(one.entry, recalled=True))


def without_hash(one: TargetFacts) -> TargetFacts:
    bare = replace(one.entry, manufacturer_image_hash="")
    return replace(one, entry=bare, rivals=(bare,))


def gbcs(begins: date | None = None, ends: date | None = None) -> Specification:
    return Specification("GBCS", "4.2", begins, ends)


HOP = replace(TARGET, entry=entry(9), rivals=(entry(9),))
HOPS_RIVAL = replace(HOP.entry, cpl_entry_id="CPL-8", manufacturer_image_hash=make.image_hash(8))
RIVAL = replace(NEW, cpl_entry_id="CPL-3", manufacturer_image_hash=make.image_hash(3))
REACHED = replace(ASSUMPTIONS, reach_smets1=frozenset({"11.1", "11.3", "11.4"}))
KEPT = [
    facts(),
    facts({"device_status": "commissioned"}),
    roles("IS"),
    roles("GS", of="GSME"),
    roles("IS", of="HCALCS"),
    display(hub_carries=True),
    display(hub_carries=True, responsible_roles=frozenset({"IS", "GS"})),
    facts(hub_carries=False),  # a meter does not care
    target(cpa_expiry_date=None, cpa_renewal_date=None),
    target(cpa_renewal_date=TOMORROW),
    target(hardware=("0101", "0101")),  # on both ends
    target(hardware=("0100", "01FF")),
    target(gbcs=gbcs()),
    target(gbcs=gbcs(TODAY, TODAY)),  # on both days
    target(interrupts_hub_power=False),
    # Known to reach it: a first-generation device is like any other.
    facts(is_smets1=True, assumptions=REACHED),
    facts({"device_type": "PPMID"}, is_smets1=True, assumptions=REACHED, hub_carries=True),
    # Listed twice with one hash, or once removed: nothing is ambiguous.
    target(rivals=(NEW, replace(RIVAL, manufacturer_image_hash=NEW.manufacturer_image_hash))),
    facts(installed=(OLD, replace(RIVAL, current=False))),
]
BROKEN: dict[str, list[EligibilityFacts]] = {
    "NO_OTA_ROUTE": [facts({"device_type": kind}) for kind in ("CHF", "GPF", "IHD", "SAPC")],
    "NOT_RESPONSIBLE": [
        roles("GS"),
        roles("IS", of="GSME"),
        roles("GS", of="HCALCS"),
        roles("ES"),
        roles("", of="PPMID"),
    ],
    "STATUS_FORBIDS": [
        facts({"device_status": status})
        for status in ("DECOMMISSIONED", "Recovery", "Whatever", "")
    ],
    "SMETS1_ROUTE_UNKNOWN": [
        facts(is_smets1=True),
        facts({"device_type": "GSME"}, is_smets1=True),
        # Distributing alone is not enough.
        facts(is_smets1=True, assumptions=replace(ASSUMPTIONS, reach_smets1=frozenset({"11.1"}))),
    ],
    "NO_CURRENT_ENTRY": [facts(target=None, plan=Plan())],
    "TARGET_REMOVED": [target(is_removed=True)],
    "TARGET_ARCHIVED": [target(is_archived=True)],
    "RECALLED": [facts(target=recalled(TARGET)), over(recalled(HOP))],
    "SUPPLIER_HOLD": [facts(held_by_supplier=True)],
    "CERTIFICATE_LAPSED": [
        target(cpa_expiry_date=YESTERDAY),
        target(cpa_expiry_date=None, cpa_renewal_date=YESTERDAY),
        target(cpa_expiry_date=TOMORROW, cpa_renewal_date=YESTERDAY),
        over(replace(HOP, cpa_expiry_date=YESTERDAY)),
        over(HOP, replace(HOP, cpa_renewal_date=YESTERDAY)),
    ],
    "GBCS_NOT_IN_EFFECT": [
        target(gbcs=gbcs(begins=TOMORROW)),
        target(gbcs=gbcs(ends=YESTERDAY)),
        over(replace(HOP, gbcs=gbcs(ends=YESTERDAY))),
    ],
    "HARDWARE_MISMATCH": [
        target(hardware=("0102", "01FF")),
        target(hardware=("0000", "0100")),
        over(replace(HOP, hardware=("0102", "0102"))),
    ],
    "ENTRY_AMBIGUOUS": [
        target(rivals=(NEW, RIVAL)),
        facts(installed=(OLD, RIVAL)),
        over(replace(HOP, rivals=(HOP.entry, HOPS_RIVAL))),
        over(HOP, replace(HOP, rivals=(HOP.entry, HOPS_RIVAL))),
    ],
    "HASH_NOT_LISTED": [facts(target=without_hash(TARGET)), over(without_hash(HOP))],
    "LATER_THAN_TARGET": [facts(plan=Plan(is_behind=True))],
    "NOT_A_PREDECESSOR": [facts(plan=Plan())],
    "PATHWAY_UNKNOWN": [facts(plan=Plan(unknown=True))],
    "ROUTE_THROUGH_REMOVED": [
        replace(over(HOP), plan=Plan(("CPL-9", "CPL-2"), through_removed=True))
    ],
    "HUB_TOO_OLD": [
        display(hub_carries=False),
        facts({"device_type": "HCALCS"}, hub_carries=False),
    ],
    "HUB_CAPABILITY_UNKNOWN": [display(hub_carries=None)],
    "DEVICE_SUSPENDED": [facts({"device_status": "Suspended"})],
    "NOT_COMMISSIONED": [
        facts({"device_status": status})
        for status in ("Pending", "Whitelisted", "InstalledNotCommissioned")
    ],
    "OTHER_SUPPLIER_MAY_UPDATE": [roles("IS", of="PPMID"), roles("GS", of="PPMID")],
    "NOT_LOADED_BY_DCC": [
        target(loaded_on=None),
        over(replace(HOP, loaded_on=None)),
        over(HOP, replace(HOP, loaded_on=None)),
    ],
    "PENDING_IMAGE_REPLACED": [stepping("ESME"), stepping("GSME"), stepping("HCALCS")],
    "INTERRUPTS_HUB_POWER": [
        target(interrupts_hub_power=True),
        over(replace(HOP, interrupts_hub_power=True)),
    ],
}
CASES = [(code, one) for code, cases in BROKEN.items() for one in cases]


@pytest.mark.parametrize("kept", KEPT)
def test_where_every_rule_is_kept_the_devices_may_take_it(kept: EligibilityFacts) -> None:
    verdict = judge(kept)

    assert (verdict.outcome, verdict.reasons, verdict.warnings) == (Outcome.ELIGIBLE, (), ())


@pytest.mark.parametrize(("code", "broken"), CASES)
def test_each_rule_is_broken_by_its_own_fault_and_by_that_alone(
    code: str, broken: EligibilityFacts
) -> None:
    assert [rule.code for rule in ALL_RULES if not rule.holds(broken)] == [code]


@pytest.mark.parametrize(("code", "broken"), CASES)
def test_what_a_broken_rule_does_is_what_it_says(code: str, broken: EligibilityFacts) -> None:
    (rule,) = (rule for rule in ALL_RULES if rule.code == code)

    verdict = judge(broken)

    if rule.effect is Effect.WARNS:
        assert (verdict.reasons, verdict.warnings) == ((), (rule,))
        assert verdict.outcome in (Outcome.ELIGIBLE, Outcome.ELIGIBLE_IN_STEPS)
    else:
        expected = {Effect.BLOCKS: Outcome.BLOCKED, Effect.LEAVES_OPEN: Outcome.UNCONFIRMED}
        assert (verdict.reasons, verdict.warnings) == ((rule,), ())
        assert verdict.outcome == expected[rule.effect]


def test_every_rule_is_broken_somewhere_above() -> None:
    assert [rule.code for rule in ALL_RULES] == list(BROKEN)


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_a_rule_reads_as_a_sentence_and_names_its_source(rule: Any) -> None:
    sentence = sentence_of(rule)

    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert rule.reference


def codes(told: EligibilityFacts) -> tuple[str, list[str], list[str]]:
    verdict = judge(told)
    return (
        verdict.outcome.value,
        [rule.code for rule in verdict.reasons],
        [rule.code for rule in verdict.warnings],
    )


def test_every_reason_that_applies_is_told_and_the_worst_decides() -> None:
    worst = facts(
        {"device_type": "PPMID", "device_status": "Suspended", "responsible_roles": frozenset()},
        target=replace(TARGET, cpa_expiry_date=YESTERDAY),
        plan=Plan(unknown=True),
        hub_carries=None,
    )

    assert codes(worst) == (
        "BLOCKED",
        ["NOT_RESPONSIBLE", "CERTIFICATE_LAPSED", "PATHWAY_UNKNOWN", "HUB_CAPABILITY_UNKNOWN"],
        ["DEVICE_SUSPENDED"],
    )


def test_more_than_one_hop_is_eligible_in_steps() -> None:
    assert codes(over(HOP)) == ("ELIGIBLE_IN_STEPS", [], [])


def test_a_hop_that_is_listed_twice_with_one_hash_holds_nothing_back() -> None:
    twin = replace(HOP.entry, cpl_entry_id="CPL-8")

    assert codes(over(replace(HOP, rivals=(HOP.entry, twin)))) == ("ELIGIBLE_IN_STEPS", [], [])


def test_a_way_through_a_removed_entry_is_left_open_and_told_as_a_reason() -> None:
    removed = replace(HOP, entry=replace(HOP.entry, current=False), rivals=(), is_removed=True)

    told = replace(over(removed), plan=Plan(("CPL-9", "CPL-2"), through_removed=True))

    assert codes(told) == ("UNCONFIRMED", ["ROUTE_THROUGH_REMOVED"], [])


def test_of_a_release_that_is_no_target_any_more_it_is_said_whatever_else_is_wrong() -> None:
    told = facts(
        {"device_status": "Gone"},
        target=replace(recalled(TARGET), is_removed=True, is_archived=True, hardware=("02", "03")),
        plan=Plan(is_behind=True),
        held_by_supplier=True,
    )

    assert codes(told) == (
        "BLOCKED",
        [
            "STATUS_FORBIDS",
            "TARGET_REMOVED",
            "TARGET_ARCHIVED",
            "RECALLED",
            "SUPPLIER_HOLD",
            "HARDWARE_MISMATCH",
            "LATER_THAN_TARGET",
        ],
        [],
    )


def test_what_is_not_listed_is_told_as_that_alone() -> None:
    unlisted = facts({"device_type": "CHF", "device_status": "Pending"}, installed=())

    assert codes(unlisted) == ("NOT_LISTED", [], ["NOT_COMMISSIONED"])


@pytest.mark.parametrize("device_type", ["ESME", "CHF", "GPF"])
def test_what_runs_the_target_is_up_to_date_whatever_else_holds(device_type: str) -> None:
    lapsed = replace(TARGET, cpa_expiry_date=YESTERDAY)

    told = facts({"device_type": device_type}, installed=(NEW,), target=lapsed, plan=Plan())

    assert codes(told) == ("UP_TO_DATE", [], [])


@pytest.mark.parametrize(
    ("told", "outcome", "reasons"),
    [
        (facts(installed=(NEW,), plan=Plan(), target=replace(TARGET, loaded_on=None)),
         "UP_TO_DATE", []),
        (facts(installed=(), plan=Plan(), target=replace(TARGET, loaded_on=None)),
         "NOT_LISTED", []),
        (facts({"device_type": "CHF"}, target=replace(TARGET, loaded_on=None)),
         "BLOCKED", ["NO_OTA_ROUTE"]),
    ],
)  # fmt: skip
def test_where_nothing_is_to_be_sent_it_does_not_matter_what_the_dcc_loaded(
    told: EligibilityFacts, outcome: str, reasons: list[str]
) -> None:
    assert codes(told) == (outcome, reasons, [])


def test_what_the_dcc_has_not_loaded_is_warned_of_where_something_else_forbids_it_too() -> None:
    told = target(loaded_on=None, cpa_expiry_date=YESTERDAY)

    assert codes(told) == ("BLOCKED", ["CERTIFICATE_LAPSED"], ["NOT_LOADED_BY_DCC"])


def test_what_runs_an_ambiguous_version_is_blocked_for_that_reason_alone() -> None:
    both = (NEW, replace(RIVAL, firmware_version=NEW.firmware_version))

    told = facts(installed=both, target=replace(TARGET, rivals=both), plan=Plan())

    assert codes(told) == ("BLOCKED", ["ENTRY_AMBIGUOUS"], [])


def test_without_a_way_over_the_air_no_pathway_or_hub_is_spoken_of() -> None:
    through_removed = Plan(("CPL-9", "CPL-2"), through_removed=True)
    for plan in (Plan(), Plan(unknown=True), through_removed):
        assert codes(facts({"device_type": "GPF"}, plan=plan)) == ("BLOCKED", ["NO_OTA_ROUTE"], [])


def test_every_route_names_requests_and_roles() -> None:
    for device_type, route in ASSUMPTIONS.routes.items():
        assert device_type not in ("CHF", "GPF", "IHD", "SAPC")
        assert route.requests
        assert route.roles <= {"IS", "GS"}
