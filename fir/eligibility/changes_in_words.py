"""What changed with a load, in one sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.eligibility.changes import Change
from fir.eligibility.queries import summary_of
from fir.records.rules import Position

if TYPE_CHECKING:
    from fir.eligibility.changes import Changes

_STAND: dict[Position, str] = {
    Position.N: "at N",
    Position.N_1: "at N-1",
    Position.OLDER: "older",
    Position.UNLISTED: "not listed",
}


def headline(changes: Changes) -> str:
    """How many Devices arrived and how far behind they are, such as "4,112 Devices arrived; 3,020
    are at N, 800 at N-1, 292 older; 41 of them are stranded." """
    arrived = changes.totals[Change.GAINED]
    if not arrived:
        return "No Device arrived."
    said = f"{arrived:,} {'Device' if arrived == 1 else 'Devices'} arrived"
    if not changes.is_assessed:
        return f"{said}; how far behind they are is being worked out."
    stranded = changes.stranded
    left = f"; {_are(stranded, 'of them')} stranded" if stranded else ""
    return f"{said}; {_standing(changes)}{left}."


def _standing(changes: Changes) -> str:
    summary = summary_of(changes.gained)
    places = [(number, _STAND[place]) for place, number in summary.by_position.items() if number]
    if summary.gpf:
        places.append((summary.gpf, "Gas Proxy Functions, which go with their hub"))
    first, *others = places
    return ", ".join([f"{_are(first[0])} {first[1]}", *(f"{n:,} {where}" for n, where in others)])


def _are(number: int, of: str = "") -> str:
    return " ".join(filter(None, [f"{number:,}", of, "is" if number == 1 else "are"]))
