"""Every rule of a submission, kept and broken, without a database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cpl.rulebook import sentence_of
from fir.submissions.claims import Claim
from fir.submissions.facts import Known, SubmissionFacts
from fir.submissions.rules import ALL_RULES, as_fault, broken_rules
from tests import make

TODAY = make.AT.date()
CLAIM = Claim(
    device_type="ESME",
    manufacturer_identifier="F1A1",
    device_model="00010101",
    firmware_version="00000009",
    manufacturer_image_hash=make.image_hash(9),
    smets_chts_version="SMETS V5.1",
    gbcs_version="4.2",
    cpa_certificate_id="CPA-9",
    cpa_renewal_date=TODAY,
    predecessors=("CPL-1",),
)
OWN = Known("CPL-1", "ESME", "F1A1", "0001")
FACTS = SubmissionFacts(
    claim=CLAIM,
    today=TODAY,
    predecessors={"CPL-1": OWN},
    listed_already=(),
    waiting_already=False,
)


def facts(claim: dict[str, Any] | None = None, **changes: Any) -> SubmissionFacts:
    return replace(FACTS, claim=replace(CLAIM, **(claim or {})), **changes)


def over(known: Known) -> SubmissionFacts:
    return facts(predecessors={"CPL-1": known})


KEPT = [
    facts(),
    facts({"predecessors": ()}, predecessors={}),
    facts({"predecessors": None}, predecessors={}),
    replace(
        FACTS,
        claim=replace(CLAIM, device_type="CHF", carries_updates=False),
        predecessors={"CPL-1": replace(OWN, device_type="CHF")},
    ),
    # What could not be read was reported already: no rule complains of it a second time.
    facts({"manufacturer_identifier": None, "device_type": None, "device_model": None}),
]
BROKEN = {
    "NOT_LISTED_BY_ITSELF": [
        replace(
            FACTS,
            claim=replace(CLAIM, device_type="GPF"),
            predecessors={"CPL-1": replace(OWN, device_type="GPF")},
        )
    ],
    "LISTED_ALREADY": [facts(listed_already=("CPL-8",))],
    "WAITING_ALREADY": [facts(waiting_already=True)],
    "PREDECESSOR_NOT_LISTED": [facts({"predecessors": ("CPL-1", "CPL-7")})],
    "PREDECESSOR_OF_ANOTHER_FAMILY": [
        over(replace(OWN, device_type="GSME")),
        over(replace(OWN, manufacturer_identifier="F1A2")),
        over(replace(OWN, family="0002")),
    ],
    "NOT_A_HUB": [facts({"carries_updates": True}), facts({"carries_updates": False})],
}


@pytest.mark.parametrize("kept", KEPT)
def test_a_release_without_a_fault_keeps_every_rule(kept: SubmissionFacts) -> None:
    assert broken_rules(kept) == []


@pytest.mark.parametrize(
    ("code", "broken"), [(code, one) for code, all_ in BROKEN.items() for one in all_]
)
def test_each_rule_is_broken_by_its_own_fault_and_by_that_alone(
    code: str, broken: SubmissionFacts
) -> None:
    assert [fault.code for fault in broken_rules(broken)] == [code]


def test_every_rule_is_broken_somewhere_above() -> None:
    assert [rule.code for rule in ALL_RULES] == list(BROKEN)


def test_every_broken_rule_is_told_at_once() -> None:
    worst = facts(
        {"device_type": "GPF", "carries_updates": True, "predecessors": ("CPL-1", "CPL-7")},
        listed_already=("CPL-8",),
        waiting_already=True,
    )

    assert [fault.code for fault in broken_rules(worst)] == [rule.code for rule in ALL_RULES]


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_a_rule_reads_as_a_sentence_and_names_its_field_and_source(rule: Any) -> None:
    sentence = sentence_of(rule)

    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert rule.field in make.release() | {"carries_updates": None}
    assert rule.reference


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (BROKEN["LISTED_ALREADY"][0], "CPL-8"),
        (BROKEN["PREDECESSOR_NOT_LISTED"][0], "CPL-7"),
        (over(replace(OWN, family="0002")), "CPL-1"),
    ],
)
def test_a_broken_rule_names_what_breaks_it(broken: SubmissionFacts, named: str) -> None:
    (fault,) = broken_rules(broken)

    assert named in fault.message
