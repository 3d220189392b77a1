"""Makes a new PostgreSQL cluster: complete, with its roles and its database, or not at all."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fir.embedded.errors import LauncherError
from fir.embedded.processes import Account, spawn

SUPERUSER, OWNER, APPLICATION = "postgres", "fir_owner", "fir_app"

# What the user's shell sets (PGDATA, LC_ALL, LD_LIBRARY_PATH …) must not reach the server.
CLEAN_ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}
ALWAYS = {
    # The passwords are 256 random bits: a slow hash protects nothing and costs every connection.
    "scram_iterations": "1",
    # Containers give /dev/shm 64 MB, and a killed server would leave its segments there.
    "dynamic_shared_memory_type": "mmap",
}

_PASSWORDS = "fir-passwords.json"


class ServerError(LauncherError):
    """PostgreSQL could not be built or did not start."""


@dataclass(frozen=True)
class Builder:
    """How to make the cluster `data`; `programs` run as `account` (None: as this user)."""

    data: Path
    database: str
    programs: Path
    account: Account | None
    durable: bool = True

    def build(self) -> None:
        """Make it under another name, roles and all, then rename it.

        An interruption leaves a folder that nobody takes for a cluster; see `forget_interrupted`.
        """
        new = self.data.with_name(f"{self.data.name}.new-{os.getpid()}")
        own_folder(new, self.account)
        self._initdb(new)
        self._make_roles(new)
        # Until here nothing could connect: no server ran on it.
        (new / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        new.rename(self.data)

    def _initdb(self, new: Path) -> None:
        command = ["initdb", "-D", str(new), "-U", SUPERUSER, "-A", "trust"]
        command += ["-E", "UTF8", "--locale=C.UTF-8", *options(ALWAYS)]
        self._run(command if self.durable else [*command, "--no-sync"])

    def _make_roles(self, new: Path) -> None:
        passwords = {role: secrets.token_hex(32) for role in (SUPERUSER, OWNER, APPLICATION)}
        descriptor = os.open(new / _PASSWORDS, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(passwords, file)
        statements = [
            f"ALTER ROLE {SUPERUSER} PASSWORD '{passwords[SUPERUSER]}'",
            f"CREATE ROLE {OWNER} LOGIN PASSWORD '{passwords[OWNER]}'",
            f"CREATE ROLE {APPLICATION} LOGIN PASSWORD '{passwords[APPLICATION]}'",
            f'CREATE DATABASE "{self.database}" OWNER {OWNER}',
        ]
        # The single-user server reads one statement a line; an error ends it with a code.
        settings = options({**ALWAYS, "exit_on_error": "on"})
        self._run(
            ["postgres", "--single", "-D", str(new), *settings, SUPERUSER],
            "".join(f"{statement};\n" for statement in statements),
        )

    def _run(self, command: list[str], text: str = "") -> None:
        """Run one of PostgreSQL's programs to its end."""
        program = spawn(
            [str(self.programs / command[0]), *command[1:]],
            env=CLEAN_ENVIRONMENT,
            cwd=self.data.parent,
            account=self.account,
            stdin=subprocess.PIPE,
            output=subprocess.PIPE,
        )
        said, _ = program.communicate(text.encode())
        if program.returncode != 0:
            raise ServerError(
                f"PostgreSQL's {command[0]} failed in {self.data.parent}: is the disk full, or the"
                f" folder not writable? It said:\n{said.decode(errors='replace').strip()}"
            )


def forget_interrupted(folder: Path) -> None:
    """Remove what interrupted starts left. Call it while no other start can be at work there."""
    for leftover in (*folder.glob("postgres.new-*"), *folder.glob("binaries-*.new-*")):
        # A killed initdb's own child may still be writing: then the next start removes the rest.
        shutil.rmtree(leftover, ignore_errors=True)


def password(data: Path, role: str) -> str:
    """The generated password of a role; it lives with the data, so the two cannot part."""
    found: dict[str, str] = json.loads((data / _PASSWORDS).read_text())
    return found[role]


def options(settings: Mapping[str, str]) -> list[str]:
    """Settings as arguments of `postgres`."""
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def own_folder(folder: Path, account: Account | None) -> None:
    """Make, or take over, a folder that the server's account alone may enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    uid = account.uid if account else os.geteuid()
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in (os.geteuid(), uid):
        raise ServerError(
            f"{folder} belongs to somebody else (user id {found.st_uid}). Remove it, or set"
            " FIR_HOME to a folder with a shorter path."
        )
    if account is not None:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
