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
    """A line of the list; `over` is None where no pathway was ever declared. `fits` says whether it
    is made for the hardware of its model; `image` is 0 where no hash is listed."""

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
    archived: bool = False
    recalled: bool = False
    fits: bool = True
    ended: bool = False
    first_generation: bool = False
    cuts_power: bool = False

    @property
    def stands(self) -> bool:
        return self.current and not self.archived

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


def answer_about(
    device: Thing, devices: Sequence[Thing], lines: Sequence[Line], target: Line
) -> Answer:
    """What should be found for one device where it is asked about any line of its model."""
    mine = [line for line in lines if line.kind == target.kind]
    installed = [line for line in mine if line.version == device.version]
    return answer(device, devices, lines, mine, installed, target)


def ends(mine: Sequence[Line], without: str = "") -> list[Line]:
    """Current lines from which no declared steps lead to another current one; the lines of the
    version `without` are no candidates, though steps may lead over them."""
    current = [line for line in mine if line.stands and line.version != without]
    return [
        line
        for line in current
        if not any(list(ways([line], [other], mine)) for other in current if other != line)
    ]


def newest(mine: Sequence[Line], without: str = "") -> Line | None:
    return max(ends(mine, without), key=lambda line: (line.day, line.number), default=None)


def ways(
    start: Sequence[Line], targets: Sequence[Line], mine: Sequence[Line]
) -> Iterator[list[Line]]:
    """Every way from one of the lines to one of the targets by declared steps, the start left
    out."""
    for line in mine:
        if any(one.number in (line.over or ()) for one in start):
            if line in targets:
                yield [line]
            else:
                for rest in ways([line], targets, mine):
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
    involved = [line for line in [*way, target] if line]
    forbidden = by_the_device(device) | by_what_is_installed(device, target, way, mine)
    sends = bool(device.kind in REQUESTED_BY and target and installed and target not in installed)
    if target and sends:
        unclear |= set() if all(line.image for line in involved) else {"HASH_NOT_LISTED"}
        no_way = set() if way else {why_no_way(installed, target, mine)}
        unclear |= no_way & {"PATHWAY_UNKNOWN"}
        forbidden |= no_way - {"PATHWAY_UNKNOWN"}
    if device.kind in REQUESTED_BY and any(x.first_generation for x in [*involved, *installed]):
        unclear.add("SMETS1_ROUTE_UNKNOWN")
    if device.kind in ("PPMID", "HCALCS"):
        said = {None: "HUB_CAPABILITY_UNKNOWN", False: "HUB_TOO_OLD", True: ""}
        carries = hub_carries(device, devices, lines)
        (unclear if carries is None else forbidden).update({said[carries]} - {""})
    outcome, reasons = what_follows(installed, target, way, forbidden, unclear)
    return Answer(
        target=target.name if target else "",
        latest=target == newest(mine),
        position=position(installed, mine),
        outcome=outcome,
        reasons=frozenset(reasons),
        warnings=frozenset(
            warned_by_status(device)
            | (warned_by_sending(device, way, involved) if sends else set())
        ),
    )


def why_no_way(installed: Sequence[Line], target: Line, mine: Sequence[Line]) -> str:
    if list(ways([target], installed, mine)):
        return "LATER_THAN_TARGET"
    return "PATHWAY_UNKNOWN" if undeclared(installed, target, mine) else "NOT_A_PREDECESSOR"


def what_follows(
    installed: Sequence[Line],
    target: Line | None,
    way: Sequence[Line],
    forbidden: set[str],
    unclear: set[str],
) -> tuple[str, set[str]]:
    """The outcome, and the reasons that are told with it."""
    if not installed:
        return "NOT_LISTED", set()
    if target in installed and "ENTRY_AMBIGUOUS" not in forbidden:
        return "UP_TO_DATE", set()
    if forbidden or unclear:
        return "BLOCKED" if forbidden else "UNCONFIRMED", forbidden | unclear
    return "ELIGIBLE" if len(way) == 1 else "ELIGIBLE_IN_STEPS", set()


def shortest_way(
    installed: Sequence[Line], target: Line | None, mine: Sequence[Line]
) -> tuple[list[Line], set[str]]:
    """The way to go, over removed lines only where there is no other, and then left open."""
    if target is None or target in installed:
        return [], set()
    found = list(ways(installed, [target], mine))
    passable = [way for way in found if not any(line.recalled for line in way[:-1])]
    clean = [way for way in passable if all(line.stands for line in way[:-1])]
    # Of ways as long, the one over the lower ids, as it is looked for backwards from the target.
    best = min(clean or passable or found, key=lambda way: (len(way), backwards(way)), default=[])
    through_removed = not all(line.stands for line in best[:-1])
    return best, {"ROUTE_THROUGH_REMOVED"} if through_removed else set()


def backwards(way: Sequence[Line]) -> list[int]:
    return [line.number for line in reversed(way)]


def warned_by_status(device: Thing) -> set[str]:
    status = device.status.upper()
    warnings = {"DEVICE_SUSPENDED"} if status == "SUSPENDED" else set()
    return warnings | ({"NOT_COMMISSIONED"} if status in NOT_COMMISSIONED else set())


def warned_by_sending(device: Thing, way: Sequence[Line], involved: Sequence[Line]) -> set[str]:
    """What whoever would send something is warned of."""
    warned = set() if all(line.loaded for line in involved) else {"NOT_LOADED_BY_DCC"}
    if any(line.cuts_power for line in involved):
        warned.add("INTERRUPTS_HUB_POWER")
    if device.kind != "PPMID" and len(way) > 1:
        warned.add("PENDING_IMAGE_REPLACED")
    if device.kind == "PPMID" and device.roles in ("IS", "GS"):
        warned.add("OTHER_SUPPLIER_MAY_UPDATE")
    return warned


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
    forbidden = {"TARGET_REMOVED"} if not target.current else set()
    forbidden |= {"TARGET_ARCHIVED"} if target.archived else set()
    for code, is_so in (
        ("CERTIFICATE_LAPSED", [line.lapsed for line in lines]),
        ("RECALLED", [line.recalled for line in lines]),
        ("GBCS_NOT_IN_EFFECT", [line.ended for line in lines]),
        ("HARDWARE_MISMATCH", [not line.fits for line in lines]),
    ):
        forbidden |= {code} if any(is_so) else set()
    if any(disputed(version, mine) for version in [device.version, *(x.version for x in lines)]):
        forbidden.add("ENTRY_AMBIGUOUS")
    return forbidden


def disputed(version: str, mine: Sequence[Line]) -> bool:
    return len({line.image for line in mine if line.version == version and line.stands}) > 1


def undeclared(installed: Sequence[Line], target: Line, mine: Sequence[Line]) -> bool:
    """Whether nobody said over what some line may go from which the target can be reached; lines
    from which the device came are none of them."""
    behind = [line for line in mine if line == target or list(ways([line], [target], mine))]
    return any(line.over is None and not list(ways([line], installed, mine)) for line in behind)


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
