"""Bringing an estate: receive a load, finish it, accept a held one."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum

from cpl.device_ids import device_id_from_number
from fir.estates import tables
from fir.estates.bodies import BodyFault
from fir.estates.models import (
    AT_WORK,
    DONE,
    HELD,
    INDEXING,
    INTERRUPTED,
    QUEUED,
    READING,
    REFUSED,
    Cohort,
    Estate,
    EstateLoad,
    LoadConfiguration,
    LoadNote,
)
from fir.estates.reception import Reception
from fir.estates.rules import READ_THEIR_HUB, RowNote
from fir.estates.sources import SourceFault, read_source
from fir.ledger.bell import ring
from fir.ledger.models import Author
from fir.ledger.operations import NewEvent, append_events

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from fir.parties.models import Actor, Party

logger = logging.getLogger(__name__)

REPEATED = "DEVICE_REPEATED"
BROKEN_OFF = "The stream ended before the body was in."
# What ails a load may pass (a full disk): twenty failures take five hours, however often one rings.
FAILURES_BEFORE_REFUSAL = 20
PAUSE_AFTER_A_FAILURE = timedelta(minutes=1.5)


class EstateRefused(ValueError):
    """The inventory could not be taken in; nothing of it was kept, and the estate is as it was."""


class NotASupplier(PermissionError):
    """Only a Supplier has an estate."""


class NewerLoadStands(ValueError):
    """A load that was sent later is the estate already."""


class ReceptionUnderWay(RuntimeError):
    """Too many inventories are being received at this moment; nothing of this one was kept."""


class LoadNotHeld(ValueError):
    """Only a load that is held for its bad rows can be accepted."""


def receive_load(*, party: Party, pieces: Iterable[bytes], by: Actor, at: datetime) -> EstateLoad:
    """Take in a whole inventory, keeping contract columns only; it is QUEUED when this returns.

    Raises NotASupplier, and EstateRefused naming the line when the inventory is cut off or of
    another form: then its load says REFUSED and nothing else is kept. When the stream itself
    breaks, the load says INTERRUPTED and the stream's own error goes on.
    """
    held_roles = "+".join(role for role in ("IS", "GS") if role in party.user_roles)
    if not (party.is_supplier and held_roles):
        raise NotASupplier(
            f"{party.name} is no Supplier in the role IS or GS, and only those have an estate."
        )
    load = EstateLoad.objects.create(party=party, received_at=at, received_by=by.actor_id)
    reception = Reception(held_roles)
    try:
        _receive(load, reception, pieces)
    except SourceFault as fault:
        _end(load, REFUSED, str(fault), reception, at=at)
        raise EstateRefused(str(fault)) from fault
    except ReceptionUnderWay as refusal:
        _end(load, REFUSED, str(refusal), reception, at=at)
        raise
    except BaseException as error:
        why = str(error) if isinstance(error, BodyFault) else BROKEN_OFF
        _end(load, INTERRUPTED, why, reception, at=at)
        raise
    transaction.on_commit(partial(ring, "estates.sweep_loads"), robust=True)
    return load


@transaction.atomic
def _receive(load: EstateLoad, reception: Reception, pieces: Iterable[bytes]) -> None:
    _take_a_place(load)
    devices = read_source(reception.counted(pieces))
    tables.copy_received(load.pk, reception.rows(devices))
    if not reception.rows_read:
        raise SourceFault(1, "The inventory holds no device.")
    _leave_out_repeated(load, reception)
    LoadConfiguration.objects.bulk_create(
        [
            LoadConfiguration(
                load=load,
                number=number,
                reads_hub=configuration.device_type in READ_THEIR_HUB,
                **asdict(configuration),
            )
            for configuration, number in reception.numbers.items()
        ],
        batch_size=1000,
    )
    LoadNote.objects.bulk_create(
        [LoadNote(load=load, **asdict(note)) for note in reception.notes], batch_size=1000
    )
    _count(load, reception)
    load.state = QUEUED
    load.save()


def _take_a_place(load: EstateLoad) -> None:
    """Mark the load as being received until this transaction ends. Slow senders of one Supplier,
    or of several, must not take up every thread of the web process."""
    tables.hold_while_receiving(load.pk)
    if not tables.try_receiving_for(load.party_id):
        raise ReceptionUnderWay(
            "Another inventory of yours is being received; send this one after."
        )
    if not any(map(tables.try_place, range(settings.ESTATE_RECEPTIONS_AT_ONCE))):
        raise ReceptionUnderWay("Other inventories are being received; try again in a minute.")


def _leave_out_repeated(load: EstateLoad, reception: Reception) -> None:
    count, first = tables.drop_duplicates(load.pk, most=settings.ESTATE_BAD_ROWS_REPORTED)
    reception.rows_bad += count
    reception.note(
        RowNote(line, "DeviceID", REPEATED, device_id_from_number(number), kept=False)
        for line, number in first
    )
    if count:
        reception.reasons[REPEATED] = count


def _count(load: EstateLoad, reception: Reception) -> None:
    load.bytes_read = reception.bytes_read
    load.rows_read, load.rows_bad = reception.rows_read, reception.rows_bad
    load.notes_by_reason = dict(sorted(reception.reasons.items()))


def _end(load: EstateLoad, state: str, refusal: str, reception: Reception, *, at: datetime) -> None:
    _count(load, reception)
    load.state, load.refusal, load.finished_at = state, refusal, at
    load.save()


def finish_loads(*, at: datetime) -> int:
    """Finish every load that waits, oldest first, one per Supplier at a time; how many were."""
    due = Q(retry_at__isnull=True) | Q(retry_at__lte=at)
    waiting = EstateLoad.objects.filter(due, state__in=AT_WORK).select_related("party")
    waiting = waiting.order_by("id")
    return sum(_finish_or_leave(load, at=at) for load in waiting)


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
    load = EstateLoad.objects.select_for_update().get(pk=load.pk)
    if load.state not in AT_WORK:
        return  # another process has finished it meanwhile
    load.failures += 1
    load.retry_at = at + load.failures * PAUSE_AFTER_A_FAILURE
    if load.failures >= FAILURES_BEFORE_REFUSAL:
        load.state, load.finished_at = REFUSED, at
        load.refusal = "FIR could not finish this load. Send it again, and tell the Administrator."
    load.save()


def finish_load(*, load: EstateLoad, at: datetime) -> bool:
    """Count a received load's cohorts, build its devices, index them, and swap or hold it.

    False when another process is at work on this Supplier's loads. Each phase starts over from
    what was received, so a worker that dies in the middle loses nothing.
    """
    if not tables.try_lock(load.party_id):
        return False
    try:
        load.refresh_from_db()
        if load.state in AT_WORK:
            _build(load)
            _swap_or_hold(load, at=at)
        return True
    except NewerLoadStands as refusal:
        _refuse(load, str(refusal), at=at)
        return True
    finally:
        tables.unlock(load.party_id)


def _refuse(load: EstateLoad, refusal: str, *, at: datetime) -> None:
    load.state, load.refusal, load.finished_at = REFUSED, refusal, at
    load.save(update_fields=["state", "refusal", "finished_at"])


def _build(load: EstateLoad) -> None:
    if load.state != INDEXING:
        _enter(load, READING)
        with transaction.atomic():
            Cohort.objects.filter(load=load).delete()
            tables.count_cohorts(load.pk)
            tables.build_devices(load.pk)
            LoadConfiguration.objects.filter(load=load).delete()
            total = Cohort.objects.filter(load=load).aggregate(total=Sum("device_count"))["total"]
            load.devices = total or 0
            load.state = INDEXING
            load.save(update_fields=["state", "devices"])


def _enter(load: EstateLoad, state: str) -> None:
    load.state = state
    load.save(update_fields=["state"])


@transaction.atomic
def _swap_or_hold(load: EstateLoad, *, at: datetime) -> None:
    # Indexed and swapped together, so that starting over never meets half-made indexes.
    tables.index_devices(load.pk)
    bad_percent = 100 * load.rows_bad / load.rows_read
    if bad_percent > settings.ESTATE_BAD_ROWS_HELD_PERCENT and not load.accepted:
        _enter(load, HELD)
        return
    _swap(load, by=Author(load.party.slug, load.received_by), at=at)


def _swap(load: EstateLoad, *, by: Author, at: datetime) -> None:
    """Move the Supplier's pointer to this load; the event is the last thing in the transaction.

    Raises NewerLoadStands: an estate never goes back to what was sent before.
    """
    Estate.objects.get_or_create(party=load.party, defaults={"standing_load": load})
    estate = Estate.objects.select_for_update().get(party=load.party)
    if estate.standing_load_id > load.pk:
        raise NewerLoadStands("A load that was sent after this one stands already.")
    if estate.standing_load_id != load.pk:
        EstateLoad.objects.filter(pk=estate.standing_load_id).update(replaced_at=at)
        estate.standing_load = load
        estate.save()
    load.state, load.finished_at = DONE, at
    load.save(update_fields=["state", "finished_at"])
    payload = {"load_id": load.pk, "devices": load.devices, "rows_bad": load.rows_bad}
    event = NewEvent("ESTATE_LOADED", "estate", load.party.slug, payload, [load.party.slug])
    append_events([event], by=by, at=at)


@transaction.atomic
def accept_load(*, load: EstateLoad, by: Actor, at: datetime) -> EstateLoad:
    """Take a held load as it is, bad rows left out, and swap it in.

    Raises LoadNotHeld, NewerLoadStands.
    """
    held = EstateLoad.objects.select_for_update(of=("self",)).select_related("party")
    load = held.get(pk=load.pk)
    if load.state != HELD:
        raise LoadNotHeld(f"This load is {load.state}; only a HELD one can be accepted.")
    load.accepted = True
    load.save(update_fields=["accepted"])
    _swap(load, by=by.author, at=at)
    return load
