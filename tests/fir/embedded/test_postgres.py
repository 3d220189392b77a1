"""The embedded PostgreSQL: built whole or not at all, reachable in any folder, two roles."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from fir.embedded.binaries import server_account
from fir.embedded.building import own_folder
from fir.embedded.errors import LauncherError
from fir.embedded.leftovers import processes_of
from fir.embedded.postgres import Cluster, ClusterBusyError
from fir.embedded.processes import spawn
from tests.fir.embedded.conftest import python, wait_until

START_AND_STAY = """
import time
from pathlib import Path
from fir.embedded.postgres import Cluster
cluster = Cluster(Path({!r}))
cluster.start()
time.sleep(600)
"""


def starting(folder: Path) -> "subprocess.Popen[bytes]":
    return python(START_AND_STAY.format(str(folder)))


def one(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def test_two_roles_and_a_database(place: Path) -> None:
    cluster = Cluster(place)
    cluster.start()
    try:
        with psycopg.connect(cluster.owner_url) as owner:
            owner.execute("CREATE TABLE kept (id int)")
            owner.execute("CREATE SCHEMA loads")
        assert one(cluster.app_url, "SELECT current_user::text") == "fir_app"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            one(cluster.app_url, "CREATE TABLE mine (id int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            one(cluster.app_url, "DROP TABLE kept")
        assert one(cluster.superuser_url, "SHOW is_superuser") == "on"
        assert one(cluster.app_url, "SHOW timezone") == "UTC"
        assert one(cluster.app_url, "SHOW server_encoding") == "UTF8"
    finally:
        cluster.stop()
    assert processes_of(cluster.mark) == []


def test_the_address_needs_its_password(place: Path) -> None:
    cluster = Cluster(place)
    cluster.start()
    try:
        secret = cluster.app_url.split(":")[2].split("@")[0]
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(cluster.app_url.replace(secret, "guess"))
    finally:
        cluster.stop()


@pytest.mark.parametrize("moment", [0.15, 0.3, 0.45, 0.6])
def test_an_interrupted_first_start_is_no_obstacle(place: Path, moment: float) -> None:
    first = starting(place)
    time.sleep(moment)
    first.kill()
    first.wait()
    cluster = Cluster(place)
    for _ in range(2):
        cluster.start()
        cluster.stop()
    assert not list(place.glob("*.new-*"))


def test_a_server_whose_launcher_was_killed_is_replaced(place: Path) -> None:
    mark = Cluster(place).mark
    first = starting(place)
    wait_until(lambda: processes_of(mark), "the first server runs")
    before = processes_of(mark)
    first.kill()
    first.wait()
    cluster = Cluster(place)
    cluster.start()
    try:
        assert not set(before) & set(processes_of(mark))
        assert one(cluster.app_url, "SELECT 1") == 1
    finally:
        cluster.stop()


def test_a_server_is_not_started_twice(place: Path) -> None:
    cluster, other = Cluster(place), Cluster(place)
    cluster.start()
    try:
        with pytest.raises(ClusterBusyError, match=str(place)):
            other.start()
    finally:
        cluster.stop()
    other.start()
    other.stop()


def test_a_process_file_that_names_a_stranger_is_no_obstacle(place: Path) -> None:
    cluster = Cluster(place)
    cluster.start()
    file = cluster.data / "postmaster.pid"
    kept = file.read_text().splitlines()
    cluster.stop()
    # As after a reboot: the recorded id is now that of a living process of the same user.
    stranger = spawn(
        ["sleep", "600"],
        env=os.environ,
        output=subprocess.DEVNULL,
        account=server_account(),
    )
    try:
        file.write_text("\n".join([str(stranger.pid), *kept[1:]]) + "\n")
        cluster.start()
        cluster.stop()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_deep_folder_gets_a_short_socket(place: Path) -> None:
    deep = place / ("d" * 100) / ("e" * 100)
    deep.mkdir(parents=True)
    cluster = Cluster(deep)
    assert len(str(cluster.socket_folder())) < 60
    cluster.start()
    try:
        assert one(cluster.app_url, "SELECT 1") == 1
        assert cluster.socket_folder().stat().st_mode & 0o777 == 0o700
    finally:
        cluster.stop()
    assert not cluster.socket_folder().exists()


def test_a_folder_with_awkward_signs_works(place: Path) -> None:
    awkward = place / "a b,c+d%20é"
    cluster = Cluster(awkward)
    cluster.start()
    try:
        assert one(cluster.owner_url, "SELECT current_database()::text") == "fir"
    finally:
        cluster.stop()


def test_a_socket_folder_of_somebody_else_is_refused(place: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder that belongs to somebody else")
    folder = place / "socket"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    with pytest.raises(LauncherError, match="12345"):
        own_folder(folder, None)


def test_a_command_borrows_the_server_of_another_and_outlives_nothing(place: Path) -> None:
    first, second = Cluster(place), Cluster(place)
    first.join_or_start()
    second.join_or_start()
    assert second.server is None
    second.leave(lambda _text: None)
    assert one(first.app_url, "SELECT 1") == 1
    first.leave(lambda _text: None)
    assert processes_of(first.mark) == []


def test_the_one_that_started_it_waits_for_the_one_that_borrows(place: Path) -> None:
    first, second = Cluster(place), Cluster(place)
    first.join_or_start()
    second.join_or_start()
    told: list[str] = []

    def tell(text: str) -> None:
        told.append(text)
        assert one(second.app_url, "SELECT 1") == 1
        second.leave(lambda _text: None)

    first.leave(tell)
    assert len(told) == 1
    assert processes_of(first.mark) == []


def test_a_crash_of_the_server_loses_nothing_committed(place: Path) -> None:
    cluster = Cluster(place)
    cluster.start()
    with psycopg.connect(cluster.owner_url) as owner:
        owner.execute("CREATE TABLE kept AS SELECT 7 AS n")
    for pid in processes_of(cluster.mark):
        with contextlib.suppress(ProcessLookupError):  # ended with its parent
            os.kill(pid, signal.SIGKILL)
    cluster.stop()
    cluster.start()
    try:
        assert one(cluster.owner_url, "SELECT n FROM kept") == 7
    finally:
        cluster.stop()
