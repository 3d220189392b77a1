"""How far a load is, and how fast."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fir.estates.models import STATES, EstateLoad
from fir.estates.progress import Progress, progress_of
from tests import make


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

    assert after(load, 20) == Progress(50, 5, 50, 20)
    assert after(load, 60).rows_a_second == 5


def test_of_what_waits_for_its_turn_no_end_is_told() -> None:
    assert after(a_load(state="QUEUED"), 20).seconds_left is None


@pytest.mark.parametrize("state", STATES)
def test_percent_is_a_hundred_when_nothing_more_happens_by_itself(state: str) -> None:
    ended = state in ("HELD", "DONE", "REFUSED", "INTERRUPTED")

    assert (after(a_load(state=state), 10).percent == 100) == ended
