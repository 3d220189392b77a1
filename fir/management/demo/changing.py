"""A Change of Supplier in the demo world: most of a small Supplier's homes go over to a large one.

Both send in their inventories anew. The large one lost a few homes to nobody in particular
meanwhile, and updated some of its commonest meters. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.management.demo.homes import as_csv, homes_of
from fir.management.demo.meters import COMMONEST
from fir.management.demo.parties import GIVING_UP, LARGEST

if TYPE_CHECKING:
    from collections.abc import Iterator

# How many of its homes the small Supplier keeps; of the large one's, each so-and-so-many-th.
KEEPS = 110
MOVES_AWAY, UPDATED, COMMISSIONED = 60, 7, 2


def later_inventories() -> dict[str, Iterator[bytes]]:
    """The later inventories of the two Suppliers as CSV, by their slugs."""
    given_up = homes_of(GIVING_UP)
    stayed = [_meanwhile(at, home) for at, home in enumerate(homes_of(LARGEST)) if at % MOVES_AWAY]
    return {
        GIVING_UP.slug: as_csv(given_up[:KEEPS]),
        LARGEST.slug: as_csv([*stayed, *given_up[KEEPS:]]),
    }


def _meanwhile(at: int, home: list[str]) -> list[str]:
    """A home some days later: perhaps its meter was updated, or what was installed commissioned."""
    if at % UPDATED == 0:
        home = [_updated(row) for row in home]
    if at % COMMISSIONED == 0:
        home = [row.replace(",InstalledNotCommissioned,", ",COMMISSIONED,") for row in home]
    return home


def _updated(row: str) -> str:
    before, latest = (release.version for release in COMMONEST.releases[-2:])
    return row.replace(f",{before},", f",{latest},") if f",{COMMONEST.model}" in row else row
