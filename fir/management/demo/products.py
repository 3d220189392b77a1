"""Every product of the demo world, and what happened to some of them later."""

from collections.abc import Iterator
from dataclasses import dataclass

from fir.management.demo.families import Family, Release
from fir.management.demo.hubs import DISPLAYS, HUBS, LOAD_SWITCHES
from fir.management.demo.meters import METERS

FAMILIES = (*METERS, *HUBS, *DISPLAYS, *LOAD_SWITCHES)


def family_of_model(model: str) -> Family:
    """The family with these first four digits."""
    return next(family for family in FAMILIES if family.model == model)


def all_releases() -> Iterator[tuple[Family, Release]]:
    """Every release of every family."""
    return ((family, release) for family in FAMILIES for release in family.releases)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What a later sheet said of a release, for all its hardware: Removed for a reason, Current
    again (neither field), or a renewed certificate that lapses in so many days."""

    model: str
    version: str
    days_ago: int
    removed_for: str = ""
    lapses: int | None = None


AMENDMENTS = (
    Amendment("1B20", "20010000", 840, removed_for="Withdrawn by the Manufacturer."),
    Amendment("1B20", "20020000", 840, removed_for="Withdrawn by the Manufacturer."),
    Amendment("1A10", "01000002", 800, removed_for="Superseded; refers to a GBCS out of effect."),
    Amendment("6B10", "03000009", 750, removed_for="Superseded."),
    Amendment("7C20", "00010100", 520, removed_for="Listed with another model's certificate."),
    Amendment("7C20", "00010100", 440),
    Amendment("4C10", "11040100", 290, lapses=1480),
    Amendment("8C10", "01000000", 250, removed_for="Superseded."),
    # Its successors still name it: the way from the release before it leads through it.
    Amendment("1A10", "0102000A", 170, removed_for="A fault in the event log; use a later one."),
)


def removed_now(model: str, version: str) -> bool:
    """Whether the newest word on a release is that it was removed."""
    said = [a for a in AMENDMENTS if (a.model, a.version) == (model, version) and not a.lapses]
    return bool(said and said[-1].removed_for)
