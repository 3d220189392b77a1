"""Reading on from a bookmark: nothing twice, nothing lost, and no event stops the rest."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections, transaction

from fir.ledger.models import MACHINE, Bookmark, ReaderFault
from fir.ledger.operations import (
    BATCH,
    PAUSE_AFTER_A_FAILURE,
    _HandlerFailed,
    _set_aside,
    append_events,
    read_ledger,
)
from fir.ledger.queries import last_seq, seq_read_by
from tests import make
from tests.fir.ledger.events import appended, for_everyone, for_record_readers

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from fir.ledger.models import LedgerEvent
    from fir.ledger.operations import Handler

READER = "test"
HOUR = timedelta(hours=1)  # longer than any pause after a failure
SECOND = timedelta(seconds=1)
KIND = for_everyone().kind
OTHER_KIND = for_record_readers().kind


class Poisoned(Exception):
    """What a handler cannot digest."""


class Handling:
    """A handler that notes what it kept, and fails wherever an event is poison to it."""

    def __init__(self, poison: Collection[int] = ()) -> None:
        self.poison = set(poison)
        self.kept: list[int] = []
        self.given: list[list[int]] = []

    def __call__(self, events: Sequence[LedgerEvent]) -> None:
        seqs = [event.seq for event in events]
        self.given.append(seqs)
        if self.poison & set(seqs):
            raise Poisoned(f"not {self.poison & set(seqs)}")
        self.kept += seqs


def read(handle: Handler, at: datetime = make.AT) -> int:
    return read_ledger(reader=READER, kinds=[KIND], handle=handle, at=at)


def read_beside(handle: Handler) -> int:
    """Read in another thread, on a connection of its own, as another process would."""

    def beside() -> int:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '30s'")  # rather fail than wait for ever
            return read(handle)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=1) as other:
        return other.submit(beside).result()


@pytest.mark.django_db
def test_a_reader_is_given_the_events_of_its_kinds_once_and_in_order() -> None:
    appended(for_everyone(), for_record_readers(), for_everyone())
    handle = Handling()

    counts = [read(handle), read(handle)]

    assert counts == [2, 0]
    assert handle.kept == [1, 3]


@pytest.mark.django_db
def test_a_bookmark_moves_over_what_its_reader_does_not_read() -> None:
    appended(for_everyone(), for_record_readers(), for_record_readers())

    read(Handling())

    assert seq_read_by(READER) == 3


@pytest.mark.django_db
def test_a_reader_reads_on_where_it_stopped() -> None:
    handle = Handling()
    appended(for_everyone())
    read(handle)
    appended(for_everyone(), for_everyone())

    read(handle)

    assert handle.given == [[1], [2, 3]]


@pytest.mark.django_db
def test_more_than_one_batch_is_read_in_one_go() -> None:
    appended(*[for_everyone()] * (BATCH + 3), for_record_readers())
    handle = Handling()

    count = read(handle)

    assert count == BATCH + 3
    assert [len(batch) for batch in handle.given] == [BATCH, 3]
    assert handle.kept == list(range(1, BATCH + 4))
    assert seq_read_by(READER) == BATCH + 4


@pytest.mark.django_db
@pytest.mark.parametrize("poison", [[], [4]])
def test_a_batch_is_as_long_as_its_reader_wants_it(poison: list[int]) -> None:
    appended(*[for_everyone()] * 5)
    handle = Handling(poison)

    read_ledger(reader=READER, kinds=[KIND], handle=handle, at=make.AT, batch=3)

    assert handle.given[:2] == [[1, 2, 3], [4, 5]]
    assert handle.kept == ([1, 2, 3] if poison else [1, 2, 3, 4, 5])


@pytest.mark.django_db
@pytest.mark.parametrize("payloads", [True, False])
def test_a_reader_that_reads_no_payloads_is_given_events_without_their_texts(
    payloads: bool,
) -> None:
    appended(for_everyone())
    deferred: list[set[str]] = []

    def handle(events: Sequence[LedgerEvent]) -> None:
        deferred.extend(event.get_deferred_fields() for event in events)

    read_ledger(reader=READER, kinds=[KIND], handle=handle, at=make.AT, payloads=payloads)

    assert deferred == [set() if payloads else {"canonical"}]


@pytest.mark.django_db
def test_readers_have_bookmarks_of_their_own() -> None:
    appended(for_everyone())
    read(Handling())
    other = Handling()

    read_ledger(reader="other", kinds=[KIND], handle=other, at=make.AT)

    assert other.kept == [1]


@pytest.mark.django_db
def test_a_handler_that_fails_leaves_the_bookmark_and_nothing_of_its_work() -> None:
    appended(for_everyone())

    def half_done(events: Sequence[LedgerEvent]) -> None:
        append_events([for_record_readers()], by=MACHINE, at=make.AT)
        raise Poisoned

    count = read(half_done)

    assert (count, seq_read_by(READER), last_seq()) == (0, 0, 1)


@pytest.mark.django_db
def test_what_failed_is_given_again_and_goes_through_once_it_can() -> None:
    appended(for_everyone(), for_everyone())
    handle = Handling(poison=[2])
    read(handle)
    handle.poison.clear()

    read(handle, at=make.AT + HOUR)

    assert handle.kept == [1, 2]
    bookmark = Bookmark.objects.get()
    assert (bookmark.seq, bookmark.failures, bookmark.retry_at) == (2, 0, None)
    assert not ReaderFault.objects.exists()


@pytest.mark.django_db
def test_after_a_failure_the_event_waits_however_often_its_reader_is_rung() -> None:
    appended(for_everyone(), for_everyone())
    handle = Handling(poison=[1])
    read(handle)
    given = list(handle.given)

    for _ in range(20):
        assert read(handle) == 0
    assert read(handle, at=make.AT + PAUSE_AFTER_A_FAILURE - SECOND) == 0
    assert handle.given == given
    assert Bookmark.objects.get().failures == 1

    read(handle, at=make.AT + PAUSE_AFTER_A_FAILURE)
    assert handle.given == [*given, [1]]


@pytest.mark.django_db
def test_each_failure_waits_longer_and_five_take_a_quarter_of_an_hour() -> None:
    appended(for_everyone(), for_everyone())
    handle = Handling(poison=[1])
    read(handle)
    at = make.AT
    for failures in range(1, 5):
        assert Bookmark.objects.get().failures == failures
        at += failures * PAUSE_AFTER_A_FAILURE
        assert read(handle, at=at - SECOND) == 0
        assert handle.kept == []

        read(handle, at=at)

    assert at == make.AT + timedelta(minutes=15)
    assert ReaderFault.objects.get().failed_at == at
    # What stood behind it is handled at once.
    assert handle.kept == [2]
    bookmark = Bookmark.objects.get()
    assert (bookmark.seq, bookmark.failures, bookmark.retry_at) == (2, 0, None)


@pytest.mark.django_db
def test_a_reader_that_waits_holds_up_no_other_reader() -> None:
    appended(for_everyone())
    read(Handling(poison=[1]))
    other = Handling()

    read_ledger(reader="other", kinds=[KIND], handle=other, at=make.AT)

    assert other.kept == [1]


@pytest.mark.django_db
def test_what_comes_while_a_reader_waits_is_read_after_the_event_that_failed() -> None:
    appended(for_everyone())
    handle = Handling(poison=[1])
    read(handle)
    appended(for_everyone(), for_everyone())

    assert read(handle) == 0
    handle.poison.clear()
    read(handle, at=make.AT + PAUSE_AFTER_A_FAILURE)

    assert handle.kept == [1, 2, 3]


@pytest.mark.django_db
def test_the_fifth_failure_sets_the_event_aside_and_no_earlier_one_does() -> None:
    appended(for_everyone())
    handle = Handling(poison=[1])
    for tries in range(4):
        read(handle, at=make.AT + tries * HOUR)
    assert not ReaderFault.objects.exists()

    read(handle, at=make.AT + 4 * HOUR)

    fault = ReaderFault.objects.get()
    assert (fault.reader, fault.seq, fault.failed_at) == (READER, 1, make.AT + 4 * HOUR)
    assert fault.error == "Poisoned: not {1}"
    assert handle.given == [[1]] * 5
    assert (seq_read_by(READER), Bookmark.objects.get().failures) == (1, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("poison", [[1], [7], [20], [3, 4], [1, 20]])
def test_a_poison_event_delays_its_neighbours_by_its_own_five_failures_at_most(
    poison: list[int],
) -> None:
    appended(*[for_everyone()] * 20)
    handle = Handling(poison)

    for tries in range(5 * len(poison) + 1):
        read(handle, at=make.AT + tries * HOUR)

    assert handle.kept == [seq for seq in range(1, 21) if seq not in poison]
    assert list(ReaderFault.objects.order_by("seq").values_list("seq", flat=True)) == poison
    assert seq_read_by(READER) == 20


@pytest.mark.django_db
@pytest.mark.parametrize("poison", [1, 2, 100, 255, 256])
def test_a_batch_that_fails_is_halved_until_the_event_at_fault_is_found(poison: int) -> None:
    appended(*[for_everyone()] * 300)
    handle = Handling([poison])

    read_ledger(reader=READER, kinds=[KIND], handle=handle, at=make.AT, batch=256)

    assert handle.kept == list(range(1, poison))
    assert handle.given[-1] == [poison]
    # Each half that goes through leaves at most half of the way: 9 + 8 + ... + 1 readings.
    assert len(handle.given) <= 45
    assert Bookmark.objects.get().failures == 1


@pytest.mark.django_db
def test_after_what_went_through_and_after_what_was_set_aside_batches_are_whole_again() -> None:
    appended(*[for_everyone()] * 40)
    handle = Handling([3])

    for tries in range(5):
        read_ledger(reader=READER, kinds=[KIND], handle=handle, at=make.AT + tries * HOUR, batch=16)

    sizes = [len(batch) for batch in handle.given]
    assert sizes == [16, 8, 4, 2, 16, 8, 4, 2, 1, *[1] * 4, 16, 16, 5]
    assert handle.kept == [1, 2, *range(4, 41)]


@pytest.mark.django_db
def test_an_event_that_is_set_aside_is_not_given_again() -> None:
    appended(for_everyone(), for_everyone())
    handle = Handling(poison=[1])
    for tries in range(6):
        read(handle, at=make.AT + tries * HOUR)
    handle.given.clear()
    appended(for_everyone())

    read(handle, at=make.AT + 6 * HOUR)

    assert handle.given == [[3]]


@pytest.mark.django_db
def test_what_a_handler_appends_itself_is_read_after_what_it_was_given() -> None:
    appended(for_everyone("a"), for_everyone("b"))
    handle = Handling()

    def answers_once(events: Sequence[LedgerEvent]) -> None:
        handle(events)
        if len(handle.given) == 1:
            append_events([for_everyone("answer"), for_record_readers()], by=MACHINE, at=make.AT)

    count = read(answers_once)

    assert count == 3
    assert handle.given == [[1, 2], [3]]
    assert seq_read_by(READER) == 4


@pytest.mark.django_db(transaction=True)
def test_two_processes_never_handle_the_same_events() -> None:
    appended(for_everyone(), for_everyone())
    first, second = Handling(), Handling()
    counts: list[int] = []

    def while_the_other_reads(events: Sequence[LedgerEvent]) -> None:
        first(events)
        counts.append(read_beside(second))

    counts.append(read(while_the_other_reads))

    assert counts == [0, 2]
    assert (first.kept, second.given) == ([1, 2], [])


@pytest.mark.django_db(transaction=True)
def test_a_reader_is_not_shown_what_is_not_committed() -> None:
    appended(for_everyone())
    handle = Handling()

    with transaction.atomic():
        append_events([for_everyone(), for_everyone()], by=MACHINE, at=make.AT)
        read_beside(handle)
    read(handle)

    assert handle.given == [[1], [2, 3]]


@pytest.mark.django_db
def test_a_failure_is_not_counted_where_another_process_has_gone_on() -> None:
    appended(for_everyone())
    read(Handling())

    failure = _HandlerFailed([1])
    counted = _set_aside(reader=READER, failure=failure, at=make.AT)

    bookmark = Bookmark.objects.get(reader=READER)
    assert (counted, bookmark.failures, bookmark.retry_at) == (False, 0, None)


@pytest.mark.django_db
def test_two_processes_that_fail_at_the_same_event_count_it_once() -> None:
    appended(for_everyone())
    failure = _HandlerFailed([1])

    _set_aside(reader=READER, failure=failure, at=make.AT)
    _set_aside(reader=READER, failure=failure, at=make.AT + SECOND)

    assert Bookmark.objects.get(reader=READER).failures == 1
