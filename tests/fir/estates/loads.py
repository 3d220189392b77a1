"""Loads as the tests of estates need them, and what stands of them in the database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection
from psycopg.sql import SQL

from cpl.device_ids import device_id_to_number
from fir.estates import tables
from fir.estates.models import Cohort, EstateLoad
from fir.estates.operations import finish_loads, receive_load
from fir.estates.queries import standing_load_of
from fir.ledger.models import LedgerEvent
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party

HUB = make.device(9, DeviceType="CHF", DeviceModel="00090000", DeviceFirmwareVersion="00000005")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE, MOMENT = timedelta(minutes=1), timedelta(seconds=1)


def received(of: Party, *devices: dict[str, str], data: bytes | None = None) -> EstateLoad:
    """A load that waits to be finished."""
    pieces = [make.inventory(*devices) if data is None else data]
    return receive_load(party=of, pieces=pieces, by=make.actor(of), at=make.AT)


def loaded(of: Party, *devices: dict[str, str], data: bytes | None = None) -> EstateLoad:
    """A load that was finished as far as it goes."""
    load = received(of, *devices, data=data)
    finish_loads(at=make.AT)
    load.refresh_from_db()
    return load


def homes(count: int, bad: int = 0) -> list[dict[str, str]]:
    """So many meters, of which some have an id that is none."""
    good = [make.device(number) for number in range(1, count - bad + 1)]
    return good + [make.device(0, DeviceID="none")] * bad


def tables_of_loads() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'loads'")
        return {row[0] for row in cursor.fetchall()}


def indexes_of(load: EstateLoad) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_indexes WHERE schemaname = 'loads' AND tablename = %s",
            [f"device_{load.pk}"],
        )
        return int(cursor.fetchone()[0])


def devices_of(load: EstateLoad) -> dict[int, int]:
    """Each device's cohort, as the load's own table says."""
    with connection.cursor() as cursor:
        cursor.execute(
            SQL("SELECT device_id, cohort_id FROM {}").format(tables.device_table(load.pk))
        )
        return dict(cursor.fetchall())


def numbers(*which: int) -> set[int]:
    return {device_id_to_number(make.device_id(number)) for number in which}


def whole(load: EstateLoad, devices: int) -> None:
    """A finished load: it stands, its cohorts count its devices, its table is indexed."""
    load.refresh_from_db()
    assert (load.state, load.devices) == ("DONE", devices)
    assert standing_load_of(load.party) == load
    counted = {cohort.pk: cohort.device_count for cohort in Cohort.objects.filter(load=load)}
    placed = list(devices_of(load).values())
    assert {cohort: placed.count(cohort) for cohort in set(placed)} == counted
    assert len(placed) == devices
    assert indexes_of(load) == 2
    assert f"received_{load.pk}" not in tables_of_loads()
    assert LedgerEvent.objects.filter(kind="ESTATE_LOADED").count() == 1
