"""Ends what an earlier launcher, killed or cut off, left of its PostgreSQL."""

import os
import signal
import subprocess
import time
from pathlib import Path

from fir.embedded.errors import LauncherError
from fir.embedded.processes import Pause

# How gently, and for how many seconds. Backends whose parent was killed end by themselves.
_STEPS = ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, 10))


class StillRunningError(LauncherError):
    """An earlier server would not end."""


def clear_away(data: Path, mark: str, pause: Pause) -> None:
    """End every process of the server marked `mark`, and a process file that misleads the next.

    Call it only while holding the owner's lock: then no living launcher stands behind them.
    """
    for signum, patience in _STEPS:
        if not processes_of(mark):
            break
        _signal_all(mark, signum)
        deadline = time.monotonic() + patience
        while processes_of(mark) and time.monotonic() < deadline:
            pause(0.05)
    if left := processes_of(mark):
        raise StillRunningError(
            f"An earlier PostgreSQL on {data} does not end (processes {left}). End them by hand"
            f" (kill -9 {' '.join(map(str, left))}), then start again."
        )
    _forget_recycled_pid(data / "postmaster.pid")


def processes_of(mark: str) -> list[int]:
    """The ids of the PostgreSQL processes that carry `mark` in their title."""
    return [pid for pid, title in _titles() if mark in title and _is_postgres(title)]


def _signal_all(mark: str, signum: signal.Signals) -> None:
    pids = processes_of(mark)
    leaders = [pid for pid, title in _titles() if mark in title and " -D " in title]
    # The leader ends its own in the right order; only force needs to reach each of them.
    for pid in pids if signum == signal.SIGKILL or not leaders else leaders:
        try:
            os.kill(pid, signum)
        except (ProcessLookupError, PermissionError):
            continue  # gone meanwhile; or another user's, which StillRunningError will name


def _is_postgres(title: str) -> bool:
    return title.startswith("postgres:") or title.split(" -D ", 1)[0].endswith("postgres")


def _titles() -> list[tuple[int, str]]:
    proc = Path("/proc")
    if not (proc / "self" / "cmdline").exists():
        return _titles_by_ps()
    found = []
    for entry in proc.iterdir():
        if entry.name.isdigit():
            try:
                raw = (entry / "cmdline").read_bytes()
            except OSError:
                continue  # ended meanwhile
            found.append((int(entry.name), os.fsdecode(raw.replace(b"\0", b" "))))
    return found


def _titles_by_ps() -> list[tuple[int, str]]:
    listing = subprocess.run(
        ["/bin/ps", "-axww", "-o", "pid=,command="], capture_output=True, text=True, check=True
    )
    rows = (line.strip().partition(" ") for line in listing.stdout.splitlines())
    return [(int(pid), title) for pid, _, title in rows]


def _forget_recycled_pid(file: Path) -> None:
    """After a reboot the recorded id may belong to a stranger, whom postgres would respect."""
    try:
        pid = int(file.read_text().split("\n", 1)[0])
        os.kill(pid, 0)
    except (OSError, ValueError):
        return  # no such file or process: postgres deals with its own file
    file.unlink(missing_ok=True)
