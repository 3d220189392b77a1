"""May these devices be updated at all, and by this Supplier?"""

from fir.eligibility.facts import EligibilityFacts
from fir.eligibility.rules.rule import Effect, Rule, nothing_to_send


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
    assumes = "which of the two roles may send the request to which Device Type"

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.route is None or bool(facts.route.roles & facts.cohort.responsible_roles)


class StatusPermits(Rule):
    """The device's status in the Smart Metering Inventory does not permit an update."""

    code, reference = "STATUS_FORBIDS", "DUIS 8.2; DCC check E5"
    assumes = "which statuses permit an update"

    def holds(self, facts: EligibilityFacts) -> bool:
        known = facts.assumptions
        return facts.status in known.ready | known.not_commissioned | known.suspended


class Smets1IsReached(Rule):
    """The device is of the first generation (SMETS1), and which Service Requests update such a
    device is not known: ask the DCC."""

    code, reference, effect = "SMETS1_ROUTE_UNKNOWN", "DUIS 11.1, 11.3", Effect.LEAVES_OPEN
    assumes = "that no request is known to reach a SMETS1 device"

    def holds(self, facts: EligibilityFacts) -> bool:
        if facts.route is None or not facts.is_smets1:
            return True
        return facts.assumptions.reach_smets1.issuperset(facts.route.requests)


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
    since the answer to the activation may not reach the inventory; where that fails, activate it
    once more (11.3)."""

    code, reference, effect = "DEVICE_SUSPENDED", "SR11.2 to Suspended Devices", Effect.WARNS

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.status not in facts.assumptions.suspended


class IsCommissioned(Rule):
    """The device is not commissioned: the DCC accepts the request with a warning list, and the
    device takes it once it is commissioned."""

    code, reference, effect = "NOT_COMMISSIONED", "DUIS 11.1, 11.4 responses", Effect.WARNS
    assumes = "which statuses come before commissioning"

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.status not in facts.assumptions.not_commissioned


class SupplierIsAlone(Rule):
    """Another Responsible Supplier, in the role that you do not hold here, may be making the same
    update: read the version first (11.2)."""

    code, reference, effect = "OTHER_SUPPLIER_MAY_UPDATE", "SECMP0007", Effect.WARNS
    assumes = "that either Responsible Supplier may update a PPMID"

    def holds(self, facts: EligibilityFacts) -> bool:
        if facts.route is None or nothing_to_send(facts):
            return True
        held = facts.route.roles & facts.cohort.responsible_roles
        return not held or held == facts.route.roles


def _hub_matters(facts: EligibilityFacts) -> bool:
    return facts.route is not None and facts.route.carried_by_hub
