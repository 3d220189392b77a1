"""Gives a management command its database, in whatever terminal it is run."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from fir.embedded.errors import LauncherError
from fir.embedded.home import CHECKOUT, Home
from fir.embedded.postgres import Cluster
from fir.embedded.terminal import warn

MIGRATE = (sys.executable, str(CHECKOUT / "manage.py"), "migrate", "--no-input")


class MigrationFailedError(LauncherError):
    """The newly made database could not be migrated."""


@contextmanager
def environment_for(
    arguments: Sequence[str], *, migrate: Sequence[str] = MIGRATE
) -> Iterator[None]:
    """Run the body with everything FIR must be told in `os.environ`.

    Supplies nothing when DATABASE_URL is set: then the environment is the user's own affair.
    Otherwise uses what `make run` serves; or else an embedded PostgreSQL, started for this
    command's own duration and migrated with `migrate` when it is new, unless the command that
    `arguments` (as in `sys.argv`) name does just that.
    """
    if os.environ.get("DATABASE_URL"):
        yield
        return
    home = Home.of(os.environ)
    home.given_database()  # refuses half a pair of addresses
    home.prepare()
    served = home.served()
    if served is not None:
        os.environ.update({**served, **home.given})
        yield
        return
    cluster = home.cluster()
    try:
        cluster.join_or_start()
        os.environ.update(home.settings(cluster.app_url, cluster.owner_url))
        if "migrate" not in arguments[1:2]:
            _migrate_once(home, cluster, migrate)
        yield
    finally:
        cluster.leave(warn)


def _migrate_once(home: Home, cluster: Cluster, migrate: Sequence[str]) -> None:
    if cluster.migrated_marker.exists():
        return
    with home.migrate_lock.wait():
        if cluster.migrated_marker.exists():
            return
        warn("Preparing the database …")
        done = subprocess.run(  # noqa: S603 - our own command
            list(migrate), cwd=CHECKOUT, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise MigrationFailedError(
                f"The new database in {cluster.folder} could not be migrated:\n"
                f"{done.stdout}{done.stderr}".rstrip()
            )
        cluster.migrated_marker.touch()
