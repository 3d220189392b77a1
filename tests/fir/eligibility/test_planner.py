"""The way from an installed version to a target: declared at every hop, and the shortest."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise, permutations
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from fir.eligibility.planner import Plan, Way, plan_route, ways_to
from fir.records.rules import NAMED, NONE, UNKNOWN, PathEntry

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

IDS = ["A", "B", "C", "D", "E", "F"]


def entry(
    cpl_entry_id: str,
    over: str = "",
    *,
    current: bool = True,
    recalled: bool = False,
    pathway: str = "",
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
        recalled=recalled,
    )


@st.composite
def graphs(draw: st.DrawFn) -> list[PathEntry]:
    """Entries with any pathways, circles included, of which some are removed, recalled or
    undeclared."""
    entries = []
    for one in IDS[: draw(st.integers(1, len(IDS)))]:
        pathway = draw(st.sampled_from([NAMED, NAMED, NAMED, NONE, UNKNOWN]))
        over = draw(st.sets(st.sampled_from(IDS), max_size=3)) if pathway == NAMED else set()
        current, recalled = draw(st.booleans()), draw(st.sampled_from([False, False, False, True]))
        letters = "".join(sorted(over))
        entries.append(entry(one, letters, current=current, recalled=recalled, pathway=pathway))
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
    passable = [way for way in possible if not any(known[hop].recalled for hop in way[:-1])]
    clean = [way for way in passable if all(known[hop].current for hop in way[:-1])]
    best = clean or passable or possible
    if best:
        assert plan.route in best
        assert len(plan.route) == min(map(len, best))
        assert plan.through_removed is not all(known[hop].current for hop in plan.route[:-1])
        assert not plan.unknown
        assert not plan.is_behind
    else:
        is_behind = any(list(ways([target], one, entries)) for one in installed if one in known)
        assert plan == Plan(
            is_behind=is_behind, unknown=not is_behind and undeclared(installed, target, known)
        )


def behind(one: str, known: dict[str, PathEntry]) -> set[str]:
    """An entry and all that lead to it."""
    found = {one}
    for _ in known:
        found |= {p for each in found & {*known} for p in known[each].predecessors if p in known}
    return found


def undeclared(installed: set[str], target: str, known: dict[str, PathEntry]) -> bool:
    """Whether the target, or anything it may in the end be reached from, declared no pathway; what
    leads to the installed entries themselves is left out."""
    earlier = {p for one in installed for p in behind(one, known) - {one}}
    return any(known[one].pathway == UNKNOWN for one in behind(target, known) - earlier)


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


def test_what_nobody_declared_of_where_the_device_came_from_opens_no_way() -> None:
    # The first release was listed before pathways were collected; B and C both go over it.
    entries = [entry("A", pathway=UNKNOWN), entry("B", "A"), entry("C", "A")]

    assert plan_route(installed=["B"], target="C", entries=entries) == Plan(unknown=False)
    assert plan_route(installed=["D"], target="C", entries=entries) == Plan(unknown=True)


def test_an_entry_of_other_hardware_is_no_hop() -> None:
    without_b = [entry("A"), entry("C", "B")]

    assert plan_route(installed=["A"], target="C", entries=without_b) == Plan()


def test_a_target_that_is_not_listed_has_no_route() -> None:
    assert plan_route(installed=["A"], target="B", entries=[entry("A")]) == Plan()


def test_a_longer_way_beats_one_over_a_recalled_entry_and_even_one_over_a_removed_one_does() -> (
    None
):
    around = [entry("A"), entry("B", "A", recalled=True), entry("C", "A"), entry("D", "C"),
              entry("E", "BD")]  # fmt: skip
    over_removed = [replace(one, current=one.cpl_entry_id != "D") for one in around]

    assert plan_route(installed=["A"], target="E", entries=around).route == ("C", "D", "E")
    assert plan_route(installed=["A"], target="E", entries=over_removed) == Plan(
        ("C", "D", "E"), through_removed=True
    )


def test_a_recalled_entry_is_a_hop_where_there_is_nothing_else_so_that_it_can_be_named() -> None:
    entries = [entry("A"), entry("B", "A", recalled=True), entry("C", "B")]

    assert plan_route(installed=["A"], target="C", entries=entries) == Plan(("B", "C"))


def test_what_runs_a_later_release_is_told_so_and_nothing_is_called_unknown() -> None:
    entries = [entry("A", pathway=UNKNOWN), entry("B", "A"), entry("C", "B")]

    assert plan_route(installed=["C"], target="A", entries=entries) == Plan(is_behind=True)


# What a person is shown of every installed version


def test_other_ways_and_steps_that_lead_nowhere_are_told_beside_the_shortest_way() -> None:
    # Over B in two steps, over C and D in three, and E leads nowhere.
    entries = [entry("A"), entry("B", "A"), entry("C", "A"), entry("D", "C"), entry("E", "A"),
               entry("F", "BD")]  # fmt: skip

    ways = {way.installed: way for way in ways_to("F", entries)}

    assert ways["A"] == Way("A", Plan(("B", "F")), (("C", "D", "F"),), ("E",))
    assert ways["D"] == Way("D", Plan(("F",)))
    assert ways["E"] == Way("E", Plan())
    assert "F" not in ways


def test_no_other_way_leads_back_over_what_is_installed_or_over_what_is_no_release_to_go_to() -> (
    None
):
    circle = [entry("A", "B"), entry("B", "A"), entry("C", "A")]
    removed = [entry("A"), entry("B", "A", current=False), entry("C", "AB")]
    recalled = [entry("A"), entry("B", "A", recalled=True), entry("C", "AB")]

    for entries in (circle, removed, recalled):
        (way,) = (one for one in ways_to("C", entries) if one.installed == "A")
        assert way == Way("A", Plan(("C",)))


@given(entries=graphs())
def test_every_other_way_is_declared_and_ends_at_the_target(entries: list[PathEntry]) -> None:
    target = entries[0].cpl_entry_id
    known = {one.cpl_entry_id: one for one in entries}

    for way in ways_to(target, entries):
        for other in way.alternatives:
            assert other in list(ways([way.installed], target, entries))
            assert all(known[hop].current and not known[hop].recalled for hop in other[:-1])
        firsts = [other[0] for other in way.alternatives]
        assert not {*way.plan.route[:1]} & {*firsts}
        assert len(firsts) == len(set(firsts))
        for end in way.dead_ends:
            assert way.installed in known[end].predecessors
            assert not list(ways([end], target, entries))
