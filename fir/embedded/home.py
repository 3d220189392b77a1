"""FIR_HOME: the folder that holds everything a FIR on one's own machine keeps.

Every file in it is for its owner alone. The folder itself may be passed through by others when
root made it, because PostgreSQL then runs as `nobody`.
"""

import base64
import contextlib
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self
from urllib.parse import quote

from fir.embedded.binaries import reachable_by_all
from fir.embedded.errors import LauncherError
from fir.embedded.postgres import Cluster
from fir.embedded.processes import FileLock, Pause

CHECKOUT = Path(__file__).resolve().parents[2]

# A log that has grown past this is emptied at the next start.
_LARGEST_LOG = 5_000_000


class ForeignHomeError(LauncherError):
    """FIR_HOME belongs to another user."""


class WrongPortError(LauncherError):
    """FIR_PORT is no port."""


class HalfADatabaseError(LauncherError):
    """Of the two roles' addresses only one is set."""


def _random_seed() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


class Home:
    """The state folder and the environment that FIR's processes need.

    `given` is the user's own environment: a variable that is set there (and not empty) always wins.
    """

    def __init__(self, folder: Path, given: Mapping[str, str]) -> None:
        self.folder = folder.absolute()
        self.given = {name: value for name, value in given.items() if value}
        self.logs = self.folder / "logs"
        self.bells = self.folder / "bells"
        self.outbox = self.folder / "outbox"
        self.temporary = self.folder / "tmp"
        self.demo_keys = self.folder / "demo-keys"
        self.run_lock = FileLock(self.folder / "run.lock")
        self.migrate_lock = FileLock(self.folder / "migrate.lock")
        self._served = self.folder / "served.json"

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """The home that FIR_HOME names, by default `.fir` in the checkout."""
        return cls(Path(given.get("FIR_HOME") or CHECKOUT / ".fir"), given)

    # ------------------------------------------------------------------ folders

    def prepare(self) -> None:
        """Make the folders that are not there yet; refuses a home that another user made."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = self.folder.stat().st_uid
        if owner != os.geteuid():
            raise ForeignHomeError(
                f"{self.folder} belongs to user id {owner}, and you are user id {os.geteuid()}."
                " Start FIR as that user, remove the folder, or set FIR_HOME to another one."
            )
        self.folder.chmod(0o711 if owner == 0 else 0o700)
        for folder in (self.logs, self.bells, self.outbox, self.temporary):
            folder.mkdir(mode=0o700, exist_ok=True)

    def make_bells_anew(self) -> None:
        """Forget the rings of an earlier run: what they announced is swept anyway."""
        shutil.rmtree(self.bells, ignore_errors=True)
        self.bells.mkdir(mode=0o700, exist_ok=True)

    def log(self, name: str) -> Path:
        """Where a child's output goes."""
        return self.logs / f"{name}.log"

    def empty_large_logs(self) -> None:
        """Keep the logs from growing for ever."""
        for log in self.logs.glob("*.log"):
            if log.stat().st_size > _LARGEST_LOG:
                os.truncate(log, 0)

    def cluster(self, pause: Pause = time.sleep) -> Cluster:
        """The embedded PostgreSQL of this home; under /var/lib when root's home is closed."""
        folder = self.folder
        if os.geteuid() == 0 and not reachable_by_all(folder):
            mark = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
            folder = Path(f"/var/lib/fir-{mark}")
        return Cluster(folder, log=self.log("postgres"), pause=pause)

    # ------------------------------------------------------------------ environment

    @property
    def port(self) -> int:
        """FIR_PORT, by default 8000."""
        text = self.given.get("FIR_PORT", "8000")
        if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
            raise WrongPortError(
                f"FIR_PORT is '{text}', which is no port: set a number from 1 to 65535."
            )
        return int(text)

    def given_database(self) -> tuple[str, str] | None:
        """The user's own DATABASE_URL and DATABASE_OWNER_URL, or None when FIR brings its own."""
        url, owner_url = self.given.get("DATABASE_URL"), self.given.get("DATABASE_OWNER_URL")
        if url is not None and owner_url is None:
            raise HalfADatabaseError(
                "DATABASE_URL is set but DATABASE_OWNER_URL is not: it is the address of the same"
                " database for the role that owns it and runs the migrations; make that role with"
                " \"CREATE ROLE fir_owner LOGIN PASSWORD '…'\" and"
                ' "ALTER DATABASE fir OWNER TO fir_owner", then set'
                " DATABASE_OWNER_URL=postgresql://fir_owner:…@host/fir."
            )
        if url is None and owner_url is not None:
            raise HalfADatabaseError(
                "DATABASE_OWNER_URL is set but DATABASE_URL is not: unset it to use FIR's own"
                " PostgreSQL, or set DATABASE_URL to the same database for the role fir_app,"
                " which owns nothing there."
            )
        return (url, owner_url) if url is not None and owner_url is not None else None

    def settings(self, url: str, owner_url: str) -> dict[str, str]:
        """Everything FIR must be told, for a database with these two addresses."""
        made = {
            "DATABASE_URL": url,
            "DATABASE_OWNER_URL": owner_url,
            "REDIS_URL": f"bells://{quote(str(self.bells))}",
            "FIR_SECRET_KEY": self._kept("secret-key", secrets.token_urlsafe(50)),
            "FIR_SIGNING_KEY": self._kept("signing-key", _random_seed()),
            "FIR_ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "FIR_BASE_URL": f"http://localhost:{self.port}",
            # Four slashes: the first three end the address, the fourth begins the path.
            "EMAIL_URL": f"filemail:///{quote(str(self.outbox))}",
            "FIR_STATIC_ROOT": str(self.folder / "static"),
            "TMPDIR": str(self.temporary),
        }
        given = {name: self.given.get(name, value) for name, value in made.items()}
        return {**given, "FIR_HOME": str(self.folder)}

    def environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        """The user's environment completed by the settings: what a child starts with."""
        return {**self.given, **settings}

    def _kept(self, name: str, made: str) -> str:
        """The text in a private file, which is made with `made` when it is not there yet."""
        path = self.folder / name
        if not path.exists():
            new = self.folder / f"{name}.new-{os.getpid()}"
            write_private(new, made)
            # Linked, not renamed: of two that start at once both must end with the same key.
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(new)
            new.unlink()
        return path.read_text()

    # ------------------------------------------------------------------ what is being served

    def announce(self, settings: Mapping[str, str]) -> None:
        """Let commands in other terminals use what this launcher serves."""
        write_private(self.folder / "database-url", settings["DATABASE_URL"])
        write_private(self.folder / "database-owner-url", settings["DATABASE_OWNER_URL"])
        write_private(self._served, json.dumps(dict(settings)))

    def withdraw(self) -> None:
        """Take the announcement back."""
        self._served.unlink(missing_ok=True)

    def ended_badly(self) -> bool:
        """Whether an earlier launcher left its announcement: its children may still be ending."""
        return self._served.exists()

    def served(self, pause: Pause = time.sleep) -> dict[str, str] | None:
        """The settings that a running launcher serves; waits for one that is just starting."""
        while not self.run_lock.take():
            with contextlib.suppress(OSError, ValueError):
                found: dict[str, str] = json.loads(self._served.read_text())
                return found
            pause(0.1)
        self.run_lock.release()
        return None


def is_collected(source: Path, collected: Path) -> bool:
    """Whether the static files were collected since anything in their folder last changed."""
    try:
        made = (collected / "staticfiles.json").stat().st_mtime
    except FileNotFoundError:
        return False
    return all(path.stat().st_mtime <= made for path in (source, *source.rglob("*")))


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone, whole or not at all."""
    new = path.with_name(f"{path.name}.writing-{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    new.rename(path)
