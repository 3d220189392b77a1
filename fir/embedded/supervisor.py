"""`make run`: brings everything up in order, watches it, and takes everything down again.

Nothing is daemonised. Every child is this process's own, in a session of its own, and is ended by
the kernel should this process be killed. Signals only leave a note; the launcher reads the note
where it pauses, so no child is ever lost between its start and its entry in the books.
"""

import os
import secrets
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from fir.embedded.errors import LauncherError
from fir.embedded.home import Home, is_collected, write_private
from fir.embedded.plan import Command, Plan, Service
from fir.embedded.processes import (
    Child,
    die_with_parent,
    end,
    kill_groups,
    open_log,
    spawn,
    tail,
    wait_all,
)
from fir.embedded.web import probing_host, require_free_port, serves

if TYPE_CHECKING:
    from fir.embedded.postgres import Cluster

_SHORTEST_REST, _LONGEST_REST = 1.0, 30.0
_LIVED_WELL = 60.0
# A wrapper and the terminal may both deliver one and the same Ctrl-C.
_SAME_PRESS = 0.5
_PREDECESSORS_END = 15.0
_FIRST_ANSWER = 180.0


class AlreadyRunningError(LauncherError):
    """Another launcher serves this home."""


class StepFailedError(LauncherError):
    """A command of the start ended with an error."""


class PartEndedError(LauncherError):
    """A part without which nothing can be served has ended."""


class _StopRequested(Exception):
    """The user, or the system, asked this launcher to stop."""


@dataclass
class _Running:
    """A service and its child; `rest` is the pause before it is started again."""

    service: Service
    child: Child
    started_at: float
    rest: float = _SHORTEST_REST
    died_at: float | None = None


class Supervisor:
    """Runs a `Plan` in a `Home` until it is told to stop."""

    def __init__(self, home: Home, plan: Plan, say: Callable[[str], None]) -> None:
        self._home = home
        self._plan = plan
        self._say = say
        self._token = secrets.token_urlsafe(16)
        self._cluster: Cluster | None = None
        self._running: dict[str, _Running] = {}
        self._step: Child | None = None
        self._environment: dict[str, str] = {}
        self._asked_at: float | None = None
        self._stopping = False

    def run(self) -> None:
        """Start everything and watch until a signal arrives; raises LauncherError on failure."""
        self._home.prepare()
        if not self._home.run_lock.take():
            raise AlreadyRunningError(
                f"FIR is already running from {self._home.folder}"
                f" ({self._home.run_lock.signature()}). Use that one, stop it with Ctrl-C, or"
                " start a second one with another FIR_HOME and FIR_PORT."
            )
        self._listen_to_signals()
        try:
            self._start()
            self._watch()
        except _StopRequested:
            self._say("\nStopping. Press Ctrl-C once more to end everything at once.")
        finally:
            self._stop()

    # ------------------------------------------------------------------ signals

    def _listen_to_signals(self) -> None:
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._note)
        if os.environ.get("MAKELEVEL"):
            # Killing make must not leave all this behind.
            die_with_parent(signal.SIGTERM)

    def _note(self, signum: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        again = self._asked_at is None or now - self._asked_at > _SAME_PRESS
        if self._stopping and again and signum == signal.SIGINT:
            self._kill_everything()
        if self._asked_at is None:
            self._asked_at = now

    def _kill_everything(self) -> NoReturn:
        kill_groups([child for child in self._children() if child.poll() is None])
        if self._cluster is not None:
            self._cluster.stop_at_once()
        os._exit(130)

    def _pause(self, seconds: float) -> None:
        time.sleep(seconds)
        if self._asked_at is not None and not self._stopping:
            raise _StopRequested

    def _children(self) -> list[Child]:
        steps = [self._step] if self._step is not None else []
        return [*steps, *(running.child for running in self._running.values())]

    # ------------------------------------------------------------------ start

    def _start(self) -> None:
        home = self._home
        # Children of a launcher that was killed need some seconds to end.
        patience = _PREDECESSORS_END if home.ended_badly() else 0
        home.withdraw()
        require_free_port(home.port, patience=patience, pause=self._pause)
        home.run_lock.sign(f"process {os.getpid()}, port {home.port}")
        home.empty_large_logs()
        home.make_bells_anew()
        settings = home.settings(*self._database())
        environment = {**home.environment(settings), "FIR_START_TOKEN": self._token}
        with home.migrate_lock.wait(self._pause):
            self._run_step("migrate", self._plan.migrate, environment)
            if self._cluster is not None:
                self._cluster.migrated_marker.touch()
        # Nothing that serves holds the password of the role that could alter a locked table.
        del environment["DATABASE_OWNER_URL"]
        self._environment = environment
        if not is_collected(self._plan.folder / "static", Path(settings["FIR_STATIC_ROOT"])):
            self._run_step("collectstatic", self._plan.collect, environment)
        self._make_demo_world()
        home.announce(settings)
        self._serve()

    def _database(self) -> tuple[str, str]:
        given = self._home.given_database()
        if given is not None:
            return given
        self._cluster = self._home.cluster(self._pause)
        if not self._cluster.data.exists():
            self._say(f"Making a database in {self._cluster.folder} …")
        self._cluster.start()
        return self._cluster.app_url, self._cluster.owner_url

    def _make_demo_world(self) -> None:
        """Keep what the demo prints: its keys are shown once only, and asked for at every start."""
        keys = self._home.demo_keys.with_name("demo-keys.new")
        keys.unlink(missing_ok=True)
        with open_log(keys) as output:
            self._run_step("demo", self._plan.demo, self._environment, output=output.fileno())
        printed = keys.read_text()
        keys.unlink()
        if printed.strip():
            write_private(self._home.demo_keys, printed)

    def _run_step(
        self, name: str, command: Command, environment: Mapping[str, str], output: int | None = None
    ) -> None:
        """Run a command to its end; raises StepFailedError with what it said."""
        log = self._home.log(name)
        log.unlink(missing_ok=True)
        with open_log(log) as errors:
            self._step = spawn(
                command,
                env=environment,
                cwd=self._plan.folder,
                output=errors if output is None else output,
                errors=errors,
            )
        while not wait_all([self._step], 1, self._pause):
            continue
        code, self._step = self._step.returncode, None
        if code != 0:
            raise StepFailedError(
                f"The start stopped at '{name}', which ended with code {code}. It said:\n"
                f"{tail(log, 40)}"
            )

    def _serve(self) -> None:
        for service in (*self._plan.workers, self._plan.beat, self._plan.web):
            self._running[service.name] = self._launch(service)
        host = probing_host(self._environment["FIR_ALLOWED_HOSTS"])
        deadline = time.monotonic() + _FIRST_ANSWER
        while not serves(self._home.port, self._token, host):
            self._look_after_all()
            if time.monotonic() > deadline:
                raise PartEndedError(
                    f"The web does not answer on port {self._home.port} within"
                    f" {_FIRST_ANSWER:.0f} seconds. {self._end_of_log('web')}"
                )
            self._pause(0.1)
        self._greet()

    def _launch(self, service: Service) -> _Running:
        with open_log(self._home.log(service.name)) as log:
            child = spawn(service.command, env=self._environment, cwd=self._plan.folder, output=log)
        return _Running(service, child, time.monotonic())

    def _greet(self) -> None:
        address = self._environment["FIR_BASE_URL"]
        self._say(
            f"\nFIR is ready: {address}\n"
            f"  The API's pages:   {address}/api/v1/docs\n"
            f"  Logs and mail:     {self._home.logs} and {self._home.outbox}\n"
            "  Another terminal:  .venv/bin/python manage.py help\n"
            "  To stop:           Ctrl-C"
        )
        if self._home.demo_keys.exists():
            self._say(f"\nThe demo world's keys ({self._home.demo_keys}):")
            self._say(self._home.demo_keys.read_text().rstrip())

    # ------------------------------------------------------------------ watch

    def _watch(self) -> None:
        while True:
            self._look_after_all()
            self._pause(0.2)

    def _look_after_all(self) -> None:
        server = self._cluster.server if self._cluster is not None else None
        if server is not None and server.poll() is not None:
            raise PartEndedError(f"PostgreSQL has ended. {self._end_of_log('postgres')}")
        for running in list(self._running.values()):
            if running.child.poll() is not None:
                self._mend(running)

    def _mend(self, running: _Running) -> None:
        """Start a dead worker or beat again after a rest; without the web there is no point."""
        name, now = running.service.name, time.monotonic()
        if running.service is self._plan.web:
            raise PartEndedError(f"The web has ended. {self._end_of_log(name)}")
        if running.died_at is None:
            kill_groups([running.child])
            running.died_at = now
            if now - running.started_at > _LIVED_WELL:
                running.rest = _SHORTEST_REST
            self._say(
                f"'{name}' has ended (code {running.child.returncode}) and starts again in"
                f" {running.rest:.0f} s. Its log: {self._home.log(name)}"
            )
        elif now - running.died_at >= running.rest:
            fresh = self._launch(running.service)
            fresh.rest = min(running.rest * 2, _LONGEST_REST)
            self._running[name] = fresh

    def _end_of_log(self, name: str) -> str:
        log = self._home.log(name)
        return f"The end of {log}:\n{tail(log)}"

    # ------------------------------------------------------------------ stop

    def _stop(self) -> None:
        """End all: first what takes requests, then what works on them, PostgreSQL last."""
        self._stopping = True
        self._home.withdraw()
        workers = {service.name for service in self._plan.workers}
        front = [one.child for name, one in self._running.items() if name not in workers]
        behind = [one.child for name, one in self._running.items() if name in workers]
        end([*front, *([self._step] if self._step is not None else [])])
        end(behind)
        if self._cluster is not None:
            self._cluster.stop()
