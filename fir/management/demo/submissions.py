"""What was brought of late to the demo world, what is being written, and what is yet to come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fir.management.demo.families import Over, Release
from fir.management.demo.listing import Line
from fir.management.demo.meters import COMMONEST
from fir.management.demo.products import family_of_model

if TYPE_CHECKING:
    from collections.abc import Mapping


def _line(model: str, hardware: str, version: str, over: Over, carries: bool | None = None) -> Line:
    return Line(family_of_model(model), hardware, Release(version, 0, over, carries=carries))


def _listed(model: str, hardware: str, version: str) -> Line:
    family = family_of_model(model)
    return Line(family, hardware, next(r for r in family.releases if r.version == version))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A release brought so many hours ago, that waits for a decision, or was approved for
    tomorrow; and what it says otherwise than would be expected."""

    line: Line
    hours_ago: int
    is_for_tomorrow: bool = False
    says: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AboutEntry:
    """What was brought about a listed entry, and what it says beyond what follows from that."""

    kind: str
    line: Line
    hours_ago: int
    is_published: bool
    says: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recalled:
    """A listed release that its maker recalled so many hours ago, and why."""

    line: Line
    hours_ago: int
    reason: str


@dataclass(frozen=True, slots=True)
class Mended:
    """A release that was brought with a mistake, talked about (by the Administrator first),
    returned, and brought again."""

    line: Line
    hours_ago: int
    mistake: Mapping[str, Any]
    comments: tuple[str, str]
    reason: str


@dataclass(frozen=True, slots=True)
class Drafts:
    """A draft that could be brought, and one in which only some fields are answered."""

    hours_ago: int
    ready: Line
    half_way: Line
    answered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of releases that was sent in and of which nothing is brought yet; in the last row,
    a digit of the hash is missing."""

    filename: str
    hours_ago: int
    lines: tuple[Line, ...]


QUEUE = (
    # Of a GBCS version that the catalogue does not hold yet: a finding that may be waived.
    Waiting(
        _line("6B20", "0102", "00030303", Over.ANY, carries=True), 80, says={"gbcs_version": "4.9"}
    ),
    Waiting(_line("4A10", "0100", "01030007", Over.PREVIOUS), 7, is_for_tomorrow=True),
    Waiting(_line("8C10", "0100", "01030000", Over.NOTHING), 3),
)
ABOUT_ENTRIES = (
    AboutEntry(
        "LEGACY_COMPLETION",
        _listed("7A10", "0001", "00110000"),
        100,
        is_published=True,
        says={"release_notes": "Shows the balance in larger figures."},
    ),
    AboutEntry(
        "CORRECTION",
        _listed("1A20", "0100", "00050301"),
        90,
        is_published=True,
        says={
            "reason": "The release notes were those of another release.",
            "release_notes": "Keeps the load limit after a loss of power.",
        },
    ),
    AboutEntry(
        "RECALL_LIFT",
        _listed("4A20", "0100", "00080105"),
        52,
        is_published=True,
        says={"reason": "The valves of the test meters were worn; the firmware had no part in it."},
    ),
    AboutEntry("LEGACY_COMPLETION", _listed("1B10", "0001", "30050100"), 16, is_published=False),
    AboutEntry(
        "WITHDRAWAL",
        _listed("4A20", "0100", "00070100"),
        5,
        is_published=False,
        says={"reason": "Its clock drifts after a loss of power; every later release mends it."},
    ),
)
# One stands; the other was lifted, as is said above.
RECALLS = (
    Recalled(
        _listed("4A20", "0100", "00080105"),
        60,
        "Two test meters did not close their valve in the laboratory.",
    ),
    Recalled(
        _listed("1A30", "0100", "02020003"),
        20,
        "After activation the load switch of some meters stays open until they are restarted.",
    ),
)
MENDED = Mended(
    _line("1A20", "0101", "00050400", Over.ANY),
    70,
    mistake={"gbcs_version": "4.2"},
    comments=(
        "The certificate names GBCS 4.1, and the release GBCS 4.2. Which of them is right?",
        "The certificate: our own release sheet named the version that we test next.",
    ),
    reason="Bring it again with the GBCS version of its certificate.",
)
DRAFTS = Drafts(
    2,
    ready=_line("4A20", "0200", "00090105", Over.ANY),
    half_way=_line("1A30", "0100", "02030000", Over.ANY),
    answered=("device_type", "manufacturer_identifier", "device_model", "firmware_version"),
)
SHEET = Sheet(
    "winter-releases.csv",
    4,
    (
        _line("4A10", "0101", "01040000", Over.PREVIOUS),
        _line("4A10", "0102", "01040000", Over.PREVIOUS),
        _line("1A20", "0102", "00050400", Over.ANY),
        _line("1A20", "0100", "00050400", Over.ANY),
    ),
)
# How many wait for a decision when nothing else has happened yet.
WAITING = (
    sum(not one.is_for_tomorrow for one in QUEUE)
    + sum(not one.is_published for one in ABOUT_ENTRIES)
    + 1  # what was mended
)
TO_BRING = Line(COMMONEST, COMMONEST.hardware[0], Release("01050002", 0, Over.PREVIOUS))
