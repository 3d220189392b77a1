"""The one way to write the ledger, and the one way to read on from a bookmark."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Collection, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from cpl.bulk import insert_rows
from fir.ledger.bell import ring_readers
from fir.ledger.kinds import KINDS
from fir.ledger.models import Author, Bookmark, LedgerEvent, LedgerHead, ReaderFault
from fir.ledger.queries import Told, event_body, last_seq, news_after
from fir.ledger.rules import canonical_pieces, canonical_text, check_payload, leaf_hash
from fir.ledger.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

logger = logging.getLogger(__name__)

# Any constant will do, as long as every append takes the same one: "FIR1" in ASCII.
LEDGER_LOCK = 0x46495231
BATCH = 500
APPEND_EVENT = f"SELECT append_event({', '.join(['%s'] * 11)})"
FEW = 20
COLUMNS = (*Told._fields, "audience", "canonical", "leaf_hash")
FAILURES_BEFORE_PARKING = 5
# What ailed the reader may pass: five failures take a quarter of an hour, however often it is rung.
PAUSE_AFTER_A_FAILURE = timedelta(minutes=1.5)


class NotInTransaction(RuntimeError):
    """A step or an append was called outside the transaction of the operation it belongs to."""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to append. `parties` are the slugs that its kind's audience is made of."""

    kind: str
    subject_type: str
    subject_id: str
    payload: Mapping[str, Any]
    parties: Sequence[str] = field(default=())


def require_transaction() -> None:
    """Raise NotInTransaction unless an operation's transaction is open."""
    if not connection.in_atomic_block:
        raise NotInTransaction("This step belongs inside an operation's transaction; open one.")


def lock_ledger() -> None:
    """Hold back every append until the transaction ends. A step."""
    require_transaction()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LEDGER_LOCK])


def append_events(events: Sequence[NewEvent], *, by: Author, at: datetime) -> range:
    """Append events as the last thing in the caller's transaction; ring the readers after commit.
    The seqs they got, in their order.

    The lock is held until commit, so numbers are handed out in commit order and no reader can
    ever step over one. The head is read in a second statement: READ COMMITTED shows it what the
    previous holder of the lock committed.

    Raises NotInTransaction, and PayloadRefused when a payload breaks its kind's schema.
    """
    require_transaction()
    for event in events:
        check_payload(event.kind, event.payload)
    append = _append_few if len(events) <= FEW else _append_many
    seqs = append(events, by=by, at=at.astimezone(UTC))
    if not any(ring_readers in waiting for waiting in connection.run_on_commit):
        transaction.on_commit(ring_readers, robust=True)  # once, however often one appends
    return seqs


def _append_few(events: Sequence[NewEvent], *, by: Author, at: datetime) -> range:
    """A call of the database's own `append_event` for each, all at one go: whoever appends next
    waits for as little as can be."""
    if not events:
        return range(0)
    calls = "; ".join([APPEND_EVENT] * len(events))
    with connection.cursor() as cursor:
        cursor.execute(calls, [value for event in events for value in _call(event, by=by, at=at)])
        (first,) = cursor.fetchone()
    return range(first, first + len(events))


def _call(event: NewEvent, *, by: Author, at: datetime) -> tuple[Any, ...]:
    """What `append_event` is given: the canonical text stands open where time and seq will be."""
    told = _told(event, seq=0, by=by, at=at)
    opening, closing = canonical_pieces(event_body(told, event.payload))
    return (LEDGER_LOCK, *told[1:], KINDS[event.kind].audience(event.parties), opening, closing)


def _append_many(events: Sequence[NewEvent], *, by: Author, at: datetime) -> range:
    """Many at once by COPY, with the tree grown here: ten times as fast as so many calls."""
    tree, last_at = _locked_head()
    at = max(at, last_at or at)
    seqs = range(tree.size + 1, tree.size + 1 + len(events))
    rows = [_row(event, seq=seq, by=by, at=at) for seq, event in zip(seqs, events, strict=True)]
    insert_rows(LedgerEvent, COLUMNS, rows)
    tree = tree.grown(row[-1] for row in rows)
    LedgerHead.objects.update(size=tree.size, frontier=list(tree.frontier), last_at=at)
    return seqs


def _locked_head() -> tuple[Tree, datetime | None]:
    """The ledger's tree and the time of its last event, while every other append is held back."""
    lock_ledger()
    head = LedgerHead.objects.get()
    return Tree(head.size, tuple(head.frontier)), head.last_at


def _row(event: NewEvent, *, seq: int, by: Author, at: datetime) -> tuple[Any, ...]:
    """An event's row, in the order of COLUMNS."""
    told = _told(event, seq=seq, by=by, at=at)
    canonical = canonical_text(event_body(told, event.payload))
    audience = KINDS[event.kind].audience(event.parties)
    return (*told, audience, canonical, leaf_hash(canonical))


def _told(event: NewEvent, *, seq: int, by: Author, at: datetime) -> Told:
    return Told(
        seq=seq,
        id=uuid.uuid4(),  # random, so that the leaf hash tells an outsider nothing
        kind=event.kind,
        at=at,
        by_party=by.party,
        by_actor=by.actor,
        subject_type=event.subject_type,
        subject_id=event.subject_id,
    )


Handler = Callable[[Sequence[LedgerEvent]], None]


def read_ledger(
    *,
    reader: str,
    kinds: Collection[str],
    handle: Handler,
    at: datetime,
    batch: int = BATCH,
    payloads: bool = True,
) -> int:
    """Read on from the reader's bookmark until there is no news; the number of events handled.

    `handle` receives at most `batch` events of these kinds, in order, inside the transaction that
    moves the bookmark; it may append events of its own as its last act. It may be given the same
    events again after a failure: a batch that failed comes back halved until the one event that is
    at fault stands alone, so that those before it do not wait for it. An event that fails five
    times is set aside as a ReaderFault.

    Without `payloads` the events come without their texts, for a handler that reads none.
    """
    handled, limit = 0, batch
    while True:
        try:
            count = _read_batch(
                reader=reader, kinds=kinds, handle=handle, limit=limit, payloads=payloads, at=at
            )
        except _HandlerFailed as failure:
            logger.exception("Reader %s failed at %s.", reader, failure)
            if len(failure.seqs) > 1:
                limit = len(failure.seqs) // 2
            elif not _set_aside(reader=reader, failure=failure, at=at):
                return handled
            continue
        if count is None:
            return handled
        handled += count
        limit = batch


class _HandlerFailed(Exception):
    """A handler failed at these events, and nothing of its work was kept; the cause says why."""

    def __init__(self, seqs: Sequence[int]) -> None:
        self.seqs = seqs
        super().__init__(f"seqs {seqs[0]} to {seqs[-1]}" if len(seqs) > 1 else f"seq {seqs[0]}")


def _read_batch(
    *,
    reader: str,
    kinds: Collection[str],
    handle: Handler,
    limit: int,
    payloads: bool,
    at: datetime,
) -> int | None:
    """Handle one batch; None when there is no news, another process reads, or it is too soon to
    try a failed event again.

    Raises _HandlerFailed.
    """
    seen: list[int] = []
    try:
        with reading(reader) as bookmark:
            if bookmark is None or _is_waiting(bookmark, at):
                return None
            head = last_seq()
            limit = 1 if bookmark.failures else limit
            events = news_after(
                seq=bookmark.seq, head=head, kinds=kinds, limit=limit, payloads=payloads
            )
            seen = [event.seq for event in events]
            _move(bookmark, seen[-1] if len(seen) == limit else head)
            if events:
                handle(events)
    except Exception as error:
        if not seen:
            raise
        raise _HandlerFailed(seen) from error
    return len(seen) or None


@contextmanager
def reading(reader: str) -> Iterator[Bookmark | None]:
    """A transaction in which nobody else reads as this reader; None when somebody does."""
    Bookmark.objects.get_or_create(reader=reader)
    with transaction.atomic():
        claimed = Bookmark.objects.select_for_update(skip_locked=True).filter(reader=reader)
        yield claimed.first()


def _is_waiting(bookmark: Bookmark, at: datetime) -> bool:
    return bookmark.retry_at is not None and at < bookmark.retry_at


def _move(bookmark: Bookmark, seq: int) -> None:
    if (bookmark.seq, bookmark.failures) != (seq, 0):
        bookmark.seq, bookmark.failures, bookmark.retry_at = seq, 0, None
        bookmark.save()


def _set_aside(*, reader: str, failure: _HandlerFailed, at: datetime) -> bool:
    """Count a failure at one event; at the fifth, set the event aside. Whether it was."""
    with reading(reader) as bookmark:
        if bookmark is None or bookmark.seq >= failure.seqs[0] or _is_waiting(bookmark, at):
            return False  # another process reads, has dealt with it, or has counted this failure
        bookmark.failures += 1
        bookmark.retry_at = at + bookmark.failures * PAUSE_AFTER_A_FAILURE
        aside = bookmark.failures >= FAILURES_BEFORE_PARKING
        if aside:
            (seq,), cause = failure.seqs, failure.__cause__
            text = f"{type(cause).__name__}: {cause}"
            ReaderFault.objects.get_or_create(
                reader=reader, seq=seq, defaults={"error": text[:2000], "failed_at": at}
            )
            bookmark.seq, bookmark.failures, bookmark.retry_at = seq, 0, None
        bookmark.save()
        return aside
