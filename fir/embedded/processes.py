"""Children that cannot outlive the launcher, and locks that keep two launchers apart."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self, TypeAlias

Child: TypeAlias = "subprocess.Popen[bytes]"
Pause: TypeAlias = Callable[[float], None]

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec only the call itself is safe. Linux alone has it.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(signum: signal.Signals) -> None:
    """Ask the kernel to send this process `signum` when its parent ends, however that happens."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signum))


@dataclass(frozen=True)
class Account:
    """The user and group that a child runs as."""

    uid: int
    gid: int


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    output: IO[bytes] | int,
    cwd: Path | None = None,
    account: Account | None = None,
    stdin: int = subprocess.DEVNULL,
    errors: IO[bytes] | int = subprocess.STDOUT,
    at_parents_death: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start a child in a session of its own, so that the terminal's Ctrl-C passes it by.

    Call it from the main thread: the kernel counts the end of the starting *thread* as the
    parent's death.
    """
    parent = os.getpid()

    def before_exec() -> None:
        # Runs after the change of user, which would otherwise clear the request.
        die_with_parent(at_parents_death)
        if os.getppid() != parent:
            os._exit(1)  # the parent died before the request was made

    return subprocess.Popen(  # noqa: S603 - the commands are the launcher's own
        list(command),
        env=dict(env),
        cwd=cwd,
        stdin=stdin,
        stdout=output,
        stderr=errors,
        start_new_session=True,
        preexec_fn=before_exec,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def wait_all(children: Sequence[Child], patience: float, pause: Pause = time.sleep) -> bool:
    """Wait until every child has ended; False when `patience` seconds passed first."""
    deadline = time.monotonic() + patience
    while any(child.poll() is None for child in children):
        if time.monotonic() >= deadline:
            return False
        pause(0.02)
    return True


def end(children: Sequence[Child], *, patience: float = 10) -> None:
    """Ask the children to end; after `patience` seconds end them and their groups by force."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    if not wait_all(children, patience):
        kill_groups(children)
        wait_all(children, patience)


def kill_groups(children: Sequence[Child]) -> None:
    """SIGKILL each child together with whatever it started."""
    for child in children:
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue  # nobody is left in that group (macOS answers EPERM for zombies)


def open_log(path: Path) -> IO[bytes]:
    """Open a log for appending; its owner alone may read it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file, or nothing when there is no such file."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""


class FileLock:
    """An advisory lock on a file, freed by the kernel however its holder ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def take(self, *, shared: bool = False) -> bool:
        """Take the lock if it is free; False when somebody else holds it."""
        if self._file is None:
            # 0600, and never truncated here: the holder may have written who it is.
            self._file = os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(self._file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            return False
        return True

    def wait(self, pause: Pause = time.sleep) -> Self:
        """Take the lock, waiting for as long as it needs: `with lock.wait(): …`."""
        while not self.take():
            pause(0.05)
        return self

    def release(self) -> None:
        """Give the lock back; nothing happens when it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def sign(self, text: str) -> None:
        """Leave word of who holds the lock, for the sentence that a second one shows."""
        if self._file is not None:
            self._file.seek(0)
            self._file.truncate()
            self._file.write(text)
            self._file.flush()

    def signature(self) -> str:
        """What the holder, or the last one, wrote."""
        try:
            return self.path.read_text().strip()
        except OSError:
            return ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
