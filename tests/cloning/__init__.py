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
DEMO_TEMPLATE = "fir_demo_template"
CHECKOUT = Path(__file__).resolve().parents[2]


def url_of(variable: str, database: str) -> str:
    """The URL in an environment variable, for another database of the same server."""
    return urlunsplit(urlsplit(os.environ[variable])._replace(path=f"/{database}"))


@contextmanager
def superuser() -> Iterator[psycopg.Connection]:
    """A connection that may make and drop databases."""
    with psycopg.connect(os.environ["FIR_TEST_SUPERUSER_URL"], autocommit=True) as connection:
        yield connection


@contextmanager
def _once(template: str) -> Iterator[bool]:
    """Whether the template is still to be made. Other test processes wait for the first comer."""
    folder = Path(os.environ["TMPDIR"])
    with (folder / f"{template}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / f"{template}.made"
        yield not made.exists()
        made.touch()


def _manage(database: str, *command: str) -> None:
    urls = {name: url_of(name, database) for name in ("DATABASE_URL", "DATABASE_OWNER_URL")}
    subprocess.run(
        [sys.executable, "manage.py", *command, "--verbosity", "0"],
        cwd=CHECKOUT,
        env={**os.environ, **urls, "DJANGO_SETTINGS_MODULE": "fir.settings"},
        check=True,
        stdout=subprocess.DEVNULL,
    )


def make_template() -> None:
    """Migrate the template once, whichever of the test processes comes first."""
    with _once(TEMPLATE) as is_missing:
        if is_missing:
            _create(TEMPLATE, "template1")
            _manage(TEMPLATE, "migrate")


def make_demo_template() -> None:
    """Load the demo world once, into a template of its own."""
    make_template()
    with _once(DEMO_TEMPLATE) as is_missing:
        if is_missing:
            _create(DEMO_TEMPLATE, TEMPLATE)
            _manage(DEMO_TEMPLATE, "demo")


def clone_to(database: str, template: str = TEMPLATE) -> None:
    """Replace a database by a fresh clone of a template."""
    drop(database)
    _create(database, template)


def drop(database: str) -> None:
    """Drop a database, whoever is still connected to it."""
    with superuser() as connection:
        connection.execute(
            SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(database))
        )


def _create(database: str, template: str) -> None:
    owner = urlsplit(os.environ["DATABASE_OWNER_URL"]).username or ""
    with superuser() as connection:
        connection.execute(
            SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                Identifier(database), Identifier(template), Identifier(owner)
            )
        )
