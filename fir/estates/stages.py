"""How far a worker is in the middle of a phase.

Nothing that it writes is to be seen before the phase's end. So it is told by the name that its
connection carries until then, and of an index, by what PostgreSQL itself tells of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.db import connection

from fir.estates.tables import FOLDER

if TYPE_CHECKING:
    from collections.abc import Collection

_NAMED = re.compile(r"FIR load (\d+), (\d+) to (\d+) % of this phase")


def enter_stage(load_id: int, begin: float, end: float, *, by: Any = None) -> None:
    """Let the stage that begins take a load from one share of its phase to another, until the next
    one begins or the transaction ends. `by` is a connection of psycopg's; usually the caller's."""
    if by is None:
        connection.ensure_connection()
        by = connection.connection
    name = f"FIR load {load_id}, {round(100 * begin)} to {round(100 * end)} % of this phase"
    with by.cursor() as cursor:
        cursor.execute("SELECT set_config('application_name', %s, true)", [name])


def shares_done(load_ids: Collection[int]) -> dict[int, float]:
    """How much of its phase each of these loads has behind it, as a share of 1. Absent are those of
    which nobody tells. One query, or none for none."""
    if not load_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute((FOLDER / "stages_under_way.sql").read_text())
        told = cursor.fetchall()
    found: dict[int, float] = {}
    for name, share in told:
        if (read := _NAMED.fullmatch(name)) and (load_id := int(read[1])) in load_ids:
            begin, end = int(read[2]) / 100, int(read[3]) / 100
            found[load_id] = begin + (end - begin) * min(1.0, float(share))
    return found
