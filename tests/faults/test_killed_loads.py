"""Whoever is killed while an inventory is taken in, loses nothing that needs repair by hand."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from fir.estates.models import EstateLoad
from fir.estates.progress import progress_of_each
from fir.estates.queries import standing_load_of
from fir.estates.sweep import sweep_loads
from fir.ledger.models import LedgerEvent
from tests import make
from tests.fir.estates.loads import (
    HUB,
    MINUTE,
    MOMENT,
    homes,
    indexes_of,
    loaded,
    received,
    tables_of_loads,
)
from tests.stack import eventually

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from fir.parties.models import Party
    from tests.stack import Stack

# Before its work is done, a worker that is in the phase meets somebody who holds what it needs. By
# then all Devices are indexed and counted, but nobody else can see any of it.
PHASES = {
    "READING": "estates_cohort",
    "INDEXING": "estates_estate",
    "COMPARING": "estates_cohortmove",
}
# It reads its hub's facts, and its hub is nowhere in the file.
LOOKS_FOR_ITS_HUB = make.device(8, DeviceType="PPMID", CHFDeviceID=make.device_id(7))
PERCENT = {"READING": 40, "INDEXING": 83, "COMPARING": 85}
WAITING = """
    SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()
"""


@pytest.fixture
def supplier(transactional_db: None) -> Party:
    """A Supplier with an estate that stands."""
    of = make.party("big-light")
    loaded(of, make.device(1))
    return of


def held(table: str) -> AbstractContextManager[object]:
    """Nobody writes to this table meanwhile."""
    from tests.fir.estates.holding import holding

    return holding(table)


def waiting() -> list[int]:
    """The backends that wait for somebody."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return [row[0] for row in cursor.fetchall()]


def at_work(backend: int) -> bool:
    """Whether the backend of somebody who was killed has not noticed it yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [backend])
        return cursor.fetchone() is not None


def state_of(load: EstateLoad) -> str:
    load.refresh_from_db()
    return load.state


def finished(load: EstateLoad, former: EstateLoad) -> None:
    """The load stands whole and was compared, and was told of once."""
    eventually(lambda: state_of(load) == "DONE", what="the load")
    assert standing_load_of(load.party) == load
    assert (load.devices, load.former, indexes_of(load)) == (5, former, 2)
    assert load.compared_at
    assert LedgerEvent.objects.filter(kind="ESTATE_LOADED").count() == 2
    assert tables_of_loads() == {f"device_{former.pk}", f"device_{load.pk}"}


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("victim", ["worker", "database"])
def test_what_is_killed_in_a_phase_is_finished_by_the_next_worker(
    fir: Stack, supplier: Party, phase: str, victim: str
) -> None:
    former = standing_load_of(supplier)
    assert former
    load = received(supplier, *homes(3), HUB, LOOKS_FOR_ITS_HUB)
    with held(PHASES[phase]):
        fir.start_worker()
        (backend,) = eventually(waiting, what=f"a worker in {phase}")
        assert state_of(load) == phase
        assert progress_of_each([load], at=make.AT)[load.pk].percent == PERCENT[phase]
        stands = standing_load_of(supplier)
        if victim == "database":
            break_connection(backend)
        fir.kill("worker")
    eventually(lambda: not at_work(backend), what="the end of its work")
    assert stands == (load if phase == "COMPARING" else former)
    assert state_of(load) == phase
    # As soon as it may be tried again, if it was counted as a failure.
    EstateLoad.objects.filter(pk=load.pk).update(retry_at=None)

    fir.start_worker()

    finished(load, former)


def break_connection(backend: int) -> None:
    """End a backend as a restart of PostgreSQL does: whoever it worked for hears no more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [backend])


def test_a_web_process_killed_while_it_receives_leaves_nothing(fir: Stack, supplier: Party) -> None:
    former, key = standing_load_of(supplier), make.key(supplier)
    assert former
    inventory = make.inventory(*homes(5000))
    with sending(fir, key, inventory):
        eventually(EstateLoad.objects.filter(state="RECEIVING").exists, what="its load")
        load = EstateLoad.objects.get(state="RECEIVING")
        eventually(lambda: bytes_of(load) > 0, what="how far it is")
        answer = fir.get(f"/api/v1/estate/loads/{load.pk}", key).json
        assert (answer["state"], answer["bytes_total"]) == ("RECEIVING", 2 * len(inventory))
        assert 0 < answer["percent"] < 40
        fir.kill("web")

    eventually(lambda: swept(load) == "INTERRUPTED", what="the sweep to notice")

    assert "ended" in load.refusal
    assert standing_load_of(supplier) == former
    assert tables_of_loads() == {f"device_{former.pk}"}
    fir.start_web()
    sent = fir.post("/api/v1/estate/loads", key, inventory)
    assert (sent.status, sent.json["state"]) == (202, "QUEUED")


def swept(load: EstateLoad) -> str:
    sweep_loads(at=load.received_at + MINUTE + MOMENT)
    return state_of(load)


def bytes_of(load: EstateLoad) -> int:
    load.refresh_from_db()
    return load.bytes_read


def sending(fir: Stack, key: str, half: bytes) -> AbstractContextManager[object]:
    """Somebody who sends half of what was announced, and waits."""
    sender = socket.create_connection(("127.0.0.1", fir.port))
    head = (
        f"POST /api/v1/estate/loads HTTP/1.1\r\nHost: 127.0.0.1:{fir.port}\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: text/csv\r\n"
        f"Content-Length: {2 * len(half)}\r\n\r\n"
    )
    sender.sendall(head.encode() + half)
    return sender
