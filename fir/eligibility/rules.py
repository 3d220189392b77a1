"""May these devices take this release?

One class a rule, worded in its docstring as the user will read it.

Rules are pure and run once per cohort. Every rule is asked; every one that does not hold is told.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from cpl import rulebook
from fir.eligibility.facts import EligibilityFacts
from fir.records.rules import PathEntry


class Outcome(StrEnum):
    """What was found of a cohort and a target."""

    UP_TO_DATE = "UP_TO_DATE"
    ELIGIBLE = "ELIGIBLE"
    ELIGIBLE_IN_STEPS = "ELIGIBLE_IN_STEPS"
    UNCONFIRMED = "UNCONFIRMED"
    BLOCKED = "BLOCKED"
    NOT_LISTED = "NOT_LISTED"


class Effect(StrEnum):
    """What a broken rule does: forbid, leave open until somebody declares, or only warn."""

    BLOCKS = "BLOCKS"
    LEAVES_OPEN = "LEAVES_OPEN"
    WARNS = "WARNS"


class Rule(rulebook.Rule[EligibilityFacts]):
    """A rule of eligibility: what every rule has, and what breaking it does."""

    effect: ClassVar[Effect] = Effect.BLOCKS


class HasARoute(Rule):
    """No Supplier updates this Device Type over the air: Communications Hubs and Gas Proxy
    Functions are managed by the DCC, and In-Home Displays cannot be updated."""

    code, reference = "NO_OTA_ROUTE", "DUIS 11.1, 11.4; SECMP0007; SECMP0024"

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.route is not None


class SupplierIsResponsible(Rule):
    """The Supplier is not the Responsible Supplier for this Device Type in the role that may send
    the request."""

    code, reference = "NOT_RESPONSIBLE", "DUIS 11.1, 11.4 eligible User Roles"

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.route is None or bool(facts.route.roles & facts.cohort.responsible_roles)


class StatusPermits(Rule):
    """The device's status in the Smart Metering Inventory does not permit an update."""

    code, reference = "STATUS_FORBIDS", "DUIS 8.2; DCC check E5"

    def holds(self, facts: EligibilityFacts) -> bool:
        known = facts.assumptions
        return facts.status in known.ready | known.not_commissioned | known.suspended


class SomethingIsCurrent(Rule):
    """The Central Products List holds no Current entry of this Device Model to update to."""

    code, reference = "NO_CURRENT_ENTRY", "SEC Section F2"

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.target is not None


class NotRecalled(Rule):
    """The Manufacturer has recalled the target, or an entry on the way to it: it must not be
    deployed."""

    code, reference = "RECALLED", "FIR"

    def holds(self, facts: EligibilityFacts) -> bool:
        return not any(entry.is_recalled for entry in facts.to_install)


class SupplierLetsItGo(Rule):
    """Your own decision holds back the target, or an entry on the way to it."""

    code, reference = "SUPPLIER_HOLD", "the Supplier's own decision"

    def holds(self, facts: EligibilityFacts) -> bool:
        return not facts.held_by_supplier


class CertificateInDate(Rule):
    """The CPA certificate of the target, or of an entry on the way to it, is past its expiry or
    renewal date."""

    code, reference = "CERTIFICATE_LAPSED", "MP209"

    def holds(self, facts: EligibilityFacts) -> bool:
        dates = [
            day
            for entry in facts.to_install
            for day in (entry.cpa_expiry_date, entry.cpa_renewal_date)
        ]
        return all(day is None or day >= facts.today for day in dates)


class EntryIsUnambiguous(Rule):
    """Two Current entries list this Device Model and version with different hashes; the
    Administrator must settle which one is right."""

    code, reference = "ENTRY_AMBIGUOUS", "SECAS, CPL data quality, 16 April 2019"

    def holds(self, facts: EligibilityFacts) -> bool:
        return not any(map(_disagree, (facts.installed, *(e.rivals for e in facts.to_install))))


class PathwayLeadsThere(Rule):
    """The Manufacturer's declared pathways lead from the installed version to no such target."""

    code, reference = "NOT_A_PREDECESSOR", "MP231"

    def holds(self, facts: EligibilityFacts) -> bool:
        return _no_way_needed(facts) or bool(facts.plan.route) or facts.plan.unknown


class PathwayIsKnown(Rule):
    """Nobody has declared whether the installed version may be updated to the target: ask the
    Manufacturer."""

    code, reference, effect = "PATHWAY_UNKNOWN", "MP231", Effect.LEAVES_OPEN

    def holds(self, facts: EligibilityFacts) -> bool:
        return _no_way_needed(facts) or bool(facts.plan.route) or not facts.plan.unknown


class HubCarriesIt(Rule):
    """The Communications Hub's firmware cannot carry updates to this Device Type; the DCC must
    update the hub first."""

    code, reference = "HUB_TOO_OLD", "SECMP0007"

    def holds(self, facts: EligibilityFacts) -> bool:
        return not _hub_matters(facts) or facts.hub_carries is not False


class HubCapabilityIsKnown(Rule):
    """Nobody has declared whether the Communications Hub's firmware can carry updates to this
    Device Type, or the hub is not in the estate."""

    code, reference, effect = "HUB_CAPABILITY_UNKNOWN", "SECMP0007", Effect.LEAVES_OPEN

    def holds(self, facts: EligibilityFacts) -> bool:
        return not _hub_matters(facts) or facts.hub_carries is not None


class NotSuspended(Rule):
    """The device is Suspended: updating it is the way out. Read its version afterwards (11.2),
    since the answer to the activation may not reach the inventory."""

    code, reference, effect = "DEVICE_SUSPENDED", "SR11.2 to Suspended Devices", Effect.WARNS

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.status not in facts.assumptions.suspended


class IsCommissioned(Rule):
    """The device is not commissioned: the DCC accepts the request with a warning list, and the
    device takes it once it is commissioned."""

    code, reference, effect = "NOT_COMMISSIONED", "DUIS 11.1, 11.4 responses", Effect.WARNS

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.status not in facts.assumptions.not_commissioned


class LoadedByTheDcc(Rule):
    """The target, or an entry on the way to it, is published and not confirmed as loaded by the
    DCC: it may refuse the request, so ask it before you send."""

    code, reference = "NOT_LOADED_BY_DCC", "SEC Panel and the DCC on GBCS v1.1, May 2018"
    effect = Effect.WARNS

    def holds(self, facts: EligibilityFacts) -> bool:
        nothing_to_send = _no_way_needed(facts) or not facts.installed
        return nothing_to_send or all(entry.loaded_on for entry in facts.to_install)


class RouteIsCurrent(Rule):
    """The only declared route leads through an entry that was removed from the list, and what is
    not listed should not be installed: ask the Manufacturer for another way."""

    code, reference = "ROUTE_THROUGH_REMOVED", "MP231; SEC Section F2"
    effect = Effect.LEAVES_OPEN

    def holds(self, facts: EligibilityFacts) -> bool:
        return _no_way_needed(facts) or not facts.plan.through_removed


ALL_RULES: tuple[Rule, ...] = (
    HasARoute(),
    SupplierIsResponsible(),
    StatusPermits(),
    SomethingIsCurrent(),
    NotRecalled(),
    SupplierLetsItGo(),
    CertificateInDate(),
    EntryIsUnambiguous(),
    PathwayLeadsThere(),
    PathwayIsKnown(),
    RouteIsCurrent(),
    HubCarriesIt(),
    HubCapabilityIsKnown(),
    NotSuspended(),
    IsCommissioned(),
    LoadedByTheDcc(),
)


def _disagree(entries: Collection[PathEntry]) -> bool:
    return len({e.manufacturer_image_hash for e in entries if e.current}) > 1


def _no_way_needed(facts: EligibilityFacts) -> bool:
    return facts.route is None or facts.target is None or facts.target.entry in facts.installed


def _hub_matters(facts: EligibilityFacts) -> bool:
    return facts.route is not None and facts.route.carried_by_hub


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for a cohort and a target, with every broken rule, warnings apart."""

    outcome: Outcome
    reasons: tuple[Rule, ...]
    warnings: tuple[Rule, ...]


def judge(facts: EligibilityFacts) -> Verdict:
    """Ask every rule and say what follows."""
    broken = tuple(rule for rule in ALL_RULES if not rule.holds(facts))
    warnings = tuple(rule for rule in broken if rule.effect is Effect.WARNS)
    reasons = tuple(rule for rule in broken if rule.effect is not Effect.WARNS)
    if not facts.installed:
        return Verdict(Outcome.NOT_LISTED, (), warnings)
    if _is_installed(facts):
        return Verdict(Outcome.UP_TO_DATE, (), warnings)
    return Verdict(_outcome(facts, reasons), reasons, warnings)


def _is_installed(facts: EligibilityFacts) -> bool:
    ids = {entry.cpl_entry_id for entry in facts.installed}
    ambiguous = not EntryIsUnambiguous().holds(facts)
    return bool(facts.target and facts.target.entry.cpl_entry_id in ids and not ambiguous)


def _outcome(facts: EligibilityFacts, reasons: tuple[Rule, ...]) -> Outcome:
    effects = {rule.effect for rule in reasons}
    if Effect.BLOCKS in effects:
        return Outcome.BLOCKED
    if Effect.LEAVES_OPEN in effects:
        return Outcome.UNCONFIRMED
    return Outcome.ELIGIBLE if len(facts.plan.route) == 1 else Outcome.ELIGIBLE_IN_STEPS
