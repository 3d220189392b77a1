"""Sweeping up after loads: finish what waits, mark what broke off, drop what nothing points at."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import OperationalError, transaction
from django.db.models import ProtectedError, Q

from fir.estates import tables
from fir.estates.models import (
    COMPARING,
    HELD,
    INTERRUPTED,
    RECEIVING,
    REFUSED,
    Cohort,
    CohortMove,
    EstateLoad,
    LoadNote,
)
from fir.estates.operations import finish_loads

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

logger = logging.getLogger(__name__)

JUST_BEGUN = timedelta(minutes=1)
HELD_LOADS_STAND = timedelta(days=30)
OLD_LOADS_STAND = timedelta(hours=1)
NOTES_STAND = timedelta(days=30)


def sweep_loads(*, at: datetime) -> None:
    """Finish what waits, mark what broke off, and drop the tables that nothing points at."""
    finish_loads(at=at)
    _mark_broken_receptions(at=at)
    _refuse_forgotten(at=at)
    LoadNote.objects.filter(load__received_at__lt=at - NOTES_STAND).delete()
    for load in _droppable(at=at):
        try:
            _drop(load, at=at)
        except (OperationalError, ProtectedError):
            logger.info("Load %s is still asked about; a later sweep drops it.", load.pk)


@transaction.atomic
def _mark_broken_receptions(*, at: datetime) -> None:
    """A reception whose process is gone. One that has just begun may not have its lock yet."""
    for load in EstateLoad.objects.filter(state=RECEIVING, received_at__lt=at - JUST_BEGUN):
        if not tables.is_being_received(load.pk):
            EstateLoad.objects.filter(pk=load.pk, state=RECEIVING).update(
                state=INTERRUPTED, refusal="The process receiving it ended.", finished_at=at
            )


def _refuse_forgotten(*, at: datetime) -> None:
    """Held loads that nobody accepted in time."""
    EstateLoad.objects.filter(state=HELD, received_at__lt=at - HELD_LOADS_STAND).update(
        state=REFUSED, refusal="It was held for its bad rows and not accepted.", finished_at=at
    )


def _droppable(*, at: datetime) -> QuerySet[EstateLoad]:
    """Loads that no estate points at, and whose tables are of no use any more."""
    over = Q(state__in=[REFUSED, INTERRUPTED]) | Q(replaced_at__lt=at - OLD_LOADS_STAND)
    compared = EstateLoad.objects.filter(state=COMPARING, former__isnull=False).values("former")
    loads = EstateLoad.objects.filter(over, tables_dropped=False, estate__isnull=True)
    return loads.exclude(pk__in=compared)


@transaction.atomic
def _drop(load: EstateLoad, *, at: datetime) -> None:
    # Asked again under a lock: the load may have come alive since it was found.
    locked = EstateLoad.objects.select_for_update().filter(pk=load.pk).first()
    if locked is None or not _droppable(at=at).filter(pk=load.pk).exists():
        return
    tables.drop_tables(load.pk)
    CohortMove.objects.filter(load=load).delete()
    Cohort.objects.filter(load=load).delete()
    EstateLoad.objects.filter(pk=load.pk).update(tables_dropped=True)
