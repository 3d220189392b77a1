"""A Supplier deletes its estate: it stands here since findings are kept of what goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import OperationalError

from fir.eligibility.models import Assessment, Finding, LoadFigure
from fir.eligibility.queries import READER
from fir.estates.deleting import remove_estate
from fir.ledger.operations import NewEvent, append_events, reading
from fir.parties.scopes import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from fir.parties.models import Actor, Party

IN_USE = "The estate is in use at this moment, so nothing was deleted. Try again in a minute."


class EstateInUse(RuntimeError):
    """The estate is being read or assessed at this moment; nothing of it was deleted."""


def delete_estate(*, party: Party, by: Actor, at: datetime) -> None:
    """Delete everything that is kept of a Supplier's inventories: its Devices, what was found of
    them, what changed, its loads and their notes. The events stay, which hold counts alone.

    A load under way ends with it. Afterwards the Supplier may send a new inventory.

    Raises NoEstate, and EstateInUse when somebody reads it for longer than one cares to wait.
    """
    try:
        # Nobody may be working out findings of cohorts that are about to go.
        with reading(READER) as bookmark:
            if bookmark is None:
                raise EstateInUse(IN_USE)
            _delete(party, by=by, at=at)
    except OperationalError as error:
        raise EstateInUse(IN_USE) from error


def _delete(party: Party, *, by: Actor, at: datetime) -> None:
    Assessment.objects.filter(party=party).delete()
    Finding.objects.visible_to(Scope(party)).delete()
    LoadFigure.objects.filter(load__party=party).delete()
    removed = remove_estate(party)
    payload = {"devices": removed.devices, "loads": removed.loads}
    event = NewEvent("ESTATE_DELETED", "estate", party.slug, payload, [party.slug])
    append_events([event], by=by.author, at=at)
