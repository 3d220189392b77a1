"""Loads that follow one another, compared."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fir.estates.comparing import compare_with_former
from fir.estates.models import CohortMove
from fir.estates.queries import standing_load_of
from tests import make

if TYPE_CHECKING:
    from fir.estates.models import EstateLoad
    from fir.parties.models import Party

# What a move says of what devices were, and of what they are.
FACTS = ("device_type", "manufacturer_identifier", "device_model", "firmware_version")


def estate_after(of: Party, *devices: dict[str, str]) -> EstateLoad:
    """The Supplier's next estate, compared with the one that stood."""
    former = standing_load_of(of)
    load = make.estate(of, *devices)
    if load.former is None:
        load.former = former
        load.save(update_fields=["former"])
    compare_with_former(load=load, at=make.AT)
    return load


def moves_kept(load: EstateLoad) -> Counter[Any]:
    """The moves as they stand in the database."""
    found = Counter[Any]()
    for move in CohortMove.objects.filter(load=load).select_related("cohort"):
        former = tuple(getattr(move, f"former_{name}") for name in (*FACTS, "device_status"))
        now = move.cohort and tuple(getattr(move.cohort, n) for n in (*FACTS, "device_status"))
        found[former if former[0] else (), now or ()] += move.device_count
    return found
