"""Bringing an estate: receive a load, finish it, accept a held one, sweep what is left over."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import asdict
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Sum

from cpl.identifiers import device_id_from_number
from fir.estates import tables
from fir.estates.models import (
    AT_WORK,
    DONE,
    HELD,
    INDEXING,
    INTERRUPTED,
    QUEUED,
    READING,
    RECEIVING,
    REFUSED,
    Cohort,
    Estate,
    EstateLoad,
    LoadConfiguration,
    LoadNote,
)
from fir.estates.rules import READ_THEIR_HUB, Configuration, RowNote, read_device
from fir.estates.sources import SourceFault, read_source
from fir.ledger.models import Author
from fir.ledger.operations import NewEvent, append_events, ring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from fir.estates.rules import RawDevice
    from fir.parties.models import Actor, Party

logger = logging.getLogger(__name__)

OLD_LOADS_STAND = timedelta(hours=1)
NOTES_STAND = timedelta(days=30)


class EstateRefused(ValueError):
    """The inventory could not be taken in; nothing of it was kept, and the estate is as it was."""


class NotASupplier(PermissionError):
    """Only a Supplier has an estate."""


class LoadNotHeld(ValueError):
    """Only a load that is held for its bad rows can be accepted."""


class _Reception:
    """What is gathered while a load streams in: configurations by number, notes, counts."""

    def __init__(self, usual_roles: str) -> None:
        self.usual_roles = usual_roles
        self.numbers: dict[Configuration, int] = {}
        self.notes: list[RowNote] = []
        self.reasons: Counter[str] = Counter()
        self.rows_read = 0
        self.rows_bad = 0
        self.bytes_read = 0

    def counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces, counting their bytes."""
        for piece in pieces:
            self.bytes_read += len(piece)
            yield piece

    def rows(self, devices: Iterable[RawDevice]) -> Iterator[tuple[int, int, int | None, int]]:
        """What is copied of each row: line, device, hub, number of its configuration."""
        for raw in devices:
            self.rows_read += 1
            device, notes = read_device(raw, usual_roles=self.usual_roles)
            if notes:
                self.note(notes)
            if device is None:
                self.rows_bad += 1
                continue
            number = self.numbers.setdefault(device.configuration, len(self.numbers))
            yield raw.line, device.number, device.hub_number, number

    def note(self, notes: Iterable[RowNote]) -> None:
        """Keep notes up to the report's length, and count all of them by reason."""
        for note in notes:
            self.reasons[note.reason] += 1
            if len(self.notes) < settings.ESTATE_BAD_ROWS_REPORTED:
                self.notes.append(note)


def receive_load(*, party: Party, pieces: Iterable[bytes], by: Actor, at: datetime) -> EstateLoad:
    """Take in a whole inventory, keeping contract columns only; it is QUEUED when this returns.

    Raises NotASupplier, and EstateRefused naming the line when the inventory is cut off or of
    another form: then its load says REFUSED and nothing else is kept. When the stream itself
    breaks, the load says INTERRUPTED and the stream's own error goes on.
    """
    if not party.is_supplier:
        raise NotASupplier(f"{party.name} is no Supplier: it has no estate.")
    load = EstateLoad.objects.create(party=party, received_at=at, received_by=by.actor_id)
    reception = _Reception("+".join(r for r in ("IS", "GS") if r in party.user_roles))
    try:
        _receive(load, reception, pieces)
    except SourceFault as fault:
        _end(load, REFUSED, str(fault), reception, at=at)
        raise EstateRefused(str(fault)) from fault
    except BaseException:
        _end(load, INTERRUPTED, "The stream ended before the body was in.", reception, at=at)
        raise
    transaction.on_commit(partial(ring, "estates.sweep_loads"), robust=True)
    return load


@transaction.atomic
def _receive(load: EstateLoad, reception: _Reception, pieces: Iterable[bytes]) -> None:
    tables.hold_while_receiving(load.pk)
    devices = read_source(reception.counted(pieces))
    tables.copy_received(load.pk, reception.rows(devices))
    if not reception.rows_read:
        raise SourceFault(1, "The inventory holds no device.")
    repeated = tables.drop_duplicates(load.pk)
    reception.rows_bad += len(repeated)
    reception.note(
        RowNote(line, "DeviceID", "DEVICE_REPEATED", device_id_from_number(number), kept=False)
        for line, number in sorted(repeated)
    )
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


def _count(load: EstateLoad, reception: _Reception) -> None:
    load.bytes_read = reception.bytes_read
    load.rows_read, load.rows_bad = reception.rows_read, reception.rows_bad
    load.notes_by_reason = dict(sorted(reception.reasons.items()))


def _end(
    load: EstateLoad, state: str, refusal: str, reception: _Reception, *, at: datetime
) -> None:
    _count(load, reception)
    load.state, load.refusal, load.finished_at = state, refusal, at
    load.save()


def finish_loads(*, at: datetime) -> int:
    """Finish every load that waits, oldest first, one per Supplier at a time; how many were."""
    waiting = EstateLoad.objects.filter(state__in=AT_WORK).select_related("party").order_by("id")
    return sum(_finish_or_leave(load, at=at) for load in waiting)


def _finish_or_leave(load: EstateLoad, *, at: datetime) -> bool:
    """One Supplier's trouble holds up no other: a failed load waits for the next sweep."""
    try:
        return finish_load(load=load, at=at)
    except Exception:
        logger.exception("Load %s could not be finished; the next sweep tries again.", load.pk)
        return False


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
    finally:
        tables.unlock(load.party_id)


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
    """Move the Supplier's pointer to this load; the event is the last thing in the transaction."""
    estate = Estate.objects.select_for_update().filter(party=load.party).first()
    if estate is None:
        Estate.objects.create(party=load.party, standing_load=load)
    else:
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

    Raises LoadNotHeld.
    """
    held = EstateLoad.objects.select_for_update(of=("self",)).select_related("party")
    load = held.get(pk=load.pk)
    if load.state != HELD:
        raise LoadNotHeld(f"This load is {load.state}; only a HELD one can be accepted.")
    load.accepted = True
    load.save(update_fields=["accepted"])
    _swap(load, by=by.author, at=at)
    return load


def sweep_loads(*, at: datetime) -> None:
    """Finish what waits, mark what broke off, and drop the tables that nothing points at."""
    finish_loads(at=at)
    _mark_broken_receptions(at=at)
    LoadNote.objects.filter(load__received_at__lt=at - NOTES_STAND).delete()
    for load in _droppable(at=at):
        try:
            _drop(load)
        except OperationalError:
            logger.info("The tables of load %s are being read; the next sweep drops them.", load.pk)


@transaction.atomic
def _mark_broken_receptions(*, at: datetime) -> None:
    for load in EstateLoad.objects.filter(state=RECEIVING):
        if not tables.is_being_received(load.pk):
            EstateLoad.objects.filter(pk=load.pk, state=RECEIVING).update(
                state=INTERRUPTED, refusal="The process receiving it ended.", finished_at=at
            )


def _droppable(*, at: datetime) -> list[EstateLoad]:
    left = EstateLoad.objects.filter(tables_dropped=False, estate__isnull=True)
    ended = left.filter(state__in=[REFUSED, INTERRUPTED])
    replaced = left.filter(state=DONE, replaced_at__lt=at - OLD_LOADS_STAND)
    return [*ended, *replaced]


@transaction.atomic
def _drop(load: EstateLoad) -> None:
    tables.drop_tables(load.pk)
    Cohort.objects.filter(load=load).delete()
    load.tables_dropped = True
    load.save(update_fields=["tables_dropped"])
