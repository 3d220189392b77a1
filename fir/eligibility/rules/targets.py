"""May this release, and whatever is installed on the way to it, be deployed?"""

from fir.eligibility.facts import EligibilityFacts, TargetFacts
from fir.eligibility.rules.rule import Effect, Rule, disagree, no_way_needed, nothing_to_send


class SomethingIsCurrent(Rule):
    """The Central Products List holds no Current entry of this Device Model to update to."""

    code, reference = "NO_CURRENT_ENTRY", "SEC Section F2"

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.target is not None


class TargetIsListed(Rule):
    """The target was removed from the Central Products List: what is not listed must not be
    installed."""

    code, reference = "TARGET_REMOVED", "SEC Section F2"

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.target is None or not facts.target.is_removed


class TargetIsNotArchived(Rule):
    """The target is archived: it is no release to go to any more."""

    code, reference = "TARGET_ARCHIVED", "FIR"

    def holds(self, facts: EligibilityFacts) -> bool:
        return facts.target is None or not facts.target.is_archived


class NotRecalled(Rule):
    """The Manufacturer has recalled the target, or an entry on the way to it: it must not be
    deployed."""

    code, reference = "RECALLED", "FIR"

    def holds(self, facts: EligibilityFacts) -> bool:
        return not any(entry.entry.recalled for entry in facts.to_install)


class SupplierLetsItGo(Rule):
    """The Supplier itself decided to hold back the target, or an entry on the way to it."""

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


class GbcsInEffect(Rule):
    """The version of GBCS that the target, or an entry on the way to it, keeps to is not in effect
    today."""

    code, reference = "GBCS_NOT_IN_EFFECT", "SEC Panel and the DCC on GBCS v1.1, May 2018"
    assumes = "the catalogue's dates, where they are tagged so"

    def holds(self, facts: EligibilityFacts) -> bool:
        return all(_is_in_effect(entry, facts) for entry in facts.to_install)


class HardwareFits(Rule):
    """The target, or an entry on the way to it, is made for other hardware than the device's: it
    would answer with a hardware version mismatch."""

    code, reference = "HARDWARE_MISMATCH", "GBCS CCS08; OTA header"

    def holds(self, facts: EligibilityFacts) -> bool:
        return all(_fits(entry, facts.cohort.hardware_version) for entry in facts.to_install)


class EntryIsUnambiguous(Rule):
    """Two Current entries list this Device Model and version with different hashes; the
    Administrator must settle which one is right."""

    code, reference = "ENTRY_AMBIGUOUS", "SECAS, CPL data quality, 16 April 2019"

    def holds(self, facts: EligibilityFacts) -> bool:
        return not any(map(disagree, (facts.installed, *(e.rivals for e in facts.to_install))))


class HashIsListed(Rule):
    """The list gives no hash for the target, or for an entry on the way to it: an image cannot be
    compared with it, nor activated by it."""

    code, reference, effect = "HASH_NOT_LISTED", "GBCS CS06; SEC Section F2", Effect.LEAVES_OPEN

    def holds(self, facts: EligibilityFacts) -> bool:
        known = all(entry.entry.manufacturer_image_hash for entry in facts.to_install)
        return no_way_needed(facts) or known


class LoadedByTheDcc(Rule):
    """The target, or an entry on the way to it, is published and not confirmed as loaded by the
    DCC: it may refuse the request, so ask it before you send."""

    code, reference = "NOT_LOADED_BY_DCC", "SEC Panel and the DCC on GBCS v1.1, May 2018"
    effect = Effect.WARNS

    def holds(self, facts: EligibilityFacts) -> bool:
        return nothing_to_send(facts) or all(entry.loaded_on for entry in facts.to_install)


class HubKeepsItsPower(Rule):
    """Activating the target, or an entry on the way to it, interrupts the Communications Hub's
    power for more than three minutes, which looks like a power outage (alert AD1): choose the time
    with the Network Party."""

    code, reference, effect = "INTERRUPTS_HUB_POWER", "MP102", Effect.WARNS

    def holds(self, facts: EligibilityFacts) -> bool:
        return nothing_to_send(facts) or not any(e.interrupts_hub_power for e in facts.to_install)


def _is_in_effect(entry: TargetFacts, facts: EligibilityFacts) -> bool:
    known = entry.gbcs
    if known is None:
        return True
    begun = known.in_effect_from is None or known.in_effect_from <= facts.today
    return begun and (known.in_effect_until is None or facts.today <= known.in_effect_until)


def _fits(entry: TargetFacts, hardware: str) -> bool:
    return entry.hardware is None or entry.hardware[0] <= hardware <= entry.hardware[1]
