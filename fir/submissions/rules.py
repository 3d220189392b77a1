"""May this release be published?

One class a rule, worded in its docstring as the user will read it. What the list's own rules say
of a release's line (`cpl.quality`) comes beside these: those that must be fixed are faults as well.

Rules are pure: frozen facts in, yes or no out. A rule that lacks a fact it needs holds, because the
missing fact was reported already.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from cpl import rulebook
from cpl.identifiers import family_of
from fir.submissions.claims import Claim, Fault


@dataclass(frozen=True, slots=True)
class Known:
    """A list entry, as far as the rules care."""

    cpl_entry_id: str
    device_type: str
    manufacturer_identifier: str
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionFacts:
    """Everything the rules may read: the claim, the day, and what the list and the queue hold."""

    claim: Claim
    today: date
    predecessors: Mapping[str, Known]
    listed_already: tuple[str, ...]
    waiting_already: bool


class Rule(rulebook.Rule[SubmissionFacts]):
    """A rule of a submission: what every rule has, and the field it is shown beside."""

    field: ClassVar[str]

    def particulars(self, facts: SubmissionFacts) -> str:
        """What breaks it here, to follow the sentence; empty where the sentence says it all."""
        return ""


class NotListedAlready(Rule):
    """A Device Model has one Current entry for a firmware version."""

    code, field, reference = "LISTED_ALREADY", "firmware_version", "SEC Appendix Z"

    def holds(self, facts: SubmissionFacts) -> bool:
        return not facts.listed_already

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"It is listed as {', '.join(facts.listed_already)}."


class NotWaitingAlready(Rule):
    """A release is brought once; this one is in the queue already."""

    code, field, reference = "WAITING_ALREADY", "firmware_version", "FIR"

    def holds(self, facts: SubmissionFacts) -> bool:
        return not facts.waiting_already


class ListedByItself(Rule):
    """A Gas Proxy Function has no entry of its own: it is listed with its Communications Hub."""

    code, field, reference = "NOT_LISTED_BY_ITSELF", "device_type", "SEC Appendix Z"

    def holds(self, facts: SubmissionFacts) -> bool:
        return facts.claim.device_type != "GPF"


class PredecessorsExist(Rule):
    """Every permitted predecessor is an entry of the Central Products List."""

    code, field, reference = "PREDECESSOR_NOT_LISTED", "predecessors", "MP231"

    def _missing(self, facts: SubmissionFacts) -> list[str]:
        return [e for e in facts.claim.predecessors or () if e not in facts.predecessors]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._missing(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"Not listed: {', '.join(self._missing(facts)[:10])}."


class PredecessorsOfFamily(Rule):
    """Permitted predecessors are of the same family: Device Type, Manufacturer and model."""

    code, field, reference = "PREDECESSOR_OF_ANOTHER_FAMILY", "predecessors", "MP231"

    def _strangers(self, facts: SubmissionFacts) -> list[str]:
        claim = facts.claim
        return [
            known.cpl_entry_id
            for known in facts.predecessors.values()
            if not (
                claim.device_type in (None, known.device_type)
                and claim.manufacturer_identifier in (None, known.manufacturer_identifier)
                and (claim.device_model is None or family_of(claim.device_model) == known.family)
            )
        ]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._strangers(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"Of another family: {', '.join(self._strangers(facts)[:10])}."


class OnlyHubsCarryUpdates(Rule):
    """Only a Communications Hub's firmware carries updates to PPMID and HCALCS."""

    code, field, reference = "NOT_A_HUB", "carries_updates", "SECMP0007"

    def holds(self, facts: SubmissionFacts) -> bool:
        claim = facts.claim
        return claim.carries_updates is None or claim.device_type in (None, "CHF")


ALL_RULES: tuple[Rule, ...] = (
    ListedByItself(),
    NotListedAlready(),
    NotWaitingAlready(),
    PredecessorsExist(),
    PredecessorsOfFamily(),
    OnlyHubsCarryUpdates(),
)


def broken_rules(facts: SubmissionFacts, rules: Iterable[Rule] = ALL_RULES) -> list[Fault]:
    """Every rule that the submission breaks, as faults beside their fields."""
    return [
        Fault(
            rule.field, rule.code, f"{rulebook.sentence_of(rule)} {rule.particulars(facts)}".strip()
        )
        for rule in rules
        if not rule.holds(facts)
    ]
