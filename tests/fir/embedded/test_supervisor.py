"""`make run`, with a small project in FIR's place: what starts, what is watched, what is left."""

import contextlib
import json
import os
import signal
import socket
import time
import urllib.request

import pytest

from tests.fir.embedded.conftest import Fake, alive, wait_until

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc"), reason="looks for processes in /proc")


def health(fake: Fake) -> dict[str, object]:
    with urllib.request.urlopen(f"http://127.0.0.1:{fake.port}/health") as answer:
        found: dict[str, object] = json.loads(answer.read())
        return found


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing_running(fake: Fake, signum: signal.Signals) -> None:
    fake.up()
    assert fake.survivors()
    fake.signal(signum)
    assert fake.result() == 0
    assert fake.survivors() == []


def test_the_demo_keys_are_made_once_and_shown_at_every_start(fake: Fake) -> None:
    fake.up()
    assert "the-demo-key" in fake.said
    fake.signal(signal.SIGTERM)
    fake.result()
    fake.up()
    assert "the-demo-key" in fake.said
    assert (fake.home / "demo-keys").stat().st_mode & 0o777 == 0o600


def test_what_serves_is_told_everything_but_the_owners_password(fake: Fake) -> None:
    fake.up()
    told = health(fake)["variables"]
    assert isinstance(told, list)
    assert {"DATABASE_URL", "REDIS_URL", "FIR_SECRET_KEY", "EMAIL_URL", "FIR_BASE_URL"} <= set(told)
    assert "DATABASE_OWNER_URL" not in told


def test_after_a_sigkill_the_next_start_succeeds_at_once(fake: Fake) -> None:
    fake.up()
    first = fake.pid("news")
    fake.signal(signal.SIGKILL)
    fake.result()
    fake.up()
    wait_until(lambda: not alive(first), "the first launcher's worker has ended")


def test_after_everything_was_killed_the_next_start_recovers(fake: Fake) -> None:
    fake.up()
    for pid in fake.survivors():
        with contextlib.suppress(ProcessLookupError):  # ended with its parent
            os.kill(pid, signal.SIGKILL)
    fake.result()
    fake.up()
    assert "the-demo-key" in fake.said


@pytest.mark.parametrize("moment", [0.2, 0.5, 0.8])
def test_ctrl_c_inside_the_first_start_spoils_nothing(fake: Fake, moment: float) -> None:
    fake.start()
    time.sleep(moment)
    fake.signal(signal.SIGINT)
    fake.result()
    assert fake.survivors() == []
    fake.up()


def test_a_second_copy_on_the_same_home_is_refused(fake: Fake) -> None:
    fake.up()
    second = Fake(fake.home.with_name("other"))
    second.start(FIR_HOME=str(fake.home))
    assert second.result() == 1
    assert f"FIR is already running from {fake.home}" in second.said
    assert str(fake.port) in second.said
    assert not fake.ended()


def test_a_busy_port_is_refused_before_anything_starts(fake: Fake) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", fake.port))
        taken.listen()
        fake.start()
        assert fake.result() == 1
    assert f"Port {fake.port} on 127.0.0.1 cannot be used" in fake.said
    assert not (fake.home / "postgres").exists()


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_wrong_port_is_named(fake: Fake, port: str) -> None:
    fake.start(FIR_PORT=port)
    assert fake.result() == 1
    assert f"FIR_PORT is '{port}'" in fake.said


def test_a_dead_worker_is_started_again(fake: Fake) -> None:
    fake.up()
    wait_until(lambda: (fake.home / "news.pid").exists(), "the worker runs")
    first = fake.pid("news")
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: fake.pid("news") != first, "another worker runs")
    assert "'news' has ended (code -9)" in fake.said


def test_without_its_web_it_stops_and_says_why(fake: Fake) -> None:
    fake.up()
    web = health(fake)["pid"]
    assert isinstance(web, int)
    os.kill(web, signal.SIGKILL)
    assert fake.result() == 1
    assert "The web has ended" in fake.said
    assert fake.survivors() == []


def test_without_its_database_it_stops_and_the_next_start_recovers(fake: Fake) -> None:
    fake.up()
    leader = int((fake.home / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(leader, signal.SIGKILL)
    assert fake.result() == 1
    assert "PostgreSQL has ended" in fake.said
    fake.up()


def test_a_second_ctrl_c_does_not_wait_for_a_stubborn_worker(fake: Fake) -> None:
    fake.up(FAKE_WORKER="stubborn")
    parts = ("news", "beat")
    running = "the worker and the timetable run"
    wait_until(lambda: all((fake.home / f"{part}.pid").exists() for part in parts), running)
    fake.signal(signal.SIGINT)
    wait_until(lambda: not alive(fake.pid("beat")), "the stop has begun")
    while not fake.ended():
        fake.signal(signal.SIGINT)  # the first of these may count as the same press
        time.sleep(0.1)
    assert fake.result() == 130
    wait_until(lambda: fake.survivors() == [], "all are gone")


def test_a_failing_migration_is_shown(fake: Fake) -> None:
    fake.start(FAKE_MIGRATE="nothing-of-the-kind")
    assert fake.result() == 1
    assert "The start stopped at 'migrate'" in fake.said
    assert "there is no such part" in fake.said
    assert fake.survivors() == []


def test_half_a_pair_of_addresses_is_refused(fake: Fake) -> None:
    fake.start(DATABASE_URL="postgresql://fir_app@somewhere/fir")
    assert fake.result() == 1
    assert "DATABASE_OWNER_URL is not" in fake.said


def test_under_make_the_end_of_make_ends_everything(fake: Fake) -> None:
    fake.up(before=("-c", "import subprocess, sys; subprocess.run(sys.argv[1:])"), MAKELEVEL="1")
    fake.signal(signal.SIGKILL)  # the process in between, as make is
    fake.result()
    wait_until(lambda: fake.survivors() == [], "all are gone")
