"""Rows on their way into a load's tables: packed as PostgreSQL's COPY reads them, and sent by a
helper while the next ones are read."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from django.db import connection
from psycopg.sql import SQL

if TYPE_CHECKING:
    from types import TracebackType

    import numpy.typing as npt
    from psycopg.sql import Identifier

    from fir.estates.quick import Rows

    Array = npt.NDArray[Any]

# Before the first row and after the last of a binary COPY.
_OPENING, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_NUMBER, _NULL = 8, -1
_BATCH = 8 << 20  # bytes; so many are sent while as many are read
_COLUMNS = ("device", "hub", "cohort", "place")


def _layout(*without: str) -> np.dtype[Any]:
    """How a row is written: the number of its fields, then each with its length before it."""
    fields = [("fields", ">i2")]
    for column in _COLUMNS:
        fields.append((f"{column}_length", ">i4"))
        if column not in without:
            fields.append((column, ">i8"))
    return np.dtype(fields)


_WITH_HUB, _WITHOUT_HUB = _layout(), _layout("hub")


def packed(rows: Rows, cohorts: Array) -> bytes:
    """Rows with the cohort of each, as a binary COPY takes them. Those without a hub come last."""
    values = {
        "device": rows.devices,
        "hub": rows.hubs,
        "cohort": cohorts,
        "place": rows.places,
    }
    return _written(_WITH_HUB, values, rows.has_hub) + _written(_WITHOUT_HUB, values, ~rows.has_hub)


def _written(layout: np.dtype[Any], values: dict[str, Array], which: Array) -> bytes:
    written = np.empty(int(which.sum()), layout)
    written["fields"] = len(_COLUMNS)
    for column in _COLUMNS:
        has_value = column in (layout.names or ())
        written[f"{column}_length"] = _NUMBER if has_value else _NULL
        if has_value:
            written[column] = values[column][which]
    return written.tobytes()


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
            # Frozen, since nobody sees the table before this transaction ends: no later reader
            # has to write down that its rows were committed.
            statement = SQL("COPY {} FROM STDIN (FORMAT BINARY, FREEZE)").format(table)
            with self._connection.cursor() as cursor, cursor.copy(statement) as copy:
                copy.write(_OPENING)
                for rows in batch:
                    copy.write(rows)
                copy.write(_END)

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
