"""Management commands find their database by themselves, in whatever terminal."""

import os
import signal
from pathlib import Path

import pytest

from fir.embedded.command import environment_for
from tests.fir.embedded.conftest import Fake, wait_until


def test_a_command_alone_starts_migrates_and_stops(fake: Fake) -> None:
    command = fake.command()
    said, warned = command.communicate()
    assert command.returncode == 0, warned
    # Its own output is all that stands on standard output.
    assert said == f"holding http://localhost:{fake.port}\n"
    assert "Preparing the database" in warned
    assert fake.survivors() == []
    again = fake.command()
    assert "Preparing" not in again.communicate()[1]


def test_a_migration_is_not_migrated_first(fake: Fake) -> None:
    command = fake.command("migrate")
    assert "Preparing the database" not in command.communicate()[1]


def test_two_commands_at_once_share_one_server_and_one_migration(fake: Fake) -> None:
    both = [fake.command(), fake.command(), fake.command()]
    warned = [command.communicate()[1] for command in both]
    assert [command.returncode for command in both] == [0, 0, 0], warned
    assert sum("Preparing the database" in text for text in warned) == 1
    assert fake.survivors() == []


def test_a_command_uses_what_make_run_serves(fake: Fake) -> None:
    fake.up()
    command = fake.command(FIR_PORT="")
    said, warned = command.communicate()
    assert command.returncode == 0, warned
    # The address is the one that is served, not the default.
    assert said == f"holding http://localhost:{fake.port}\n"
    assert not fake.ended()


def test_a_command_waits_for_a_launcher_that_is_just_starting(fake: Fake) -> None:
    fake.start()
    wait_until(lambda: (fake.home / "run.lock").exists(), "the launcher has its home")
    command = fake.command()
    assert command.communicate() == (f"holding http://localhost:{fake.port}\n", "")
    assert command.returncode == 0


def test_make_run_beside_a_command_at_work_is_refused(fake: Fake) -> None:
    fake.home.mkdir(mode=0o711)
    hold = fake.home / "hold"
    hold.touch()
    command = fake.command()
    assert command.stdout is not None
    assert command.stdout.readline().startswith("holding")
    fake.start()
    assert fake.result() == 1
    assert "A command is just using the database" in fake.said
    hold.unlink()
    assert command.wait() == 0
    command.communicate()
    fake.up()


def test_a_killed_command_leaves_no_server(fake: Fake) -> None:
    fake.home.mkdir(mode=0o711)
    (fake.home / "hold").touch()
    command = fake.command()
    assert command.stdout is not None
    assert command.stdout.readline().startswith("holding")
    command.send_signal(signal.SIGKILL)
    command.communicate()
    wait_until(lambda: fake.survivors() == [], "the server has ended")


def test_a_failing_migration_is_a_sentence_and_is_tried_again(fake: Fake) -> None:
    command = fake.command(FAKE_MIGRATE="nothing-of-the-kind")
    _, warned = command.communicate()
    assert command.returncode == 1
    assert "could not be migrated" in warned
    assert "there is no such part" in warned
    again = fake.command()
    assert "Preparing the database" in again.communicate()[1]
    assert again.returncode == 0


def test_with_a_database_of_the_users_nothing_is_supplied(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://somewhere/fir")
    monkeypatch.setenv("FIR_HOME", str(place / "home"))
    before = dict(os.environ)
    with environment_for(["manage.py", "check"]):
        assert dict(os.environ) == before
    assert not (place / "home").exists()
