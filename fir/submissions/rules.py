"""May this release be published?

One class a rule, worded in its docstring as the user will read it.

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
    uses_of_hash: tuple[Known, ...]
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


class HashBelongsToOneMakerAndType(Rule):
    """A Manufacturer Image Hash stands under one Manufacturer and one Device Type only."""

    code, field = "HASH_OF_ANOTHER", "manufacturer_image_hash"
    reference = "SECAS, CPL data quality, 16 April 2019"

    def _others(self, facts: SubmissionFacts) -> list[str]:
        claim = facts.claim
        if claim.device_type is None or claim.manufacturer_identifier is None:
            return []
        mine = (claim.device_type, claim.manufacturer_identifier)
        return [
            use.cpl_entry_id
            for use in facts.uses_of_hash
            if (use.device_type, use.manufacturer_identifier) != mine
        ]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._others(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"It is the hash of {', '.join(self._others(facts)[:5])}."


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


class CertificateInDate(Rule):
    """The CPA certificate is neither past its expiry date nor past its renewal date."""

    code, field, reference = "CERTIFICATE_LAPSED", "cpa_certificate_id", "MP209"

    def holds(self, facts: SubmissionFacts) -> bool:
        dates = (facts.claim.cpa_expiry_date, facts.claim.cpa_renewal_date)
        return all(day is None or day >= facts.today for day in dates)

    def particulars(self, facts: SubmissionFacts) -> str:
        days = [d for d in (facts.claim.cpa_expiry_date, facts.claim.cpa_renewal_date) if d]
        return f"It lapsed on {min(days).isoformat()}."


class CertificateIsNamed(Rule):
    """A CPA date belongs to a CPA certificate, which must be named."""

    code, field, reference = "CERTIFICATE_NOT_NAMED", "cpa_certificate_id", "MP209"

    def holds(self, facts: SubmissionFacts) -> bool:
        claim = facts.claim
        return bool(claim.cpa_certificate_id) or not (
            claim.cpa_expiry_date or claim.cpa_renewal_date
        )


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
    HashBelongsToOneMakerAndType(),
    PredecessorsExist(),
    PredecessorsOfFamily(),
    CertificateInDate(),
    CertificateIsNamed(),
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
