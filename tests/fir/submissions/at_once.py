"""Several calls at the same moment, each on a connection of its own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from django.db import connections

if TYPE_CHECKING:
    from collections.abc import Callable


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What every call returned or raised, in the order of the calls; none begins before all can."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            start.wait(timeout=30)
            return call()
        except Exception as error:  # noqa: BLE001 - what it raised is what the test looks at
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as hands:
        return list(hands.map(run, calls))


def elsewhere(call: Callable[[], Any]) -> Any:
    """What a call returns on a connection of its own while the caller's transaction stays open."""
    (answer,) = at_once(call)
    return answer
