"""How a load's table is built: out of what was received, or of its base and what changed.

What is received is put in its place at once where it can be. What waits is little: Devices whose
cohort depends on a hub that was not near in the file, and the changes of a delta.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from psycopg.sql import SQL, Literal

from cpl.device_ids import device_id_from_number
from fir.estates.carrying import carry_devices
from fir.estates.models import DELTA, Cohort
from fir.estates.reception import MEMBER_BITS
from fir.estates.rules import READ_THEIR_HUB, REMOVED, RowNote
from fir.estates.stages import enter_stage
from fir.estates.tables import PLAN, device_table, received_table, run_files

if TYPE_CHECKING:
    from fir.estates.models import EstateLoad

REPEATED, REPEATED_OTHERWISE = "DEVICE_REPEATED", "DEVICE_REPEATED_OTHERWISE"
DELETE_REPEATED = """
DELETE FROM {devices} AS row USING repeated WHERE is_placed AND row.ctid = repeated.row_id;
DELETE FROM {received} AS row USING repeated WHERE NOT is_placed AND row.ctid = repeated.row_id
"""
# Such a table is only ever read as a whole, so it needs no room for changes. No two entries of its
# second index are the same: to look for some costs a tenth.
INDEX = """
CREATE INDEX ON {devices} (cohort_id, device_id) WITH (fillfactor = 100, deduplicate_items = off)
"""


def _run(load: EstateLoad, *names: str) -> None:
    """Run these files of SQL for a load."""
    hubs, waiting, removed = _numbered(load)
    run_files(
        *names,
        received=received_table(load.pk),
        devices=device_table(load.pk),
        load=Literal(load.pk),
        base=Literal(load.base_id),
        hubs=Literal(hubs),
        waiting=Literal(waiting),
        removed=Literal(removed),
        readers=Literal(list(READ_THEIR_HUB)),
    )


def _numbered(load: EstateLoad) -> tuple[list[int], list[int], list[int]]:
    """The load's cohorts of hubs, of devices that wait for theirs, and, in a delta, of those that
    are to go."""
    hubs, waiting, removed = [], [], []
    for cohort in Cohort.objects.filter(load=load).only("id", "device_type", "device_status"):
        if load.mode == DELTA and cohort.device_status.upper() == REMOVED:
            removed.append(cohort.pk)
        elif cohort.device_type == "CHF":
            hubs.append(cohort.pk)
        elif cohort.device_type in READ_THEIR_HUB:
            waiting.append(cohort.pk)
    return hubs, waiting, removed


def _do(statement: str, load: EstateLoad) -> None:
    with connection.cursor() as cursor:
        devices, received = device_table(load.pk), received_table(load.pk)
        cursor.execute(SQL(statement).format(devices=devices, received=received))


def build_devices(load: EstateLoad) -> None:
    """Put every device of a load in its table, which is not indexed yet, and count its cohorts; of
    a delta, keep what changed. Needs a transaction."""
    _do(f"{PLAN}; ANALYZE {{received}}", load)
    if load.base_id:
        carry_base(load, load.base_id)
    place_waiting(load)
    if load.base_id:
        _do("DROP TABLE left_behind", load)


def carry_base(load: EstateLoad, base_id: int) -> None:
    """Carry over what stands, but for what a delta changes or removes: that is `left_behind`."""
    _run(load, "carry_cohorts", "match_cohorts")
    _do("ANALYZE kept; CREATE TEMPORARY TABLE left_behind (LIKE {devices}) ON COMMIT DROP", load)
    carry_devices(load, base_id)
    _do("ANALYZE left_behind; DROP TABLE kept", load)


def place_waiting(load: EstateLoad) -> None:
    """Put what waits among the other devices, now that all hubs are in."""
    if not _does_any_wait(load):
        return
    _run(load, "find_hubs")
    _do("ANALYZE found", load)
    _run(load, "face_hubs")
    _do("ANALYZE faced", load)
    _run(load, "add_cohorts_behind_hubs", "find_arrived", "place_arrived", "count_arrived")
    if load.base_id:
        _run(load, "pair_changes", "write_moves")
        _do("DROP TABLE pair", load)
    _do("DROP VIEW arrived; DROP TABLE found, faced", load)


def _does_any_wait(load: EstateLoad) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT EXISTS (SELECT FROM {})").format(received_table(load.pk)))
        return bool(cursor.fetchone()[0])


def leave_out_repeated(load: EstateLoad, *, most: int) -> tuple[dict[str, int], list[RowNote]]:
    """Leave the first row of every device. By reason how many others there were, and notes of the
    first `most` of them."""
    with connection.cursor() as cursor:
        _run(load, "find_repeated")
        _do(DELETE_REPEATED, load)
        cursor.execute("SELECT differs, count(*) FROM repeated GROUP BY 1 ORDER BY 1")
        counts = {_reason(differs): count for differs, count in cursor.fetchall()}
        cursor.execute(
            "SELECT place, device_id, differs FROM repeated ORDER BY place LIMIT %s", [most]
        )
        notes = [_note(*row) for row in cursor.fetchall()]
        cursor.execute("DROP TABLE repeated")
    return counts, notes


def _reason(differs: bool) -> str:
    return REPEATED_OTHERWISE if differs else REPEATED


def _note(place: int, number: int, differs: bool) -> RowNote:
    member, line = divmod(place, 1 << MEMBER_BITS)
    device_id = device_id_from_number(number)
    return RowNote(line, "DeviceID", _reason(differs), device_id, kept=False, member=member)


def no_device_twice(load: EstateLoad) -> bool:
    """Index the devices by id; False, and nothing is done, where one stands twice."""
    enter_stage(load.pk, 0, 0.35)
    try:
        with transaction.atomic():
            _do("ALTER TABLE {devices} ADD PRIMARY KEY (device_id) WITH (fillfactor = 100)", load)
    except IntegrityError:
        return False
    return True


def take_back_placed(load: EstateLoad) -> None:
    """Let every device whose cohort depends on its hub's facts wait again, however it was placed:
    what its hub was taken to be may be a row that is left out."""
    _do(f"{PLAN}; TRUNCATE {{received}}", load)
    _run(load, "take_back_placed")
    _do("ANALYZE {received}", load)


def index_devices(load: EstateLoad) -> None:
    """Index the load's devices by cohort, and drop what they are not asked for any more, with the
    cohorts that are left without any."""
    enter_stage(load.pk, 0.35, 0.95)
    _do(INDEX, load)
    enter_stage(load.pk, 0.95, 1)
    _do("ALTER TABLE {devices} DROP COLUMN place; ANALYZE {devices}", load)
    _do("DROP TABLE {received}", load)
    Cohort.objects.filter(load=load, device_count=0).delete()


def count_anew(load: EstateLoad) -> None:
    """Count the devices of each cohort where they stand."""
    _run(load, "count_cohorts")
