"""Handing out Device IDs: a list as it is streamed, against PostgreSQL writing the same text."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F
from psycopg.sql import SQL

from fir.eligibility.archives import batches
from fir.eligibility.lists import CSV, list_asked, written_list
from fir.estates.models import Cohort
from fir.estates.tables import device_table
from fir.parties.scopes import Scope
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fir.eligibility.lists import DeviceList

    Ratio = Callable[..., None]

COHORTS, IN_EACH = 20, 50_000
DEVICES = COHORTS * IN_EACH
# FIR keeps a number; its written form is its octets in capitals, with hyphens between them. This
# was the quickest of four ways to have PostgreSQL write it.
COPY = SQL("""
    COPY (
        SELECT concat_ws('-', substr(h, 1, 2), substr(h, 3, 2), substr(h, 5, 2), substr(h, 7, 2),
            substr(h, 9, 2), substr(h, 11, 2), substr(h, 13, 2), substr(h, 15, 2))
        FROM (
            SELECT upper(encode(int8send(device_id), 'hex')) AS h
            FROM {devices} ORDER BY cohort_id, device_id
        ) AS device
    ) TO STDOUT
""")
FILL = SQL("""
    INSERT INTO {devices} (device_id, cohort_id)
    SELECT ('x' || substr(md5(cohort_id || '-' || number), 1, 16))::bit(64)::bigint, cohort_id
    FROM (SELECT DISTINCT cohort_id FROM {devices}) AS one, generate_series(2, %s) AS number
""")


def listing(ratio: Ratio) -> None:
    """A million Device IDs as CSV, against COPY of the same text: at least 0.7. The same in batches
    in a ZIP is said beside it, to which no bound was set."""
    found = _list_of_many()
    table = device_table(found.load_id)

    def ours() -> int:
        return _devices(written_list(found, CSV))

    def theirs() -> int:
        with connection.cursor() as cursor, cursor.copy(COPY.format(devices=table)) as copy:
            return sum(bytes(piece).count(b"\n") for piece in copy)

    assert _digest(written_list(found, CSV)) == _digest(_copied(found))
    ratio("Streaming Device IDs", "COPY of the same text", ours, theirs)
    ratio(
        "Device IDs in batches as ZIP",
        "COPY of the same text",
        lambda: _drained(batches(found, at=make.AT)),
        theirs,
    )


def _list_of_many() -> DeviceList:
    """A list of a million Devices, in twenty cohorts."""
    supplier = make.party("many-lights")
    statuses = [f"Status{chr(65 + n)}" for n in range(COHORTS)]
    make.listed(make.row(1, device_model="00070101"))
    load = make.estate(
        supplier,
        *(make.device(n, DeviceModel="00070101", DeviceStatus=s) for n, s in enumerate(statuses)),
    )
    devices = device_table(load.pk)
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(devices=devices), [IN_EACH])
        cursor.execute(SQL("VACUUM ANALYZE {}").format(devices))
    Cohort.objects.filter(load=load).update(device_count=F("device_count") + IN_EACH - 1)
    found = list_asked(Scope(supplier), at=make.AT)
    assert found.devices == DEVICES
    return found


def _devices(pieces: Iterable[bytes]) -> int:
    octets = sum(map(len, pieces))
    assert octets == CSV.size(DEVICES)
    return DEVICES


def _drained(pieces: Iterable[bytes]) -> int:
    assert sum(map(len, pieces)) > DEVICES
    return DEVICES


def _copied(found: DeviceList) -> Iterable[bytes]:
    yield CSV.head
    statement = COPY.format(devices=device_table(found.load_id))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        yield from map(bytes, copy)


def _digest(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


ALL = (listing,)
