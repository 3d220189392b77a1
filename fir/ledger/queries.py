"""Reads of the ledger: the feed's page, the head, and what a reader has not dealt with yet."""

from __future__ import annotations

import json
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction

from fir.ledger.models import Bookmark, Checkpoint, LedgerEvent, LedgerHead, ReaderFault
from fir.ledger.rules import canonical_text, leaf_hash
from fir.ledger.tree import Tree

if TYPE_CHECKING:
    import uuid
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

FEED_PAGE = (Path(__file__).parent / "sql" / "feed_page.sql").read_text()


class Told(NamedTuple):
    """What an event tells beside its payload, before there is a row of it."""

    seq: int
    id: uuid.UUID
    kind: str
    at: datetime
    by_party: str
    by_actor: uuid.UUID
    subject_type: str
    subject_id: str


@dataclass(frozen=True, slots=True)
class FeedPage:
    """One page of the feed: its events as ready JSON text, and where to go on."""

    events: str
    next_after: int


@contextmanager
def snapshot() -> Iterator[None]:
    """A read of one state of the database: nothing that commits meanwhile is seen in part.

    Inside an open transaction it is that transaction's state, whatever that is.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def last_seq() -> int:
    """The seq of the newest event; 0 for an empty ledger."""
    return LedgerHead.objects.values_list("size", flat=True).get()


class NoSuchMoment(ValueError):
    """At this time there was nothing yet, or it has not come; the message says which."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, resolved to the last event at or before it."""

    asked: datetime
    seq: int
    at: datetime


def moment_at(asked: datetime, *, now: datetime) -> Moment:
    """The last event at or before a time. Raises NoSuchMoment for a time after the last event's
    that has not come, and for one before the first event."""
    if asked > now:
        raise NoSuchMoment(f"{asked.isoformat()} has not come yet: nobody knows what stands then.")
    before = LedgerEvent.objects.filter(at__lte=asked).order_by("-at", "-seq")
    found = before.values_list("seq", "at").first()
    if found is None:
        first = LedgerEvent.objects.order_by("seq").values_list("at", flat=True).first()
        since = f"; the first event is of {first.isoformat()}" if first else ""
        raise NoSuchMoment(f"At {asked.isoformat()} nothing had happened yet{since}.")
    return Moment(asked, *found)


def newest_checkpoint() -> Checkpoint | None:
    """The checkpoint that was signed last."""
    return Checkpoint.objects.order_by("-issued_at", "-pk").first()


def feed_page(*, after: int, limit: int, head: int, tags: Sequence[str]) -> FeedPage:
    """The events after a seq, up to `head`, in order, as a JSON array for a reader of `tags`.

    An event that carries none of the tags appears as its seq and leaf hash alone, so that every
    reader can check the whole ledger.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            FEED_PAGE, {"after": after, "limit": limit, "head": head, "tags": list(tags)}
        )
        events, next_after = cursor.fetchone()
    return FeedPage(events=events or "[]", next_after=next_after or after)


def news_after(
    *, seq: int, head: int, kinds: Collection[str], limit: int, payloads: bool
) -> list[LedgerEvent]:
    """The next events of these kinds, in order; their texts are fetched only with `payloads`."""
    events = LedgerEvent.objects.filter(seq__gt=seq, seq__lte=head, kind__in=kinds)
    events = events if payloads else events.defer("canonical")
    return list(events.order_by("seq")[:limit])


def was_set_aside(reader: str, tags: Sequence[str]) -> bool:
    """Whether the reader gave up on an event that a reader of `tags` may read."""
    faults = ReaderFault.objects.filter(reader=reader).values("seq")
    return LedgerEvent.objects.filter(seq__in=faults, audience__overlap=list(tags)).exists()


def reader_faults() -> QuerySet[ReaderFault]:
    """The events that readers gave up on."""
    return ReaderFault.objects.all()


def last_seq_visible(tags: Sequence[str]) -> int:
    """The seq of the newest event that a reader of `tags` may read; 0 when there is none."""
    events = LedgerEvent.objects.filter(audience__overlap=list(tags)).order_by("-seq")
    return events.values_list("seq", flat=True).first() or 0


def newest_seq_of(kinds: Collection[str], tags: Sequence[str]) -> int:
    """The seq of the newest event of these kinds that a reader of `tags` may read; 0 if none."""
    events = LedgerEvent.objects.filter(kind__in=kinds, audience__overlap=list(tags))
    return events.order_by("-seq").values_list("seq", flat=True).first() or 0


def seq_read_by(reader: str) -> int:
    """How far a reader has read."""
    return Bookmark.objects.filter(pk=reader).values_list("seq", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What a recomputation of the whole ledger found; `fault` is empty when it is whole."""

    size: int
    root: str
    fault: str


def check_ledger() -> LedgerCheck:
    """Recompute order, leaf hashes and the tree's root over the whole ledger."""
    tree = Tree()
    signed = _signed_roots()
    for event in _all_events():
        fault = _fault_of(event, expected_seq=tree.size + 1)
        if not fault:
            tree = tree.grown([event.leaf_hash])
            fault = _contradiction(tree, signed.pop(tree.size, set()))
        if fault:
            return LedgerCheck(size=tree.size, root=tree.root, fault=fault)
    return LedgerCheck(tree.size, tree.root, _fault_of_head(tree) or _beyond(signed))


def _signed_roots() -> dict[int, set[str]]:
    """The roots that checkpoints signed, by the number of events: one for each, or it is a fork.
    What was signed of an empty ledger says nothing."""
    signed: dict[int, set[str]] = defaultdict(set)
    for size, root in Checkpoint.objects.filter(size__gt=0).values_list("size", "root"):
        signed[size].add(root)
    return signed


def _contradiction(tree: Tree, signed: Collection[str]) -> str:
    others = sorted(root for root in signed if root != tree.root)
    if not others:
        return ""
    return (
        f"The checkpoint over {tree.size} events signed another root ({others[0]}): the ledger was "
        "changed since, and its hashes with it."
    )


def _fault_of_head(tree: Tree) -> str:
    head = LedgerHead.objects.get()
    if (head.size, tuple(head.frontier)) == (tree.size, tree.frontier):
        return ""
    return f"The head says {head.size} events and another tree; {tree.size} events stand."


def _beyond(signed: Collection[int]) -> str:
    if not signed:
        return ""
    return f"A checkpoint was signed over {max(signed)} events, which are no longer all there."


def _all_events() -> Iterator[LedgerEvent]:
    return LedgerEvent.objects.order_by("seq").iterator(chunk_size=2000)


def _fault_of(event: LedgerEvent, *, expected_seq: int) -> str:
    if event.seq != expected_seq:
        return f"seq {expected_seq} is missing: the next event says it is seq {event.seq}."
    if leaf_hash(event.canonical) != event.leaf_hash:
        return f"seq {event.seq} ({event.kind}): its text no longer gives its leaf hash."
    if not _tells_its_columns(event):
        return f"seq {event.seq} ({event.kind}): its columns differ from its hashed text."
    return ""


def _tells_its_columns(event: LedgerEvent) -> bool:
    try:
        return written(event) == event.canonical
    except (LookupError, TypeError, ValueError):  # the text is not even an event's
        return False


def written(event: LedgerEvent) -> str:
    """The canonical text that an event's own columns and stored payload give."""
    return canonical_text(event_body(event, payload_of(event)))


def event_body(event: LedgerEvent | Told, payload: object) -> dict[str, object]:
    """The event as the feed shows it, without its leaf hash."""
    return {
        "seq": event.seq,
        "id": str(event.id),
        "kind": event.kind,
        "at": event.at.isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "by": {"party": event.by_party, "actor": str(event.by_actor)},
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "payload": payload,
    }


def payload_of(event: LedgerEvent) -> dict[str, object]:
    """What the event says beyond who, when and what about."""
    payload: dict[str, object] = json.loads(event.canonical)["payload"]
    return payload
