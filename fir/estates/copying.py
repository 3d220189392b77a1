"""Rows on their way into a load's tables: packed as PostgreSQL's COPY reads them, and sent by a
helper while the next ones are read."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from django.db import connection
from psycopg import Cursor
from psycopg.sql import SQL, Identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType

    import numpy.typing as npt
    from psycopg.sql import Composed

    from fir.estates.quick import Rows

    Array = npt.NDArray[Any]

# Before the first row and after the last of a binary COPY.
_OPENING, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_NUMBER, _NULL = 8, -1
_BATCH = 8 << 20  # bytes; so many are sent while as many are read
_COLUMNS = ("device", "hub", "cohort", "place")


@cache
def _layout(*without: str) -> np.dtype[Any]:
    """How a row is written: the number of its fields, then each with its length before it."""
    fields = [("fields", ">i2")]
    for column in _COLUMNS:
        fields.append((f"{column}_length", ">i4"))
        if column not in without:
            fields.append((column, ">i8"))
    return np.dtype(fields)


def packed(rows: Rows, cohorts: Array, *, placed: bool = True) -> bytes:
    """Rows with the cohort of each, as a binary COPY takes them. Those without a hub come last.
    `placed` says that they came in a file, where each has a place."""
    values = {
        "device": rows.devices,
        "hub": rows.hubs,
        "cohort": cohorts,
        "place": rows.places,
    }
    no_place = () if placed else ("place",)
    with_hub = _written(_layout(*no_place), values, rows.has_hub)
    return with_hub + _written(_layout("hub", *no_place), values, ~rows.has_hub)


def _written(layout: np.dtype[Any], values: dict[str, Array], which: Array) -> bytes:
    written = np.empty(int(which.sum()), layout)
    written["fields"] = len(_COLUMNS)
    for column in _COLUMNS:
        has_value = column in (layout.names or ())
        written[f"{column}_length"] = _NUMBER if has_value else _NULL
        if has_value:
            written[column] = values[column][which]
    return written.tobytes()


def copy_in(table: Identifier, batch: Iterable[bytes], *, is_new: bool, by: Any) -> None:
    """Write packed rows by a connection of psycopg's. `is_new` says that its transaction made or
    emptied the table: then they are frozen, and no later reader has to write down that they were
    committed."""
    options = SQL("FORMAT BINARY, FREEZE" if is_new else "FORMAT BINARY")
    statement = SQL("COPY {} FROM STDIN ({})").format(table, options)
    with by.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(_OPENING)
        for rows in batch:
            copy.write(rows)
        copy.write(_END)


def read_out(columns: Sequence[str], rows: Composed, *, by: Any) -> list[Array]:
    """These columns of rows, each as an array of numbers, by a connection of psycopg's. None of
    them may be NULL.

    Whole columns come as one value each: a value for every row takes psycopg ten times as long.
    """
    packed_columns = SQL(", ").join(
        SQL("coalesce(string_agg(int8send({}), ''), '')").format(Identifier(column))
        for column in columns
    )
    with Cursor(by) as cursor:  # not Django's own, which has no binary answers
        cursor.execute(SQL("SELECT {} FROM {}").format(packed_columns, rows), binary=True)
        (answer,) = cursor.fetchall()
        return [np.frombuffer(column, ">i8").astype(np.int64) for column in answer]


class Sending:
    """Sends packed rows to tables that this transaction made, while its caller reads on.

    On leaving everything is in, or nothing is on its way any more. Meanwhile the helper has the
    database's connection: nobody else may use it.
    """

    def __init__(self) -> None:
        connection.ensure_connection()
        self._connection: Any = connection.connection
        self._helper = ThreadPoolExecutor(1, thread_name_prefix="copy")
        self._held: dict[str, tuple[Identifier, list[bytes]]] = {}
        self._size = 0
        self._on_its_way: Future[None] | None = None

    def take(self, table: Identifier, rows: bytes) -> None:
        """Send these rows soon; raises what became of those that were sent before."""
        self._held.setdefault(table.as_string(), (table, []))[1].append(rows)
        self._size += len(rows)
        if self._size >= _BATCH:
            self._send()

    def _send(self) -> None:
        self._wait()
        held, self._held, self._size = self._held, {}, 0
        self._on_its_way = self._helper.submit(self._copy, held)

    def _wait(self) -> None:
        sent, self._on_its_way = self._on_its_way, None
        if sent:
            sent.result()

    def _copy(self, held: dict[str, tuple[Identifier, list[bytes]]]) -> None:
        for table, batch in held.values():
            copy_in(table, batch, is_new=True, by=self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: object, _trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._send()
                self._wait()
        finally:
            self._helper.shutdown()
