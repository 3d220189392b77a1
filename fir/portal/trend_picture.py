"""The picture of a trend: a column for each load, made of its shares. Pure: where things lie, for a
template to draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fir.portal.templatetags.fir import TAG_COLOURS, shares_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fir.eligibility.trend import LoadInFigures

COLUMN, GAP, HEIGHT, MARGIN = 44, 20, 150, 12


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a column: its colour, where it begins from above, and its height."""

    colour: str
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class Column:
    """A load: where its column begins and has its middle, when it was sent in, and its parts."""

    left: int
    middle: int
    received_at: datetime
    percent: float | None
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class TrendPicture:
    """What is drawn, on a sheet of this width."""

    width: int
    columns: list[Column]


def trend_picture(trend: Sequence[LoadInFigures]) -> TrendPicture | None:
    """The picture of two loads or more; None where there is nothing to compare."""
    if len(trend) < 2:
        return None
    columns = [_column(load, MARGIN + at * (COLUMN + GAP)) for at, load in enumerate(trend)]
    return TrendPicture(columns[-1].left + COLUMN + MARGIN, columns)


def _column(load: LoadInFigures, left: int) -> Column:
    """The latest release stands at the foot."""
    shares = shares_of(load.summary.by_position.items())
    pieces = [
        Piece(
            TAG_COLOURS[share.code],
            HEIGHT - HEIGHT * (share.start + share.width) // 1000,
            HEIGHT * (share.start + share.width) // 1000 - HEIGHT * share.start // 1000,
        )
        for share in shares
    ]
    percent = load.summary.percent_n_or_n_1
    return Column(left, left + COLUMN // 2, load.received_at, percent, pieces)
