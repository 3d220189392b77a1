"""How a load's table is built: out of what was received, or of its base and what changed.

What is received is put in its place at once where it can be. What waits is little: Devices whose
cohort depends on their hub's facts, and the changes of a delta.
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
from fir.estates.steps import enter_step
from fir.estates.tables import (
    ALONE,
    FOLDER,
    JOINING,
    WITH_WORKERS,
    device_table,
    received_table,
)

if TYPE_CHECKING:
    from fir.estates.models import EstateLoad

REPEATED, REPEATED_OTHERWISE = "DEVICE_REPEATED", "DEVICE_REPEATED_OTHERWISE"


def _run(load: EstateLoad, *names: str) -> None:
    """Run these files of SQL for a load."""
    hubs, waiting, removed = _numbered(load)
    values = {
        "received": received_table(load.pk),
        "devices": device_table(load.pk),
        "load": Literal(load.pk),
        "base": Literal(load.base_id),
        "hubs": Literal(hubs),
        "waiting": Literal(waiting),
        "removed": Literal(removed),
        "readers": Literal(list(READ_THEIR_HUB)),
    }
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(SQL((FOLDER / f"{name}.sql").read_text()).format(**values))


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
    """Put every device of a load in its table, which is not indexed yet. Needs a transaction."""
    _do("ANALYZE {received}", load)
    if load.base_id:
        carry_base(load, load.base_id)
    place_waiting(load)


def carry_base(load: EstateLoad, base_id: int) -> None:
    """Carry over what stands, but for what a delta changes or removes."""
    _do(JOINING, load)
    _run(load, "carry_cohorts", "match_cohorts")
    _do("ANALYZE kept", load)
    carry_devices(load, base_id)
    _run(load, "place_changes")
    _do("DROP TABLE kept", load)


def place_waiting(load: EstateLoad) -> None:
    """Put devices whose cohort depends on their hub's facts among the others."""
    _do(f"{JOINING}; {ALONE}", load)
    _run(load, "find_hubs")
    _do("ANALYZE found", load)
    _run(load, "face_hubs")
    _do("ANALYZE faced", load)
    _run(load, "add_cohorts_behind_hubs", "place_found")
    _do("DROP TABLE found, faced", load)


def leave_out_repeated(load: EstateLoad, *, most: int) -> tuple[dict[str, int], list[RowNote]]:
    """Leave the first row of every device. By reason how many others there were, and notes of the
    first `most` of them."""
    with connection.cursor() as cursor:
        _run(load, "find_repeated")
        for table in (device_table(load.pk), received_table(load.pk)):
            statement = SQL("DELETE FROM {} AS row USING repeated WHERE row.place = repeated.place")
            cursor.execute(statement.format(table))
        cursor.execute("SELECT differs, count(*) FROM repeated GROUP BY 1 ORDER BY 1")
        counts = {_reason(differs): count for differs, count in cursor.fetchall()}
        cursor.execute("SELECT * FROM repeated ORDER BY place LIMIT %s", [most])
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
    enter_step(load.pk, 0, 0.35)
    try:
        with transaction.atomic():
            _do("ALTER TABLE {devices} ADD PRIMARY KEY (device_id)", load)
    except IntegrityError:
        return False
    return True


def take_back_placed(load: EstateLoad) -> None:
    """Undo `place_waiting`: what waited is there still."""
    _do("DELETE FROM {devices} AS d USING {received} AS r WHERE d.place = r.place", load)


def index_devices(load: EstateLoad) -> None:
    """Index the load's devices by cohort, and drop what they are not asked for any more. What a
    delta received stays until it was compared: nothing else can have changed."""
    enter_step(load.pk, 0.35, 0.9)
    _do("CREATE INDEX ON {devices} (cohort_id, device_id)", load)
    _do("ALTER TABLE {devices} DROP COLUMN place; ANALYZE {devices}", load)
    if load.mode != DELTA:
        forget_received(load)


def forget_received(load: EstateLoad) -> None:
    """Drop what was received; it is in its place."""
    _do("DROP TABLE IF EXISTS {received}", load)


def count_cohorts(load: EstateLoad) -> None:
    """Count the devices of each cohort; those that have none go."""
    enter_step(load.pk, 0.9, 1)
    _do(WITH_WORKERS, load)
    _run(load, "count_devices", "count_cohorts")
    _do("DROP TABLE counted", load)
    Cohort.objects.filter(load=load, device_count=0).delete()
