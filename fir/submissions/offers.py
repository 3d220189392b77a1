"""What FIR knows already, offered to whoever begins a draft rather than asked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from cpl.identifiers import IdentifierFault, family_of, parse_cpl_entry_id
from cpl.sheet.row import CURRENT
from fir.parties.queries import identifiers_of
from fir.records.models import RepositoryEntry
from fir.records.queries import entries_among, entries_of_family, key_of, path_entry
from fir.records.rules import NAMED, NONE, heads
from fir.submissions.claims import IDENTITY, LISTED_FACTS, RELEASE_FACTS, Kind, read_claim
from fir.submissions.queries import latest_of
from fir.submissions.readers import NOT_APPLICABLE
from fir.submissions.rules.pathways import stranded
from fir.submissions.rules.rule import OF_A_RELEASE

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cpl.identifiers import ModelKey
    from fir.parties.models import Party
    from fir.submissions.claims import Claim

# What tells one release of a Device Model from the next.
_OF_ONE_RELEASE = frozenset({"firmware_version", "manufacturer_image_hash"})
_ORDERED_BY = (
    *("cpl_entry_id", "entry_id", "device_type", "manufacturer_identifier", "device_model"),
    *("firmware_version", "manufacturer_image_hash", "status", "date_added"),
    *("pathway", "predecessors", "archived_at"),
)


@dataclass(frozen=True, slots=True)
class Ways:
    """How listed versions come to a release that is being drafted.

    `releases` are all of its Device Model, oldest first, and `family` all of its family; `own` is
    its own entry, if it has one. `predecessors` are those it names as far as they can be read: None
    while nothing is said, empty for "N/A". `stranded` are the Current entries from which no
    declared way leads to it.
    """

    firmware_version: str
    own: str | None
    predecessors: tuple[str, ...] | None
    releases: Sequence[RepositoryEntry]
    family: Sequence[RepositoryEntry]
    stranded: Sequence[RepositoryEntry]


def own_models(party: Party) -> list[RepositoryEntry]:
    """The latest release of each Device Model on the list under the Party's Manufacturer
    Identifiers; those listed last first. Two queries."""
    entries = RepositoryEntry.objects.filter(manufacturer_identifier__in=identifiers_of(party))
    # A hub's Gas Proxy Function has no entry of its own any more.
    asked = entries.exclude(device_type="GPF").only(*_ORDERED_BY).order_by("entry_id")
    models: dict[ModelKey, list[RepositoryEntry]] = defaultdict(list)
    for entry in asked:
        models[key_of(entry)].append(entry)
    latest = [_latest(listed) for listed in models.values()]
    return sorted(latest, key=lambda entry: (entry.date_added, entry.entry_id), reverse=True)


def _latest(listed: Sequence[RepositoryEntry]) -> RepositoryEntry:
    standing = heads(list(map(path_entry, listed)))
    if not standing:
        return listed[-1]
    return next(e for e in listed if e.cpl_entry_id == standing[0].cpl_entry_id)


def answers_for_model(key: ModelKey) -> dict[str, Any]:
    """What a next release of this Device Model would most likely say: as its latest release, over
    that one, and for the hardware of its family that shared it. Empty for a model that is not
    listed. One query."""
    device_type, maker, model = key
    family = entries_of_family(device_type, maker, family_of(model))
    latest = latest_of(family, model)
    if latest is None:
        return {}
    shared = {
        e.device_model
        for e in family
        if e.status == CURRENT
        and e.manufacturer_image_hash
        and e.firmware_version == latest.firmware_version
        and e.manufacturer_image_hash == latest.manufacturer_image_hash
    } - {model}
    over = [
        e.cpl_entry_id
        for e in family
        if e.status == CURRENT
        and e.firmware_version == latest.firmware_version
        and e.device_model in {model, *shared}
    ]
    facts = {n: getattr(latest, n) for n in LISTED_FACTS if n not in _OF_ONE_RELEASE}
    return _as_sent(
        {
            **facts,
            "device_model": model,
            "further_device_models": sorted(shared),
            "predecessors": over,
        }
    )


def answers_about(entry: RepositoryEntry, kind: str) -> dict[str, Any]:
    """What a submission of this kind about an entry says if it changes nothing. What tells the
    entry, and what only the list says, is taken from the list when it is brought."""
    names: list[str] = []
    if kind == Kind.CORRECTION:
        names = [name for name in LISTED_FACTS if name not in IDENTITY]
    if kind in OF_A_RELEASE:
        names += RELEASE_FACTS
    said = {name: getattr(entry, name) for name in names}
    if kind in OF_A_RELEASE:
        over = {NAMED: sorted(entry.predecessors), NONE: NOT_APPLICABLE}
        said["predecessors"] = over.get(entry.pathway)
    return {"of_entry": entry.cpl_entry_id, **_as_sent(said)}


def told_by_list(kind: str) -> tuple[str, ...]:
    """What a submission of this kind leaves to its entry to say."""
    if kind == Kind.NEW:
        return ()
    return IDENTITY if kind == Kind.CORRECTION else LISTED_FACTS


def _as_sent(said: Mapping[str, Any]) -> dict[str, Any]:
    """Answers as a system would send them, without those that say nothing."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in said.items()
        if value not in (None, "", [])
    }


def entry_of(said: Mapping[str, Any]) -> RepositoryEntry | None:
    """The listed entry that some answers are about, if they name one. One query, or none."""
    try:
        named = parse_cpl_entry_id(str(said.get("of_entry") or ""))
    except IdentifierFault:
        return None
    return entries_among([named]).get(named)


def ways_of(kind: str, said: Mapping[str, Any], *, held: Collection[str]) -> Ways:
    """How listed versions come to the release that some answers describe; nothing of a Device of a
    Manufacturer Identifier that is not `held`. Two queries at most."""
    claim, _ = read_claim({**said, "kind": kind})
    if kind != Kind.NEW and (entry := entry_of(said)):
        claim = replace(claim, **{name: getattr(entry, name) for name in IDENTITY})
    family: list[RepositoryEntry] = []
    maker = claim.manufacturer_identifier
    if claim.device_type and maker and maker in held and claim.device_model:
        family = entries_of_family(claim.device_type, maker, family_of(claim.device_model))
    return ways_among(family, claim, said)


def ways_among(family: Sequence[RepositoryEntry], claim: Claim, said: Mapping[str, Any]) -> Ways:
    """The same of a claim whose family is at hand; `said` holds its predecessors as they were
    typed, of which those count that can be read."""
    over = _named(said.get("predecessors"))
    own = claim.of_entry if claim.kind != Kind.NEW else None
    left = _stranded(family, claim.device_models, over, own) if over is not None else set()
    return Ways(
        firmware_version=claim.firmware_version or "",
        own=own,
        predecessors=over,
        releases=[e for e in family if e.device_model == claim.device_model],
        family=family,
        stranded=[e for e in family if e.cpl_entry_id in left],
    )


def _stranded(
    family: Sequence[RepositoryEntry],
    models: Sequence[str],
    over: tuple[str, ...],
    own: str | None,
) -> set[str]:
    return {
        entry_id
        for model in models
        for entry_id in stranded(
            [path_entry(e) for e in family if e.device_model == model], over, own=own
        )
    }


def _named(said: Any) -> tuple[str, ...] | None:
    """The predecessors that are named, without those that cannot be read; None for nothing said."""
    if isinstance(said, str):
        said = [said] if said.strip() else None
    if not said or not isinstance(said, list):
        return None
    named = []
    for item in said:
        try:
            named.append(parse_cpl_entry_id(str(item)))
        except IdentifierFault:
            continue  # "N/A", or something to be mended
    return tuple(sorted(set(named)))
