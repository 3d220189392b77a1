"""The picture of a release among its model's releases: what it goes over, and what goes over it.

Releases stand side by side, oldest first; bows lead from a release to the one that may be installed
over it. Pure: where things lie, for a template to draw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fir.records.models import RepositoryEntry

BOX_WIDTH, BOX_HEIGHT, GAP, MARGIN = 100, 46, 24, 12
LOWEST_BOW, BOW_PER_STEP, HIGHEST_BOW = 20, 11, 110


@dataclass(frozen=True, slots=True)
class Box:
    """A release: where its box begins and where its middle is."""

    entry: RepositoryEntry
    left: int
    middle: int
    is_shown: bool


@dataclass(frozen=True, slots=True)
class Bow:
    """A permitted installation, from the middle of one box to another's, rising to `top`.

    `control` is where the two control points of the curve lie; `leads_here` when it ends at the
    release that is shown, rather than beginning there.
    """

    start: int
    end: int
    top: int
    control: int
    leads_here: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, on a sheet of this width and height; `ground` is where the boxes begin."""

    width: int
    height: int
    ground: int
    boxes: list[Box]
    bows: list[Bow]


def pathway_picture(releases: Sequence[RepositoryEntry], shown: str) -> Picture | None:
    """The picture for the entry whose id is `shown`; None where nothing leads to or from it.

    `releases` are all of its Device Model, oldest first.
    """
    boxes = [
        Box(entry, left, left + BOX_WIDTH // 2, entry.cpl_entry_id == shown)
        for entry, left in zip(releases, _lefts(len(releases)), strict=True)
    ]
    places = {box.entry.cpl_entry_id: box for box in boxes}
    pairs = [
        (places[earlier], later)
        for later in boxes
        for earlier in later.entry.predecessors
        if earlier in places and shown in (earlier, later.entry.cpl_entry_id)
    ]
    if not pairs:
        return None
    ground = MARGIN + max(_height(earlier, later) for earlier, later in pairs)
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
