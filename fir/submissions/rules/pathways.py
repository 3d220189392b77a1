"""The rules about upgrade pathways (MP231). Pure."""

from collections.abc import Iterable
from datetime import date

from cpl.identifiers import hardware_of
from fir.records.rules import NAMED, NONE, PathEntry, ancestors
from fir.submissions.claims import Kind
from fir.submissions.facts import SubmissionFacts
from fir.submissions.rules.rule import OF_A_RELEASE, Rule, named


class PredecessorsExist(Rule):
    """Every permitted predecessor is an entry of the Central Products List."""

    code, field, reference = "PREDECESSOR_NOT_LISTED", "predecessors", "MP231"
    kinds = OF_A_RELEASE

    def _missing(self, facts: SubmissionFacts) -> list[str]:
        return [e for e in facts.claim.predecessors or () if e not in facts.predecessors]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._missing(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"Not listed: {named(self._missing(facts))}."


class PredecessorsOfFamily(Rule):
    """Permitted predecessors are of the same family: Device Type, Manufacturer and model."""

    code, field, reference = "PREDECESSOR_OF_ANOTHER_FAMILY", "predecessors", "MP231"
    kinds = OF_A_RELEASE

    def _strangers(self, facts: SubmissionFacts) -> list[str]:
        return [
            known.cpl_entry_id
            for known in facts.predecessors.values()
            if not known.is_of_family(facts.claim)
        ]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._strangers(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"Of another family: {named(self._strangers(facts))}."


class NotItsOwnPredecessor(Rule):
    """A version is not installed over itself."""

    code, field, reference = "ITS_OWN_PREDECESSOR", "predecessors", "MP231"
    kinds = OF_A_RELEASE

    def _itself(self, facts: SubmissionFacts) -> list[str]:
        claim = facts.claim
        return [
            known.cpl_entry_id
            for known in facts.predecessors.values()
            if known.cpl_entry_id == claim.of_entry
            or (
                known.firmware_version == claim.firmware_version
                and known.device_model in claim.device_models
            )
        ]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._itself(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"Take out: {named(self._itself(facts))}."


class NoCircle(Rule):
    """Upgrade pathways lead forward: no version is its own predecessor over others."""

    code, field, reference = "PATHWAY_GOES_IN_A_CIRCLE", "predecessors", "MP231"
    kinds = frozenset({Kind.CORRECTION, Kind.LEGACY_COMPLETION})

    def _returning(self, facts: SubmissionFacts) -> list[str]:
        own, claimed = facts.claim.of_entry, facts.claim.predecessors or ()
        if own is None:
            return []
        return [
            entry for entry in claimed if entry != own and own in ancestors(entry, facts.family)
        ]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._returning(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"This version comes before: {named(self._returning(facts))}."


class HardwareRangesOverlap(Rule):
    """A release and what it may be installed over share hardware that both are for."""

    code, field, reference = "NO_HARDWARE_IN_COMMON", "predecessors", "MP231"
    kinds = OF_A_RELEASE

    def _apart(self, facts: SubmissionFacts) -> list[str]:
        claim = facts.claim
        lowest, highest = claim.minimum_hardware_version, claim.maximum_hardware_version
        own = sorted(map(hardware_of, claim.device_models))
        if not own:
            return []
        is_declared = lowest is not None and highest is not None
        first, last = (lowest or own[0], highest or own[-1]) if is_declared else (own[0], own[-1])
        return [
            known.cpl_entry_id
            for known in facts.predecessors.values()
            # Where neither says a range, one image may still serve both.
            if known.is_of_family(claim)
            and (is_declared or known.hardware)
            and not (first <= known.fits[1] and known.fits[0] <= last)
        ]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._apart(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"For other hardware: {named(self._apart(facts))}."


class PredecessorsStand(Rule):
    """What was removed from the list should not have to be installed on the way."""

    code, field, reference = "PREDECESSOR_REMOVED", "predecessors", "MP231"
    kinds = OF_A_RELEASE
    only_warns = True

    def _removed(self, facts: SubmissionFacts) -> list[str]:
        return [k.cpl_entry_id for k in facts.predecessors.values() if not k.is_current]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._removed(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        return f"Removed: {named(self._removed(facts))}."


class NobodyIsStranded(Rule):
    """Every listed version of the Device Model has a declared way to its newest release."""

    code, field, reference = "VERSIONS_STRANDED", "predecessors", "MP231"
    kinds = OF_A_RELEASE
    only_warns = True

    def _stranded(self, facts: SubmissionFacts) -> list[str]:
        if facts.claim.predecessors is None:
            return []
        return [
            entry
            for listed in facts.models.values()
            for entry in stranded(listed, facts.claim.predecessors, own=facts.claim.of_entry)
        ]

    def holds(self, facts: SubmissionFacts) -> bool:
        return not self._stranded(facts)

    def particulars(self, facts: SubmissionFacts) -> str:
        left = self._stranded(facts)
        versions = "version" if len(left) == 1 else "versions"
        return f"{len(left)} listed {versions} cannot reach this one: {named(left)}."


_HERE = "\0"


def stranded(
    listed: Iterable[PathEntry], predecessors: tuple[str, ...], *, own: str | None = None
) -> list[str]:
    """The Current entries of one Device Model from which no declared way leads to a release that
    goes over these predecessors; `own` is its own entry, if it has one. What comes after it, by
    declared steps, is not counted: it is ahead."""
    release = PathEntry(
        cpl_entry_id=own or _HERE,
        firmware_version="",
        manufacturer_image_hash="",
        current=True,
        date_added=date.max,
        pathway=NAMED if predecessors else NONE,
        predecessors=predecessors,
        seq=0,
    )
    others = [entry for entry in listed if entry.cpl_entry_id != own]
    entries = [*others, release]
    reaching = ancestors(release.cpl_entry_id, entries)
    return [
        entry.cpl_entry_id
        for entry in others
        if entry.current
        and entry.cpl_entry_id not in reaching
        and release.cpl_entry_id not in ancestors(entry.cpl_entry_id, entries)
    ]
