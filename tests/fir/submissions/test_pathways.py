"""Who is stranded by a release, held against a walk along every declared step."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from fir.records.rules import PathEntry
from fir.submissions.rules.pathways import stranded

IDS = [f"CPL-{number}" for number in range(6)]


@st.composite
def models(draw: st.DrawFn) -> list[PathEntry]:
    """The entries of a Device Model with any declared steps, circles among them."""
    return [
        PathEntry(
            cpl_entry_id=one,
            firmware_version=one,
            manufacturer_image_hash="",
            current=draw(st.booleans()),
            date_added=date(2026, 1, 1),
            pathway="NAMED",
            predecessors=tuple(draw(st.lists(st.sampled_from(IDS), unique=True, max_size=3))),
            seq=seq,
        )
        for seq, one in enumerate(IDS)
    ]


def reaches(start: str, steps: dict[str, set[str]], goal: str) -> bool:
    """Whether some declared installations lead from one entry to another."""
    at, walked = {start}, {start}
    while at:
        at = {later for later, over in steps.items() if over & at} - walked
        walked |= at
    return goal in walked


@given(entries=models(), over=st.lists(st.sampled_from(IDS), unique=True))
def test_a_version_is_stranded_when_no_steps_lead_from_it_to_the_release(
    entries: list[PathEntry], over: list[str]
) -> None:
    steps = {entry.cpl_entry_id: set(entry.predecessors) for entry in entries}
    steps["NEW"] = set(over)

    expected = [
        entry.cpl_entry_id
        for entry in entries
        if entry.current and not reaches(entry.cpl_entry_id, steps, "NEW")
    ]

    assert stranded(entries, tuple(over)) == expected


@given(entries=models(), over=st.lists(st.sampled_from(IDS[1:]), unique=True))
def test_what_comes_after_an_entry_is_ahead_of_it_and_not_stranded(
    entries: list[PathEntry], over: list[str]
) -> None:
    own = IDS[0]
    steps = {entry.cpl_entry_id: set(entry.predecessors) for entry in entries}
    steps[own] = set(over)

    left = stranded(entries, tuple(over), own=own)

    assert own not in left
    for entry in left:
        assert not reaches(own, steps, entry)
        assert not reaches(entry, steps, own)
