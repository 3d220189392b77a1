"""How far a load is, and how fast."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fir.estates.models import STATES, EstateLoad
from fir.estates.progress import Progress, progress_of, progress_of_each
from fir.estates.stages import enter_stage, shares_done
from tests import make
from tests.fir.estates.holding import somebody_else
from tests.fir.submissions.at_once import elsewhere


def a_load(**facts: Any) -> EstateLoad:
    """A load that nobody wrote down."""
    return EstateLoad(**{"received_at": make.AT, **facts})


def after(load: EstateLoad, seconds: int) -> Progress:
    return progress_of(load, at=make.AT + timedelta(seconds=seconds))


def test_while_it_is_received_it_is_told_by_its_bytes() -> None:
    load = a_load(state="RECEIVING", bytes_total=1000, bytes_read=500, rows_read=50)

    assert after(load, 10) == Progress(
        percent=20, rows_a_second=5, bytes_a_second=50, seconds_left=40
    )


def test_without_a_length_nothing_is_guessed() -> None:
    load = a_load(state="RECEIVING", bytes_read=500, rows_read=50)

    assert after(load, 10) == Progress(0, 5, 50, None)


def test_what_was_received_keeps_the_rate_it_came_with() -> None:
    load = a_load(
        state="INDEXING",
        bytes_read=500,
        rows_read=50,
        body_in_at=make.AT + timedelta(seconds=10),
    )

    assert after(load, 55) == Progress(55, 5, 50, 45)
    assert after(load, 60).rows_a_second == 5


def test_of_what_waits_for_its_turn_no_end_is_told() -> None:
    assert after(a_load(state="QUEUED"), 20).seconds_left is None


@pytest.mark.parametrize(("mode", "begin", "end"), [("FULL", 55, 85), ("DELTA", 45, 95)])
def test_in_the_middle_of_a_phase_it_is_told_by_its_stages(mode: str, begin: int, end: int) -> None:
    load = a_load(state="INDEXING", mode=mode)

    percents = [progress_of(load, share, at=make.AT).percent for share in (0, 0.5, 1)]

    assert percents == [begin, (begin + end) // 2, end]


@pytest.mark.django_db
def test_the_stage_of_a_worker_is_told_until_its_transaction_ends() -> None:
    with somebody_else() as worker:
        enter_stage(7, 0.25, 0.75, by=worker)
        assert elsewhere(lambda: shares_done({7, 8})) == {7: 0.25}
        assert elsewhere(lambda: shares_done({8})) == {}
        worker.rollback()
        assert elsewhere(lambda: shares_done({7})) == {}


@pytest.mark.django_db
def test_nobody_asks_where_nothing_is_in_the_middle(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert progress_of_each([a_load(pk=1, state="COMPARING")], at=make.AT)[1].percent == 85


@pytest.mark.parametrize("state", STATES)
def test_percent_is_a_hundred_when_nothing_more_happens_by_itself(state: str) -> None:
    ended = state in ("HELD", "DONE", "REFUSED", "INTERRUPTED")

    assert (after(a_load(state=state), 10).percent == 100) == ended
