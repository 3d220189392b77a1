"""Appending: inside a transaction, in commit order, without a gap; and ringing the readers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from threading import Event
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
import rfc8785
from django.conf import settings
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from fir.ledger import operations
from fir.ledger.models import MACHINE, LedgerEvent, LedgerHead
from fir.ledger.operations import (
    FEW,
    NewEvent,
    NotInTransaction,
    append_events,
    require_transaction,
    ring,
    ring_readers,
)
from fir.ledger.queries import check_ledger, event_body, last_seq
from fir.ledger.rules import PayloadRefused, leaf_hash
from fir.ledger.tree import Tree
from tests import make
from tests.fir.ledger.events import appended, for_everyone

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.django_db(transaction=True)
def test_an_append_outside_a_transaction_is_refused() -> None:
    with pytest.raises(NotInTransaction):
        append_events([for_everyone()], by=MACHINE, at=make.AT)

    assert last_seq() == 0


@pytest.mark.django_db(transaction=True)
def test_a_step_finds_out_whether_an_operation_stands_around_it() -> None:
    with transaction.atomic():
        require_transaction()

    with pytest.raises(NotInTransaction):
        require_transaction()


@pytest.mark.django_db
def test_numbers_start_at_one_and_follow_each_other() -> None:
    first = appended(for_everyone(), for_everyone())
    second = appended(for_everyone())

    assert [event.seq for event in [*first, *second]] == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_an_append_that_is_rolled_back_leaves_no_gap() -> None:
    appended(for_everyone("first"))
    with transaction.atomic():
        append_events([for_everyone("never"), for_everyone("never")], by=MACHINE, at=make.AT)
        transaction.set_rollback(True)

    (second,) = appended(for_everyone("second"))

    assert second.seq == 2
    assert check_ledger().size == 2
    assert check_ledger().fault == ""


@pytest.mark.django_db
def test_an_append_that_is_undone_within_its_transaction_leaves_no_gap() -> None:
    with transaction.atomic():
        with transaction.atomic():
            append_events([for_everyone("never")], by=MACHINE, at=make.AT)
            transaction.set_rollback(True)
        append_events([for_everyone("stays")], by=MACHINE, at=make.AT)

    assert [event.seq for event in LedgerEvent.objects.all()] == [1]
    assert check_ledger().fault == ""


@pytest.mark.django_db
def test_one_bad_payload_refuses_the_whole_append() -> None:
    bad = NewEvent("CPL_ENTRY_REMOVED", "cpl_entry", "CPL-000001", {"reason": "x"})

    with pytest.raises(PayloadRefused):
        appended(for_everyone(), bad)

    assert last_seq() == 0


@pytest.mark.django_db
def test_time_in_the_ledger_never_goes_back() -> None:
    (late,) = appended(for_everyone(), at=make.AT + timedelta(hours=3))
    (early,) = appended(for_everyone(), at=make.AT)
    (later,) = appended(for_everyone(), at=make.AT + timedelta(hours=4))

    assert (early.at, later.at) == (late.at, make.AT + timedelta(hours=4))
    assert '"at":"2026-11-20T12:00:00.000000Z"' in early.canonical


@pytest.mark.django_db
def test_time_in_the_ledger_is_told_in_utc_to_the_microsecond() -> None:
    summer = datetime(2026, 7, 1, 0, 30, 0, 7, tzinfo=timezone(timedelta(hours=1)))

    (event,) = appended(for_everyone(), at=summer)

    assert '"at":"2026-06-30T23:30:00.000007Z"' in event.canonical
    assert LedgerEvent.objects.get().at == datetime(2026, 6, 30, 23, 30, 0, 7, tzinfo=UTC)


@pytest.mark.django_db
@hypothesis.settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, FEW + 10), min_size=1, max_size=5), reason=st.text())
def test_few_events_and_many_are_written_alike(sizes: list[int], reason: str) -> None:
    with transaction.atomic():
        for size in sizes:
            appended(*[for_everyone(reason)] * size)
        events = list(LedgerEvent.objects.order_by("seq"))
        head, check = LedgerHead.objects.get(), check_ledger()
        transaction.set_rollback(True)

    assert [event.seq for event in events] == list(range(1, sum(sizes) + 1))
    for event in events:
        written = json.loads(event.canonical)
        assert event.canonical == rfc8785.dumps(written).decode()
        assert written == event_body(event, written["payload"])
        assert event.leaf_hash == leaf_hash(event.canonical)
    tree = Tree().grown(event.leaf_hash for event in events)
    assert Tree(head.size, tuple(head.frontier)) == tree
    assert (check.root, check.fault) == (tree.root, "")
    assert head.last_at == events[-1].at


@pytest.mark.django_db
def test_two_events_that_say_the_same_have_ids_and_hashes_of_their_own() -> None:
    one, other = appended(for_everyone("same"), for_everyone("same"))

    assert one.id != other.id
    assert one.leaf_hash != other.leaf_hash
    assert {one.id.version, other.id.version} == {4}


class Broker:
    """Stands where Celery's application stands, and notes what it is asked to send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.error: Exception | None = None
        self.open = Event()
        self.open.set()

    def send_task(self, name: str, **options: Any) -> None:
        self.open.wait(60)
        self.sent.append((name, options))
        if self.error:
            raise self.error


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker behind a new bell."""
    stand_in = Broker()
    operations._bell.hand.submit(int).result()  # what others rang is not for this one
    monkeypatch.setattr(operations, "current_app", stand_in)
    monkeypatch.setattr(operations, "_bell", operations._Bell())
    yield stand_in
    stand_in.open.set()
    operations._bell.hand.shutdown()


def when_rung(broker: Broker) -> list[str]:
    """What was sent once the bell's hand has come to rest."""
    operations._bell.hand.submit(int).result()
    return [name for name, _ in broker.sent]


@pytest.mark.django_db(transaction=True)
def test_every_reader_is_rung_by_name_once_the_append_is_committed(broker: Broker) -> None:
    with transaction.atomic():
        append_events([for_everyone()], by=MACHINE, at=make.AT)
        before = when_rung(broker)

    assert before == []
    assert when_rung(broker) == settings.LEDGER_READERS
    assert all(options["retry"] is False for _, options in broker.sent)
    assert all(options["expires"] <= 60 for _, options in broker.sent)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_rung_for_an_append_that_was_rolled_back(broker: Broker) -> None:
    with transaction.atomic():
        append_events([for_everyone()], by=MACHINE, at=make.AT)
        transaction.set_rollback(True)

    assert when_rung(broker) == []


@pytest.mark.parametrize("error", [OSError("gone"), RuntimeError("odd"), KeyError("kombu")])
def test_a_ring_never_raises_and_a_lost_broker_is_left_in_peace(
    broker: Broker, error: Exception
) -> None:
    broker.error = error
    broker.open.clear()

    ring_readers()
    ring("estates.sweep_loads")
    broker.open.set()
    rung = when_rung(broker)
    ring("estates.sweep_loads")

    assert rung == when_rung(broker) == settings.LEDGER_READERS[:1]


def test_a_ring_never_raises_while_the_process_ends(broker: Broker) -> None:
    operations._bell.hand.shutdown()

    ring_readers()
    ring("estates.sweep_loads")

    assert broker.sent == []


def test_who_rings_never_waits_for_the_broker(broker: Broker) -> None:
    broker.open.clear()

    ring("estates.sweep_loads")

    assert broker.sent == []
    broker.open.set()
    assert when_rung(broker) == ["estates.sweep_loads"]


@pytest.mark.django_db(transaction=True)
def test_an_append_is_committed_though_the_broker_is_lost(broker: Broker) -> None:
    broker.error = OSError("gone")

    appended(for_everyone())

    assert when_rung(broker) == settings.LEDGER_READERS[:1]
    assert last_seq() == 1
