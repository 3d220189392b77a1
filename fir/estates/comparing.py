"""What changed: a load compared with the one that stood before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fir.estates import tables
from fir.estates.models import COMPARING, CohortMove, EstateLoad

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def compare_with_former(*, load: EstateLoad, at: datetime) -> None:
    """Work out what became of every Device between `load.former` and this load, in place of what
    was worked out for this Supplier before. Again, it leaves the same.

    The first load of a Supplier, or one whose former table is gone, has nothing to be compared
    with: it stands without moves, and `compared_at` stays empty.
    """
    CohortMove.objects.filter(load__party=load.party_id, load__lte=load.pk).delete()
    load.compared_at = None
    if load.former is not None and not load.former.tables_dropped:
        tables.compare_loads(
            former_id=load.former.pk,
            load_id=load.pk,
            changes_only=load.state == COMPARING and load.base_id == load.former.pk,
        )
        load.compared_at = at
    EstateLoad.objects.filter(pk=load.pk).update(compared_at=load.compared_at)
