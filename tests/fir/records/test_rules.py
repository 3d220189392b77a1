"""Which release is the latest: told by pathways and dates, never by the version's bytes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fir.records.rules import (
    NAMED,
    NONE,
    UNKNOWN,
    PathEntry,
    Position,
    ancestors,
    heads,
    is_ahead,
    latest_two,
    position_of,
)


def entry(
    name: str, *predecessors: str, day: int = 1, seq: int = 0, current: bool = True
) -> PathEntry:
    return PathEntry(
        cpl_entry_id=name,
        firmware_version=f"{ord(name[0]):08X}",
        manufacturer_image_hash="",
        current=current,
        date_added=date(2026, 1, day),
        pathway=NAMED if predecessors else NONE,
        predecessors=predecessors,
        seq=seq,
    )


VERSIONS = ["00000001", "00000002", "0000000A", "00010000", "9001000F", "FFFFFFFF"]


def names_of(two: tuple[PathEntry | None, PathEntry | None]) -> list[str]:
    return [one.cpl_entry_id for one in two if one]


@st.composite
def models(draw: st.DrawFn, *, circles: bool = False) -> list[PathEntry]:
    """The entries of one Device Model, in no order, some of one version, with pathways that may
    lead anywhere, or without circles."""
    names = [chr(ord("A") + number) for number in range(draw(st.integers(0, 7)))]
    drawn = [
        PathEntry(
            cpl_entry_id=name,
            firmware_version=draw(st.sampled_from(VERSIONS)),
            manufacturer_image_hash="",
            current=draw(st.booleans()),
            date_added=draw(st.dates(date(2026, 1, 1), date(2026, 1, 4))),
            pathway=draw(st.sampled_from([NAMED, NONE, UNKNOWN])),
            predecessors=tuple(
                draw(st.sets(st.sampled_from(names if circles else names[:place])))
                if circles or place
                else ()
            ),
            seq=draw(st.integers(0, 5)),
        )
        for place, name in enumerate(names)
    ]
    return draw(st.permutations(drawn))


def test_without_pathways_the_newest_date_is_the_latest() -> None:
    found = latest_two([entry("A", day=2), entry("B", day=3), entry("C", day=1)])

    assert names_of(found) == ["B", "A"]


def test_of_one_date_the_later_listed_is_the_latest_and_then_the_higher_id() -> None:
    by_seq = latest_two([entry("A", seq=2), entry("B", seq=1)])
    by_id = latest_two([entry("A"), entry("B")])

    assert names_of(by_seq) == ["A", "B"]
    assert names_of(by_id) == ["B", "A"]


def test_a_declared_successor_comes_before_a_newer_date() -> None:
    found = latest_two([entry("A", day=9), entry("B", "A", day=1)])

    assert names_of(found) == ["B", "A"]


def test_a_pathway_leads_on_through_a_removed_entry() -> None:
    entries = [entry("A", day=9), entry("B", "A", day=5, current=False), entry("C", "B", day=1)]

    assert names_of(latest_two(entries)) == ["C", "A"]
    assert ancestors("C", entries) == {"A", "B"}


def test_of_two_branches_the_newer_end_is_the_latest_and_both_are_heads() -> None:
    entries = [entry("A"), entry("B", "A", day=2), entry("C", "A", day=3)]

    assert [head.cpl_entry_id for head in heads(entries)] == ["C", "B"]
    assert names_of(latest_two(entries)) == ["C", "B"]


def test_a_removed_entry_is_neither_the_latest_nor_the_one_before() -> None:
    entries = [entry("A"), entry("B", "A", day=2), entry("C", "B", day=3, current=False)]

    assert names_of(latest_two(entries)) == ["B", "A"]
    assert position_of(["C"], entries) == Position.OLDER


def test_a_model_without_current_entries_has_no_latest() -> None:
    assert latest_two([]) == (None, None)
    assert latest_two([entry("A", current=False)]) == (None, None)


def test_positions_are_n_the_one_before_older_and_unlisted() -> None:
    entries = [entry("A"), entry("B", "A"), entry("C", "B")]

    assert position_of(["C"], entries) == Position.N
    assert position_of(["B"], entries) == Position.N_1
    assert position_of(["A"], entries) == Position.OLDER
    assert position_of([], entries) == Position.UNLISTED
    assert position_of([], []) == Position.UNLISTED


def test_a_version_listed_twice_stands_where_its_better_entry_stands() -> None:
    entries = [entry("A"), entry("B", "A"), entry("C", "B")]

    assert position_of(["A", "C"], entries) == Position.N
    assert position_of(["A", "B"], entries) == Position.N_1


def test_a_version_that_is_listed_twice_is_not_the_one_before_itself() -> None:
    # Versions go by the first letter.
    entries = [entry("A", day=1), entry("B1", day=2), entry("B2", day=3)]

    assert names_of(latest_two(entries)) == ["B2", "A"]
    assert position_of(["B1", "B2"], entries) == Position.N
    assert position_of(["A"], entries) == Position.N_1
    assert names_of(latest_two(entries[1:])) == ["B2"]


def test_a_pathway_leads_on_through_another_entry_of_the_latest_version() -> None:
    entries = [entry("A", day=9), entry("B1", "A"), entry("C", "B1", day=1), entry("B2", "C")]

    assert names_of(latest_two(entries)) == ["B2", "C"]


@pytest.mark.parametrize("name", ["A", "B", "C"])
def test_a_circle_of_pathways_falls_back_to_the_dates(name: str) -> None:
    entries = [entry("A", "C", day=2), entry("B", "A", day=3), entry("C", "B", day=1)]

    assert name not in ancestors(name, entries)
    assert names_of(latest_two(entries)) == ["B", "A"]


def test_a_release_over_itself_is_not_its_own_ancestor() -> None:
    assert ancestors("A", [entry("A", "A")]) == set()
    assert names_of(latest_two([entry("A", "A")])) == ["A"]


@given(entries=models(circles=True), data=st.data())
def test_the_latest_never_depends_on_the_bytes_of_versions_or_on_the_order_given(
    entries: list[PathEntry], data: st.DataObject
) -> None:
    # Other bytes for each version; what was one version stays one.
    others = dict(zip(VERSIONS, data.draw(st.permutations(VERSIONS)), strict=True))
    renamed = [replace(one, firmware_version=others[one.firmware_version]) for one in entries]
    shuffled = data.draw(st.permutations(renamed))

    assert names_of(latest_two(shuffled)) == names_of(latest_two(entries))


@given(entries=models())
def test_an_ancestor_is_never_the_latest_while_its_descendant_is_current(
    entries: list[PathEntry],
) -> None:
    latest, _ = latest_two(entries)

    assert (latest is None) == (not any(one.current for one in entries))
    for one in entries:
        if latest and one.current:
            assert latest.cpl_entry_id not in ancestors(one.cpl_entry_id, entries)


@given(entries=models())
def test_the_one_before_is_what_would_be_the_latest_if_the_latest_version_were_removed(
    entries: list[PathEntry],
) -> None:
    latest, before = latest_two(entries)
    without = [
        replace(one, current=False)
        if latest and one.firmware_version == latest.firmware_version
        else one
        for one in entries
    ]

    assert latest_two(without)[0] == before


@given(entries=models(circles=True))
def test_whatever_was_declared_there_is_an_answer_among_the_current_entries(
    entries: list[PathEntry],
) -> None:
    current = [one for one in entries if one.current]

    latest, before = latest_two(entries)

    assert (latest is not None) == bool(current)
    assert (before is not None) == (len({one.firmware_version for one in current}) > 1)
    assert all(one in current for one in (latest, before) if one)
    if latest and before:
        assert latest.firmware_version != before.firmware_version
    for one in entries:
        assert one.cpl_entry_id not in ancestors(one.cpl_entry_id, entries)


@given(entries=models(circles=True))
def test_one_entry_at_most_is_n_one_at_most_n_1_and_what_is_removed_is_older(
    entries: list[PathEntry],
) -> None:
    places = {one.cpl_entry_id: position_of([one.cpl_entry_id], entries) for one in entries}

    assert list(places.values()).count(Position.N) <= 1
    assert list(places.values()).count(Position.N_1) <= 1
    removed = [one.cpl_entry_id for one in entries if not one.current]
    assert all(places[name] == Position.OLDER for name in removed)


def test_declared_steps_say_which_version_is_ahead_whatever_the_dates() -> None:
    steps = [entry("A", day=9), entry("B", "A", day=5), entry("C", "B", day=1)]

    assert is_ahead("00000043", "00000041", steps) is True
    assert is_ahead("00000041", "00000043", steps) is False


def test_without_steps_between_them_dates_say_which_version_is_ahead() -> None:
    branches = [entry("A", day=1), entry("B", "A", day=2), entry("C", "A", day=3)]

    assert is_ahead("00000043", "00000042", branches) is True
    assert is_ahead("00000042", "00000043", branches) is False


def test_of_what_is_not_listed_or_leads_both_ways_it_cannot_be_told() -> None:
    circle = [entry("A", "B", day=1), entry("B", "A", day=2)]

    assert is_ahead("00000041", "FFFFFFFF", circle) is None
    assert is_ahead("FFFFFFFF", "00000041", circle) is None
    assert is_ahead("00000041", "00000041", circle) is None
    assert is_ahead("00000041", "00000042", circle) is None


@given(models(circles=True), st.sampled_from(VERSIONS), st.sampled_from(VERSIONS))
def test_no_two_versions_are_each_ahead_of_the_other(
    model: list[PathEntry], one: str, other: str
) -> None:
    ahead, behind = is_ahead(one, other, model), is_ahead(other, one, model)

    assert (ahead, behind) in [(True, False), (False, True), (None, None)]


@given(models(), st.sampled_from(VERSIONS))
def test_no_current_version_is_ahead_of_the_latest(model: list[PathEntry], version: str) -> None:
    latest, _ = latest_two(model)
    single = len({entry.firmware_version for entry in model}) == len(model)

    if latest and single and any(e.current and e.firmware_version == version for e in model):
        assert is_ahead(version, latest.firmware_version, model) is not True
