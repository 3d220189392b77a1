"""A dead worker loses nothing, and a dead broker delays nobody."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from tests import make
from tests.stack import Stack, eventually, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def brought_and_approved(fir: Stack) -> tuple[str, str]:
    """A release published over HTTP to a Supplier with an estate: (entry id, its key)."""
    supplier = make.party("big-light")
    maker, administrator = make.key(make.maker()), make.key(make.administrator())
    make.listed(make.row(1))
    make.estate(supplier, make.device(1), make.device(2), at=timezone.now())
    release = make.release(9, predecessors=["CPL-000001"])
    brought = fir.post("/api/v1/submissions", maker, release)
    assert brought.status == 201, brought.text
    decided = fir.post(
        f"/api/v1/submissions/{brought.json['id']}/decision",
        administrator,
        {"decision": "approve"},
    )
    assert decided.status == 200, decided.text
    return decided.json["cpl_entry_id"], make.key(supplier)


def heard_once(fir: Stack, entry_id: str, key: str) -> None:
    """The Supplier is told once, with its counts, and its findings are complete."""
    notices = eventually(
        lambda: fir.get("/api/v1/notices", key).json["results"], what="the Supplier's notice"
    )
    found = fir.get("/api/v1/eligibility", key).json

    assert [(n["cpl_entry_id"], n["counts"]) for n in notices] == [(entry_id, {"ELIGIBLE": 2})]
    assert found["complete"]
    assert found["totals"]["ELIGIBLE"] == 2


def test_a_worker_killed_between_approval_and_assessment_loses_nothing(fir: Stack) -> None:
    fir.start_worker()
    eventually(lambda: "ready" in (fir.folder / "worker.log").read_text(), what="the worker")
    fir.children["worker"].send_signal(signal.SIGSTOP)  # it is there, and does nothing more
    entry_id, key = brought_and_approved(fir)
    fir.kill("worker")
    shutil.rmtree(fir.folder / "bells")  # and every ring is lost with it
    assert fir.get("/api/v1/eligibility", key).json["complete"] is False

    fir.start_worker()

    heard_once(fir, entry_id, key)


def test_a_load_that_was_received_is_finished_by_the_next_worker(fir: Stack) -> None:
    supplier = make.party("big-light")
    key = make.key(supplier)
    make.listed(make.row(1))
    sent = fir.post("/api/v1/estate/loads", key, make.inventory(make.device(1)))
    assert (sent.status, sent.json["state"]) == (202, "QUEUED")
    shutil.rmtree(fir.folder / "bells")

    fir.start_worker()

    where = sent.headers["Location"]
    eventually(lambda: fir.get(where, key).json["state"] == "DONE", what="the load")
    eventually(lambda: fir.get("/api/v1/eligibility", key).json["complete"], what="the findings")
    assert fir.get("/api/v1/eligibility", key).json["totals"]["UP_TO_DATE"] == 1


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes a connection and never says a word, as a broker that hangs does."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen(64)
        yield held.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.mark.parametrize("kind", ["silent_port", "closed_port"])
def test_an_approval_goes_through_while_the_broker_is_dead(
    transactional_db: None, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    port = request.getfixturevalue(kind)
    with running(tmp_path, broker=f"redis://127.0.0.1:{port}/0") as fir:
        entry_id, key = brought_and_approved(fir)
        assert fir.get(f"/api/v1/firmware/{entry_id}", key).status == 200
        fir.stop()

    # The broker is back, if of another kind: whoever starts looks at what was left undone.
    with running(tmp_path) as fir:
        fir.start_worker()
        heard_once(fir, entry_id, key)


def start_redis(command: list[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.redis
@pytest.mark.skipif(shutil.which("redis-server") is None, reason="redis-server is not installed")
def test_redis_rings_the_workers_and_may_come_and_go(
    transactional_db: None, tmp_path: Path, closed_port: int
) -> None:
    command = ["redis-server", "--port", str(closed_port), "--save", "", "--dir", str(tmp_path)]
    redis = start_redis(command)
    try:
        with running(tmp_path, broker=f"redis://127.0.0.1:{closed_port}/0") as fir:
            fir.start_worker()
            log = fir.folder / "worker.log"
            eventually(lambda: "ready" in log.read_text(), what="the worker")
            redis.kill()
            redis.wait()
            eventually(lambda: "Connection refused" in log.read_text(), what="the lost broker")
            redis = start_redis(command)
            eventually(lambda: log.read_text().count("Connected to redis") > 1, what="the return")

            entry_id, key = brought_and_approved(fir)

            heard_once(fir, entry_id, key)
    finally:
        redis.kill()
        redis.wait()
