"""A load's own tables in the schema `loads`: made, filled, counted and dropped.

They belong to the application role, stand under no parent and have no model, so that no load ever
waits for another Supplier's reader, and none can show half a load.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection
from psycopg.sql import SQL, Identifier, Literal

if TYPE_CHECKING:
    from psycopg.sql import Composable

SCHEMA = "loads"
FOLDER = Path(__file__).parent / "sql"
DROP_WAITS = "1s"
LOAD_LOCK = 0x4C4F4144  # "LOAD" in ASCII
RECEIVE_LOCK = 0x52454356  # "RECV"
SUPPLIER_LOCK = 0x53555050  # "SUPP"
PLACE_LOCK = 0x504C4143  # "PLAC"
CENSUS_LOCK = 0x43454E53  # "CENS"
# How all devices are joined. Cohorts were written a moment ago, so the planner has no statistics of
# them, expects one row and would pass over all devices once for every cohort. A parallel join of a
# million devices, most of which name no hub, took all the machine's memory.
PLAN = """
SET LOCAL enable_nestloop = off;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL work_mem = '64MB'
"""
# What makes a cohort: what was said of its devices, and what was said of their hub.
SAID = (
    "device_type", "manufacturer_identifier", "device_model", "firmware_version", "device_status",
    "responsible_roles", "listable",
)  # fmt: skip
FACTS = (*SAID, "hub_manufacturer", "hub_model", "hub_version")
# Whoever holds the lock on a Supplier's loading, but for whoever asks. 2: a lock of two numbers.
WORK_FOR = """
SELECT pg_cancel_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND pid <> pg_backend_pid()
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = %s AND objid = %s
"""


def received_table(load_id: int) -> Identifier:
    """What came through the door of a load and still waits: Devices whose cohort depends on their
    hub's, and all of a delta."""
    return Identifier(SCHEMA, f"received_{load_id}")


def device_table(load_id: int) -> Identifier:
    """The devices of a load."""
    return Identifier(SCHEMA, f"device_{load_id}")


def make_tables(load_id: int) -> None:
    """Make the tables that a load is received in. Rows carry their place in the file until they
    are indexed."""
    with connection.cursor() as cursor:
        for table in (device_table(load_id), received_table(load_id)):
            columns = "(device_id bigint NOT NULL, hub_id bigint, cohort_id bigint, place bigint)"
            cursor.execute(SQL("CREATE TABLE {} " + columns).format(table))


def run_files(*names: str, **values: Composable) -> None:
    """Run these files of SQL. Beside the values that are given, `{facts}` is there for the columns
    that make a cohort, and for the aliases below `{own_facts}`, and `{own_said}` without a hub's.
    """
    columns = {"facts": SQL(", ").join(map(Identifier, FACTS))}
    for alias in ("own", "same", "faced", "former", "cohort"):
        for kind, names_of in (("facts", FACTS), ("said", SAID)):
            each = (Identifier(alias, name) for name in names_of)
            columns[f"{alias}_{kind}"] = SQL(", ").join(each)
    with connection.cursor() as cursor:
        for name in names:
            text = (FOLDER / f"{name}.sql").read_text()
            cursor.execute(SQL(text).format(**columns, **values))


def compare_loads(*, former_id: int, load_id: int) -> None:
    """Write the moves of a load's devices since another load of the same Supplier. One pass over
    both tables; cohorts that share every fact are the same."""
    with connection.cursor() as cursor:
        cursor.execute(PLAN)
        run_files(
            "pair_devices",
            "write_moves",
            former=device_table(former_id),
            devices=device_table(load_id),
            load=Literal(load_id),
        )
        cursor.execute("DROP TABLE pair")


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
