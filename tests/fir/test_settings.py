"""A setting that is missing explains itself, and nothing starts without it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection

from fir.ledger.starting import why_not
from tests.cloning import url_of
from tests.stack import CHECKOUT, PATIENCE, WORKER

if TYPE_CHECKING:
    from pathlib import Path

REQUIRED = (
    "DATABASE_URL",
    "REDIS_URL",
    "FIR_SECRET_KEY",
    "FIR_SIGNING_KEY",
    "FIR_ALLOWED_HOSTS",
    "FIR_BASE_URL",
    "EMAIL_URL",
)


def start_without(*names: str, **instead: str) -> subprocess.CompletedProcess[str]:
    """What the web process says when it is started without these settings."""
    environment = {name: value for name, value in os.environ.items() if name not in names}
    return subprocess.run(
        [sys.executable, "-c", "import fir.wsgi"],
        cwd=CHECKOUT,
        env={**environment, **instead, "DJANGO_SETTINGS_MODULE": "fir.settings"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_setting_stops_the_start_with_one_sentence(name: str) -> None:
    ended = start_without(name)

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"FIR cannot start: {name} is not set. It is ")
    assert ended.stderr.count("\n") == 1


def test_the_web_process_starts_without_the_owners_password() -> None:
    assert start_without("DATABASE_OWNER_URL").returncode == 0


def test_without_static_files_the_web_process_says_how_to_make_them(tmp_path: Path) -> None:
    ended = start_without(FIR_STATIC_ROOT=str(tmp_path))

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"FIR cannot start: there are no static files in {tmp_path}. ")
    assert "collectstatic" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("seed", ["not base64!", "AAECAw=="])
def test_a_signing_key_that_is_none_stops_the_start_with_a_sentence(seed: str) -> None:
    ended = start_without(FIR_SIGNING_KEY=seed)

    assert ended.returncode == 1
    assert "FIR cannot start: FIR_SIGNING_KEY is no seed of a key." in ended.stderr
    assert "openssl rand -base64 32" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["DATABASE_OWNER_URL", "FIR_TEST_SUPERUSER_URL"])
def test_a_role_that_could_lift_the_locks_does_not_start(role: str) -> None:
    url = url_of(role, connection.settings_dict["NAME"])
    web = start_without(DATABASE_URL=url)
    worker = subprocess.run(
        [sys.executable, "-m", *WORKER, "-Q", "news"],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "fir.settings"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )

    said = f"FIR cannot start: DATABASE_URL names the role {urlsplit(url).username}, which owns "
    assert web.returncode == 1
    assert web.stderr.startswith(f"{said}ledger_ledgerevent")
    assert "Two database roles" in web.stderr
    assert web.stderr.count("\n") == 1
    assert worker.returncode == 1
    assert said in worker.stderr


@pytest.mark.django_db
def test_an_empty_database_is_no_place_for_a_superuser_either() -> None:
    ended = start_without(DATABASE_URL=url_of("FIR_TEST_SUPERUSER_URL", "template1"))

    assert ended.returncode == 1
    assert "FIR cannot start: DATABASE_URL names the role" in ended.stderr


@pytest.mark.django_db
def test_the_load_tables_that_the_application_owns_are_its_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE loads.device_0 (x int)")

    assert why_not() == ""


def test_the_web_process_starts_while_the_database_is_away() -> None:
    ended = start_without(DATABASE_URL="postgres://fir_app:x@127.0.0.1:1/fir")

    assert ended.returncode == 0
    assert "Nobody could say what the database's role owns" in ended.stderr


def test_there_is_no_debugging_mode() -> None:
    assert settings.DEBUG is False
