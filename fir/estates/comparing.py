"""What changed: a load compared with the one that stood before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from fir.estates import tables
from fir.estates.models import DELTA, CohortMove, EstateLoad

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def compare_with_former(*, load: EstateLoad, at: datetime) -> None:
    """Work out what became of every Device between `load.former` and this load, in place of what
    was worked out for this Supplier before. Again, it leaves the same. Of a delta it was kept when
    it was built: nothing else can have changed.

    The first load of a Supplier, or one whose former table is gone, has nothing to be compared
    with: it stands without moves, and `compared_at` stays empty.
    """
    before = CohortMove.objects.filter(load__party=load.party_id)
    load.compared_at = None
    if load.mode == DELTA:
        before.filter(load__lt=load.pk).delete()
        load.compared_at = at
    else:
        before.filter(load__lte=load.pk).delete()
        if load.former is not None and not load.former.tables_dropped:
            tables.compare_loads(former_id=load.former.pk, load_id=load.pk)
            load.compared_at = at
    EstateLoad.objects.filter(pk=load.pk).update(compared_at=load.compared_at)
