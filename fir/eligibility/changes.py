"""What changed from one load to the next: who came and went, and which way versions moved.

The moves between cohorts stand with the load. Which way a version moved is read off the list when
somebody asks, so that what is declared later is told at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import F

from fir.eligibility.catalogue import listed_key
from fir.eligibility.models import Finding
from fir.eligibility.queries import VersionCount, catalogue_of
from fir.eligibility.rules import Outcome
from fir.eligibility.summaries import listed_among
from fir.estates.queries import moves_of
from fir.parties.scopes import Scope
from fir.records.queries import entries_of_models
from fir.records.rules import is_ahead

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from cpl.identifiers import ModelKey
    from fir.eligibility.summaries import ListedModel
    from fir.estates.models import CohortMove, EstateLoad
    from fir.parties.models import Party
    from fir.records.models import RepositoryEntry
    from fir.records.rules import PathEntry

NO_WAY = "NOT_A_PREDECESSOR"


class Change(StrEnum):
    """What became of Devices. Each is counted once, under the first that fits."""

    GAINED = "GAINED"
    LOST = "LOST"
    UPGRADED = "UPGRADED"
    DOWNGRADED = "DOWNGRADED"
    VERSION_CHANGED = "VERSION_CHANGED"
    STATUS_CHANGED = "STATUS_CHANGED"
    OTHERWISE_CHANGED = "OTHERWISE_CHANGED"


MEANINGS: Mapping[Change, str] = {
    Change.GAINED: "were not in the estate before",
    Change.LOST: "are in the estate no more",
    Change.UPGRADED: "run a later version",
    Change.DOWNGRADED: "run an earlier version",
    Change.VERSION_CHANGED: "run another version, of which it cannot be told whether it is later",
    Change.STATUS_CHANGED: "have another status",
    Change.OTHERWISE_CHANGED: "are of another Device Model, or changed in your role or their hub",
}


_WAYS = {True: Change.UPGRADED, False: Change.DOWNGRADED, None: Change.VERSION_CHANGED}


class DeviceFacts(NamedTuple):
    """What an inventory says that Devices are."""

    device_type: str
    manufacturer_identifier: str
    device_model: str
    firmware_version: str
    device_status: str

    @property
    def listed_as(self) -> ModelKey:
        """Under which Device Model they are listed."""
        return listed_key(*self[:3])


@dataclass(frozen=True, slots=True)
class Moved:
    """So many Devices, what they were, what they are, and what that is called."""

    change: Change
    former: DeviceFacts | None
    now: DeviceFacts | None
    devices: int


def change_of(
    former: DeviceFacts | None, now: DeviceFacts | None, entries: Collection[PathEntry]
) -> Change:
    """What it is called when Devices that were the one are the other; `entries` are those of the
    Device Model that they are now. Pure."""
    if former is None or now is None:
        return Change.LOST if former else Change.GAINED
    if former[:3] != now[:3]:
        return Change.OTHERWISE_CHANGED
    if former.firmware_version != now.firmware_version:
        return _WAYS[is_ahead(now.firmware_version, former.firmware_version, entries)]
    if former.device_status != now.device_status:
        return Change.STATUS_CHANGED
    return Change.OTHERWISE_CHANGED


@dataclass(frozen=True, slots=True)
class GainedVersion(VersionCount):
    """Gained Devices of one Device Model and version: where they stand, what was found of them for
    the latest release, how many have no declared way to any release, and the reasons."""

    outcomes: Mapping[str, int]
    stranded: int
    reasons: Mapping[str, int]

    @property
    def listed_as(self) -> ModelKey:
        """Under which Device Model they are listed."""
        return listed_key(self.device_type, self.manufacturer_identifier, self.device_model)


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that changed with a load. `gained` are told by version once the load is
    assessed; `listed` says what the list has of their Device Models."""

    moved: Sequence[Moved]
    gained: Sequence[GainedVersion]
    listed: Mapping[ModelKey, ListedModel]
    totals: Mapping[Change, int]

    @property
    def stranded(self) -> int:
        """How many gained Devices have no declared way to any release."""
        return sum(one.stranded for one in self.gained)

    @property
    def is_assessed(self) -> bool:
        """Whether it is known already where the gained Devices stand."""
        return sum(one.devices for one in self.gained) == self.totals[Change.GAINED]

    @property
    def reasons(self) -> dict[str, int]:
        """How many gained Devices each reason holds back from the latest release."""
        return _added_up(one.reasons for one in self.gained)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many gained Devices stand under each outcome for the latest release."""
        found = _added_up(one.outcomes for one in self.gained)
        return {outcome.value: found.get(outcome, 0) for outcome in Outcome}


def _added_up(counted: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = Counter[str]()
    for one in counted:
        total.update(one)
    return dict(total)


NOTHING = Changes([], [], {}, dict.fromkeys(Change, 0))


def changes_of(party: Party, load: EstateLoad | None) -> Changes:
    """What changed with a Supplier's standing load; nothing without one, and with the first. Three
    queries."""
    if load is None:
        return NOTHING
    moves = moves_of(load)
    facts = [(_former(move), _now(move), move.device_count) for move in moves]
    keys = {one.listed_as for former, now, _ in facts for one in (former, now) if one}
    entries = entries_of_models(keys)
    moved = _moved(facts, entries)
    totals = dict.fromkeys(Change, 0)
    for one in moved:
        totals[one.change] += one.devices
    return Changes(moved, _gained(party, load), listed_among(entries), totals)


def _former(move: CohortMove) -> DeviceFacts | None:
    facts = DeviceFacts(*(getattr(move, f"former_{name}") for name in DeviceFacts._fields))
    return facts if facts.device_type else None


def _now(move: CohortMove) -> DeviceFacts | None:
    if move.cohort is None:
        return None
    return DeviceFacts(*(getattr(move.cohort, name) for name in DeviceFacts._fields))


def _moved(
    facts: Sequence[tuple[DeviceFacts | None, DeviceFacts | None, int]],
    entries: Mapping[ModelKey, Collection[RepositoryEntry]],
) -> list[Moved]:
    """Moves that say the same are one; the changes in their order, the most Devices first."""
    paths = {key: catalogue_of(listed).paths for key, listed in entries.items()}
    counted = Counter[tuple[DeviceFacts | None, DeviceFacts | None]]()
    for former, now, devices in facts:
        counted[former, now] += devices
    moved = [
        Moved(change_of(former, now, paths.get(now.listed_as, []) if now else []), former, now, n)
        for (former, now), n in counted.items()
    ]
    order = list(Change)
    return sorted(
        moved, key=lambda m: (order.index(m.change), -m.devices, m.former or (), m.now or ())
    )


def _gained(party: Party, load: EstateLoad) -> list[GainedVersion]:
    """The gained Devices by Device Model and version, from the findings of their cohorts."""
    by_cohort = defaultdict[int, list[Finding]](list)
    findings = (
        Finding.objects.visible_to(Scope(party))
        .filter(cohort__cohortmove__load=load, cohort__cohortmove__former_device_type="")
        .annotate(gained=F("cohort__cohortmove__device_count"))
        .select_related("cohort")
        .order_by("-target_is_latest", "id")
    )
    for finding in findings:
        by_cohort[finding.cohort_id].append(finding)
    by_version = defaultdict[tuple[str, ...], list[list[Finding]]](list)
    for of_cohort in by_cohort.values():
        cohort = of_cohort[0].cohort
        by_version[tuple(getattr(cohort, name) for name in DeviceFacts._fields[:4])].append(
            of_cohort
        )
    return [_gained_version(version, cohorts) for version, cohorts in sorted(by_version.items())]


def _gained_version(
    version: tuple[str, ...], cohorts: Sequence[Sequence[Finding]]
) -> GainedVersion:
    outcomes, reasons = Counter[str](), Counter[str]()
    suspended = stranded = 0
    for findings in cohorts:
        latest, devices = findings[0], findings[0].gained  # type: ignore[attr-defined]
        outcomes[latest.outcome] += devices
        reasons.update(dict.fromkeys(latest.reasons, devices))
        suspended += devices if "DEVICE_SUSPENDED" in latest.warnings else 0
        stranded += devices if all(NO_WAY in one.reasons for one in findings) else 0
    device_type, manufacturer, device_model, firmware = version
    return GainedVersion(
        device_type,
        manufacturer,
        device_model,
        firmware,
        cohorts[0][0].position,
        sum(outcomes.values()),
        suspended,
        dict(outcomes),
        stranded,
        dict(reasons),
    )
