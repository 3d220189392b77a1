"""Senders that never finish hold up nobody but themselves."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from tests import make
from tests.stack import eventually

if TYPE_CHECKING:
    from tests.stack import Stack

PLACES = 3
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
