"""A load's own tables in the schema `loads`: made, filled, counted and dropped.

They belong to the application role, stand under no parent and have no model, so that no load ever
waits for another Supplier's reader, and none can show half a load.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection
from psycopg.sql import SQL, Composed, Identifier, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = "loads"
FOLDER = Path(__file__).parent / "sql"
DROP_WAITS = "1s"
LOAD_LOCK = 0x4C4F4144  # "LOAD" in ASCII
RECEIVE_LOCK = 0x52454356  # "RECV"
SUPPLIER_LOCK = 0x53555050  # "SUPP"
PLACE_LOCK = 0x504C4143  # "PLAC"
CENSUS_LOCK = 0x43454E53  # "CENS"
# How a load is built. Cohorts and configurations were written a moment ago, so the planner has no
# statistics of them, expects one row and would pass over all devices once for every cohort. A
# parallel join of a million devices, most of which name no hub, took all the machine's memory.
PLAN = """
SET LOCAL enable_nestloop = off;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL work_mem = '64MB'
"""
# Whoever holds the lock on a Supplier's loading, but for whoever asks. 2: a lock of two numbers.
WORK_FOR = """
SELECT pg_cancel_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = %s AND objid = %s
"""
# Configurations that read their hub's, and those that hubs have.
READERS_AND_HUBS = """
SELECT
    coalesce(array_agg(number) FILTER (WHERE reads_hub), '{}'),
    coalesce(array_agg(number) FILTER (WHERE device_type = 'CHF'), '{}')
FROM estates_loadconfiguration WHERE load_id = %s
"""


def received_table(load_id: int) -> Identifier:
    """What came through the door of a load, before it is counted."""
    return Identifier(SCHEMA, f"received_{load_id}")


def device_table(load_id: int) -> Identifier:
    """The devices of a load that is done."""
    return Identifier(SCHEMA, f"device_{load_id}")


def _sql(name: str, load_id: int) -> Composed:
    text: str = (FOLDER / name).read_text()
    readers, hubs = _readers_and_hubs(load_id) if "{readers}" in text else ([], [])
    return SQL(text).format(
        received=received_table(load_id),
        devices=device_table(load_id),
        load=Literal(load_id),
        readers=Literal(readers),
        hubs=Literal(hubs),
    )


def _readers_and_hubs(load_id: int) -> tuple[list[int], list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(READERS_AND_HUBS, [load_id])
        readers, hubs = cursor.fetchone()
    return readers, hubs


def copy_received(load_id: int, rows: Iterable[tuple[int, int, int | None, int]]) -> None:
    """Make the load's table of received rows (line, device, hub, configuration) and fill it."""
    table = received_table(load_id)
    with connection.cursor() as cursor:
        cursor.execute(
            SQL(
                "CREATE TABLE {} (line bigint, device_id bigint, hub_id bigint, configuration int)"
            ).format(table)
        )
        statement = SQL("COPY {} FROM STDIN (FORMAT BINARY)").format(table)
        with cursor.copy(statement) as copy:
            copy.set_types(["int8", "int8", "int8", "int4"])
            for row in rows:
                copy.write_row(row)


def drop_duplicates(load_id: int, *, most: int) -> tuple[int, list[tuple[int, int]]]:
    """Leave the first row of every device: how many others there were, and the (line, device
    number) of the first `most` of them."""
    with connection.cursor() as cursor:
        cursor.execute(_sql("drop_duplicates.sql", load_id), {"most": most})
        rows = cursor.fetchall()
    return (rows[0][0] if rows else 0), [(line, number) for _, line, number in rows]


def count_cohorts(load_id: int) -> None:
    """Write the load's cohorts with their device counts; `build_devices` follows in the same
    transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SQL("ANALYZE {}").format(received_table(load_id)))
        cursor.execute(PLAN)
        cursor.execute(_sql("pair_configurations.sql", load_id))
        cursor.execute("ANALYZE pair")
        cursor.execute(_sql("count_cohorts.sql", load_id))
        cursor.execute(_sql("match_cohorts.sql", load_id))


def build_devices(load_id: int) -> None:
    """Build the load's device table and drop what was received; `count_cohorts` went before in the
    same transaction, whose plan still holds."""
    with connection.cursor() as cursor:
        cursor.execute(_sql("build_devices.sql", load_id))
        cursor.execute(SQL("DROP TABLE {}, pair").format(received_table(load_id)))


def index_devices(load_id: int) -> None:
    """Index the load's devices by id and by cohort."""
    table = device_table(load_id)
    with connection.cursor() as cursor:
        cursor.execute(SQL("ALTER TABLE {} ADD PRIMARY KEY (device_id)").format(table))
        cursor.execute(SQL("CREATE INDEX ON {} (cohort_id, device_id)").format(table))
        cursor.execute(SQL("ANALYZE {}").format(table))


def compare_loads(*, former_id: int, load_id: int) -> None:
    """Write the moves of a load's devices since another load of the same Supplier. One pass over
    both tables; cohorts that share every fact are the same."""
    statement = SQL((FOLDER / "compare_loads.sql").read_text()).format(
        former=device_table(former_id), devices=device_table(load_id), load=Literal(load_id)
    )
    with connection.cursor() as cursor:
        cursor.execute(PLAN)
        cursor.execute(statement)


def drop_tables(load_id: int) -> None:
    """Drop the load's tables. Raises OperationalError when a reader holds one for over a second."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [DROP_WAITS])
        for table in (received_table(load_id), device_table(load_id)):
            cursor.execute(SQL("DROP TABLE IF EXISTS {}").format(table))


def try_lock(number: int) -> bool:
    """Take this process's lock on a Supplier's loading, if nobody holds it; freed when it dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOAD_LOCK, number])
        return bool(cursor.fetchone()[0])


def unlock(number: int) -> None:
    """Give the lock back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOAD_LOCK, number])


def end_work_for(number: int) -> None:
    """Break off whatever another process does for this Supplier's loads at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(WORK_FOR, [LOAD_LOCK, number])


def hold_while_receiving(load_id: int) -> None:
    """Mark a load as being received until this transaction ends, however it ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [RECEIVE_LOCK, load_id % 2**31])


def try_receiving_for(number: int) -> bool:
    """Be the one reception of this Supplier until this transaction ends, if there is no other."""
    return _try_until_commit(SUPPLIER_LOCK, number)


def try_place(place: int) -> bool:
    """Take one of the places for receptions until this transaction ends, if it is free."""
    return _try_until_commit(PLACE_LOCK, place)


def try_census() -> bool:
    """Be the one that counts all estates until this transaction ends, if nobody else does."""
    return _try_until_commit(CENSUS_LOCK, 0)


def _try_until_commit(lock: int, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [lock, number])
        return bool(cursor.fetchone()[0])


def is_being_received(load_id: int) -> bool:
    """Whether a living process is still receiving this load. Needs a transaction."""
    return not _try_until_commit(RECEIVE_LOCK, load_id % 2**31)
