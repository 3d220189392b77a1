"""A PostgreSQL that is killed while an inventory is taken in is started again, and that is all.

One web process and one worker live through all of it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from fir.embedded.leftovers import processes_of
from fir.embedded.postgres import Cluster
from tests import make
from tests.faults.test_killed_loads import LOOKS_FOR_ITS_HUB, sending
from tests.fir.estates.loads import HUB, homes
from tests.stack import CHECKOUT, Stack, eventually, running

if TYPE_CHECKING:
    from collections.abc import Iterator

# Where a worker is in each phase when it waits for somebody, and whether the load stands by then.
PHASES = {
    "READING": ("estates_cohort", False),
    "INDEXING": ("estates_estate", False),
    "COMPARING": ("estates_cohortmove", True),
}
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
STANDS = "SELECT standing_load_id FROM estates_estate"
TABLES = "SELECT array_agg(tablename::text ORDER BY 1) FROM pg_tables WHERE schemaname = 'loads'"
TOLD = "SELECT count(*) FROM ledger_ledgerevent WHERE kind = 'ESTATE_LOADED'"
# What has just begun is left alone for a minute, a load that was replaced for an hour.
LATER = """
    UPDATE estates_estateload
       SET received_at = received_at - interval '2 hours', retry_at = NULL,
           replaced_at = replaced_at - interval '2 hours'
"""
RINGS = ("estates.sweep_loads", "eligibility.read_ledger")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A migrated PostgreSQL that no other test uses."""
    folder = Path(tempfile.mkdtemp(prefix="fir-"))
    folder.chmod(0o711)  # as root its server runs as `nobody`
    # A killed server loses nothing that it handed to the kernel, so no disk has to be waited for.
    served = Cluster(folder, settings={"fsync": "off"})
    try:
        served.start()
        yield served
    finally:
        served.stop()
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def fir(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running FIR on that PostgreSQL, with a worker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", cluster.app_url)
        patch.setenv("DATABASE_OWNER_URL", cluster.owner_url)
        manage("migrate")
        with running(tmp_path_factory.mktemp("fir")) as stack:
            stack.start_worker()
            yield stack


@pytest.fixture(scope="module")
def key(fir: Stack) -> str:
    """The key of the one Supplier."""
    named = ("--slug", "big-light", "--name", "Big Light", "--category", "LARGE_SUPPLIER")
    manage("admit_party", *named, "--role", "IS", "--role", "GS")
    return manage("issue_key", "--party", "big-light", "--name", "test").split()[-1]


def manage(*command: str) -> str:
    """What a management command says."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=CHECKOUT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "fir.settings"},
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def ask(cluster: Cluster, query: str) -> Any:
    """The one value that a query answers; what an UPDATE did is kept."""
    with psycopg.connect(cluster.superuser_url) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def kill_and_start(cluster: Cluster) -> None:
    """SIGKILL every process of the server, and start it as the launcher and an operator do."""
    for pid in processes_of(cluster.mark):
        with contextlib.suppress(ProcessLookupError):  # ended with its parent
            os.kill(pid, signal.SIGKILL)
    cluster.stop()
    cluster.start()


def sent(fir: Stack, key: str, inventory: bytes) -> str:
    """Where a load is that was just sent in."""
    answer = fir.post("/api/v1/estate/loads", key, inventory)
    assert (answer.status, answer.json["state"]) == (202, "QUEUED")
    return answer.headers["Location"]


def becomes(fir: Stack, key: str, where: str, state: str) -> dict[str, Any]:
    """The load, once it is in that state."""
    eventually(lambda: fir.get(where, key).json["state"] == state, what=f"a load that is {state}")
    load: dict[str, Any] = fir.get(where, key).json
    return load


def estate(fir: Stack, key: str, cluster: Cluster, devices: int) -> int:
    """A new estate with so many meters, and nothing of those before it."""
    load = becomes(fir, key, sent(fir, key, make.inventory(*homes(devices))), "DONE")
    swept(fir, cluster, only=load["id"])
    return int(load["id"])


def rung(fir: Stack, cluster: Cluster) -> None:
    """Two hours later the timetable rings."""
    ask(cluster, LATER)
    for task in RINGS:
        fir.start("timetable", "celery", "-A", "fir.celery", "call", task)
        fir.children.pop("timetable").wait(30)


def swept(fir: Stack, cluster: Cluster, *, only: int) -> None:
    """At the next ring, only this load has tables."""
    rung(fir, cluster)
    eventually(lambda: ask(cluster, TABLES) == [f"device_{only}"], what="the sweep")


def devices_of(fir: Stack, key: str) -> int:
    """How many Devices the Supplier sees in its estate."""
    return int(fir.get("/api/v1/estate/summary", key).json["devices"])


@pytest.mark.parametrize("phase", PHASES)
def test_a_load_that_was_received_is_finished_once_the_database_is_back(
    fir: Stack, key: str, cluster: Cluster, phase: str
) -> None:
    table, stands_already = PHASES[phase]
    former, told = estate(fir, key, cluster, devices=2), ask(cluster, TOLD)
    inventory = make.inventory(*homes(3), HUB, LOOKS_FOR_ITS_HUB)
    # The worker waits for the test to hold what it will need; the reception needs it too.
    fir.children["worker"].send_signal(signal.SIGSTOP)
    where = sent(fir, key, inventory)
    with psycopg.connect(cluster.superuser_url) as holder:
        holder.execute(SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(Identifier(table)))
        fir.children["worker"].send_signal(signal.SIGCONT)
        becomes(fir, key, where, phase)
        eventually(lambda: ask(cluster, WAITING), what=f"a worker in {phase}")
        kill_and_start(cluster)
        with contextlib.suppress(psycopg.OperationalError):  # its server is gone
            holder.rollback()

    load = int(where.rsplit("/", 1)[1])
    assert ask(cluster, STANDS) == (load if stands_already else former)
    assert stands_already or devices_of(fir, key) == 2
    assert fir.get(where, key).json["state"] == phase
    again = fir.post("/api/v1/estate/loads", key, inventory)
    assert again.status == 409

    rung(fir, cluster)

    assert becomes(fir, key, where, "DONE")["devices"] == 5
    swept(fir, cluster, only=load)
    assert (ask(cluster, STANDS), ask(cluster, TOLD)) == (load, told + 1)
    eventually(lambda: devices_of(fir, key) == 5, what="its assessment")


def test_a_load_that_was_being_received_is_sent_again(
    fir: Stack, key: str, cluster: Cluster
) -> None:
    former = estate(fir, key, cluster, devices=4)
    inventory = make.inventory(*homes(5000))
    with sending(fir, key, inventory):
        newest = "/api/v1/estate/loads?limit=1"
        eventually(lambda: fir.get(newest, key).json["results"][0]["bytes_read"], what="its bytes")
        where = f"/api/v1/estate/loads/{fir.get(newest, key).json['results'][0]['id']}"
        assert fir.get(where, key).json["state"] == "RECEIVING"
        kill_and_start(cluster)
        assert ask(cluster, STANDS) == former
        swept(fir, cluster, only=former)
        broken = becomes(fir, key, where, "INTERRUPTED")

    assert broken["refusal"]
    load = becomes(fir, key, sent(fir, key, inventory), "DONE")
    assert load["devices"] == 5000
    eventually(lambda: devices_of(fir, key) == 5000, what="its assessment")
