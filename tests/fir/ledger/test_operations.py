"""Appending: inside a transaction, in commit order, without a gap."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import hypothesis
import pytest
import rfc8785
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from fir.ledger.models import MACHINE, LedgerEvent, LedgerHead
from fir.ledger.operations import (
    FEW,
    NewEvent,
    NotInTransaction,
    append_events,
    require_transaction,
)
from fir.ledger.queries import check_ledger, event_body, last_seq
from fir.ledger.rules import PayloadRefused, leaf_hash
from fir.ledger.tree import Tree
from tests import make
from tests.fir.ledger.events import appended, for_everyone


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
