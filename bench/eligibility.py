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
    from collections.abc import Callable

    Ratio = Callable[..., None]

SUPPLIERS, FEW_SUPPLIERS, DEVICES, TURNS = 20, 4, 10_000_000, 7
FEWEST, USUAL, MOST = 1_000, 5_000, 20_000  # cohorts of one Supplier


def publishing(_ratio: Ratio) -> None:
    """From a publication to stored findings, in twenty estates of 5,000 cohorts: under a second.
    Beside it the same where all that they hold is of one Device Model."""
    country = Country(0, suppliers=SUPPLIERS)
    estates = f"{SUPPLIERS} estates of {USUAL:,} cohorts"
    country.hold(cohorts=USUAL, devices=DEVICES)
    took = median(_release(country, model) for model in range(TURNS))
    _say(f"A release in {estates}", took, "at most 1")
    country.hold(cohorts=USUAL, devices=DEVICES, models=1)
    took = median(_release(country, 0) for _ in range(3))
    _say(f"A release of the only model in {estates}", took)


def growing(_ratio: Ratio) -> None:
    """What one more cohort costs in large estates against small ones, all of the Device Model that
    is released; and what ten times the devices cost: nothing, so about 1 both. Taken in turns, and
    the quickest of several, since whatever else the machine does only ever adds."""
    sizes = (FEWEST, DEVICES), (MOST, DEVICES), (MOST, DEVICES // 10)
    countries = [Country(number, suppliers=FEW_SUPPLIERS) for number, _ in enumerate(sizes, 1)]
    for country, (cohorts, devices) in zip(countries, sizes, strict=True):
        country.hold(cohorts=cohorts, devices=devices, models=1)
    turns = [[_release(country, 0) for country in countries] for _ in range(TURNS)]
    fewest, most, fewer_devices = map(min, zip(*turns, strict=True))
    each = most / MOST / (fewest / FEWEST)
    _say_share(f"A release, each of {MOST:,} cohorts against each of {FEWEST:,}", each)
    _say_share("A release: 10 million devices against 1 million", most / fewer_devices)


def reassessing(ratio: Ratio) -> None:
    """An estate of 5,000 cohorts worked out anew: under ten seconds; and against reading and
    writing the same findings without a thought."""
    country = Country(9, suppliers=1)
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


def _release(country: Country, model: int) -> float:
    """Seconds from the publication of a release to its stored findings."""
    country.publish(model)
    return _seconds(lambda: read_news(at=make.AT))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _say(name: str, seconds: float, promise: str = "") -> None:
    sys.stdout.write(f"{name}: {seconds:.3f} s{promise and f' ({promise})'}\n")


def _say_share(name: str, share: float) -> None:
    sys.stdout.write(f"{name}: {share:.3f} (about 1)\n")


ALL = (publishing, growing, reassessing)
