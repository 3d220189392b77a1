"""From an installed version to a target over declared pathways (MP231). Pure."""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from fir.records.rules import UNKNOWN, PathEntry, ancestors


@dataclass(frozen=True, slots=True)
class Plan:
    """How to get to a target: the entries to install in order, the target last.

    An empty `route` means that no declared way leads there. Then `is_behind` says that one leads
    from the target to what is installed; or else `unknown`, that an entry on the way was listed
    before pathways were collected, so that there may be one.
    """

    route: tuple[str, ...] = ()
    unknown: bool = False
    through_removed: bool = False
    is_behind: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """The way from one installed entry to a target.

    `alternatives` are the shortest ways that begin with another step, `dead_ends` the steps that
    are permitted and from which no way leads there any more.
    """

    installed: str
    plan: Plan
    alternatives: tuple[tuple[str, ...], ...] = ()
    dead_ends: tuple[str, ...] = ()


def _is_open(entry: PathEntry) -> bool:
    return entry.current and not entry.recalled


# What a hop may be, best first: the next is looked at only where the one before leads nowhere.
_HOPS: tuple[Callable[[PathEntry], bool], ...] = (
    _is_open,
    lambda entry: not entry.recalled,
    lambda _entry: True,
)


def plan_route(*, installed: Collection[str], target: str, entries: Collection[PathEntry]) -> Plan:
    """The shortest declared way from any of the installed entries to the target.

    `entries` are those of the one exact Device Model: an image for other hardware is no step.
    A way through what is no release to go to (removed, archived or recalled) is taken only when
    there is no other, and one through what is recalled only when there is nothing else at all.
    """
    known = {entry.cpl_entry_id: entry for entry in entries}
    if target not in known:
        return Plan()
    for allowed in _HOPS:
        route = _search(installed, target, known, allowed)
        if route:
            hops = route[:-1]
            return Plan(route, through_removed=not all(known[hop].current for hop in hops))
    earlier = set().union(*(ancestors(entry, entries) for entry in installed))
    if target in earlier:
        return Plan(is_behind=True)
    return Plan(unknown=_meets_unknown(target, known, earlier))


def ways_to(target: str, entries: Collection[PathEntry]) -> list[Way]:
    """The way to a target from every other entry of its Device Model, in the order of `entries`."""
    return [
        _way(entry.cpl_entry_id, target, entries)
        for entry in entries
        if entry.cpl_entry_id != target
    ]


def _way(installed: str, target: str, entries: Collection[PathEntry]) -> Way:
    plan = plan_route(installed=[installed], target=target, entries=entries)
    others: list[tuple[str, ...]] = []
    dead_ends: list[str] = []
    steps = [step for step in _steps_from(installed, entries) if step != target]
    for step in steps:
        onward = plan_route(installed=[step], target=target, entries=entries)
        if not onward.route and not onward.unknown:
            dead_ends.append(step)
        elif (
            step not in plan.route[:1]
            and installed not in onward.route
            and _is_clean(onward, entries)
        ):
            others.append((step, *onward.route))
    return Way(installed, plan, tuple(others), tuple(dead_ends))


def _is_clean(plan: Plan, entries: Collection[PathEntry]) -> bool:
    """Whether there is a way, and every hop of it is a release to go to."""
    hops = plan.route[:-1]
    return bool(plan.route) and all(_is_open(e) for e in entries if e.cpl_entry_id in hops)


def _steps_from(installed: str, entries: Collection[PathEntry]) -> Iterator[str]:
    """What may be installed over an entry, as far as it is a release to go to."""
    for entry in entries:
        if installed in entry.predecessors and entry.cpl_entry_id != installed and _is_open(entry):
            yield entry.cpl_entry_id


def _search(
    installed: Collection[str],
    target: str,
    known: Mapping[str, PathEntry],
    allowed: Callable[[PathEntry], bool],
) -> tuple[str, ...]:
    """Breadth first, backwards from the target; ties go to the lowest entry id."""
    waiting: deque[tuple[str, ...]] = deque([(target,)])
    seen = {target}
    while waiting:
        way = waiting.popleft()
        for predecessor in sorted(known[way[0]].predecessors):
            if predecessor in installed:
                return way
            if predecessor in known and predecessor not in seen and allowed(known[predecessor]):
                seen.add(predecessor)
                waiting.append((predecessor, *way))
    return ()


def _meets_unknown(target: str, known: Mapping[str, PathEntry], earlier: Collection[str]) -> bool:
    """Whether an entry from which the target can be reached has an unknown pathway itself. Back to
    those `earlier` than what is installed no way leads, whatever nobody declared."""
    waiting, seen = [target], {target}
    while waiting:
        entry = known[waiting.pop()]
        if entry.pathway == UNKNOWN and entry.cpl_entry_id not in earlier:
            return True
        new = [p for p in entry.predecessors if p in known and p not in seen]
        seen.update(new)
        waiting.extend(new)
    return False
