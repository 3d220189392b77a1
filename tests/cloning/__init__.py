"""A fresh database for every test that commits: a clone of a migrated template.

Locked tables cannot be emptied, and no guard is ever switched off for a test; so the database as a
whole is replaced instead, which takes about as long as emptying it would.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg.sql import SQL, Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATE = "fir_template"
CHECKOUT = Path(__file__).resolve().parents[2]


def url_of(variable: str, database: str) -> str:
    """The URL in an environment variable, for another database of the same server."""
    return urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{database}"))


@contextmanager
def superuser() -> Iterator[psycopg.Connection]:
    """A connection that may make and drop databases."""
    with psycopg.connect(os.environ["FIR_TEST_SUPERUSER_URL"], autocommit=True) as connection:
        yield connection


def make_template() -> None:
    """Migrate the template once, whichever of the test processes comes first."""
    folder = Path(os.environ["TMPDIR"])
    with (folder / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "template.made").exists():
            return
        owner = urlsplit(os.environ["DATABASE_OWNER_URL"]).username or ""
        with superuser() as connection:
            connection.execute(
                SQL("CREATE DATABASE {} OWNER {}").format(Identifier(TEMPLATE), Identifier(owner))
            )
        urls = {name: url_of(name, TEMPLATE) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
            cwd=CHECKOUT,
            env={**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "fir.settings"},
            check=True,
        )
        (folder / "template.made").touch()


def clone_to(database: str) -> None:
    """Replace a database by a fresh clone of the template."""
    owner = urlsplit(os.environ["DATABASE_OWNER_URL"]).username or ""
    name = Identifier(database)
    with superuser() as connection:
        connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
        connection.execute(
            SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                name, Identifier(TEMPLATE), Identifier(owner)
            )
        )
