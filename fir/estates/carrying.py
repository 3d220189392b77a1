"""A delta is built like any load: out of rows. Those of its base are read in pieces, the ones that
nothing changed are carried over as they are, in their new cohorts.

COPY writes many rows at once, in half the time of INSERT; so the rows come out to be matched here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from django.db import connection
from psycopg.sql import SQL, Literal

from fir.estates.copying import copy_in, packed, read_out
from fir.estates.quick import Rows
from fir.estates.tables import device_table, received_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.estates.models import EstateLoad
    from fir.estates.quick import Array

_LAST_BITS = (1 << 22) - 1  # of a device's number
PAGES = 2_000  # of the base's table at a time: about 300,000 devices
# A device without a hub names itself, since a number is wanted.
PAGES_OF_BASE = """
(SELECT device_id, coalesce(hub_id, device_id) AS hub_id, (hub_id IS NOT NULL)::int AS has_hub,
    cohort_id FROM {base} WHERE ctid >= {first}::tid AND ctid < {end}::tid) AS piece
"""
KEPT = "(SELECT former_id, cohort_id, own_id, reads_hub::int FROM kept ORDER BY 1) AS kept"


class _Kept:
    """What becomes of the cohorts of a base, and which devices changed."""

    def __init__(self, load: EstateLoad) -> None:
        columns = ("former_id", "cohort_id", "own_id", "reads_hub")
        self.former, self.cohort, self.own, reads_hub = read_out(columns, SQL(KEPT).format())
        self.reads_hub = reads_hub == 1
        (changed,) = read_out(["device_id"], SQL("{}").format(received_table(load.pk)))
        self._changed = np.sort(changed)
        self._ends = np.zeros(_LAST_BITS + 1, np.bool_)
        self._ends[changed & _LAST_BITS] = True

    def is_changed(self, devices: Array) -> Array:
        """Whether a change names each of these devices."""
        is_named: Array = self._ends[devices & _LAST_BITS]
        # Few that no change names end as one that is named does; the others need no search.
        maybe = np.flatnonzero(is_named)
        places = np.searchsorted(self._changed, devices[maybe])
        places[places == len(self._changed)] = 0
        is_named[maybe] = self._changed[places] == devices[maybe]
        return is_named


def carry_devices(load: EstateLoad, base_id: int) -> None:
    """Carry over what no change names. Devices whose hub is named wait, as if they had changed,
    where rules read their hub's facts. `kept` says what becomes of the base's cohorts."""
    kept = _Kept(load)
    devices, waiting = device_table(load.pk), received_table(load.pk)
    with connection.cursor() as cursor:
        cursor.execute(SQL("TRUNCATE {}").format(devices))
    for rows, cohorts, own, waits in _carried(base_id, kept):
        carried = packed(rows.where(~waits), cohorts[~waits], placed=False)
        copy_in(devices, [carried], is_new=True, by=connection.connection)
        if waits.any():
            asked = packed(rows.where(waits), own[waits], placed=False)
            copy_in(waiting, [asked], is_new=False, by=connection.connection)


def _carried(base: int, kept: _Kept) -> Iterator[tuple[Rows, Array, Array, Array]]:
    """The base's rows that no change names: their cohorts, the same but for a hub, and whether
    they wait."""
    for device_ids, hubs, has_hub, former in _pieces(base):
        stays = ~kept.is_changed(device_ids)
        which = np.searchsorted(kept.former, former[stays])
        places = np.zeros(len(which), np.int64)
        rows = Rows(places, device_ids[stays], hubs[stays], has_hub[stays] == 1, which)
        waits = kept.reads_hub[which] & rows.has_hub
        waits[waits] = kept.is_changed(rows.hubs[waits])
        yield rows, kept.cohort[which], kept.own[which], waits


def _pieces(base: int) -> Iterator[list[Array]]:
    table = device_table(base)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int",
            [table.as_string()],
        )
        (pages,) = cursor.fetchone()
    for first in range(0, pages, PAGES):
        values = {"first": Literal(f"({first},0)"), "end": Literal(f"({first + PAGES},0)")}
        yield read_out(
            ("device_id", "hub_id", "has_hub", "cohort_id"),
            SQL(PAGES_OF_BASE).format(base=table, **values),
        )
