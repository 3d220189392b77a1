"""Somebody who keeps others from writing to a table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from django.db import connection
from psycopg.sql import SQL, Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def holding(table: str) -> Iterator[None]:
    """Nobody else writes to this table meanwhile, by a connection of its own."""
    parameters = connection.get_connection_params()
    for unwanted in ("cursor_factory", "context"):
        parameters.pop(unwanted, None)
    with psycopg.connect(**parameters) as other:
        other.execute(SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(Identifier(table)))
        yield
        other.rollback()
