"""Taking in an inventory as it streams in."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from fir.estates import tables
from fir.estates.bodies import BodyFault
from fir.estates.clock import running_from
from fir.estates.copying import Sending, packed
from fir.estates.faults import SourceFault
from fir.estates.models import (
    AT_WORK,
    DELTA,
    FULL,
    HELD,
    INTERRUPTED,
    QUEUED,
    REFUSED,
    Cohort,
    EstateLoad,
    LoadNote,
)
from fir.estates.operations.refusals import (
    EstateRefused,
    NotASupplier,
    ReceptionUnderWay,
    SameFileAgain,
)
from fir.estates.placing import Placing
from fir.estates.progress import Telling
from fir.estates.reception import Reception, limits
from fir.estates.sources import read_parts
from fir.ledger.bell import ring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from fir.estates.quick import Rows
    from fir.parties.models import Actor, Party

COUNTS = ("bytes_read", "rows_read", "rows_bad", "notes_by_reason")
BROKEN_OFF = "The stream ended before the body was in."
NOTHING_TO_CHANGE = "There is no estate that these changes could be made to. Send all of it."


def receive_load(
    *,
    party: Party,
    pieces: Iterable[bytes],
    by: Actor,
    at: datetime,
    mode: str = FULL,
    size: int | None = None,
) -> EstateLoad:
    """Take in an inventory, keeping contract columns only; it is QUEUED when this returns. With
    `mode` DELTA it holds what changed; `size` is how many bytes are awaited, if that is known.

    Raises NotASupplier, and EstateRefused naming the line when the inventory is cut off or of
    another form, or came before: then its load says REFUSED and nothing else is kept. When the
    stream itself breaks, the load says INTERRUPTED and the stream's own error goes on.
    """
    held_roles = "+".join(role for role in ("IS", "GS") if role in party.user_roles)
    if not (party.is_supplier and held_roles):
        raise NotASupplier(
            f"{party.name} is no Supplier in the role IS or GS, and only those have an estate."
        )
    load = EstateLoad.objects.create(
        party=party, mode=mode, bytes_total=size, received_at=at, received_by=by.actor_id
    )
    reception = Reception(held_roles)
    now = running_from(at)
    try:
        _receive(load, reception, pieces, now=now)
    except (SourceFault, EstateRefused) as fault:
        _end(load, REFUSED, str(fault), reception, at=now())
        if isinstance(fault, EstateRefused):
            raise
        raise EstateRefused(str(fault)) from fault
    except ReceptionUnderWay as refusal:
        _end(load, REFUSED, str(refusal), reception, at=now())
        raise
    except BaseException as error:
        why = str(error) if isinstance(error, BodyFault) else BROKEN_OFF
        _end(load, INTERRUPTED, why, reception, at=now())
        raise
    transaction.on_commit(partial(ring, "estates.sweep_loads"), robust=True)
    return load


@transaction.atomic
def _receive(
    load: EstateLoad,
    reception: Reception,
    pieces: Iterable[bytes],
    *,
    now: Callable[[], datetime],
) -> None:
    _take_a_place(load)
    before = _newest_that_lives(load)
    if load.mode == DELTA:
        if before is None:
            raise EstateRefused(NOTHING_TO_CHANGE)
        load.base = before
    tables.make_tables(load.pk)
    placing = Placing(reception.numbers)
    with Telling(load, reception):
        _send(load, reception.rows(read_parts(reception.counted(pieces), limits())), placing)
    if not reception.rows_read:
        raise SourceFault(1, "The inventory holds no device.")
    _refuse_again(load, reception.fingerprint, before)
    _refuse_deleted(load)
    Cohort.objects.bulk_create(placing.cohorts(load), batch_size=1000)
    LoadNote.objects.bulk_create(
        [LoadNote(load=load, **asdict(note)) for note in reception.notes], batch_size=1000
    )
    _count(load, reception)
    load.state, load.fingerprint = QUEUED, reception.fingerprint
    load.body_in_at = now()
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


def _newest_that_lives(load: EstateLoad) -> EstateLoad | None:
    """What is this Supplier's estate when all that waits was finished, as far as one can tell."""
    lives = Q(state__in=AT_WORK) | Q(estate__isnull=False)
    return EstateLoad.objects.filter(lives, party=load.party_id).order_by("-id").first()


def _send(load: EstateLoad, parts: Iterable[Rows], placing: Placing) -> None:
    """Send the rows where they belong: those that wait for their hub, and all of a delta, aside."""
    devices, waiting = tables.device_table(load.pk), tables.received_table(load.pk)
    with Sending() as sending:
        for rows in parts:
            if load.mode == DELTA:
                sending.take(waiting, packed(rows, placing.own(rows)))
                continue
            cohorts, waits = placing.place(rows)
            for table, which in ((devices, ~waits), (waiting, waits)):
                if which.any():
                    sending.take(table, packed(rows.where(which), cohorts[which]))


def _refuse_again(load: EstateLoad, fingerprint: str, before: EstateLoad | None) -> None:
    """The same bytes twice are one inventory: somebody pressed twice, or a job ran again."""
    held = EstateLoad.objects.filter(party=load.party_id, state=HELD, fingerprint=fingerprint)
    held = held.filter(mode=load.mode, pk__gt=before.pk if before else 0)
    if before and (before.fingerprint, before.mode) == (fingerprint, load.mode):
        stands = "waits for its turn" if before.state in AT_WORK else "is your estate"
    elif before := held.order_by("-id").first():
        stands = "waits for you to accept or drop it"
    else:
        return
    raise SameFileAgain(
        f"This is the same file as load {before.pk}, which {stands}. Nothing was done."
    )


def _refuse_deleted(load: EstateLoad) -> None:
    """From here to the end of the transaction nobody deletes the estate and this load with it."""
    if not EstateLoad.objects.select_for_update().filter(pk=load.pk).exists():
        raise EstateRefused(
            "The estate was deleted while this inventory was being received, and nothing of it was "
            "kept. Send it again if it is meant to be your estate."
        )


def _count(load: EstateLoad, reception: Reception) -> None:
    load.bytes_read = reception.bytes_read
    load.rows_read, load.rows_bad = reception.rows_read, reception.rows_bad
    load.notes_by_reason = dict(sorted(reception.reasons.items()))


def _end(load: EstateLoad, state: str, refusal: str, reception: Reception, *, at: datetime) -> None:
    _count(load, reception)
    load.state, load.refusal, load.finished_at = state, refusal, at
    # Not saved: a load that was deleted meanwhile would be written anew.
    EstateLoad.objects.bulk_update([load], [*COUNTS, "state", "refusal", "finished_at"])
