"""A PostgreSQL of our own: built once in a folder, served as a direct child of the launcher.

Safe against an interruption at any moment: a cluster gets its name only when it is complete, and
a start first ends whatever an earlier launcher left behind. Three locks in the folder: `start`
(one start or stop at a time), `owner` (held for as long as somebody serves), `users` (shared by
commands that borrow the server of another command).
"""

import hashlib
import os
import shutil
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from fir.embedded.binaries import programs, reachable_by_all, server_account
from fir.embedded.building import (
    ALWAYS,
    APPLICATION,
    CLEAN_ENVIRONMENT,
    OWNER,
    SUPERUSER,
    Builder,
    ServerError,
    forget_interrupted,
    options,
    own_folder,
    password,
)
from fir.embedded.errors import LauncherError
from fir.embedded.leftovers import clear_away
from fir.embedded.processes import (
    Child,
    FileLock,
    Pause,
    kill_groups,
    open_log,
    spawn,
    tail,
    wait_all,
)

_PORT = 5432  # names the socket file only: there is no TCP
_LONGEST_SOCKET_PATH = 107
_FIXED = {
    "listen_addresses": "",
    "port": str(_PORT),
    "timezone": "UTC",
    "log_timezone": "UTC",
    **ALWAYS,
}


class ClusterBusyError(LauncherError):
    """Another process serves this cluster."""


class Cluster:
    """PostgreSQL in `folder`, with the roles `fir_owner` and `fir_app` and one database.

    `settings` are PostgreSQL's own (`{"fsync": "off"}`); `copies` is where root keeps a copy of
    the programs (by default `folder`; some machines mount /dev/shm so that nothing runs there);
    `pause` is called wherever this waits, so that the caller can interrupt it by raising.
    """

    def __init__(
        self,
        folder: Path,
        *,
        database: str = "fir",
        settings: Mapping[str, str] | None = None,
        copies: Path | None = None,
        log: Path | None = None,
        pause: Pause = time.sleep,
    ) -> None:
        self.folder = folder.absolute()
        self.database = database
        self.data = self.folder / "postgres"
        self.log = log or self.folder / "postgres.log"
        # In every process title of this server, and in no other's.
        self.mark = "fir-" + hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        self.server: Child | None = None
        self._settings = dict(settings or {})
        self._copies = copies or self.folder
        self._pause = pause
        self._account = server_account()
        self._starting = FileLock(self.folder / "start.lock")
        self._owner = FileLock(self.folder / "owner.lock")
        self._users = FileLock(self.folder / "users.lock")

    # ------------------------------------------------------------------ addresses

    @property
    def app_url(self) -> str:
        """For the application: a role that owns nothing."""
        return self.url(APPLICATION)

    @property
    def owner_url(self) -> str:
        """For migrations: the role that owns the database."""
        return self.url(OWNER)

    @property
    def superuser_url(self) -> str:
        """For tests, which clone databases."""
        return self.url(SUPERUSER)

    def url(self, role: str) -> str:
        """The address of the database for a role; libpq and django-environ both read it."""
        secret = password(self.data, role)
        socket = quote(str(self.socket_folder()), safe="")
        return f"postgresql://{role}:{secret}@:{_PORT}/{self.database}?host={socket}"

    @property
    def migrated_marker(self) -> Path:
        """A file that stands beside the data once a migration has succeeded there."""
        return self.data / "fir.migrated"

    def socket_folder(self) -> Path:
        """Beside the data, or under /tmp where that path is too long for a socket."""
        near = self.folder / "socket"
        longest = f"{near}/.s.PGSQL.{_PORT}.lock"
        # libpq takes a comma for the end of one host and the beginning of the next.
        if len(os.fsencode(longest)) <= _LONGEST_SOCKET_PATH and "," not in longest:
            return near
        return Path(f"/tmp/fir-{self._uid()}-{self.mark[4:]}")  # noqa: S108 - checked to be ours

    # ------------------------------------------------------------------ start and stop

    def start(self) -> None:
        """Serve, and be the only one who does. Raises ClusterBusyError when somebody else does."""
        self._make_folder()
        with self._starting.wait(self._pause):
            if not self._owner.take():
                raise ClusterBusyError(
                    f"A command is just using the database in {self.folder}"
                    f" ({self._owner.signature()}). Wait until it has ended, then start again."
                )
            self._serve()

    def join_or_start(self) -> None:
        """Use the server that somebody runs here, or start one; `leave` ends either."""
        self._make_folder()
        while True:
            with self._starting.wait(self._pause):
                if self._owner.take():
                    self._serve()
                    return
                if self._ready_pid() is not None:
                    self._users.take(shared=True)
                    return
            self._pause(0.05)  # whoever holds it is on the way up or down

    def leave(self, say: Callable[[str], None]) -> None:
        """Stop the server that `join_or_start` started, when nobody else uses it any more."""
        told = False
        while self.server is not None:
            with self._starting.wait(self._pause):
                if self._users.take():
                    self.stop()
                    break
            if not told:
                say("Another command still uses this database; waiting until it has ended.")
                told = True
            self._pause(0.2)
        self._users.release()

    def stop(self) -> None:
        """Stop the server, if this process started it: quickly, but without loss."""
        server, self.server = self.server, None
        if server is not None:
            for signum, patience in ((signal.SIGINT, 30), (signal.SIGQUIT, 10)):
                if server.poll() is None:
                    server.send_signal(signum)
                if wait_all([server], patience):
                    break
            else:
                kill_groups([server])
                server.wait()
            if self.socket_folder().parent != self.folder:
                shutil.rmtree(self.socket_folder(), ignore_errors=True)
        self._owner.release()

    def stop_at_once(self) -> None:
        """Stop without a checkpoint: nothing committed is lost, the next start recovers."""
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(signal.SIGQUIT)
            if not wait_all([self.server], 2):
                kill_groups([self.server])

    # ------------------------------------------------------------------ building

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._account is None:
            return
        self.folder.chmod(0o711)  # `nobody` must pass through, and see no names
        if not reachable_by_all(self.folder):
            raise ServerError(
                f"As root, PostgreSQL runs as the user 'nobody', who cannot reach {self.folder}:"
                " a folder above it is closed to others. Open it (chmod o+x), or use another."
            )

    def _serve(self) -> None:
        """Called with both locks held; gives the owner's lock back when anything fails."""
        try:
            self._owner.sign(f"process {os.getpid()}")
            forget_interrupted(self.folder)
            self._programs = programs(self._copies, self._account)
            if not self.data.exists():
                self._build()
            clear_away(self.data, self.mark, self._pause)
            own_folder(self.socket_folder(), self._account)
            # Nobody is left who holds it; but its process id may be another's by now.
            (self.socket_folder() / f".s.PGSQL.{_PORT}.lock").unlink(missing_ok=True)
            self._launch()
        except BaseException:
            self.stop()
            raise

    def _build(self) -> None:
        Builder(
            data=self.data,
            database=self.database,
            programs=self._programs,
            account=self._account,
            durable=self._settings.get("fsync") != "off",
        ).build()

    def _uid(self) -> int:
        return self._account.uid if self._account else os.geteuid()

    # ------------------------------------------------------------------ serving

    def _launch(self) -> None:
        """Start postgres in the foreground, and wait until it accepts connections."""
        socket = str(self.socket_folder()).replace('"', '""')
        settings = {
            **_FIXED,
            **self._settings,
            "unix_socket_directories": f'"{socket}"',
            "cluster_name": self.mark,
        }
        with open_log(self.log) as log:
            self.server = spawn(
                [str(self._programs / "postgres"), "-D", str(self.data), *options(settings)],
                env=CLEAN_ENVIRONMENT,
                cwd=self.folder,
                account=self._account,
                output=log,
                at_parents_death=signal.SIGINT,  # postgres calls this a fast shutdown
            )
        self._wait_until_ready(self.server)

    def _wait_until_ready(self, server: Child) -> None:
        while self._ready_pid() != server.pid:
            if server.poll() is not None:
                raise ServerError(
                    f"PostgreSQL did not start in {self.data}. The end of {self.log}:\n"
                    f"{tail(self.log)}"
                )
            self._pause(0.02)  # without a limit: a crash recovery takes what it takes

    def _ready_pid(self) -> int | None:
        """The pid of the server that accepts connections, from the file that it keeps."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return None
        if len(lines) < 8 or lines[7].strip() != "ready":
            return None
        return int(lines[0])
