"""The parts of an estate: its rows by version, put together by Device Type and Manufacturer, or by
Device Model. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fir.eligibility.catalogue import listed_key
from fir.eligibility.queries import summary_of
from fir.records.rules import Position

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cpl.identifiers import ModelKey
    from fir.eligibility.queries import VersionCount

_ORDER = list(Position)


@dataclass(frozen=True, slots=True)
class Part:
    """Some of an estate's versions, the latest first. `device_model` is empty where it is all that
    there is of one Device Type and Manufacturer."""

    device_type: str
    manufacturer_identifier: str
    device_model: str
    versions: list[VersionCount]

    @property
    def devices(self) -> int:
        """How many Devices they are."""
        return sum(row.devices for row in self.versions)

    @property
    def suspended(self) -> int:
        """How many of them are suspended, whatever they run."""
        return sum(row.suspended for row in self.versions)

    @property
    def by_position(self) -> dict[Position, int]:
        """How many stand where; every position is named."""
        counted = dict.fromkeys(Position, 0)
        for row in self.versions:
            counted[Position(row.position)] += row.devices
        return counted

    @property
    def percent_n_or_n_1(self) -> float | None:
        """How many of those that are measured are on N or N-1; None where none is."""
        return summary_of(self.versions).percent_n_or_n_1

    @property
    def listed_as(self) -> ModelKey:
        """Under which Device Model they are listed: a Gas Proxy Function under its hub's."""
        return listed_key(self.device_type, self.manufacturer_identifier, self.device_model)


def by_maker(versions: Iterable[VersionCount]) -> list[Part]:
    """The estate by Device Type and Manufacturer, in the order of its rows."""
    return _parts(((row.device_type, row.manufacturer_identifier, ""), row) for row in versions)


def by_model(versions: Iterable[VersionCount]) -> list[Part]:
    """The estate by Device Model, in the order of its rows."""
    return _parts(
        ((row.device_type, row.manufacturer_identifier, row.device_model), row) for row in versions
    )


def _parts(rows: Iterable[tuple[ModelKey, VersionCount]]) -> list[Part]:
    parts: dict[ModelKey, Part] = {}
    for key, row in rows:
        parts.setdefault(key, Part(*key, [])).versions.append(row)
    for part in parts.values():
        part.versions.sort(key=_latest_and_most_first)
    return list(parts.values())


def _latest_and_most_first(row: VersionCount) -> tuple[int, int, str]:
    return (_ORDER.index(Position(row.position)), -row.devices, row.firmware_version)
