"""What the list and the queue hold beside some claims, and what the rules say of each there."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cpl.facts import CERTIFICATE_FACTS, PUBLISHED_FACTS
from cpl.identifiers import family_of
from cpl.quality import BY_CODE, findings_of
from cpl.quality.facts import Severity
from cpl.quality.index import ListIndex
from cpl.quality_queries import catalogue_now, known_files_among, lines_beside
from cpl.rulebook import sentence_of
from cpl.sheet.row import CURRENT, REMOVED
from fir.records.queries import entries_among, entries_of_families, path_entry
from fir.submissions.claims import IDENTITY, LISTED_FACTS, Claim, Fault, Kind, as_lines
from fir.submissions.facts import Known, SubmissionFacts
from fir.submissions.models import WAITING, Submission
from fir.submissions.rules import as_fault, broken_rules

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from cpl.quality import QualityFinding
    from fir.records.models import RepositoryEntry

Family = tuple[str, str, str]
# What the list's rules are asked of: a completion changes no line, a withdrawal ends one.
_LISTS = frozenset({Kind.NEW, Kind.CORRECTION})


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding of the list's rules about lines to come: those of these Device Models."""

    code: str
    particulars: str
    about: str
    message: str
    device_models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a release: `faults` keep it from being published; `warnings` are for
    somebody to look at before. Those of `waivable` are findings that two people may waive.
    `entry_state` tells what the entry that it is about says now from anything else."""

    faults: list[Fault]
    warnings: list[Fault]
    waivable: list[Finding]
    entry_state: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the list and the queue hold beside some claims."""

    entries: Mapping[str, Known]
    families: Mapping[Family, Sequence[RepositoryEntry]]
    index: ListIndex
    files: Mapping[str, str]
    catalogue: Any
    waiting: Mapping[tuple[str, ...], uuid.UUID]
    held: Collection[str] | None

    @classmethod
    def of(cls, claims: Sequence[Claim], *, held: Collection[str] | None = None) -> Surroundings:
        """What stands beside these claims, in a handful of queries.

        `held` are the Manufacturer Identifiers of whoever makes the claims: of claims under another
        nothing is looked up and nothing judged, or they would tell what waits for other makers.
        """
        entries = entries_among({e for claim in claims for e in _named_by(claim)})
        known = {entry_id: _known(entry) for entry_id, entry in entries.items()}
        claims = [_about(claim, known) for claim in claims]
        claims = [claim for claim in claims if _is_held(claim, held)]
        hashes = {c.manufacturer_image_hash for c in claims if c.manufacturer_image_hash}
        makers = {c.manufacturer_identifier for c in claims if c.manufacturer_identifier}
        lists = any(claim.kind in _LISTS for claim in claims)
        return cls(
            entries=known,
            families=_by_family(entries_of_families({f for c in claims if (f := _family(c))})),
            index=ListIndex(lines_beside(makers, hashes) if lists else ()),
            files=known_files_among(hashes) if hashes and lists else {},
            catalogue=catalogue_now() if lists else None,
            waiting=_waiting(makers),
            held=held,
        )

    def about_its_entry(self, claim: Claim) -> Claim:
        """A claim about an entry, with what the entry says where the claim leaves it unsaid."""
        return _about(claim, self.entries)

    def judge(
        self,
        claim: Claim,
        *,
        today: date,
        own: uuid.UUID | None = None,
        entry_state: str = "",
    ) -> Judgement:
        """What the rules of submissions, and the list's own, say of a claim; `own` is the
        submission it stands in, if any, and `entry_state` what its entry was like then."""
        if not _is_held(claim, self.held):
            return Judgement([], [], [])
        facts = self._facts_of(claim, today=today, own=own, entry_state=entry_state)
        broken = broken_rules(facts)
        found = self._quality_of(claim, today=today) if claim.kind in _LISTS else []
        waivable = [one for must_fix, _, one in found if not must_fix]
        return Judgement(
            faults=[
                *(as_fault(rule, facts) for rule in broken if not rule.only_warns),
                *(fault for must_fix, fault, _ in found if must_fix),
            ],
            warnings=[
                *(as_fault(rule, facts) for rule in broken if rule.only_warns),
                *(fault for must_fix, fault, _ in found if not must_fix),
            ],
            waivable=waivable,
            entry_state=facts.entry.state if facts.entry else "",
        )

    def family_of(self, claim: Claim) -> Sequence[RepositoryEntry]:
        """Every entry of a claim's family, oldest first; none while its Device is not said."""
        return self.families.get(_family(claim) or ("", "", ""), ())

    def _facts_of(
        self, claim: Claim, *, today: date, own: uuid.UUID | None, entry_state: str
    ) -> SubmissionFacts:
        """What the rules may read about a claim."""
        family = self.family_of(claim)
        models = {
            model: tuple(path_entry(e) for e in family if e.device_model == model)
            for model in claim.device_models
        }
        return SubmissionFacts(
            claim=claim,
            today=today,
            entry=self.entries.get(claim.of_entry or ""),
            predecessors={
                e: self.entries[e] for e in claim.predecessors or () if e in self.entries
            },
            models=models,
            family=tuple(map(path_entry, family)),
            listed_already=_listed(claim, family, CURRENT),
            removed_before=_listed(claim, family, REMOVED),
            entry_state=entry_state,
            waiting_already=tuple(
                key[2]
                for key in _identities(claim)
                if (found := self.waiting.get(key)) and found != own
            ),
        )

    def _quality_of(self, claim: Claim, *, today: date) -> list[tuple[bool, Fault, Finding]]:
        """What the list's rules find of the lines that a claim would become, and whether it must be
        fixed; what is the same for several lines, once."""
        found: dict[tuple[str, str], list[QualityFinding]] = defaultdict(list)
        models: dict[tuple[str, str], list[str]] = defaultdict(list)
        for line in as_lines(claim, today):
            for one in findings_of(line, self.index, self.catalogue, today, self.files):
                found[one.code, one.about].append(one)
                models[one.code, one.about].append(line.device_model or "")
        stand = self._standing_findings(claim, today=today)
        return [
            (
                first.severity is Severity.MUST_FIX and key not in stand,
                _as_fault(first),
                Finding(
                    first.code,
                    first.particulars,
                    first.about,
                    _as_fault(first).message,
                    tuple(models[key]),
                ),
            )
            for key, (first, *_) in found.items()
        ]

    def _standing_findings(self, claim: Claim, *, today: date) -> set[tuple[str, str]]:
        """What the list's rules find of an entry as it stands: a correction need not mend what it
        leaves as it is."""
        entry = self.entries.get(claim.of_entry or "")
        if claim.kind != Kind.CORRECTION or entry is None or entry.line is None:
            return set()
        said = {name: value or None for name, value in entry.line.items()}
        texts = {name: said[name] or "" for name in said if isinstance(getattr(claim, name), str)}
        (line,) = as_lines(replace(claim, **(said | texts)), today)  # type: ignore[arg-type]
        found = findings_of(line, self.index, self.catalogue, today, self.files)
        return {(one.code, one.about) for one in found}


def _is_held(claim: Claim, held: Collection[str] | None) -> bool:
    return (
        held is None or not claim.manufacturer_identifier or claim.manufacturer_identifier in held
    )


def _as_fault(finding: QualityFinding) -> Fault:
    sentence = sentence_of(BY_CODE[finding.code])
    # The finding first: a rule says what is right, which reads as if all were well.
    return Fault(finding.field, finding.code, f"{finding.particulars} The rule: {sentence}")


def _named_by(claim: Claim) -> tuple[str, ...]:
    return (*(claim.predecessors or ()), *([claim.of_entry] if claim.of_entry else ()))


def _known(entry: RepositoryEntry) -> Known:
    lowest, highest = entry.minimum_hardware_version, entry.maximum_hardware_version
    return Known(
        cpl_entry_id=entry.cpl_entry_id,
        device_type=entry.device_type,
        manufacturer_identifier=entry.manufacturer_identifier,
        device_model=entry.device_model,
        firmware_version=entry.firmware_version,
        is_current=entry.status == CURRENT,
        has_record=entry.record_id is not None,
        is_archived=entry.archived_at is not None,
        is_recalled=entry.recalled_at is not None,
        hardware=(lowest, highest) if lowest and highest else None,
        line={name: getattr(entry, name) for name in LISTED_FACTS},
        state=_state_of(entry),
    )


def _state_of(entry: RepositoryEntry) -> str:
    """What tells what an entry and its record say now from whatever they said before or after."""
    names = (*PUBLISHED_FACTS, *CERTIFICATE_FACTS, "record_id", "carries_updates", "status")
    said = [str(getattr(entry, name)) for name in names]
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:16]


def _about(claim: Claim, known: Mapping[str, Known]) -> Claim:
    """A claim about an entry is told by it; of what is not corrected, the entry says all."""
    entry = known.get(claim.of_entry or "")
    if entry is None or claim.kind == Kind.NEW:
        return claim
    line = entry.line or {}
    taken = IDENTITY if claim.kind == Kind.CORRECTION else LISTED_FACTS
    unsaid = {n: line[n] or None for n in taken if not getattr(claim, n) and line[n]}
    return replace(claim, **unsaid)  # type: ignore[arg-type]


def _family(claim: Claim) -> Family | None:
    if not (claim.device_type and claim.manufacturer_identifier and claim.device_model):
        return None
    return (claim.device_type, claim.manufacturer_identifier, family_of(claim.device_model))


def _by_family(entries: Iterable[RepositoryEntry]) -> dict[Family, list[RepositoryEntry]]:
    found: dict[Family, list[RepositoryEntry]] = defaultdict(list)
    for entry in entries:
        key = (entry.device_type, entry.manufacturer_identifier, family_of(entry.device_model))
        found[key].append(entry)
    return found


def _identities(claim: Claim) -> list[tuple[str, ...]]:
    """What tells each of the claim's releases from every other; none while it is not all said."""
    kind, maker, version = claim.device_type, claim.manufacturer_identifier, claim.firmware_version
    if not (kind and maker and version):
        return []
    return [(kind, maker, model, version) for model in claim.device_models]


def _listed(claim: Claim, family: Iterable[RepositoryEntry], status: str) -> tuple[str, ...]:
    """The entries of the claim's own Device Models and version with this status."""
    found = {
        entry.cpl_entry_id
        for entry in family
        if entry.status == status
        and entry.firmware_version == claim.firmware_version
        and entry.device_model in claim.device_models
    }
    return tuple(sorted(found))


def _waiting(makers: set[str]) -> dict[tuple[str, ...], uuid.UUID]:
    """What waits in the queue for these makers, by what tells each release from every other."""
    waiting = Submission.objects.filter(state__in=WAITING, manufacturer_identifier__in=makers)
    return {
        (one.device_type, one.manufacturer_identifier, model, one.firmware_version): one.pk
        for one in waiting.only(*IDENTITY, "further_device_models")
        for model in one.device_models
    }
