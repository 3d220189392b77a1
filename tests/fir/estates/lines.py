"""A connection between a sender and FIR, for tests of what arrives by it."""

from __future__ import annotations

import socket


def line() -> tuple[socket.socket, socket.socket]:
    """The sender's end and the server's. TCP: a pair of Unix sockets ends in other ways."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sender = socket.create_connection(listening.getsockname())
        server, _address = listening.accept()
    return sender, server
