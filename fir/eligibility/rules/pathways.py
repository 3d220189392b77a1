"""Does a way lead from the installed version to the target?"""

from fir.eligibility.facts import EligibilityFacts
from fir.eligibility.rules.rule import Effect, Rule, no_way_needed, nothing_to_send


class NotBehindTheDevice(Rule):
    """The device runs a later release than the target: the Manufacturer's declared pathways lead
    from the target to it, and not back."""

    code, reference = "LATER_THAN_TARGET", "MP231"

    def holds(self, facts: EligibilityFacts) -> bool:
        return no_way_needed(facts) or not facts.plan.is_behind


class PathwayLeadsThere(Rule):
    """The Manufacturer's declared pathways lead from the installed version to no such target."""

    code, reference = "NOT_A_PREDECESSOR", "MP231"

    def holds(self, facts: EligibilityFacts) -> bool:
        plan = facts.plan
        return no_way_needed(facts) or bool(plan.route) or plan.unknown or plan.is_behind


class PathwayIsKnown(Rule):
    """Nobody has declared whether the installed version may be updated to the target: ask the
    Manufacturer."""

    code, reference, effect = "PATHWAY_UNKNOWN", "MP231", Effect.LEAVES_OPEN

    def holds(self, facts: EligibilityFacts) -> bool:
        return no_way_needed(facts) or bool(facts.plan.route) or not facts.plan.unknown


class RouteIsCurrent(Rule):
    """The only declared route leads through an entry that was removed from the list or archived,
    and what is no release to go to should not be installed: ask the Manufacturer for another
    way."""

    code, reference = "ROUTE_THROUGH_REMOVED", "MP231; SEC Section F2"
    effect = Effect.LEAVES_OPEN

    def holds(self, facts: EligibilityFacts) -> bool:
        return no_way_needed(facts) or not facts.plan.through_removed


class NoImageIsReplaced(Rule):
    """The device keeps one image beside the one that runs: activate each step (11.3) before the
    next is distributed (11.1), which takes the place of an image that was not activated."""

    code, reference = "PENDING_IMAGE_REPLACED", "GBCS CS05b, CS06; SECMP0007"
    effect = Effect.WARNS
    assumes = "that every meter and load switch keeps one pending image"

    def holds(self, facts: EligibilityFacts) -> bool:
        keeps_one = facts.route is not None and facts.route.keeps_one_image
        return nothing_to_send(facts) or not keeps_one or len(facts.plan.route) < 2
