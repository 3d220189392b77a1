"""A body that is read as it arrives, by the server's own readers, over a real connection."""

from __future__ import annotations

import socket
import time
from contextlib import closing, contextmanager, suppress
from threading import Thread
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from gunicorn.http import body as readers
from gunicorn.http.unreader import SocketUnreader

from fir.estates import bodies
from fir.estates.bodies import Body, BodyCutOff
from tests.fir.estates.lines import line

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGE = b"x" * 3_000_000
BRIEF = 0.3
SOON = 3.0  # seconds; far below what the dripping senders would take


class Sender:
    """Somebody who sends a body, and the request that FIR makes of it."""

    def __init__(self, length: int | None) -> None:
        self.socket, self.server = line()
        self.server.settimeout(2 * SOON)
        unreader = SocketUnreader(self.server)
        reader = (
            readers.ChunkedReader(SimpleNamespace(), unreader)
            if length is None
            else readers.LengthReader(unreader, length)
        )
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "POST",
            "wsgi.input": readers.Body(reader),
            "gunicorn.socket": self.server,
        }
        if length is None:
            environ["HTTP_TRANSFER_ENCODING"] = "Chunked"
        else:
            environ["CONTENT_LENGTH"] = str(length)
        self.body = Body(WSGIRequest(environ))

    def goes_away(self) -> None:
        """There is nothing more to come."""
        self.socket.shutdown(socket.SHUT_WR)

    @contextmanager
    def sending(self, *pieces: bytes, pause: float = 0.0) -> Iterator[Thread]:
        """Send these meanwhile, with a pause after each, and go away."""
        thread = Thread(target=self._send, args=(pieces, pause))
        thread.start()
        try:
            yield thread
        finally:
            self.server.close()
            self.socket.close()
            thread.join()

    def _send(self, pieces: tuple[bytes, ...], pause: float) -> None:
        with suppress(OSError):
            for piece in pieces:
                self.socket.sendall(piece)
                time.sleep(pause)
            self.goes_away()


@contextmanager
def sender(length: int | None) -> Iterator[Sender]:
    made = Sender(length)
    with closing(made.socket), closing(made.server):
        yield made


@pytest.mark.parametrize(
    ("length", "sent"),
    [(11, b"hello world"), (None, b"6\r\nhello \r\n5;a=b\r\nworld\r\n0\r\n\r\n")],
)
def test_a_body_comes_in_pieces(length: int | None, sent: bytes) -> None:
    with sender(length) as one:
        one.socket.sendall(sent)

        assert list(one.body.pieces(4)) == [b"hell", b"o wo", b"rld"]
        assert one.body.received == 11


@pytest.mark.parametrize(
    ("length", "sent"),
    [
        (12, b"hello world"),
        (None, b"6\r\nhello \r\n"),
        (None, b"6\r\nhel"),
        (None, b"zz\r\nhello"),
        (None, b"\r\n"),
        (None, b"6\r\nhello world\r\n"),
        (None, b"6;\x01\r\nhello \r\n"),
        (None, b"6" * 9000),
    ],
)
def test_a_body_without_its_end_is_cut_off(length: int | None, sent: bytes) -> None:
    with sender(length) as one:
        one.socket.sendall(sent)
        one.goes_away()

        with pytest.raises(BodyCutOff):
            list(one.body.pieces(4))


def test_a_connection_that_breaks_is_a_body_cut_off() -> None:
    with sender(20) as one:
        one.server.settimeout(0.01)

        with pytest.raises(BodyCutOff, match="after 0 bytes"):
            one.body.read(4)


@pytest.mark.parametrize("length", [10_000, None], ids=["bytes", "size of a chunk"])
@pytest.mark.parametrize("piece", [b"1", b""], ids=["dripping", "silent"])
def test_what_must_be_in_soon_is_not_waited_for(length: int | None, piece: bytes) -> None:
    one, began = Sender(length), time.monotonic()

    with (
        one.sending(*[piece] * 100, pause=0.1),
        pytest.raises(BodyCutOff),
        one.body.within(BRIEF),
    ):
        one.body.read(1 << 10)

    assert BRIEF <= time.monotonic() - began < SOON


def test_whoever_came_in_time_may_go_on_slowly() -> None:
    hello, world = b"hello" * 400, b"world"
    with sender(2005) as one:
        with one.body.within(BRIEF):
            one.socket.sendall(hello)
            assert one.body.read(2000) == hello
        time.sleep(2 * BRIEF)
        one.socket.sendall(world)

        assert one.body.read(5) == world


def test_without_a_connection_that_could_be_ended_a_body_is_read_all_the_same() -> None:
    with sender(len(LARGE)) as one:
        one.body._socket = None
        one.socket.sendall(b"x" * 2000)
        with one.body.within(SOON):
            assert one.body.read(2000) == b"x" * 2000
        one.body.drop_rest()


# What comes after an answer is decided


@pytest.mark.parametrize("length", [len(LARGE), None])
def test_what_nobody_reads_is_dropped(length: int | None) -> None:
    one = Sender(length)
    one.server.settimeout(7)

    with one.sending(LARGE) as thread:
        one.body.drop_rest()

        thread.join(SOON)
        assert not thread.is_alive()
        assert one.server.gettimeout() == 7


def test_a_sender_that_drips_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "DROP_SECONDS", BRIEF)
    one, began = Sender(len(LARGE)), time.monotonic()

    with one.sending(*[b"x"] * 100, pause=0.1):
        one.body.drop_rest()

        assert BRIEF <= time.monotonic() - began < SOON


def test_a_silent_sender_is_waited_for_half_a_second() -> None:
    began = time.monotonic()
    with sender(len(LARGE)) as one:
        one.body.drop_rest()

    assert 0.5 <= time.monotonic() - began < SOON


def test_one_sender_is_waited_for_at_a_time() -> None:
    with sender(len(LARGE)) as one, bodies._DROPPING:
        one.socket.sendall(b"x")
        one.body.drop_rest()

        assert one.server.recv(2) == b"x"


@pytest.mark.parametrize("length", [0, 10, 1 << 16])
def test_a_short_rest_is_left_to_the_server(length: int) -> None:
    with sender(length) as one:
        one.socket.sendall(b"x")
        one.body.drop_rest()

        assert one.server.recv(2) == b"x"


@pytest.mark.parametrize("sent", [b"0\r\n\r\n", b"zz\r\n"])
def test_nothing_is_waited_for_after_the_end(sent: bytes) -> None:
    with sender(None) as one:
        one.socket.sendall(sent)
        with suppress(BodyCutOff):
            one.body.read(1)
        one.socket.sendall(b"x")
        one.body.drop_rest()

        assert one.server.recv(2) == b"x"
