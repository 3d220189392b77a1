"""The one sentence about what arrived."""

from __future__ import annotations

import pytest

from fir.eligibility.changes import Change, Changes, GainedVersion
from fir.eligibility.changes_in_words import headline


def gained(position: str, devices: int, stranded: int = 0, kind: str = "ESME") -> GainedVersion:
    return GainedVersion(kind, "F1A1", "00010101", "1", position, devices, 0, {}, stranded, {})


def changes(*rows: GainedVersion, arrived: int | None = None) -> Changes:
    total = sum(row.devices for row in rows) if arrived is None else arrived
    return Changes([], rows, {}, {**dict.fromkeys(Change, 0), Change.GAINED: total})


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (changes(), "No Device arrived."),
        (changes(gained("N", 1)), "1 Device arrived; 1 is at N."),
        (
            changes(gained("N", 3020), gained("N-1", 800), gained("OLDER", 292, 41)),
            "4,112 Devices arrived; 3,020 are at N, 800 at N-1, 292 older, of which 41 are "
            "stranded.",
        ),
        (
            changes(gained("N-1", 5, 2), gained("OLDER", 4, 1), gained("UNLISTED", 3)),
            "12 Devices arrived; 5 are at N-1, 4 older, of which 1 is stranded, 3 not listed; 2 "
            "are stranded without being older.",
        ),
        (
            changes(gained("N", 2), gained("N", 2, kind="GPF")),
            "4 Devices arrived; 2 are at N; 2 are Gas Proxy Functions, updated with their hub.",
        ),
        (
            changes(gained("N-1", 1, kind="GPF")),
            "1 Device arrived; 1 is a Gas Proxy Function, updated with their hub.",
        ),
        (
            changes(arrived=1200),
            "1,200 Devices arrived; how far behind they are is being worked out.",
        ),
    ],
)
def test_what_arrived_is_said_in_one_sentence(what: Changes, said: str) -> None:
    assert headline(what) == said
