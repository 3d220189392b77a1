"""FIR as it runs: a web process and workers of their own, talked to over HTTP."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from tests.cloning import DEMO_TEMPLATE, clone_to, drop, make_demo_template, url_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")
CHECKOUT = Path(__file__).resolve().parents[1]
PATIENCE = 60.0  # seconds; generous, since it only ever runs out when something is broken
# Long enough that no test ever sees the timetable wake anybody.
WORKER = ("celery", "-A", "fir.celery", "worker", "-P", "solo", "--loglevel", "INFO")


def eventually(look: Callable[[], T], *, what: str) -> T:
    """What `look` returns once it is true; fails the test when that never comes."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {PATIENCE:.0f} s in vain for {what}")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.text)


@dataclass
class Stack:
    """One running FIR, with bells and an outbox in a folder; on the test's own database, or on
    another that is named."""

    folder: Path
    broker: str = ""
    database: str = ""
    port: int = 0
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What every process of this FIR is started with."""
        for name in ("bells", "outbox"):
            (self.folder / name).mkdir(exist_ok=True)
        urls = ("DATABASE_URL", "DATABASE_OWNER_URL") if self.database else ()
        return {
            **os.environ,
            **{name: url_of(name, self.database) for name in urls},
            "DJANGO_SETTINGS_MODULE": "fir.settings",
            "REDIS_URL": self.broker or f"bells://{self.folder}/bells",
            "EMAIL_URL": f"filemail:///{self.folder}/outbox",
            "FIR_BASE_URL": f"http://127.0.0.1:{self.port}",
        }

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start one process of this FIR; what it says goes to a file beside the bells."""
        with (self.folder / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=CHECKOUT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.children[name] = child
        return child

    def start_web(self) -> None:
        """Start the web process and wait until it answers."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        bind = f"127.0.0.1:{self.port}"
        self.start(
            "web",
            "gunicorn",
            "fir.wsgi",
            "--bind",
            bind,
            "--threads",
            "6",
            "--keep-alive",
            "0",
            "--no-control-socket",
        )
        eventually(self._answers, what="the web process")

    def _answers(self) -> bool:
        try:
            return self.get("/health").status == 200
        except OSError:
            return False

    def start_worker(self, queues: str = "news,loads") -> None:
        """Start a worker for these queues."""
        self.start("worker", *WORKER, "-Q", queues)

    def kill(self, name: str) -> None:
        """SIGKILL a process and all it started."""
        child = self.children.pop(name)
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def stop(self) -> None:
        """End everything."""
        for name in list(self.children):
            self.kill(name)

    def ask(
        self, method: str, path: str, key: str = "", body: Any = None, **headers: str
    ) -> Answer:
        """Ask over HTTP; a dictionary goes as JSON, bytes as they are."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if key:
            sent["Authorization"] = f"Bearer {key}"
        if isinstance(body, dict):
            sent["Content-Type"] = "application/json"
            body = json.dumps(body)
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.headers), answer.read().decode())
        finally:
            connection.close()

    def get(self, path: str, key: str = "", **headers: str) -> Answer:
        """GET a path."""
        return self.ask("GET", path, key, **headers)

    def post(self, path: str, key: str, body: Any) -> Answer:
        """POST a body to a path."""
        return self.ask("POST", path, key, body)

    def manage(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a management command beside this FIR."""
        return subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def emails(self) -> list[str]:
        """The emails that were sent."""
        return [path.read_text() for path in sorted((self.folder / "outbox").iterdir())]


@contextmanager
def running(folder: Path, broker: str = "", database: str = "") -> Iterator[Stack]:
    """A FIR whose web process answers; everything it started is gone afterwards."""
    stack = Stack(folder, broker, database)
    try:
        stack.start_web()
        yield stack
    finally:
        stack.stop()


@contextmanager
def running_demo(folder: Path, database: str) -> Iterator[Stack]:
    """A FIR with workers and with the demo world in a database of this name, which goes with it."""
    make_demo_template()
    clone_to(database, DEMO_TEMPLATE)
    try:
        with running(folder, database=database) as stack:
            stack.start_worker()
            yield stack
    finally:
        drop(database)
