"""`python -m tests.run [--durable] COMMAND…`: runs a command beside a throw-away PostgreSQL.

The command finds a complete environment: the database `fir_test` with its two roles, bells, an
outbox, and FIR_TEST_SUPERUSER_URL, with which the tests clone databases. Everything is gone
afterwards, also after Ctrl-C. Nothing of the user's own FIR is read or touched. With `--durable`
its commits reach the disk, as those of a real one do: a benchmark wants that.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from fir.embedded.binaries import reachable_by_all
from fir.embedded.errors import LauncherError
from fir.embedded.home import Home
from fir.embedded.postgres import Cluster

CHECKOUT = Path(__file__).resolve().parents[1]

# Nothing here outlives the run, so nothing needs to reach a disk. Autovacuum would hold on to
# databases that the tests are about to drop.
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "200",
}
DURABLE = {"autovacuum": "off", "max_connections": "200"}
_ROOM = 1 << 30  # Docker gives /dev/shm 64 MB, in which a test run would stop half-way


def main(command: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    durable = command[:1] == ["--durable"]
    command = command[1:] if durable else command
    if not command:
        sys.stderr.write("Say what to run: python -m tests.run python -m pytest\n")
        return 2
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        with (
            _folder(_places(on_disk=durable)) as data,
            _folder(_places(for_programs=True)) as folder,
        ):
            settings = DURABLE if durable else QUICK
            cluster = Cluster(data, database="fir_test", settings=settings, copies=folder)
            try:
                cluster.start()
                return _run(command, _environment(cluster, folder))
            finally:
                cluster.stop()
    except LauncherError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130  # before the command began


def _as_interrupt(_signum: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _places(*, for_programs: bool = False, on_disk: bool = False) -> list[Path]:
    """Where a folder may lie: in memory when there is room, else on disk."""
    memory, disk = Path("/dev/shm"), Path(tempfile.gettempdir())  # noqa: S108
    if on_disk:
        return [disk]
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < _ROOM:
        return [disk]
    # Docker lets nothing run there.
    closed = for_programs and os.statvfs(memory).f_flag & os.ST_NOEXEC
    return [disk] if closed else [memory, disk]


@contextmanager
def _folder(places: Sequence[Path]) -> Iterator[Path]:
    """A folder in the first of the places that the server's account can reach, then gone."""
    as_root = os.geteuid() == 0
    fitting = [place for place in places if not as_root or reachable_by_all(place / "any")]
    folder = Path(tempfile.mkdtemp(prefix="fir-test-", dir=fitting[0] if fitting else "/var/tmp"))  # noqa: S108
    folder.chmod(0o711 if as_root else 0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _environment(cluster: Cluster, folder: Path) -> dict[str, str]:
    """The user's environment without anything that names a FIR, and our settings in its place."""
    own = ("FIR_", "DATABASE_", "REDIS_URL", "EMAIL_URL", "TMPDIR", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    home = Home(folder, {})
    home.prepare()
    return {
        **kept,
        **home.settings(cluster.app_url, cluster.owner_url),
        "FIR_TEST_SUPERUSER_URL": cluster.superuser_url,
        "EMAIL_URL": "memorymail://",
        # Tests start servers of their own, which must be able to reach their folders.
        "TMPDIR": str(folder),
        # Whatever the command calls by name comes from the same virtual environment.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }


def _run(command: Sequence[str], environment: dict[str, str]) -> int:
    """Run the command to its end. The terminal's Ctrl-C reaches it by itself, a SIGTERM by us."""
    try:
        child = subprocess.Popen(list(command), env=environment, cwd=CHECKOUT)
    except FileNotFoundError:
        sys.stderr.write(f"There is no command '{command[0]}' here.\n")
        return 127
    # A handler rather than "ignore", because children inherit what is ignored.
    signal.signal(signal.SIGINT, lambda _signum, _frame: None)
    signal.signal(signal.SIGTERM, lambda _signum, _frame: child.terminate())
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
