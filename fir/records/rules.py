"""Which release is the latest, and who stands where behind it. Pure.

Firmware versions are opaque: two coding styles are in use (SECAS on CPL data quality, 16 April
2019), so the order is never read off their bytes. It comes from the declared pathways (MP231) and,
where nobody declared any, from the dates of the list.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

NAMED, NONE, UNKNOWN = "NAMED", "NONE", "UNKNOWN"


@dataclass(frozen=True, slots=True)
class PathEntry:
    """What ordering and planning need to know of an entry.

    `pathway` is NAMED (over `predecessors`), NONE (declared: over nothing, "N/A") or UNKNOWN
    (listed before pathways were collected): three different answers.
    """

    cpl_entry_id: str
    firmware_version: str
    manufacturer_image_hash: str
    current: bool
    date_added: date
    pathway: str
    predecessors: tuple[str, ...]
    seq: int
    recalled: bool = False


class Position(StrEnum):
    """Where an installed version stands: the latest, the one before it, or further back."""

    N = "N"
    N_1 = "N-1"
    OLDER = "OLDER"
    UNLISTED = "UNLISTED"


def ancestors(of: str, entries: Iterable[PathEntry]) -> set[str]:
    """Every entry from which declared steps lead to this one, itself left out."""
    predecessors = {entry.cpl_entry_id: entry.predecessors for entry in entries}
    found: set[str] = set()
    waiting = list(predecessors.get(of, ()))
    while waiting:
        entry = waiting.pop()
        if entry not in found and entry != of:
            found.add(entry)
            waiting.extend(predecessors.get(entry, ()))
    return found


def heads(entries: Collection[PathEntry]) -> list[PathEntry]:
    """The Current entries that are no declared ancestor of another Current one, newest first."""
    current = [entry for entry in entries if entry.current]
    behind = set().union(*(ancestors(entry.cpl_entry_id, entries) for entry in current), set())
    standing = [entry for entry in current if entry.cpl_entry_id not in behind]
    # A circle of declared steps leaves no head; then the dates alone decide.
    return sorted(standing or current, key=_newness, reverse=True)


def _newness(entry: PathEntry) -> tuple[date, int, str]:
    return entry.date_added, entry.seq, entry.cpl_entry_id


def latest_two(entries: Collection[PathEntry]) -> tuple[PathEntry | None, PathEntry | None]:
    """N and N-1 of one exact Device Model: the latest release and the latest without it."""
    first = next(iter(heads(entries)), None)
    if first is None:
        return None, None
    # A version that is listed twice is still one version; pathways lead on through its entries.
    rest = [
        replace(entry, current=False) if entry.firmware_version == first.firmware_version else entry
        for entry in entries
    ]
    return first, next(iter(heads(rest)), None)


def positions_in_model(entries: Iterable[PathEntry]) -> dict[str, Position]:
    """Each entry of one exact Device Model with where it stands."""
    listed = list(entries)
    latest, before = latest_two(listed)
    places = {entry.cpl_entry_id: Position.OLDER for entry in listed}
    if latest:
        places[latest.cpl_entry_id] = Position.N
    if before:
        places[before.cpl_entry_id] = Position.N_1
    return places


def position_of(installed: Collection[str], entries: Iterable[PathEntry]) -> Position:
    """Where a Device stands whose version is listed under the entries `installed`: as the best of
    them does."""
    return best_position(installed, positions_in_model(entries))


def best_position(installed: Collection[str], places: Mapping[str, Position]) -> Position:
    """The same, where it is known already where the model's entries stand."""
    if not installed:
        return Position.UNLISTED
    standing = {places.get(cpl_entry_id, Position.OLDER) for cpl_entry_id in installed}
    return next(position for position in Position if position in standing)
