"""How far a load is: told while it is received, and worked out whenever somebody asks."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db import DatabaseError, connection

from fir.estates.models import COMPARING, INDEXING, QUEUED, READING, RECEIVING, EstateLoad

if TYPE_CHECKING:
    from datetime import datetime

    from fir.estates.reception import Reception

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
# How much of the work is behind a load that enters a state, as measured with ten million devices;
# any other state is its end. Between the first two it is told by the bytes that came.
PERCENT = {RECEIVING: 0, QUEUED: 40, READING: 40, INDEXING: 50, COMPARING: 80}
SOONEST_GUESS = 5  # percent; before that, what is left would be a guess at nothing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is; None where that cannot be told. `seconds_left` is about."""

    percent: int
    rows_a_second: int | None
    bytes_a_second: int | None
    seconds_left: int | None


def progress_of(load: EstateLoad, *, at: datetime) -> Progress:
    """How far a load is at this time. Pure."""
    ended = load.state not in PERCENT
    until = load.body_in_at or (at if load.state == RECEIVING else None)
    seconds = (until - load.received_at).total_seconds() if until else 0
    percent = 100 if ended else _percent(load)
    elapsed = (at - load.received_at).total_seconds()
    can_guess = not ended and percent >= SOONEST_GUESS and load.state != QUEUED
    return Progress(
        percent,
        round(load.rows_read / seconds) if seconds > 0 else None,
        round(load.bytes_read / seconds) if seconds > 0 else None,
        round(elapsed * (100 - percent) / percent) if can_guess else None,
    )


def _percent(load: EstateLoad) -> int:
    if load.state == RECEIVING and load.bytes_total:
        return min(PERCENT[QUEUED], PERCENT[QUEUED] * load.bytes_read // load.bytes_total)
    return PERCENT[load.state]


class Telling:
    """Tells how far a reception is, every second, by a connection of its own: nothing that the
    reception itself writes is to be seen before its end."""

    def __init__(self, load: EstateLoad, reception: Reception) -> None:
        self._load_id, self._reception = load.pk, reception
        self._is_over = threading.Event()
        self._teller = threading.Thread(target=self._tell, name="telling", daemon=True)

    def _tell(self) -> None:
        try:
            while not self._is_over.wait(EVERY_SECONDS):
                EstateLoad.objects.filter(pk=self._load_id, state=RECEIVING).update(
                    bytes_read=self._reception.bytes_read, rows_read=self._reception.rows_read
                )
        except DatabaseError:
            logger.warning("How far load %s is cannot be told.", self._load_id, exc_info=True)
        finally:
            connection.close()

    def __enter__(self) -> Self:
        self._teller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._teller.join()
