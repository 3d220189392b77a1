"""Loads that follow one another, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.estates.comparing import compare_with_former
from fir.estates.queries import standing_load_of
from tests import make

if TYPE_CHECKING:
    from fir.estates.models import EstateLoad
    from fir.parties.models import Party


def estate_after(of: Party, *devices: dict[str, str]) -> EstateLoad:
    """The Supplier's next estate, compared with the one that stood."""
    former = standing_load_of(of)
    load = make.estate(of, *devices)
    if load.former is None:
        load.former = former
        load.save(update_fields=["former"])
    compare_with_former(load=load, at=make.AT)
    return load
