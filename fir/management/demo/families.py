"""What a family of Device Models in the demo world is, and a release of its firmware."""

from dataclasses import dataclass
from enum import Enum


class Over(Enum):
    """Over what a release may be installed. UNSAID: listed by a sheet, before pathways."""

    UNSAID = "unsaid"
    ANY = "any earlier release"
    PREVIOUS = "the release before it alone"
    NOTHING = "N/A"


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a family, listed so many days ago for all its hardware.

    `carries` is whether a hub with it carries updates, None where nobody said; `lapses` in how
    many days its CPA certificate does, where that is not six years after the listing; `twice` that
    the sheet lists it a second time with another hash, as real lists do; `together` that its maker
    brought it for all hardware in one submission.
    """

    version: str
    days_ago: int
    over: Over = Over.UNSAID
    carries: bool | None = None
    lapses: int | None = None
    twice: bool = False
    together: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Device Models that differ in hardware alone, with their releases, oldest first.

    `share` says how common the family is among the devices of its type.
    """

    device_type: str
    maker: str
    model: str
    hardware: tuple[str, ...]
    specification: str
    gbcs: str
    share: int
    variant: str = ""
    releases: tuple[Release, ...]
