"""Senders that never finish, or send what cannot be read, hold up nobody but themselves."""

from __future__ import annotations

import select
import socket
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests import make
from tests.fir.portal.people import signed_in
from tests.stack import PATIENCE, eventually

if TYPE_CHECKING:
    from fir.parties.models import Party
    from tests.stack import Stack

PLACES = 3
THREADS = 4  # of the web process
FORM = "Content-Type: multipart/form-data; boundary=XX"
INVENTORY = make.inventory(make.device(1))


def states(fir: Stack, key: str, wanted: str) -> bool:
    """Whether one of the Supplier's loads is in a state."""
    loads = fir.get("/api/v1/estate/loads", key).json["results"]
    return wanted in [load["state"] for load in loads]


def send_half(fir: Stack, key: str, held: ExitStack) -> None:
    """Begin to send an inventory, and neither go on nor go away."""
    sender = held.enter_context(socket.create_connection(("127.0.0.1", fir.port)))
    head = (
        "POST /api/v1/estate/loads HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: text/csv\r\nContent-Length: 5000000\r\n\r\n"
    )
    sender.sendall(head.encode() + INVENTORY * 4000)
    eventually(partial(states, fir, key, "RECEIVING"), what="the reception")


def test_slow_senders_take_up_their_places_and_no_more(fir: Stack) -> None:
    keys = [make.key(make.party(f"supplier-{n}")) for n in range(PLACES + 1)]
    with ExitStack() as held:
        for key in keys[:PLACES]:
            send_half(fir, key, held)

        again = fir.post("/api/v1/estate/loads", keys[0], INVENTORY)
        another = fir.post("/api/v1/estate/loads", keys[PLACES], INVENTORY)

        assert (again.status, another.status) == (429, 429)
        assert "of yours" in again.json["detail"]
        assert "of yours" not in another.json["detail"]
        assert again.headers["Retry-After"]
        assert fir.get("/health").status == 200

    # They went away in the middle: their loads say so, and their places are free again.
    for key in keys[:PLACES]:
        eventually(partial(states, fir, key, "INTERRUPTED"), what="the interrupted load")
    assert fir.post("/api/v1/estate/loads", keys[PLACES], INVENTORY).status == 202


def open_request(fir: Stack, held: ExitStack, path: str, *headers: str) -> socket.socket:
    """The head of a POST is sent; the connection stays open."""
    sender = held.enter_context(socket.create_connection(("127.0.0.1", fir.port), PATIENCE))
    lines = (f"POST {path} HTTP/1.1", "Host: localhost", *headers)
    sender.sendall("\r\n".join((*lines, "", "")).encode())
    return sender


def cookie_of(party: Party) -> str:
    """What the browser of somebody at a Supplier sends along."""
    return "Cookie: sessionid=" + signed_in(party).cookies["sessionid"].value


def status_of(sender: socket.socket) -> int:
    """The status that is answered."""
    return int(sender.makefile("rb").readline().split()[1])


def test_forms_that_never_come_to_their_file_take_up_one_thread(fir: Stack) -> None:
    headers = (cookie_of(make.party("big-light")), FORM, "Content-Length: 5000000")
    with ExitStack() as held:
        waiting = [open_request(fir, held, "/estate/send", *headers) for _ in range(2 * THREADS)]
        for sender in waiting:
            sender.sendall(b"--XX\r\n")

        def only_one_waits() -> bool:
            for sender in select.select(waiting, [], [], 0)[0]:
                assert status_of(sender) == 429
                waiting.remove(sender)
                sender.close()
            return len(waiting) == 1

        eventually(only_one_waits, what="the refusal of all forms but one")
        assert fir.get("/about").status == 200
        assert select.select(waiting, [], [], 0)[0] == []


def test_whoever_is_refused_while_sending_much_reads_the_answer(fir: Stack) -> None:
    content_type = FORM.partition(": ")[2]

    answer = fir.ask("POST", "/estate/send", body=bytes(40_000_000), Content_Type=content_type)

    assert answer.status == 302
    assert answer.headers["Location"].startswith("/account/sign-in")


@pytest.mark.parametrize("sent", [b"zz\r\n", b"5\r\n--XX--\r\n", b"5;=\r\n"])
def test_chunks_that_are_miscounted_are_a_bad_request_at_both_doors(
    fir: Stack, sent: bytes
) -> None:
    supplier = make.party("big-light")
    key = make.key(supplier)
    chunked = "Transfer-Encoding: chunked"
    with ExitStack() as held:
        portal = open_request(fir, held, "/estate/send", cookie_of(supplier), FORM, chunked)
        portal.sendall(sent)
        assert status_of(portal) == 400

        api = open_request(
            fir, held, "/api/v1/estate/loads", f"Authorization: Bearer {key}", chunked
        )
        api.sendall(sent)
        assert status_of(api) == 400

    assert states(fir, key, "INTERRUPTED")
