"""A delta is built like any load: out of rows. Those of its base are read in pieces, the ones that
nothing changed are carried over as they are, in their new cohorts.

COPY writes many rows at once, in half the time of INSERT; so the rows come out to be matched here.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, Self

import numpy as np
from django.db import connection
from psycopg.sql import SQL, Identifier, Literal

from fir.estates.copying import copy_in, packed, read_out
from fir.estates.quick import Rows
from fir.estates.stages import enter_stage
from fir.estates.tables import device_table, received_table, run_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fir.estates.models import EstateLoad
    from fir.estates.quick import Array

_LAST_BITS = (1 << 22) - 1  # of a device's number
PAGES = 2_000  # of the base's table at a time: about 300,000 devices
# A device without a hub names itself, since a number is wanted, and its cohort is told as negative.
PAGES_OF_BASE = """
(SELECT device_id, coalesce(hub_id, device_id) AS hub_id,
    CASE WHEN hub_id IS NULL THEN -cohort_id ELSE cohort_id END AS cohort_id
FROM {base} WHERE ctid >= {first}::tid AND ctid < {end}::tid) AS piece
"""
LEFT_BEHIND = Identifier("left_behind")
KEPT = "(SELECT former_id, cohort_id, own_id, reads_hub::int FROM kept ORDER BY 1) AS kept"


class _Kept:
    """What becomes of the cohorts of a base, how many devices each keeps, and which changed."""

    def __init__(self, load: EstateLoad, by: Any) -> None:
        columns = ("former_id", "cohort_id", "own_id", "reads_hub")
        self.former, self.cohort, self.own, reads_hub = read_out(columns, SQL(KEPT).format(), by=by)
        self.reads_hub = reads_hub == 1
        self.counts = np.zeros(len(self.former), np.int64)
        (changed,) = read_out(["device_id"], SQL("{}").format(received_table(load.pk)), by=by)
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


class _Batch(NamedTuple):
    """Packed rows on their way into a table; `is_new` as `copy_in` wants it."""

    table: Identifier
    rows: bytes
    is_new: bool


class _Base:
    """The base's table, read by a connection of its own, since that of the load is writing."""

    def __init__(self, base: Identifier, pages: int) -> None:
        self._base, self._pages = base, pages
        self._helper = ThreadPoolExecutor(1, thread_name_prefix="base")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._helper.submit(lambda: connection.close())
        self._helper.shutdown()

    def pieces(self) -> Iterator[tuple[float, list[Array]]]:
        """Its rows by many pages, each with the share of the table that it ends; the next is read
        while one is used."""
        ahead = self._helper.submit(self._read, 0)
        for page in range(0, self._pages, PAGES):
            piece = ahead.result()
            ahead = self._helper.submit(self._read, page + PAGES)
            yield min(1.0, (page + PAGES) / self._pages), piece

    def _read(self, page: int) -> list[Array]:
        connection.ensure_connection()  # that of this thread
        ends = {"first": Literal(f"({page},0)"), "end": Literal(f"({page + PAGES},0)")}
        rows = SQL(PAGES_OF_BASE).format(base=self._base, **ends)
        return read_out(("device_id", "hub_id", "cohort_id"), rows, by=connection.connection)


def carry_devices(load: EstateLoad, base_id: int) -> None:
    """Carry over what no change names, and count it. Devices whose hub is named wait, as if they
    had changed, where rules read their hub's facts. `kept` says what becomes of cohorts.

    One piece is read and another written while a third is matched here.
    """
    base = device_table(base_id)
    with connection.cursor() as cursor:
        # Held to the end: nobody drops it meanwhile.
        cursor.execute(SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(base))
        cursor.execute(SQL("TRUNCATE {}").format(device_table(load.pk)))
        cursor.execute(
            "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int",
            [base.as_string()],
        )
        (pages,) = cursor.fetchone()
    by: Any = connection.connection
    kept = _Kept(load, by)
    with _Base(base, pages) as standing, ThreadPoolExecutor(1, "carry") as helper:
        written = helper.submit(enter_stage, load.pk, 0, 0, by=by)
        for share, piece in standing.pieces():
            batches = list(_carried(piece, kept, load))
            written.result()
            written = helper.submit(_write, batches, load.pk, share, by)
        written.result()
    cohorts, counts = kept.cohort.tolist(), kept.counts.tolist()
    run_files("count_carried", cohorts=Literal(cohorts), counts=Literal(counts))


def _write(batches: Iterable[_Batch], load_id: int, share: float, by: Any) -> None:
    for batch in batches:
        copy_in(batch.table, [batch.rows], is_new=batch.is_new, by=by)
    enter_stage(load_id, share, share, by=by)


def _carried(piece: Sequence[Array], kept: _Kept, load: EstateLoad) -> Iterator[_Batch]:
    """The rows of a piece that no change names, in their new cohorts; those that wait, in the same
    but for a hub; and all that stay behind, in the cohorts where they were."""
    device_ids, hubs, former = piece
    which = np.searchsorted(kept.former, np.abs(former))
    rows = Rows(np.zeros(len(which), np.int64), device_ids, hubs, former > 0, which)
    is_named = kept.is_changed(device_ids)
    waits = kept.reads_hub[which] & rows.has_hub & ~is_named
    waits[waits] = kept.is_changed(hubs[waits])
    stays = ~(is_named | waits)
    kept.counts += np.bincount(which[stays], minlength=len(kept.counts))
    carried = packed(rows.where(stays), kept.cohort[which[stays]], placed=False)
    yield _Batch(device_table(load.pk), carried, is_new=True)
    if not stays.all():
        left = packed(rows.where(~stays), kept.former[which[~stays]], placed=False)
        yield _Batch(LEFT_BEHIND, left, is_new=False)
    if waits.any():
        asked = packed(rows.where(waits), kept.own[which[waits]], placed=False)
        yield _Batch(received_table(load.pk), asked, is_new=False)
