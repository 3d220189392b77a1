"""Taking a Supplier's estate out of the repository, with everything that was kept of its loads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fir.estates import tables
from fir.estates.models import Cohort, CohortMove, Estate, EstateLoad, LoadNote
from fir.ledger.operations import require_transaction

if TYPE_CHECKING:
    from fir.parties.models import Party


class NoEstate(LookupError):
    """Nothing of any inventory of this Supplier is here."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out: the Devices that stood, and all loads, whatever became of them."""

    devices: int
    loads: int


def remove_estate(party: Party) -> Removed:
    """Take out all loads of a Supplier with their tables; whoever is at work on one ends. A step:
    what floors above keep of the cohorts is gone before.

    Raises NoEstate, and OperationalError when somebody reads a table for longer than a second.
    """
    require_transaction()
    estate = Estate.objects.select_related("standing_load").filter(party=party).first()
    # From here on no worker takes up any of them, and no reception can end well.
    loads = list(EstateLoad.objects.select_for_update().filter(party=party).order_by("id"))
    if not loads:
        raise NoEstate("There is nothing to delete: no inventory of yours is in the repository.")
    tables.end_work_for(party.pk)
    for load in loads:
        tables.drop_tables(load.pk)
    Estate.objects.filter(party=party).delete()
    for kept in (CohortMove, Cohort, LoadNote):
        kept._default_manager.filter(load__in=loads).delete()
    EstateLoad.objects.filter(pk__in=[load.pk for load in loads]).delete()
    return Removed(estate.standing_load.devices if estate else 0, len(loads))
