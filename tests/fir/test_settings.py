"""A setting that is missing explains itself, and nothing starts without it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.conf import settings

from tests.stack import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

REQUIRED = (
    "DATABASE_URL",
    "REDIS_URL",
    "FIR_SECRET_KEY",
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


def test_there_is_no_debugging_mode() -> None:
    assert settings.DEBUG is False
