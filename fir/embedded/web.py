"""Two questions about a port: may we have it, and is it our own web that answers there?"""

import errno
import http.client
import json
import socket
import time

from fir.embedded.errors import LauncherError
from fir.embedded.processes import Pause


class PortTakenError(LauncherError):
    """Something else listens on FIR_PORT."""


def require_free_port(port: int, *, patience: float = 0, pause: Pause = time.sleep) -> None:
    """Raise PortTakenError when something still listens on the port after `patience` seconds."""
    deadline = time.monotonic() + patience
    while (why := _why_not(port)) is not None:
        if time.monotonic() >= deadline:
            raise PortTakenError(
                f"Port {port} on 127.0.0.1 cannot be used: {why}. Stop the program that uses it,"
                f" or choose another port: FIR_PORT={port + 1 if port < 65535 else 8000} make run"
            )
        pause(0.1)


def _why_not(port: int) -> str | None:
    with socket.socket() as probe:
        # As gunicorn does: connections of an earlier run that still linger are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen()
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            return "something listens there already" if taken else str(error)
    return None


def serves(port: int, token: str, host: str) -> bool:
    """Whether the web that answers is the one that was started with this token."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", "/health", headers={"Host": host})
        answer = json.loads(connection.getresponse().read())
        return isinstance(answer, dict) and answer.get("start_token") == token
    except (OSError, ValueError, http.client.HTTPException):
        return False  # not yet up, or a stranger
    finally:
        connection.close()


def probing_host(allowed: str) -> str:
    """A host name that FIR_ALLOWED_HOSTS lets through."""
    first = allowed.split(",")[0].strip().lstrip(".")
    return "localhost" if first in ("", "*") else first
