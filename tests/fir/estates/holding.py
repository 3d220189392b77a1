"""Somebody else at the database, who may keep others from writing to a table."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
from django.db import connection
from psycopg.sql import SQL, Identifier

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def somebody_else() -> Iterator[psycopg.Connection]:
    """Another connection, in a transaction that ends in nothing."""
    parameters = connection.get_connection_params()
    for unwanted in ("cursor_factory", "context"):
        parameters.pop(unwanted, None)
    with psycopg.connect(**parameters) as other:
        yield other
        other.rollback()


@contextmanager
def holding(table: str) -> Iterator[None]:
    """Nobody else writes to this table meanwhile, by a connection of its own."""
    with somebody_else() as other:
        other.execute(SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(Identifier(table)))
        yield
