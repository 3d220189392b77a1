"""Writing many rows at once."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from django.db import connection
from psycopg.sql import SQL, Identifier, Placeholder

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import Model

FEW = 20
# The sequence is looked up once, and not for each number.
NEXT_IDS = """
WITH own AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS sequence)
SELECT nextval(own.sequence) FROM own, generate_series(1, %s)
"""
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")


def insert_rows(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Insert rows: a few by INSERT, which is quick for them, many by COPY, several times as fast.

    `columns` are the database's names. Constraints and triggers hold as ever. Many rows are sent
    while they are made, so making one must not ask the database.
    """
    coming = iter(rows)
    first = list(islice(coming, FEW + 1))
    names = SQL(", ").join(map(Identifier, columns))
    into = SQL("{} ({})").format(Identifier(model._meta.db_table), names)
    with connection.cursor() as cursor:
        if len(first) > FEW:
            with cursor.copy(SQL("COPY {} FROM STDIN").format(into)) as copy:
                for row in chain(first, coming):
                    copy.write_row(row)
        elif first:
            one = SQL("({})").format(SQL(", ").join([Placeholder()] * len(columns)))
            values = SQL(", ").join([one] * len(first))
            insert = SQL("INSERT INTO {} VALUES {}").format(into, values)
            cursor.execute(insert, [value for row in first for value in row])


def array_of(words: Iterable[str]) -> str:
    """Plain words (letters, digits, `_` and `-`) as PostgreSQL writes an array of them: several
    times as quick to send as a list. Raises ValueError for any other word."""
    words = list(words)
    if strange := [word for word in words if not _PLAIN.fullmatch(word)]:
        raise ValueError(f"{strange[0]!r} is no plain word.")
    return f"{{{','.join(words)}}}"


def next_ids(model: type[Model], count: int) -> list[int]:
    """So many unused primary keys, in ascending order."""
    with connection.cursor() as cursor:
        cursor.execute(NEXT_IDS, [model._meta.db_table, count])
        return [number for (number,) in cursor.fetchall()]
