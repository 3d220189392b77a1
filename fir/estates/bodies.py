"""The body of a request as it arrives: nothing of it is held whole or put in a file."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager, suppress
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any

from gunicorn.http.errors import ParseException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest

CHUNKED = "chunked"
# What the server itself waits for after an answer before it closes the connection.
SERVER_DROPS = 1 << 16
DROP_SECONDS = 10.0
SILENCE_SECONDS = 0.5

_DROPPING = Lock()


class BodyFault(ValueError):
    """What came is not what was asked for; the text tells its sender what to do."""


class BodyCutOff(ConnectionError):
    """The body broke off: its sender went away, came too late, or lost count of its chunks."""


class Body:
    """The body of a request, which is read once; `kind` is the media type it is said to be of,
    `expected` its length if that was said."""

    def __init__(self, request: HttpRequest) -> None:
        environ = request.META
        is_chunked = CHUNKED in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        self.kind: str = environ.get("CONTENT_TYPE", "")
        self.received = 0
        # A chunked body says by itself where it ends; Django takes it for an empty one.
        self._source: Any = environ["wsgi.input"] if is_chunked else request
        self.expected = None if is_chunked else int(environ.get("CONTENT_LENGTH") or 0)
        self._has_ended = self._is_late = False
        self._socket: socket.socket | None = environ.get("gunicorn.socket")

    def read(self, size: int) -> bytes:
        """So many bytes as soon as they are in, fewer at the body's end; raises BodyCutOff."""
        try:
            piece: bytes = self._source.read(size)
        except (OSError, ParseException) as error:
            self._has_ended = True
            message = f"The body broke off after {self.received} bytes."
            raise BodyCutOff(message) from error
        self.received += len(piece)
        self._has_ended = self._is_late or not piece
        if self._is_late:
            raise BodyCutOff(f"After {self.received} bytes no more was waited for.")
        if self._has_ended and self.received < (self.expected or 0):
            raise BodyCutOff(f"{self.received} of {self.expected} bytes arrived.")
        return piece

    def pieces(self, size: int) -> Iterator[bytes]:
        """The rest of the body in pieces of so many bytes; raises BodyCutOff."""
        while piece := self.read(size):
            yield piece

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What is read meanwhile must be in after so many seconds; BodyCutOff is raised then."""
        # A limit on silence would not do: the server reads on until it has as many bytes as were
        # asked for, or the line with a chunk's size, and they may come one by one.
        timer = Timer(seconds, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        """Hear nothing more of the sender, who can still be answered."""
        self._is_late = True
        if self._socket is not None:
            with suppress(OSError):  # it went away at this very moment
                self._socket.shutdown(socket.SHUT_RD)

    def drop_rest(self) -> None:
        """Let what still comes of an unread body come, for some seconds, and drop it.

        A browser that finds the connection closed while it sends never looks at the answer. One
        sender in a process is waited for at a time, so that nobody can hold up the others.
        """
        if self._socket is None or not self._rest_is_long():
            return
        if _DROPPING.acquire(blocking=False):
            try:
                _drop(self._socket)
            finally:
                _DROPPING.release()

    def _rest_is_long(self) -> bool:
        if self._has_ended:
            return False
        return self.expected is None or self.expected - self.received > SERVER_DROPS


def _drop(source: socket.socket) -> None:
    """Read past the server's own readers: each of their reads waits for more than one packet."""
    deadline = time.monotonic() + DROP_SECONDS
    before = source.gettimeout()
    with suppress(OSError):
        source.settimeout(SILENCE_SECONDS)
        while source.recv(SERVER_DROPS) and time.monotonic() < deadline:
            pass
    with suppress(OSError):
        source.settimeout(before)
