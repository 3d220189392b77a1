"""The rules about what is brought, and about the entry that it is about. Pure."""

from cpl.identifiers import family_of, hardware_of
from fir.submissions.claims import IDENTITY, LISTED_FACTS, Claim, Kind
from fir.submissions.facts import SubmissionFacts
from fir.submissions.rules.rule import OF_A_RELEASE, OF_AN_ENTRY, Rule, named


class NotListedAlready(Rule):
    """A Device Model has one Current entry for a firmware version."""

    code, field, reference = "LISTED_ALREADY", "firmware_version", "SEC Appendix Z"
    kinds = frozenset({Kind.NEW})

    def holds(self, facts: SubmissionFacts) -> bool:
        return not facts.listed_already

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"It is listed as {', '.join(facts.listed_already)}."


class NotWaitingAlready(Rule):
    """A release is brought once; this one is in the queue already."""

    code, field, reference = "WAITING_ALREADY", "firmware_version", "FIR"

    def holds(self, facts: SubmissionFacts) -> bool:
        return not facts.waiting_already

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"Device Models that wait: {named(facts.waiting_already)}."


class ListedByItself(Rule):
    """A Gas Proxy Function has no entry of its own: it is listed with its Communications Hub."""

    code, field, reference = "NOT_LISTED_BY_ITSELF", "device_type", "SEC Appendix Z"
    kinds = frozenset({Kind.NEW})

    def holds(self, facts: SubmissionFacts) -> bool:
        return facts.claim.device_type != "GPF"


class ModelsOfOneFamily(Rule):
    """Device Models that are brought together are of one family, and each is named once."""

    code, field, reference = "MODELS_OF_SEVERAL_FAMILIES", "further_device_models", "FIR"
    kinds = frozenset({Kind.NEW})

    def holds(self, facts: SubmissionFacts) -> bool:
        models = facts.claim.device_models
        return len(set(models)) == len(models) and len(set(map(family_of, models))) <= 1


class HardwareInRange(Rule):
    """The hardware of each Device Model lies within the range that the image is for."""

    code, field, reference = "HARDWARE_OUT_OF_RANGE", "minimum_hardware_version", "GBCS, OTA header"
    kinds = OF_A_RELEASE

    def _outside(self, claim: Claim) -> list[str]:
        lowest, highest = claim.minimum_hardware_version, claim.maximum_hardware_version
        if lowest is None or highest is None:
            return []
        # Of one length and case, so that their text is in the numbers' order.
        return [m for m in claim.device_models if not lowest <= hardware_of(m) <= highest]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._outside(facts.claim)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"Outside it: {named(self._outside(facts.claim))}."


class RangeHasTwoEnds(Rule):
    """A hardware range has a lowest and a highest version."""

    code, field, reference = "HALF_A_RANGE", "maximum_hardware_version", "GBCS, OTA header"
    kinds = OF_A_RELEASE

    def holds(self, facts: SubmissionFacts) -> bool:
        claim = facts.claim
        return (claim.minimum_hardware_version is None) == (claim.maximum_hardware_version is None)


class OnlyHubsCarryUpdates(Rule):
    """Only a Communications Hub's firmware carries updates to PPMID and HCALCS."""

    code, field, reference = "NOT_A_HUB", "carries_updates", "SECMP0007"

    def holds(self, facts: SubmissionFacts) -> bool:
        claim = facts.claim
        return claim.carries_updates is None or claim.device_type in (None, "CHF")


class EntryIsListed(Rule):
    """What is corrected, completed or withdrawn is an entry of the Central Products List."""

    code, field, reference = "ENTRY_NOT_LISTED", "of_entry", "SECMP0009"
    kinds = OF_AN_ENTRY

    def holds(self, facts: SubmissionFacts) -> bool:
        return facts.claim.of_entry is None or facts.entry is not None


class EntryStaysItself(Rule):
    """An entry stays of one Device and version; another Device or version is another entry."""

    code, field, reference = "ANOTHER_DEVICE", "of_entry", "SECMP0009"
    kinds = OF_AN_ENTRY

    def _differing(self, facts: SubmissionFacts) -> list[str]:
        entry, claim = facts.entry, facts.claim
        if entry is None:
            return []
        return [n for n in IDENTITY if getattr(claim, n) not in (None, getattr(entry, n))]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._differing(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"The entry says something else in: {', '.join(self._differing(facts))}."


class CorrectsARecord(Rule):
    """What is corrected has a record; an entry from before the repository is completed."""

    code, field, reference = "NOTHING_TO_CORRECT", "of_entry", "SECMP0009"
    kinds = frozenset({Kind.CORRECTION})

    def holds(self, facts: SubmissionFacts) -> bool:
        return facts.entry is None or facts.entry.has_record


class CompletesOnce(Rule):
    """An entry from before the repository is completed once; a record is corrected."""

    code, field, reference = "RECORD_STANDS", "of_entry", "MP231"
    kinds = frozenset({Kind.LEGACY_COMPLETION})

    def holds(self, facts: SubmissionFacts) -> bool:
        return facts.entry is None or not facts.entry.has_record


class CompletionLeavesTheList(Rule):
    """A completion adds what was not collected before and changes nothing that the list says."""

    code, field, reference = "LIST_SAYS_OTHERWISE", "of_entry", "MP231"
    kinds = frozenset({Kind.LEGACY_COMPLETION})

    def _differing(self, facts: SubmissionFacts) -> list[str]:
        if facts.entry is None:
            return []
        line = facts.entry.line or {}
        said = {n: getattr(facts.claim, n) for n in LISTED_FACTS if n not in IDENTITY}
        return [n for n, value in said.items() if value and n in line and value != line[n]]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._differing(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return (
            f"The list says something else in: {', '.join(self._differing(facts))}. Leave them "
            "out, and ask the Administrator to correct the list if it is wrong."
        )


class WithdrawsWhatStands(Rule):
    """Only a Current entry can be withdrawn."""

    code, field, reference = "REMOVED_ALREADY", "of_entry", "SEC Section F2"
    kinds = frozenset({Kind.WITHDRAWAL})

    def holds(self, facts: SubmissionFacts) -> bool:
        return facts.entry is None or facts.entry.is_current


class EntryStayedAsItWas(Rule):
    """A correction is of what the entry said when it was brought; otherwise it is brought anew."""

    code, field, reference = "ENTRY_CHANGED_MEANWHILE", "of_entry", "SECMP0009"
    kinds = frozenset({Kind.CORRECTION})

    def holds(self, facts: SubmissionFacts) -> bool:
        seen = facts.entry_state
        return not seen or facts.entry is None or facts.entry.state == seen

    def particulars(self, facts: SubmissionFacts) -> str:
        return "Its list line or its record has changed since: what is new would be lost."


class NotRemovedBefore(Rule):
    """What was removed from the list is relisted, rather than listed a second time."""

    code, field, reference = "REMOVED_BEFORE", "firmware_version", "SEC Section F2"
    kinds = frozenset({Kind.NEW})
    only_warns = True

    def holds(self, facts: SubmissionFacts) -> bool:
        return not facts.removed_before

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"It was removed as {named(facts.removed_before)}: the Administrator relists it."


class CorrectsWhatIsInUse(Rule):
    """What is archived is restored before it is corrected."""

    code, field, reference = "ENTRY_ARCHIVED", "of_entry", "SECMP0009"
    kinds = frozenset({Kind.CORRECTION})

    def holds(self, facts: SubmissionFacts) -> bool:
        return facts.entry is None or not facts.entry.is_archived


class LiftsARecall(Rule):
    """Only of a recalled release can the recall be lifted."""

    code, field, reference = "NOT_RECALLED", "of_entry", "FIR"
    kinds = frozenset({Kind.RECALL_LIFT})

    def holds(self, facts: SubmissionFacts) -> bool:
        return facts.entry is None or facts.entry.is_recalled
