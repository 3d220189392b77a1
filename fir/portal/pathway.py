"""The picture of a release among its model's releases: what it goes over, and what goes over it.

Releases stand side by side, oldest first; bows lead from a release to the one that may be installed
over it. Pure: where things lie, for a template to draw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import date

BOX_WIDTH, BOX_HEIGHT, GAP, MARGIN = 100, 46, 24, 12
LINE = 18
LOWEST_BOW, BOW_PER_STEP, HIGHEST_BOW = 20, 11, 110


class Drawn(Protocol):
    """What is drawn of a release."""

    @property
    def cpl_entry_id(self) -> str: ...
    @property
    def firmware_version(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def date_added(self) -> date | None: ...
    @property
    def predecessors(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class ToCome:
    """A release that is not published yet; its entry id is '' where it has none."""

    firmware_version: str
    predecessors: Sequence[str]
    cpl_entry_id: str = ""
    status: str = "TO_COME"
    date_added: date | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """A release: where its box begins and where its middle is; whether it is the one that the
    picture is about, and whether no declared way leads from it to that one. `devices` are those of
    the asker's that run it; `is_on_way` when it belongs to the way that is marked."""

    entry: Drawn
    left: int
    middle: int
    is_shown: bool
    is_stranded: bool = False
    devices: int = 0
    is_on_way: bool = False


@dataclass(frozen=True, slots=True)
class Bow:
    """A permitted installation, from the middle of one box to another's, rising to `top`.

    `control` is where the two control points of the curve lie; `leads_here` when it ends at the
    release that is shown; `is_on_way` when it is a step of the way that is marked.
    """

    start: int
    end: int
    top: int
    control: int
    leads_here: bool
    is_on_way: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, on a sheet of this width and height; `ground` is where the boxes begin."""

    width: int
    height: int
    ground: int
    boxes: list[Box]
    bows: list[Bow]
    box_height: int = BOX_HEIGHT


def pathway_picture(releases: Sequence[Drawn], shown: str) -> Picture | None:
    """The picture for the entry whose id is `shown`, with the bows that begin or end there; None
    where there are none.

    `releases` are all of its Device Model, oldest first.
    """
    return _drawn(releases, shown, lambda earlier, later: shown in (earlier, later))


def upgrade_graph(
    releases: Sequence[Drawn], to_come: ToCome, stranded: Collection[str]
) -> Picture | None:
    """The whole of a Device Model's ways, with a release to come at their end, or in the place of
    its entry if it has one. None where the model has no other release.

    `stranded` are the entries from which no way leads to it.
    """
    others = [entry for entry in releases if entry.cpl_entry_id != to_come.cpl_entry_id]
    if not others:
        return None
    if len(others) == len(releases):
        drawn = [*releases, to_come]
    else:
        drawn = [to_come if e.cpl_entry_id == to_come.cpl_entry_id else e for e in releases]
    return _drawn(drawn, to_come.cpl_entry_id, lambda *_: True, stranded, is_bare=True)


def ways_picture(
    releases: Sequence[Drawn], shown: str, way: Sequence[str], running: Mapping[str, int]
) -> Picture | None:
    """The whole of a Device Model's ways with the entry `shown` as the target, how many of the
    asker's devices run each release, and the steps of one way marked, from what is installed to the
    target. None where nothing leads anywhere."""
    picture = _drawn(releases, shown, lambda *_: True)
    if picture is None:
        return None
    middles = {box.entry.cpl_entry_id: box.middle for box in picture.boxes}
    steps = set(pairwise(middles[entry] for entry in way))
    boxes = [
        replace(
            box,
            devices=running.get(box.entry.cpl_entry_id, 0),
            is_on_way=box.entry.cpl_entry_id in way,
        )
        for box in picture.boxes
    ]
    bows = [replace(bow, is_on_way=(bow.start, bow.end) in steps) for bow in picture.bows]
    height = picture.height + LINE
    return replace(picture, boxes=boxes, bows=bows, height=height, box_height=BOX_HEIGHT + LINE)


def _drawn(
    releases: Sequence[Drawn],
    shown: str,
    is_drawn: Callable[[str, str], bool],
    stranded: Collection[str] = (),
    *,
    is_bare: bool = False,
) -> Picture | None:
    """The sheet with these releases and the bows that are to be drawn; None without any bow, unless
    it may be bare."""
    boxes = [
        Box(
            entry,
            left,
            left + BOX_WIDTH // 2,
            entry.cpl_entry_id == shown,
            entry.cpl_entry_id in stranded,
        )
        for entry, left in zip(releases, _lefts(len(releases)), strict=True)
    ]
    places = {box.entry.cpl_entry_id: box for box in boxes}
    pairs = [
        (places[earlier], later)
        for later in boxes
        for earlier in later.entry.predecessors
        if earlier in places and is_drawn(earlier, later.entry.cpl_entry_id)
    ]
    if not (pairs or is_bare):
        return None
    ground = MARGIN + max((_height(*pair) for pair in pairs), default=0)
    bows = [_bow(earlier, later, ground) for earlier, later in pairs]
    width = boxes[-1].left + BOX_WIDTH + MARGIN
    return Picture(width, ground + BOX_HEIGHT + MARGIN, ground, boxes, bows)


def _bow(earlier: Box, later: Box, ground: int) -> Bow:
    height = _height(earlier, later)
    # A cubic curve with both control points at one height rises to three quarters of it.
    control = ground - height * 4 // 3
    return Bow(earlier.middle, later.middle, ground - height, control, later.is_shown)


def _lefts(number: int) -> range:
    step = BOX_WIDTH + GAP
    return range(MARGIN, MARGIN + number * step, step)


def _height(earlier: Box, later: Box) -> int:
    steps = abs(later.left - earlier.left) // (BOX_WIDTH + GAP)
    return min(LOWEST_BOW + BOW_PER_STEP * steps, HIGHEST_BOW)
