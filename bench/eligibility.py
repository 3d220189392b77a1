"""Eligibility's figures: from a publication to stored findings in a whole country, and one estate
worked out anew."""

from __future__ import annotations

import sys
import time
from statistics import median
from typing import TYPE_CHECKING

from bench.country import Country
from cpl.bulk import insert_rows
from fir.eligibility.models import Finding
from fir.eligibility.operations import COLUMNS, assess_estates, read_news
from fir.estates.queries import standing_loads
from fir.parties.scopes import Scope
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Ratio = Callable[..., None]

SUPPLIERS, FEW_SUPPLIERS, DEVICES, TURNS, MANY_TURNS = 20, 4, 10_000_000, 7, 25
FEWEST, USUAL, MOST = 1_000, 5_000, 20_000  # cohorts of one Supplier


def publishing(_ratio: Ratio) -> None:
    """From a publication to stored findings, in twenty estates of 5,000 cohorts: under a second.
    Beside it the same where all that they hold is of one Device Model."""
    country = Country(0, suppliers=SUPPLIERS)
    country.hold(cohorts=USUAL, devices=DEVICES)
    _say(
        f"A release in {SUPPLIERS} estates of {USUAL:,} cohorts",
        median(_releases(country, range(TURNS))),
        "at most 1",
    )
    country.hold(cohorts=USUAL, devices=DEVICES, models=1)
    alone = median(_releases(country, [0] * 3))
    _say(f"A release of the only model in {SUPPLIERS} estates of {USUAL:,} cohorts", alone)


def growing(_ratio: Ratio) -> None:
    """What cohorts cost: from the smallest estate to one halfway, and from there to the largest;
    and what many devices cost and few. As much, so about 1. The quickest of several turns, since a
    difference of two figures is at the mercy of whatever else the machine does."""
    country = Country(1, suppliers=FEW_SUPPLIERS)

    def took(cohorts: int, devices: int = DEVICES) -> float:
        country.hold(cohorts=cohorts, devices=devices)
        return min(_releases(country, range(MANY_TURNS)))

    fewest, halfway, most = took(FEWEST), took((FEWEST + MOST) // 2), took(MOST)
    name = f"A release: the cohorts above half of {MOST:,} against those below"
    _say_share(name, (most - halfway) / (halfway - fewest))
    _say_share("A release: 10 million devices against 1 million", most / took(MOST, DEVICES // 10))


def reassessing(ratio: Ratio) -> None:
    """An estate of 5,000 cohorts worked out anew: under ten seconds; and against reading and
    writing the same findings without a thought."""
    country = Country(2, suppliers=1)
    country.hold(cohorts=USUAL, devices=DEVICES)
    (supplier,) = country.suppliers
    loads = standing_loads([supplier.slug])

    def ours() -> int:
        assess_estates(loads, at=make.AT)
        return USUAL

    def bare() -> int:
        findings = Finding.objects.visible_to(Scope(supplier))
        found = list(findings.values_list(*COLUMNS))
        findings.delete()
        insert_rows(Finding, COLUMNS, found)
        return USUAL

    _say(f"An estate of {USUAL:,} cohorts worked out anew", _seconds(ours), "at most 10")
    ratio("Working out an estate's findings", "reading and writing the same findings", ours, bare)


def _releases(country: Country, models: Iterable[int]) -> list[float]:
    """Seconds from the publication of a release of each of these models to its stored findings."""
    took = []
    for model in models:
        country.publish(model)
        took.append(_seconds(lambda: read_news(at=make.AT)))
    return took


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _say(name: str, seconds: float, promise: str = "") -> None:
    sys.stdout.write(f"{name}: {seconds:.3f} s{promise and f' ({promise})'}\n")


def _say_share(name: str, share: float) -> None:
    sys.stdout.write(f"{name}: {share:.3f} (about 1)\n")


ALL = (publishing, growing, reassessing)
