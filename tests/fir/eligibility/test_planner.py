"""The way from an installed version to a target: declared at every hop, and the shortest."""

from __future__ import annotations

from datetime import date
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from fir.eligibility.planner import Plan, plan_route
from fir.records.rules import NAMED, NONE, UNKNOWN, PathEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

IDS = ["A", "B", "C", "D", "E", "F"]


def entry(
    cpl_entry_id: str, over: str = "", *, current: bool = True, pathway: str = ""
) -> PathEntry:
    """An entry that may be installed over those whose letters `over` holds."""
    return PathEntry(
        cpl_entry_id=cpl_entry_id,
        firmware_version=cpl_entry_id * 8,
        manufacturer_image_hash="",
        current=current,
        date_added=date(2026, 1, 1),
        pathway=pathway or (NAMED if over else NONE),
        predecessors=tuple(over),
        seq=IDS.index(cpl_entry_id),
    )


@st.composite
def graphs(draw: st.DrawFn) -> list[PathEntry]:
    """Entries with any pathways, circles included, of which some are removed or undeclared."""
    entries = []
    for one in IDS[: draw(st.integers(1, len(IDS)))]:
        pathway = draw(st.sampled_from([NAMED, NAMED, NAMED, NONE, UNKNOWN]))
        over = draw(st.sets(st.sampled_from(IDS), max_size=3)) if pathway == NAMED else set()
        current = draw(st.booleans())
        entries.append(entry(one, "".join(sorted(over)), current=current, pathway=pathway))
    return entries


def ways(
    installed: Collection[str], target: str, entries: Collection[PathEntry]
) -> Iterator[tuple[str, ...]]:
    """Every declared way without a detour, found by trying all orders of all entries."""
    known = {one.cpl_entry_id: one for one in entries}
    others = [one for one in known if one != target and one not in installed]
    for length in range(len(others) + 1):
        for hops in permutations(others, length):
            way = (*hops, target)
            starts = any(one in known[way[0]].predecessors for one in installed)
            if starts and all(a in known[b].predecessors for a, b in pairwise(way)):
                yield way


@given(entries=graphs(), installed=st.sets(st.sampled_from(IDS), min_size=1, max_size=2))
def test_the_route_is_declared_at_every_hop_and_the_shortest(
    entries: list[PathEntry], installed: set[str]
) -> None:
    known = {one.cpl_entry_id: one for one in entries}
    target = entries[-1].cpl_entry_id
    installed -= {target}

    plan = plan_route(installed=sorted(installed), target=target, entries=entries)

    possible = list(ways(installed, target, entries))
    clean = [way for way in possible if all(known[hop].current for hop in way[:-1])]
    if possible:
        assert plan.route in (clean or possible)
        assert len(plan.route) == min(map(len, clean or possible))
        assert plan.through_removed is (not clean)
        assert not plan.unknown
    else:
        assert plan == Plan(unknown=undeclared(target, known))


def undeclared(target: str, known: dict[str, PathEntry]) -> bool:
    """Whether the target, or anything it may in the end be reached from, declared no pathway."""
    behind = {target}
    for _ in known:
        behind |= {p for one in behind for p in known[one].predecessors if p in known}
    return any(known[one].pathway == UNKNOWN for one in behind)


@given(entries=graphs())
def test_the_same_entries_in_another_order_give_the_same_route(entries: list[PathEntry]) -> None:
    target = entries[0].cpl_entry_id

    forwards = plan_route(installed=["F", "E"], target=target, entries=entries)

    assert plan_route(installed=["E", "F"], target=target, entries=entries[::-1]) == forwards


def test_of_two_ways_as_long_the_lower_entry_is_taken() -> None:
    entries = [entry("A"), entry("C", "A"), entry("B", "A"), entry("D", "CB")]

    assert plan_route(installed=["A"], target="D", entries=entries).route == ("B", "D")


def test_a_longer_way_over_current_entries_beats_a_shorter_over_a_removed_one() -> None:
    entries = [entry("A"), entry("B", "A", current=False), entry("C", "A"), entry("D", "C"),
               entry("E", "BD")]  # fmt: skip

    assert plan_route(installed=["A"], target="E", entries=entries) == Plan(("C", "D", "E"))


def test_a_removed_entry_is_a_hop_where_there_is_no_other() -> None:
    entries = [entry("A"), entry("B", "A", current=False), entry("C", "B")]

    plan = plan_route(installed=["A"], target="C", entries=entries)

    assert plan == Plan(("B", "C"), through_removed=True)


def test_what_is_installed_may_be_removed_and_the_target_too() -> None:
    entries = [entry("A", current=False), entry("B", "A", current=False)]

    assert plan_route(installed=["A"], target="B", entries=entries) == Plan(("B",))


def test_a_circle_has_an_end() -> None:
    entries = [entry("A", "B"), entry("B", "A"), entry("C", "AB")]

    assert plan_route(installed=["F"], target="C", entries=entries) == Plan()


def test_three_answers_where_no_way_leads() -> None:
    no = [entry("A"), entry("B")]
    unknown = [entry("A"), entry("B", pathway=UNKNOWN)]
    unknown_further_back = [entry("A"), entry("B", pathway=UNKNOWN), entry("C", "B")]

    assert plan_route(installed=["A"], target="B", entries=no) == Plan(unknown=False)
    assert plan_route(installed=["A"], target="B", entries=unknown) == Plan(unknown=True)
    assert plan_route(installed=["A"], target="C", entries=unknown_further_back).unknown


def test_an_entry_of_other_hardware_is_no_hop() -> None:
    without_b = [entry("A"), entry("C", "B")]

    assert plan_route(installed=["A"], target="C", entries=without_b) == Plan()


def test_a_target_that_is_not_listed_has_no_route() -> None:
    assert plan_route(installed=["A"], target="B", entries=[entry("A")]) == Plan()
