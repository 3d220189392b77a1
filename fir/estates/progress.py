"""How far a load is: told while it is received, and worked out whenever somebody asks."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from django.db import DatabaseError, connection

from fir.estates.models import (
    COMPARING,
    DELTA,
    FULL,
    INDEXING,
    QUEUED,
    READING,
    RECEIVING,
    EstateLoad,
)
from fir.estates.stages import shares_done

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from fir.estates.reception import Reception

logger = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
# How much of the work is behind a load that enters a state, as measured with ten million devices;
# any other state is its end. Between the first two it is told by the bytes that came, and in the
# middle of others by stages.
PERCENT: Mapping[str, Mapping[str, int]] = {
    FULL: {RECEIVING: 0, QUEUED: 40, READING: 40, INDEXING: 55, COMPARING: 85},
    DELTA: {RECEIVING: 0, QUEUED: 5, READING: 5, INDEXING: 45, COMPARING: 95},
}
IN_STAGES = (READING, INDEXING)
SOONEST_GUESS = 5  # percent; before that, what is left would be a guess at nothing


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is; None where that cannot be told. `seconds_left` is about."""

    percent: int
    rows_a_second: int | None
    bytes_a_second: int | None
    seconds_left: int | None


def progress_of_each(loads: Collection[EstateLoad], *, at: datetime) -> dict[int, Progress]:
    """How far each of these loads is at this time, by number. One query, or none where none is in
    the middle of a phase."""
    shares = shares_done({load.pk for load in loads if load.state in IN_STAGES})
    return {load.pk: progress_of(load, shares.get(load.pk, 0), at=at) for load in loads}


def progress_of(load: EstateLoad, share: float = 0, *, at: datetime) -> Progress:
    """How far a load is at this time, with that share of its phase behind it. Pure."""
    ended = load.state not in PERCENT[load.mode]
    until = load.body_in_at or (at if load.state == RECEIVING else None)
    seconds = (until - load.received_at).total_seconds() if until else 0
    percent = 100 if ended else _percent(load, share)
    elapsed = (at - load.received_at).total_seconds()
    can_guess = not ended and percent >= SOONEST_GUESS and load.state != QUEUED
    return Progress(
        percent,
        round(load.rows_read / seconds) if seconds > 0 else None,
        round(load.bytes_read / seconds) if seconds > 0 else None,
        round(elapsed * (100 - percent) / percent) if can_guess else None,
    )


def _percent(load: EstateLoad, share: float) -> int:
    percents = PERCENT[load.mode]
    if load.state == RECEIVING:
        share = min(1.0, load.bytes_read / load.bytes_total) if load.bytes_total else 0
    order = list(percents)
    begin = percents[load.state]
    end = percents[order[order.index(load.state) + 1]] if load.state != COMPARING else 100
    return begin + int(share * (end - begin))


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
