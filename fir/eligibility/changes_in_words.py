"""What changed with a load, in one sentence. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.eligibility.changes import Change
from fir.eligibility.queries import summary_of
from fir.records.rules import Position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.eligibility.changes import Changes

_STAND: dict[Position, str] = {
    Position.N: "at N",
    Position.N_1: "at N-1",
    Position.OLDER: "older",
    Position.UNLISTED: "not listed",
}


def headline(changes: Changes) -> str:
    """How many Devices arrived and how far behind they are, such as "4,112 Devices arrived; 3,020
    are at N, 800 at N-1, 292 older, of which 41 are stranded." """
    arrived = changes.totals[Change.GAINED]
    if not arrived:
        return "No Device arrived."
    said = f"{arrived:,} {'Device' if arrived == 1 else 'Devices'} arrived"
    if not changes.is_assessed:
        return f"{said}; how far behind they are is being worked out."
    return "; ".join([said, *_parts(changes)]) + "."


def _parts(changes: Changes) -> Iterator[str]:
    """Where they stand; the stranded, where not all of those are older; and who takes its firmware
    with another."""
    summary = summary_of(changes.gained)
    stranded = sum(one.stranded for one in changes.gained if one.position == Position.OLDER)
    told = {Position.OLDER: f", of which {_are(stranded)} stranded"} if stranded else {}
    places = [(n, _STAND[at] + told.get(at, "")) for at, n in summary.by_position.items() if n]
    if places:
        (number, where), *others = places
        yield ", ".join([f"{_are(number)} {where}", *(f"{n:,} {at}" for n, at in others)])
    if elsewhere := changes.stranded - stranded:
        yield f"{_are(elsewhere)} stranded without being older"
    if summary.gpf:
        proxies = "a Gas Proxy Function" if summary.gpf == 1 else "Gas Proxy Functions"
        yield f"{_are(summary.gpf)} {proxies}, updated with their hub"


def _are(number: int) -> str:
    return f"{number:,} {'is' if number == 1 else 'are'}"
