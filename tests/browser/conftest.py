"""A browser, and FIRs with the demo world."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.chromium import MISSING, PATIENCE, chromium, launched
from tests.stack import Stack, running_demo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, and skip it where there is no Chromium."""
    skip = pytest.mark.skip(reason=MISSING)
    for item in items:
        if item.path.is_relative_to(os.path.dirname(__file__)):
            item.add_marker(pytest.mark.browser)
            if chromium() is None:
                item.add_marker(skip)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this folder; gone before other tests use the ORM."""
    expect.set_options(timeout=PATIENCE)
    with launched() as browser:
        yield browser


def _database(name: str) -> str:
    return f"fir_{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


@pytest.fixture(scope="session")
def standing_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running FIR with the demo world, for tests that leave it as it is."""
    with running_demo(tmp_path_factory.mktemp("standing"), _database("standing_demo")) as stack:
        yield stack


@pytest.fixture
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running FIR with a demo world of the test's own."""
    with running_demo(tmp_path_factory.mktemp("demo"), _database("demo")) as stack:
        yield stack
