"""A small world, and what follows for each of its devices, worked out one by one by hand.

Written from the design's words alone and without any of FIR's code, so that the two can differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REQUESTED_BY = {"ESME": {"IS"}, "GSME": {"GS"}, "HCALCS": {"IS"}, "PPMID": {"IS", "GS"}}
NOT_COMMISSIONED = {"PENDING", "WHITELISTED", "INSTALLEDNOTCOMMISSIONED"}


@dataclass(frozen=True)
class Line:
    """A line of the list; `over` is None where no pathway was ever declared."""

    number: int
    kind: str
    version: str
    image: int
    day: int
    lapsed: bool
    over: tuple[int, ...] | None
    carries: bool | None
    current: bool
    loaded: bool

    @property
    def name(self) -> str:
        return f"CPL-{self.number:06d}"


@dataclass(frozen=True)
class Thing:
    """A device of an estate; `hub` is the number of its hub, or of anything, or None."""

    number: int
    kind: str
    version: str
    status: str
    roles: str
    hub: int | None


@dataclass(frozen=True)
class Answer:
    """What is found for a device and a target."""

    target: str
    latest: bool
    position: str
    outcome: str
    reasons: frozenset[str]
    warnings: frozenset[str]


def answers(device: Thing, devices: Sequence[Thing], lines: Sequence[Line]) -> set[Answer]:
    """All that should be found for one device."""
    mine = [line for line in lines if line.kind == ("CHF" if device.kind == "GPF" else device.kind)]
    installed = [line for line in mine if line.version == device.version]
    latest = newest(mine)
    targets: list[Line | None] = [latest]
    if installed and latest not in installed:
        targets += [end for end in ends(mine) if end != latest and end.over is not None]
    return {answer(device, devices, lines, mine, installed, target) for target in targets}


def ends(mine: Sequence[Line], without: str = "") -> list[Line]:
    """Current lines from which no declared steps lead to another current one; the lines of the
    version `without` are no candidates, though steps may lead over them."""
    current = [line for line in mine if line.current and line.version != without]
    return [
        line
        for line in current
        if not any(list(ways([line], other, mine)) for other in current if other != line)
    ]


def newest(mine: Sequence[Line], without: str = "") -> Line | None:
    return max(ends(mine, without), key=lambda line: (line.day, line.number), default=None)


def ways(start: Sequence[Line], target: Line, mine: Sequence[Line]) -> Iterator[list[Line]]:
    """Every way from one of the lines to the target by declared steps, the start left out."""
    for line in mine:
        if any(one.number in (line.over or ()) for one in start):
            if line == target:
                yield [line]
            else:
                for rest in ways([line], target, mine):
                    yield [line, *rest]


def position(installed: Sequence[Line], mine: Sequence[Line]) -> str:
    if not installed:
        return "UNLISTED"
    latest = newest(mine)
    if latest in installed:
        return "N"
    before = newest(mine, without=latest.version) if latest else None
    return "N-1" if before in installed else "OLDER"


def answer(
    device: Thing,
    devices: Sequence[Thing],
    lines: Sequence[Line],
    mine: Sequence[Line],
    installed: Sequence[Line],
    target: Line | None,
) -> Answer:
    way, unclear = shortest_way(installed, target, mine)
    forbidden = by_the_device(device) | by_what_is_installed(device, target, way, mine)
    if device.kind in REQUESTED_BY and target and installed and target not in installed and not way:
        if undeclared(target, mine):
            unclear.add("PATHWAY_UNKNOWN")
        else:
            forbidden.add("NOT_A_PREDECESSOR")
    if device.kind in ("PPMID", "HCALCS"):
        said = {None: "HUB_CAPABILITY_UNKNOWN", False: "HUB_TOO_OLD", True: ""}
        carries = hub_carries(device, devices, lines)
        (unclear if carries is None else forbidden).update({said[carries]} - {""})
    reasons = forbidden | unclear
    if not installed:
        outcome, reasons = "NOT_LISTED", set()
    elif target in installed and "ENTRY_AMBIGUOUS" not in forbidden:
        outcome, reasons = "UP_TO_DATE", set()
    elif reasons:
        outcome = "BLOCKED" if forbidden else "UNCONFIRMED"
    else:
        outcome = "ELIGIBLE" if len(way) == 1 else "ELIGIBLE_IN_STEPS"
    return Answer(
        target=target.name if target else "",
        latest=target == newest(mine),
        position=position(installed, mine),
        outcome=outcome,
        reasons=frozenset(reasons),
        warnings=frozenset(
            warned_by_status(device) | warned_by_loading(device, installed, target, way)
        ),
    )


def shortest_way(
    installed: Sequence[Line], target: Line | None, mine: Sequence[Line]
) -> tuple[list[Line], set[str]]:
    """The way to go, over removed lines only where there is no other, and then left open."""
    if target is None or target in installed:
        return [], set()
    found = list(ways(installed, target, mine))
    clean = [way for way in found if all(line.current for line in way[:-1])]
    unclear = {"ROUTE_THROUGH_REMOVED"} if found and not clean else set()
    # Of ways as long, the one over the lower ids, as it is looked for backwards from the target.
    return min(clean or found, key=lambda way: (len(way), backwards(way)), default=[]), unclear


def backwards(way: Sequence[Line]) -> list[int]:
    return [line.number for line in reversed(way)]


def warned_by_status(device: Thing) -> set[str]:
    status = device.status.upper()
    warnings = {"DEVICE_SUSPENDED"} if status == "SUSPENDED" else set()
    return warnings | ({"NOT_COMMISSIONED"} if status in NOT_COMMISSIONED else set())


def warned_by_loading(
    device: Thing, installed: Sequence[Line], target: Line | None, way: Sequence[Line]
) -> set[str]:
    """Whoever would send something is warned of whatever of it the DCC was not heard to load."""
    if device.kind not in REQUESTED_BY or not installed or target is None or target in installed:
        return set()
    return set() if all(line.loaded for line in [target, *way]) else {"NOT_LOADED_BY_DCC"}


def by_the_device(device: Thing) -> set[str]:
    """What forbids any update of it."""
    forbidden = set()
    if device.kind not in REQUESTED_BY:
        forbidden.add("NO_OTA_ROUTE")
    elif not REQUESTED_BY[device.kind] & set(device.roles.split("+")):
        forbidden.add("NOT_RESPONSIBLE")
    if device.status.upper() not in {"COMMISSIONED", "SUSPENDED"} | NOT_COMMISSIONED:
        forbidden.add("STATUS_FORBIDS")
    return forbidden


def by_what_is_installed(
    device: Thing, target: Line | None, way: Sequence[Line], mine: Sequence[Line]
) -> set[str]:
    """What forbids this target, or a line on the way to it."""
    if target is None:
        return {"NO_CURRENT_ENTRY"}
    lines = [target, *way]
    forbidden = {"CERTIFICATE_LAPSED"} if any(line.lapsed for line in lines) else set()
    if any(disputed(version, mine) for version in [device.version, *(x.version for x in lines)]):
        forbidden.add("ENTRY_AMBIGUOUS")
    return forbidden


def disputed(version: str, mine: Sequence[Line]) -> bool:
    return len({line.image for line in mine if line.version == version and line.current}) > 1


def undeclared(target: Line, mine: Sequence[Line]) -> bool:
    behind = [line for line in mine if line == target or list(ways([line], target, mine))]
    return any(line.over is None for line in behind)


def hub_carries(device: Thing, devices: Sequence[Thing], lines: Sequence[Line]) -> bool | None:
    for hub in devices:
        if hub.number == device.hub and hub.kind == "CHF":
            said = {
                line.carries
                for line in lines
                if line.kind == "CHF" and line.version == hub.version and line.carries is not None
            }
            return said.pop() if len(said) == 1 else None
    return None
