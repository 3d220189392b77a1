"""A place for clusters and launchers, and a promise that nothing of them survives a test."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fir.embedded.leftovers import processes_of
from fir.embedded.postgres import Cluster
from tests.fir.embedded.project import part

CHECKOUT = Path(__file__).resolve().parents[3]
_PATIENCE = 60.0


def wait_until(happens: Callable[[], object], what: str) -> None:
    """Wait generously for something to become true."""
    deadline = time.monotonic() + _PATIENCE
    while not happens():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process still runs (a zombie does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that `nobody` can reach, unlike pytest's own; its servers end with the test."""
    folder = Path(tempfile.mkdtemp(prefix="fir-"))
    folder.chmod(0o711)
    yield folder
    marks = {Cluster(data.parent).mark for data in folder.rglob("postgres") if data.is_dir()}
    for pid in [pid for mark in marks for pid in processes_of(mark)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


class Fake:
    """A launcher of the small project, in a home and on a port of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._terminal = home.with_name(f"{home.name}.terminal")

    @property
    def said(self) -> str:
        """Everything that appeared on its terminal."""
        return self._terminal.read_text() if self._terminal.exists() else ""

    @property
    def mark(self) -> str:
        """What PostgreSQL's processes are known by."""
        return Cluster(self.home).mark

    def environment(self, **more: str) -> dict[str, str]:
        """A terminal in which nothing but the home and the port is set."""
        bare = {"PATH": os.environ["PATH"], "FIR_HOME": str(self.home), "FIR_PORT": str(self.port)}
        return {**bare, **more}

    def start(self, *, before: tuple[str, ...] = (), **more: str) -> None:
        """Start it, perhaps through Python with other arguments; `up` waits until it serves."""
        through = [sys.executable, *before] if before else []
        with self._terminal.open("wb") as terminal:
            self.process = subprocess.Popen(
                [*through, *part()],
                env=self.environment(**more),
                cwd=CHECKOUT,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
            )

    def up(self, *, before: tuple[str, ...] = (), **more: str) -> "Fake":
        """Start it and wait until it serves."""
        self.start(before=before, **more)
        wait_until(lambda: "FIR is ready" in self.said or self.ended(), "the launcher serves")
        assert "FIR is ready" in self.said, self.said
        return self

    def ended(self) -> bool:
        """Whether the launcher itself has ended."""
        return self.process is None or self.process.poll() is not None

    def signal(self, signum: signal.Signals) -> None:
        """Send the launcher, and only it, a signal."""
        assert self.process is not None
        self.process.send_signal(signum)

    def result(self) -> int:
        """Wait for its end and return its exit code."""
        assert self.process is not None
        return self.process.wait(_PATIENCE)

    def pid(self, name: str) -> int:
        """The process id of one of its workers."""
        return int((self.home / f"{name}.pid").read_text())

    def survivors(self) -> list[int]:
        """Whatever still runs with this home."""
        known = f"FIR_HOME={self.home}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and known in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
        return [pid for pid in found if alive(pid)] + processes_of(self.mark)

    def command(self, *arguments: str, **more: str) -> "subprocess.Popen[str]":
        """Start a management command in a second terminal."""
        return subprocess.Popen(
            part("command", *arguments),
            env=self.environment(**more),
            cwd=CHECKOUT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def fake(place: Path) -> Iterator[Fake]:
    """A launcher that is not started yet; whatever it starts ends with the test."""
    launcher = Fake(place / "home")
    yield launcher
    if launcher.process is not None and launcher.process.poll() is None:
        launcher.process.terminate()
        launcher.process.wait(_PATIENCE)
    for pid in launcher.survivors():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def python(code: str) -> "subprocess.Popen[bytes]":
    """Start Python with some code, in the checkout."""
    return subprocess.Popen([sys.executable, "-c", code], cwd=CHECKOUT)
