"""A setting that is missing explains itself, and nothing starts without it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.stack import CHECKOUT

REQUIRED = (
    "DATABASE_URL",
    "REDIS_URL",
    "FIR_SECRET_KEY",
    "FIR_ALLOWED_HOSTS",
    "FIR_BASE_URL",
    "EMAIL_URL",
)


def start_without(*names: str) -> subprocess.CompletedProcess[str]:
    """What the web process says when it is started without these settings."""
    environment = {name: value for name, value in os.environ.items() if name not in names}
    return subprocess.run(
        [sys.executable, "-c", "import fir.wsgi"],
        cwd=CHECKOUT,
        env={**environment, "DJANGO_SETTINGS_MODULE": "fir.settings"},
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


def test_there_is_no_debugging_mode() -> None:
    assert settings.DEBUG is False
