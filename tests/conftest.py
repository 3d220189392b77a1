"""What every test may ask for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.test import Client

from fir.celery import app as celery_application
from tests.cloning import clone_to, make_template, url_of
from tests.house.world import build
from tests.stack import Stack, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_django.plugin import DjangoDbBlocker

    from tests.house.world import World


# Operations ring the readers through this application.
assert celery_application.conf.broker_url


def pytest_sessionstart(session: pytest.Session) -> None:
    """Pages name their style sheets by content: make those names once, before any test."""
    if not hasattr(session.config, "workerinput"):  # one of several that share the folder
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest) -> Iterator[None]:
    """This process's own database, migrated as the owner and used as the application role."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    database = f"fir_test_{worker}"
    make_template()
    clone_to(database)
    connections["default"].settings_dict["NAME"] = database
    os.environ["DATABASE_URL"] = url_of("DATABASE_URL", database)
    os.environ["DATABASE_OWNER_URL"] = url_of("DATABASE_OWNER_URL", database)
    yield
    connections["default"].close()


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """The world that doors and pages are asked in; of the size that a test's parameters ask for, or
    else the smallest. It is built once for all rows of a table, since building it takes longer than
    asking; whatever a test does there is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(getattr(request, "param", 1))
        transaction.set_rollback(True)


@pytest.fixture
def client() -> Client:
    """A client that gets FIR's own answer to an error, not the exception."""
    return Client(raise_request_exception=False)


@pytest.fixture
def fir(transactional_db: None, tmp_path: Path) -> Iterator[Stack]:
    """A running FIR on a fresh database: its web process; a test starts the workers it wants."""
    with running(tmp_path) as stack:
        yield stack
