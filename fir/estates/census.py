"""What runs in the field, over all estates: counted once a week, and only as far as it tells
nothing of any one Supplier.

Cells are one Device Model and firmware version each. They never overlap, and nothing that holds
several of them is counted, so that no figure can be taken from another to leave what was kept back.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from fir.estates import tables
from fir.estates.models import Census, CensusFigure
from fir.estates.queries import devices_in_all_estates

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

LEAST_SUPPLIERS = 5
LARGEST_SHARE_PERCENT = 80
EVERY = timedelta(days=7)
SMALLEST_STEP = 10


def about(devices: Collection[int]) -> int | None:
    """What may be told of a cell, from how many Devices each Supplier has in it: about how many
    they are together; None where that would tell something of one of them. Pure."""
    total = sum(devices)
    if len(devices) < LEAST_SUPPLIERS or 100 * max(devices) > LARGEST_SHARE_PERCENT * total:
        return None
    step = max(SMALLEST_STEP, int("1" + "0" * (len(str(total)) - 2)))
    return max(SMALLEST_STEP, (total + step // 2) // step * step)


@transaction.atomic
def take_census(*, at: datetime) -> bool:
    """Count anew when the last count is a week old; whether it was. The last one goes: two that
    can be compared would tell what one alone does not."""
    if not tables.try_census() or Census.objects.filter(counted_at__gt=at - EVERY).exists():
        return False
    cells = defaultdict[tuple[str, ...], list[int]](list)
    for version, devices in devices_in_all_estates():
        cells[version].append(devices)
    Census.objects.all().delete()
    census = Census.objects.create(counted_at=at)
    CensusFigure.objects.bulk_create(
        (
            CensusFigure(
                census=census,
                device_type=version[0],
                manufacturer_identifier=version[1],
                device_model=version[2],
                firmware_version=version[3],
                about_devices=told,
            )
            for version, devices in sorted(cells.items())
            if (told := about(devices)) is not None
        ),
        batch_size=1000,
    )
    return True
