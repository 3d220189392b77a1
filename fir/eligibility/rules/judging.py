"""Every rule in the order in which reasons are told, and what follows from those that are broken.

Rules are pure and run once per cohort. Every rule is asked; every one that does not hold is told.
"""

from dataclasses import dataclass
from enum import StrEnum

from fir.eligibility.facts import EligibilityFacts
from fir.eligibility.rules import devices, pathways, targets
from fir.eligibility.rules.rule import Effect, Rule


class Outcome(StrEnum):
    """What was found of a cohort and a target."""

    UP_TO_DATE = "UP_TO_DATE"
    ELIGIBLE = "ELIGIBLE"
    ELIGIBLE_IN_STEPS = "ELIGIBLE_IN_STEPS"
    UNCONFIRMED = "UNCONFIRMED"
    BLOCKED = "BLOCKED"
    NOT_LISTED = "NOT_LISTED"


ALL_RULES: tuple[Rule, ...] = (
    devices.HasARoute(),
    devices.SupplierIsResponsible(),
    devices.StatusPermits(),
    devices.Smets1IsReached(),
    targets.SomethingIsCurrent(),
    targets.TargetIsListed(),
    targets.TargetIsNotArchived(),
    targets.NotRecalled(),
    targets.SupplierLetsItGo(),
    targets.CertificateInDate(),
    targets.GbcsInEffect(),
    targets.HardwareFits(),
    targets.EntryIsUnambiguous(),
    targets.HashIsListed(),
    pathways.NotBehindTheDevice(),
    pathways.PathwayLeadsThere(),
    pathways.PathwayIsKnown(),
    pathways.RouteIsCurrent(),
    devices.HubCarriesIt(),
    devices.HubCapabilityIsKnown(),
    devices.NotSuspended(),
    devices.IsCommissioned(),
    devices.SupplierIsAlone(),
    targets.LoadedByTheDcc(),
    pathways.NoImageIsReplaced(),
    targets.HubKeepsItsPower(),
)


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
    ambiguous = not targets.EntryIsUnambiguous().holds(facts)
    return bool(facts.target and facts.target.entry.cpl_entry_id in ids and not ambiguous)


def _outcome(facts: EligibilityFacts, reasons: tuple[Rule, ...]) -> Outcome:
    effects = {rule.effect for rule in reasons}
    if Effect.BLOCKS in effects:
        return Outcome.BLOCKED
    if Effect.LEAVES_OPEN in effects:
        return Outcome.UNCONFIRMED
    return Outcome.ELIGIBLE if len(facts.plan.route) == 1 else Outcome.ELIGIBLE_IN_STEPS
