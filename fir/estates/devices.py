"""Reading the Devices of a load: pages of their numbers, as quick at any depth as at the start.

They come in the order of their cohorts, and within a cohort in that of their numbers, which is the
order of an index. EUI-64s from 80-… on are negative numbers, so they come first.
"""

from __future__ import annotations

from bisect import bisect_left
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from psycopg.errors import UndefinedTable
from psycopg.sql import SQL

from fir.estates.tables import device_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.db.backends.utils import CursorWrapper

OCTETS = 8  # of a Device's number
_PAGE = """
SELECT string_agg(int8send(device_id), ''::bytea), max(cohort_id)
FROM (
    SELECT cohort_id, device_id FROM {devices}
    WHERE cohort_id = ANY(%(cohorts)s) AND (cohort_id, device_id) > (%(cohort)s, %(number)s)
    ORDER BY cohort_id, device_id
    LIMIT %(size)s
) AS page
"""
_COHORT = "SELECT cohort_id FROM {devices} WHERE device_id = %(number)s"
_AFTER = "SELECT count(*) FROM {devices} WHERE cohort_id = %(cohort)s AND device_id > %(number)s"


class LoadGone(LookupError):
    """The load whose Devices were being read was replaced and is gone. What was read of it is a
    part that no other load continues."""

    def __init__(self) -> None:
        super().__init__(
            "The inventory that this list is of was replaced by a newer one. Drop what you have "
            "of the list, and ask for it anew."
        )


class Place(NamedTuple):
    """A place in the order of a load's Devices: after this one."""

    cohort: int
    number: int


START = Place(0, 0)  # cohorts are numbered from 1


def device_pages(
    load_id: int, cohorts: Sequence[int], *, size: int, after: Place = START
) -> Iterator[bytes]:
    """The numbers of all Devices of these cohorts, `size` of them a page, eight octets each.

    `cohorts` are sorted. Each page is a statement of its own, so that a slow reader holds nothing.
    Raises LoadGone, also between pages.
    """
    while True:
        left = list(cohorts[bisect_left(cohorts, after.cohort) :])
        with _reading(load_id, _PAGE, size=size, cohorts=left, **after._asdict()) as cursor:
            page, cohort = cursor.fetchone()
        if page is None:
            return
        yield bytes(page)
        if len(page) < size * OCTETS:
            return
        after = Place(cohort, int.from_bytes(page[-OCTETS:], "big", signed=True))


def place_of(load_id: int, number: int) -> Place | None:
    """Where the Device of this number stands; None where the load holds none. Raises LoadGone."""
    with _reading(load_id, _COHORT, number=number) as cursor:
        row = cursor.fetchone()
    return Place(row[0], number) if row else None


def left_in_cohort(load_id: int, place: Place) -> int:
    """How many Devices of a place's own cohort come after it. Raises LoadGone."""
    with _reading(load_id, _AFTER, **place._asdict()) as cursor:
        return int(cursor.fetchone()[0])


@contextmanager
def _reading(load_id: int, text: str, **values: Any) -> Iterator[CursorWrapper]:
    statement = SQL(text).format(devices=device_table(load_id))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            yield cursor
    except DatabaseError as error:
        if isinstance(error.__cause__, UndefinedTable):
            raise LoadGone from error
        raise
