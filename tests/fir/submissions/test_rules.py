"""Every rule of a submission, kept and broken, without a database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cpl.rulebook import sentence_of
from fir.records.rules import PathEntry
from fir.submissions.claims import READERS, Claim, Kind
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
OWN = Known(
    cpl_entry_id="CPL-1",
    device_type="ESME",
    manufacturer_identifier="F1A1",
    device_model="00010101",
    firmware_version="00000001",
    has_record=True,
    line={"gbcs_version": "4.2"},
)
LISTED = PathEntry("CPL-1", "00000001", "", True, TODAY, "UNKNOWN", (), 1)
FACTS = SubmissionFacts(
    claim=CLAIM,
    today=TODAY,
    predecessors={"CPL-1": OWN},
    models={"00010101": (LISTED,)},
    family=(LISTED,),
)


def facts(claim: dict[str, Any] | None = None, **changes: Any) -> SubmissionFacts:
    return replace(FACTS, claim=replace(CLAIM, **(claim or {})), **changes)


def about(kind: str, claim: dict[str, Any] | None = None, **entry: Any) -> SubmissionFacts:
    """A claim about the entry CPL-5, which runs version 5."""
    known = replace(OWN, cpl_entry_id="CPL-5", firmware_version="00000005", **entry)
    said = {"kind": kind, "of_entry": "CPL-5", "firmware_version": "00000005", **(claim or {})}
    return facts(said, entry=known)


def over(known: Known) -> SubmissionFacts:
    return facts(predecessors={"CPL-1": known})


KEPT = [
    facts(),
    facts({"predecessors": ()}, predecessors={}, models={"00010101": ()}),
    facts({"predecessors": None}, predecessors={}),
    replace(
        FACTS,
        claim=replace(CLAIM, device_type="CHF", carries_updates=False),
        predecessors={"CPL-1": replace(OWN, device_type="CHF")},
    ),
    about(Kind.CORRECTION),
    about(Kind.LEGACY_COMPLETION, {"predecessors": None}, has_record=False),
    about(Kind.WITHDRAWAL, {"predecessors": None}),
    about(Kind.RECALL_LIFT, {"predecessors": None}, is_recalled=True),
    facts({"further_device_models": ("00010102", "00010201")}),
    facts({"minimum_hardware_version": "0100", "maximum_hardware_version": "01FF"}),
    over(replace(OWN, device_model="00010300")),  # neither says a range: one image may serve both
    # What could not be read was reported already: no rule complains of it a second time.
    facts({"manufacturer_identifier": None, "device_type": None, "device_model": None}),
]
ANYWHERE = replace(OWN, hardware=("0000", "FFFF"))
RANGE = {"minimum_hardware_version": "0100", "maximum_hardware_version": "0102"}
BROKEN = {
    "ENTRY_NOT_LISTED": [facts({"kind": Kind.CORRECTION, "of_entry": "CPL-5"})],
    "ANOTHER_DEVICE": [
        about(Kind.CORRECTION, {"firmware_version": "00000006"}),
        about(Kind.WITHDRAWAL, {"device_model": "00010102"}),
    ],
    "ENTRY_CHANGED_MEANWHILE": [
        replace(about(Kind.CORRECTION, state="now"), entry_state="then"),
    ],
    "NOTHING_TO_CORRECT": [about(Kind.CORRECTION, has_record=False)],
    "ENTRY_ARCHIVED": [about(Kind.CORRECTION, is_archived=True)],
    "RECORD_STANDS": [about(Kind.LEGACY_COMPLETION)],
    "LIST_SAYS_OTHERWISE": [
        about(Kind.LEGACY_COMPLETION, {"gbcs_version": "4.3"}, has_record=False)
    ],
    "REMOVED_ALREADY": [about(Kind.WITHDRAWAL, is_current=False)],
    "NOT_RECALLED": [about(Kind.RECALL_LIFT, {"predecessors": None})],
    "NOT_LISTED_BY_ITSELF": [
        replace(
            FACTS,
            claim=replace(CLAIM, device_type="GPF"),
            predecessors={"CPL-1": replace(OWN, device_type="GPF")},
        )
    ],
    "MODELS_OF_SEVERAL_FAMILIES": [
        facts({"further_device_models": ("00020101",)}),
        facts({"further_device_models": ("00010101",)}),
    ],
    "LISTED_ALREADY": [facts(listed_already=("CPL-8",))],
    "REMOVED_BEFORE": [facts(removed_before=("CPL-8",))],
    "WAITING_ALREADY": [facts(waiting_already=("00010101",))],
    "PREDECESSOR_NOT_LISTED": [facts({"predecessors": ("CPL-1", "CPL-7")})],
    "PREDECESSOR_OF_ANOTHER_FAMILY": [
        over(replace(OWN, device_type="GSME")),
        over(replace(OWN, manufacturer_identifier="F1A2")),
        over(replace(OWN, device_model="00020101")),
    ],
    "ITS_OWN_PREDECESSOR": [
        over(replace(OWN, firmware_version="00000009")),
        replace(
            about(Kind.CORRECTION, {"predecessors": ("CPL-5",)}),
            predecessors={"CPL-5": replace(OWN, cpl_entry_id="CPL-5", firmware_version="00000005")},
            models={},
        ),
    ],
    "PATHWAY_GOES_IN_A_CIRCLE": [
        replace(
            about(Kind.CORRECTION),
            family=(replace(LISTED, pathway="NAMED", predecessors=("CPL-5",)),),
        ),
    ],
    "NO_HARDWARE_IN_COMMON": [
        facts(RANGE, predecessors={"CPL-1": replace(OWN, device_model="00010103")}),
        over(replace(OWN, hardware=("0200", "02FF"))),
        facts(RANGE, predecessors={"CPL-1": replace(OWN, hardware=("0103", "02FF"))}),
    ],
    "PREDECESSOR_REMOVED": [over(replace(OWN, is_current=False))],
    "VERSIONS_STRANDED": [
        facts(models={"00010101": (LISTED, replace(LISTED, cpl_entry_id="CPL-2"))}),
        facts({"predecessors": ()}, predecessors={}, models={"00010101": (LISTED,)}),
    ],
    "HARDWARE_OUT_OF_RANGE": [
        facts(
            {"minimum_hardware_version": "0100", "maximum_hardware_version": "0100"},
            predecessors={"CPL-1": ANYWHERE},
        ),
        facts({**RANGE, "further_device_models": ("00010103",)}),
        facts(
            {"minimum_hardware_version": "01FF", "maximum_hardware_version": "0100"},
            predecessors={"CPL-1": ANYWHERE},
        ),
    ],
    "HALF_A_RANGE": [
        facts({"minimum_hardware_version": "0100"}),
        facts({"maximum_hardware_version": "0102"}),
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
    assert [rule.code for rule in broken_rules(broken)] == [code]


def test_every_rule_is_broken_somewhere_above() -> None:
    assert [rule.code for rule in ALL_RULES] == list(BROKEN)


def test_every_broken_rule_is_told_at_once() -> None:
    worst = facts(
        {"device_type": "GPF", "carries_updates": True, "predecessors": ("CPL-1", "CPL-7")},
        listed_already=("CPL-8",),
        waiting_already=("00010101",),
    )

    assert [rule.code for rule in broken_rules(worst)] == [
        "NOT_LISTED_BY_ITSELF",
        "LISTED_ALREADY",
        "WAITING_ALREADY",
        "PREDECESSOR_NOT_LISTED",
        "PREDECESSOR_OF_ANOTHER_FAMILY",
        "NOT_A_HUB",
    ]


def test_only_these_are_warned_of() -> None:
    assert [rule.code for rule in ALL_RULES if rule.only_warns] == [
        "REMOVED_BEFORE",
        "PREDECESSOR_REMOVED",
        "VERSIONS_STRANDED",
    ]


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_a_rule_reads_as_a_sentence_and_names_its_field_and_source(rule: Any) -> None:
    sentence = sentence_of(rule)

    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert rule.field in READERS
    assert rule.reference


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (BROKEN["LISTED_ALREADY"][0], "CPL-8"),
        (BROKEN["PREDECESSOR_NOT_LISTED"][0], "CPL-7"),
        (BROKEN["WAITING_ALREADY"][0], "00010101"),
        (BROKEN["ANOTHER_DEVICE"][0], "firmware_version"),
        (BROKEN["LIST_SAYS_OTHERWISE"][0], "gbcs_version"),
        (BROKEN["ITS_OWN_PREDECESSOR"][0], "CPL-1"),
        (BROKEN["PATHWAY_GOES_IN_A_CIRCLE"][0], "CPL-1"),
        (BROKEN["NO_HARDWARE_IN_COMMON"][0], "CPL-1"),
        (BROKEN["PREDECESSOR_REMOVED"][0], "CPL-1"),
        (BROKEN["VERSIONS_STRANDED"][0], "1 listed version cannot reach this one: CPL-2"),
        (BROKEN["HARDWARE_OUT_OF_RANGE"][1], "00010103"),
        (over(replace(OWN, device_model="00020101")), "CPL-1"),
    ],
)
def test_a_broken_rule_names_what_breaks_it(broken: SubmissionFacts, named: str) -> None:
    (rule,) = broken_rules(broken)

    assert named in as_fault(rule, broken).message
