"""What the list says of Device Models, gathered once for many cohorts. Pure.

A cohort is looked up by its Device Model; a Gas Proxy Function under its hub's, with which it
shares one box and one image.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fir.records.rules import (
    UNKNOWN,
    PathEntry,
    Position,
    best_position,
    heads,
    positions_in_model,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from cpl.catalogue import Specification
    from cpl.identifiers import ModelKey


@dataclass(frozen=True, slots=True)
class ListedFacts:
    """An entry as the catalogue keeps it."""

    path: PathEntry
    cpa_expiry_date: date | None
    cpa_renewal_date: date | None
    loaded_on: date | None
    carries_updates: bool | None
    is_removed: bool = False
    is_archived: bool = False
    hardware: tuple[str, str] | None = None
    gbcs: Specification | None = None
    interrupts_hub_power: bool | None = None
    is_smets1: bool = False


class ModelCatalogue:
    """The entries of one exact Device Model, and which of them are worth updating to."""

    def __init__(self, entries: Iterable[ListedFacts]) -> None:
        self.facts = {entry.path.cpl_entry_id: entry for entry in entries}
        self.paths = [entry.path for entry in self.facts.values()]
        self.places = positions_in_model(self.paths)
        self.by_version: Mapping[str, list[PathEntry]] = _by_version(self.paths)
        ends = heads(self.paths)
        self.latest = ends[0] if ends else None
        # Beside the latest, the end of every other declared branch is a release somebody may want.
        self.other_heads = [end for end in ends[1:] if end.pathway != UNKNOWN]

    @property
    def targets(self) -> list[PathEntry]:
        """What findings are kept for: the latest release, and the other branches' ends."""
        return [self.latest, *self.other_heads] if self.latest else []

    def installed(self, firmware_version: str) -> tuple[PathEntry, ...]:
        """The entries that list a version."""
        return tuple(self.by_version.get(firmware_version, ()))

    def position(self, firmware_version: str) -> Position:
        """Where a version stands."""
        ids = {entry.cpl_entry_id for entry in self.installed(firmware_version)}
        return best_position(ids, self.places)

    def rivals(self, entry: PathEntry) -> tuple[PathEntry, ...]:
        """The Current entries of the same version as this one, itself included."""
        return tuple(e for e in self.installed(entry.firmware_version) if e.current)

    def carries_updates(self, firmware_version: str) -> bool | None:
        """Whether a hub on this version carries updates; None where nobody said or two disagree."""
        said = {
            self.facts[entry.cpl_entry_id].carries_updates
            for entry in self.installed(firmware_version)
        } - {None}
        return said.pop() if len(said) == 1 else None

    def is_smets1(self, cpl_entry_ids: Iterable[str]) -> bool:
        """Whether any of these entries is for devices of the first generation."""
        return any(self.facts[entry].is_smets1 for entry in cpl_entry_ids)


def _by_version(paths: Iterable[PathEntry]) -> Mapping[str, list[PathEntry]]:
    found: dict[str, list[PathEntry]] = defaultdict(list)
    for path in paths:
        found[path.firmware_version].append(path)
    return found


EMPTY = ModelCatalogue(())


def listed_key(device_type: str, manufacturer: str, device_model: str) -> ModelKey:
    """Under which Device Model a device is listed."""
    return ("CHF" if device_type == "GPF" else device_type, manufacturer, device_model)
