"""The world that the tables about doors and pages are asked in: built once for all rows of a table,
since building it takes longer than asking. Whatever a test does there is taken back after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from tests.house.world import build

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django.plugin import DjangoDbBlocker

    from tests.house.world import World


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    """The world; of the size that a test's parameters ask for, or else the smallest."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build(getattr(request, "param", 1))
        transaction.set_rollback(True)
