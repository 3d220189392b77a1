"""From an installed version to a target over declared pathways (MP231). Pure."""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from fir.records.rules import UNKNOWN, PathEntry


@dataclass(frozen=True, slots=True)
class Plan:
    """How to get to a target: the entries to install in order, the target last.

    An empty `route` means that no declared way leads there; `unknown` then says that an entry on
    the way was listed before pathways were collected, so that there may be one.
    """

    route: tuple[str, ...] = ()
    unknown: bool = False
    through_removed: bool = False


def plan_route(*, installed: Collection[str], target: str, entries: Collection[PathEntry]) -> Plan:
    """The shortest declared way from any of the installed entries to the target.

    `entries` are those of the one exact Device Model: an image for other hardware is no step.
    A way through removed entries is taken only when there is no other.
    """
    known = {entry.cpl_entry_id: entry for entry in entries}
    if target not in known:
        return Plan()
    for allowed in (lambda entry: entry.current, lambda _entry: True):
        route = _search(installed, target, known, allowed)
        if route:
            hops = route[:-1]
            return Plan(route, through_removed=not all(known[hop].current for hop in hops))
    return Plan(unknown=_meets_unknown(target, known))


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


def _meets_unknown(target: str, known: Mapping[str, PathEntry]) -> bool:
    """Whether an entry from which the target can be reached has an unknown pathway itself."""
    waiting, seen = [target], {target}
    while waiting:
        entry = known[waiting.pop()]
        if entry.pathway == UNKNOWN:
            return True
        new = [p for p in entry.predecessors if p in known and p not in seen]
        seen.update(new)
        waiting.extend(new)
    return False
