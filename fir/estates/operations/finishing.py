"""Finishing what was received: building, indexing, swapping, comparing."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum

from fir.estates import building, tables
from fir.estates.clock import running_from
from fir.estates.comparing import compare_with_former
from fir.estates.models import (
    AT_WORK,
    COMPARING,
    DELTA,
    DONE,
    FULL,
    HELD,
    INDEXING,
    QUEUED,
    READING,
    REFUSED,
    Cohort,
    Estate,
    EstateLoad,
    LoadNote,
)
from fir.estates.operations.refusals import BaseReplaced, LoadNotHeld, NewerLoadStands
from fir.ledger.bell import ring
from fir.ledger.models import Author
from fir.ledger.operations import NewEvent, append_events

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fir.parties.models import Actor

logger = logging.getLogger(__name__)

NOT_FINISHED = "FIR could not finish this load. Send it again, and tell the Administrator."
DROPPED = "It was held for its bad rows, and you dropped it."
# What ails a load may pass (a full disk): twenty failures take five hours, however often one rings.
FAILURES_BEFORE_REFUSAL = 20
PAUSE_AFTER_A_FAILURE = timedelta(minutes=1.5)


def finish_loads(*, at: datetime) -> int:
    """Finish every load that waits, oldest first, one per Supplier at a time; how many were."""
    due = Q(retry_at__isnull=True) | Q(retry_at__lte=at)
    waiting = EstateLoad.objects.filter(due, state__in=AT_WORK).select_related("party")
    waiting = waiting.order_by("id")
    now = running_from(at)
    return sum(_finish_or_leave(load, at=now()) for load in waiting)


def _finish_or_leave(load: EstateLoad, *, at: datetime) -> bool:
    """One Supplier's trouble holds up no other: a failed load waits for the next sweep."""
    try:
        return finish_load(load=load, at=at)
    except Exception:
        logger.exception("Load %s could not be finished; the next sweep tries again.", load.pk)
        _count_failure(load, at=at)
        return False


@transaction.atomic
def _count_failure(load: EstateLoad, *, at: datetime) -> None:
    failed = EstateLoad.objects.select_for_update().filter(pk=load.pk, state__in=AT_WORK).first()
    if failed is None:
        return  # another process has finished it meanwhile, or it was deleted
    failed.failures += 1
    failed.retry_at = at + failed.failures * PAUSE_AFTER_A_FAILURE
    if failed.failures >= FAILURES_BEFORE_REFUSAL:
        # One that stands stays: it is only not known what changed.
        stands = failed.state == COMPARING
        failed.state, failed.finished_at = DONE if stands else REFUSED, at
        failed.refusal = "" if stands else NOT_FINISHED
    failed.save()


def finish_load(*, load: EstateLoad, at: datetime) -> bool:
    """Build a received load's devices, index them, swap or hold it, and compare what stands then
    with what stood.

    False when another process is at work on this Supplier's loads. Each phase starts over from
    what was received, so a worker that dies in the middle loses nothing.
    """
    if not tables.try_lock(load.party_id):
        return False
    now = running_from(at)
    try:
        load.refresh_from_db()
        if load.state in (QUEUED, READING):
            _build(load)
        if load.state == INDEXING:
            _index_and_swap(load, now=now)
        if load.state == COMPARING:
            _compare(load, now=now)
        return True
    except (NewerLoadStands, BaseReplaced) as refusal:
        _refuse(load, str(refusal), at=now())
        return True
    finally:
        tables.unlock(load.party_id)


def _refuse(load: EstateLoad, refusal: str, *, at: datetime) -> None:
    load.state, load.refusal, load.finished_at = REFUSED, refusal, at
    load.save(update_fields=["state", "refusal", "finished_at"])


def _enter(load: EstateLoad, state: str) -> None:
    load.state = state
    load.save(update_fields=["state"])


def _build(load: EstateLoad) -> None:
    _enter(load, READING)
    with transaction.atomic():
        if load.mode == DELTA:
            _require_base(load, Estate.objects.filter(party=load.party_id).first())
            _leave_out_repeated(load)
        building.build_devices(load)
        _enter(load, INDEXING)


def _require_base(load: EstateLoad, estate: Estate | None) -> None:
    if estate is None or load.base_id is None or estate.standing_load_id != load.base_id:
        raise BaseReplaced(
            "These changes were made to an estate that stands no more. Send the whole inventory, "
            "or the changes since then."
        )


@transaction.atomic
def _index_and_swap(load: EstateLoad, *, now: Callable[[], datetime]) -> None:
    # Indexed and swapped together, so that starting over never meets half-made indexes.
    if not building.no_device_twice(load):
        building.take_back_placed(load)
        _leave_out_repeated(load)
        building.place_waiting(load)
        if not building.no_device_twice(load):
            raise AssertionError(f"A device of load {load.pk} stands twice after all.")
    if load.mode == FULL and _counted(load) != load.rows_read - load.rows_bad:
        # Repeated rows were taken out, or an earlier release received it and counted nothing.
        building.count_anew(load)
    building.index_devices(load)
    load.devices = _counted(load)
    load.save(update_fields=["devices"])
    bad_percent = 100 * load.rows_bad / load.rows_read
    if bad_percent > settings.ESTATE_BAD_ROWS_HELD_PERCENT and not load.accepted:
        _enter(load, HELD)
        return
    _swap(load, by=Author(load.party.slug, load.received_by), at=now())


def _counted(load: EstateLoad) -> int:
    total = Cohort.objects.filter(load=load).aggregate(total=Sum("device_count"))["total"]
    return total or 0


def _leave_out_repeated(load: EstateLoad) -> None:
    most = settings.ESTATE_BAD_ROWS_REPORTED - LoadNote.objects.filter(load=load).count()
    counts, notes = building.leave_out_repeated(load, most=max(0, most))
    LoadNote.objects.bulk_create([LoadNote(load=load, **asdict(note)) for note in notes], 1000)
    load.rows_bad += sum(counts.values())
    load.notes_by_reason = dict(sorted((Counter(load.notes_by_reason) + Counter(counts)).items()))
    load.save(update_fields=["rows_bad", "notes_by_reason"])


def _swap(load: EstateLoad, *, by: Author, at: datetime) -> None:
    """Move the Supplier's pointer to this load; the event is the last thing in the transaction.

    Raises NewerLoadStands: an estate never goes back to what was sent before; and BaseReplaced.
    """
    Estate.objects.get_or_create(party=load.party, defaults={"standing_load": load})
    estate = Estate.objects.select_for_update().get(party=load.party)
    if estate.standing_load_id > load.pk:
        raise NewerLoadStands("A load that was sent after this one stands already.")
    if load.mode == DELTA:
        _require_base(load, estate)
    if estate.standing_load_id != load.pk:
        EstateLoad.objects.filter(pk=estate.standing_load_id).update(replaced_at=at)
        load.former_id = estate.standing_load_id
        estate.standing_load = load
        estate.save()
    load.state, load.finished_at = (COMPARING, None) if load.former_id else (DONE, at)
    load.save(update_fields=["state", "finished_at", "former"])
    payload = {"load_id": load.pk, "devices": load.devices, "rows_bad": load.rows_bad}
    event = NewEvent("ESTATE_LOADED", "estate", load.party.slug, payload, [load.party.slug])
    append_events([event], by=by, at=at)


@transaction.atomic
def _compare(load: EstateLoad, *, now: Callable[[], datetime]) -> None:
    """What changed is worked out while the new estate stands already; it keeps nobody waiting."""
    compare_with_former(load=load, at=now())
    load.state, load.finished_at = DONE, now()
    load.save(update_fields=["state", "finished_at"])


def _held(load: EstateLoad) -> EstateLoad:
    held = EstateLoad.objects.select_for_update(of=("self",)).select_related("party")
    load = held.get(pk=load.pk)
    if load.state != HELD:
        raise LoadNotHeld(f"This load is {load.state}; only a HELD one can be accepted or dropped.")
    return load


@transaction.atomic
def accept_load(*, load: EstateLoad, by: Actor, at: datetime) -> EstateLoad:
    """Take a held load as it is, bad rows left out, and swap it in.

    Raises LoadNotHeld, NewerLoadStands, BaseReplaced.
    """
    load = _held(load)
    load.accepted = True
    load.save(update_fields=["accepted"])
    _swap(load, by=by.author, at=at)
    transaction.on_commit(partial(ring, "estates.sweep_loads"), robust=True)
    return load


@transaction.atomic
def drop_load(*, load: EstateLoad, by: Actor, at: datetime) -> EstateLoad:
    """Let a held load go; the estate is as it was. Raises LoadNotHeld."""
    load = _held(load)
    _refuse(load, DROPPED, at=at)
    logger.info("Load %s was dropped by %s.", load.pk, by.actor_id)
    return load
