"""The bell that wakes workers once something was committed, without which they would still wake."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from celery import current_app
from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger(__name__)

SECONDS_OF_SILENCE_AFTER_A_FAILED_RING = 30
SECONDS_BETWEEN_RINGS = 0.1


class Bell:
    """Rings the workers by name, from a thread of its own, so that no caller ever waits for the
    broker. After a failed ring it stays silent for a while; the timetable wakes the workers
    anyway."""

    def __init__(self) -> None:
        self.silent_until = self.quiet_until = 0.0
        self.waiting: set[str] = set()  # what is to be rung, and is not being rung yet
        self.hand = ThreadPoolExecutor(max_workers=1, thread_name_prefix="bell")

    def ring(self, names: Sequence[str]) -> None:
        new = [name for name in names if name not in self.waiting]
        if new and time.monotonic() >= self.silent_until:
            self.waiting.update(new)
            with suppress(RuntimeError):  # the process is ending; the timetable wakes the workers
                self.hand.submit(self._send, new)

    def _send(self, names: Sequence[str]) -> None:
        time.sleep(max(0.0, self.quiet_until - time.monotonic()))  # many commits, one ring
        self.waiting.difference_update(names)  # whoever commits from now on rings again
        if time.monotonic() < self.silent_until:
            return
        try:
            for name in names:
                current_app.send_task(name, expires=60, retry=False, ignore_result=True)
            self.quiet_until = time.monotonic() + SECONDS_BETWEEN_RINGS
        except Exception as error:  # noqa: BLE001 - whatever ails the broker, the caller is gone
            self.silent_until = time.monotonic() + SECONDS_OF_SILENCE_AFTER_A_FAILED_RING
            logger.warning(
                "The readers could not be rung (%s); the timetable will wake them.", error
            )


_bell = Bell()


def ring_readers() -> None:
    """Wake the readers of the ledger now, if the broker is there. Never raises, never retries."""
    _bell.ring(settings.LEDGER_READERS)


def ring(name: str) -> None:
    """Wake one named task after a commit, under the same promise as `ring_readers`."""
    _bell.ring([name])
