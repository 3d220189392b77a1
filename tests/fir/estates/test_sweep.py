"""The sweep clears away what is of no use any more, and nothing that is alive."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connection
from psycopg.sql import SQL, Identifier

from fir.eligibility.operations import read_news
from fir.estates import building
from fir.estates.models import Cohort, EstateLoad, LoadNote
from fir.estates.operations import (
    FAILURES_BEFORE_REFUSAL,
    LoadNotHeld,
    accept_load,
    finish_loads,
    receive_load,
)
from fir.estates.operations.finishing import _count_failure
from fir.estates.queries import standing_load_of
from fir.estates.sweep import _drop, sweep_loads
from tests import make
from tests.cloning import url_of
from tests.fir.estates.loads import (
    DAY,
    HOUR,
    MINUTE,
    MOMENT,
    devices_of,
    homes,
    loaded,
    numbers,
    received,
    tables_of_loads,
    whole,
)
from tests.fir.submissions.at_once import elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.parties.models import Party


@pytest.mark.django_db
def test_a_replaced_load_is_cleared_away_after_an_hour_and_the_standing_one_never(
    supplier: Party,
) -> None:
    first, second = loaded(supplier, make.device(1)), loaded(supplier, make.device(2))

    sweep_loads(at=make.AT + HOUR)
    assert tables_of_loads() == {f"device_{first.pk}", f"device_{second.pk}"}
    sweep_loads(at=make.AT + HOUR + MOMENT)

    assert tables_of_loads() == {f"device_{second.pk}"}
    assert set(Cohort.objects.values_list("load", flat=True)) == {second.pk}
    first.refresh_from_db()
    assert first.tables_dropped
    sweep_loads(at=make.AT + 3650 * DAY)
    assert set(devices_of(second)) == numbers(2)
    assert Cohort.objects.filter(load=second).exists()


@pytest.mark.django_db(transaction=True)
def test_a_table_that_somebody_reads_is_dropped_by_the_next_sweep(supplier: Party) -> None:
    first, second = loaded(supplier, make.device(1)), loaded(supplier, make.device(2))
    url = url_of("DATABASE_URL", connection.settings_dict["NAME"])
    later = make.AT + DAY

    with psycopg.connect(url) as reader:
        reader.execute(SQL("SELECT * FROM {}").format(Identifier("loads", f"device_{first.pk}")))
        sweep_loads(at=later)
        assert f"device_{first.pk}" in tables_of_loads()
        assert Cohort.objects.filter(load=first).exists()
    sweep_loads(at=later)

    assert tables_of_loads() == {f"device_{second.pk}"}


@pytest.mark.django_db(transaction=True)
def test_a_reception_whose_process_died_becomes_interrupted(supplier: Party) -> None:
    load = EstateLoad.objects.create(
        party=supplier, received_at=make.AT, received_by=supplier.actor_id
    )

    # One that has just begun may not be holding its lock yet.
    sweep_loads(at=make.AT + MINUTE)
    load.refresh_from_db()
    assert (load.state, load.finished_at) == ("RECEIVING", None)
    sweep_loads(at=make.AT + MINUTE + MOMENT)

    load.refresh_from_db()
    assert (load.state, load.finished_at) == ("INTERRUPTED", make.AT + MINUTE + MOMENT)
    assert load.refusal


@pytest.mark.django_db(transaction=True)
def test_a_reception_that_goes_on_is_left_alone_by_the_sweep(supplier: Party) -> None:
    data = make.inventory(*homes(3))
    seen: list[str] = []

    def slow() -> Iterator[bytes]:
        yield data[:150]
        elsewhere(lambda: sweep_loads(at=make.AT + DAY))
        seen.append(elsewhere(lambda: EstateLoad.objects.get().state))
        yield data[150:]

    load = receive_load(party=supplier, pieces=slow(), by=make.actor(supplier), at=make.AT)
    finish_loads(at=make.AT)

    assert seen == ["RECEIVING"]
    whole(load, devices=3)


@pytest.mark.django_db
def test_notes_are_kept_for_thirty_days(supplier: Party) -> None:
    load = loaded(supplier, *homes(200, bad=1))

    sweep_loads(at=make.AT + 30 * DAY)
    assert LoadNote.objects.filter(load=load).exists()
    sweep_loads(at=make.AT + 30 * DAY + MOMENT)
    assert not LoadNote.objects.filter(load=load).exists()


# What came alive meanwhile


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["QUEUED", "READING"])
def test_a_load_that_came_alive_since_it_was_found_is_not_dropped(
    supplier: Party, state: str
) -> None:
    load = received(supplier, *homes(3))
    EstateLoad.objects.update(state="INTERRUPTED")  # as a sweep took it for broken
    found = EstateLoad.objects.get()
    EstateLoad.objects.update(state=state)

    _drop(found, at=make.AT + DAY)

    assert tables_of_loads() == {f"device_{load.pk}", f"received_{load.pk}"}
    load.refresh_from_db()
    assert (load.state, load.tables_dropped) == (state, False)
    finish_loads(at=make.AT)
    whole(load, devices=3)


@pytest.mark.django_db
def test_a_load_that_an_estate_points_at_by_now_is_not_dropped(supplier: Party) -> None:
    load = received(supplier, *homes(3))
    EstateLoad.objects.update(state="INTERRUPTED")
    found = EstateLoad.objects.get()
    EstateLoad.objects.update(state="QUEUED")
    finish_loads(at=make.AT)

    _drop(found, at=make.AT + DAY)

    whole(load, devices=3)
    assert not load.tables_dropped


@pytest.mark.django_db
def test_what_is_still_of_no_use_is_dropped_once(supplier: Party) -> None:
    load = received(supplier, *homes(3))
    EstateLoad.objects.update(state="REFUSED")
    found = EstateLoad.objects.get()

    for _ in range(2):
        _drop(found, at=make.AT)

    load.refresh_from_db()
    assert load.tables_dropped
    assert tables_of_loads() == set()


# What is given up


@pytest.mark.django_db
def test_a_held_load_is_refused_when_nobody_accepts_it_for_thirty_days(supplier: Party) -> None:
    standing = loaded(supplier, make.device(1))
    held = loaded(supplier, *homes(10, bad=2))

    sweep_loads(at=make.AT + 30 * DAY)
    held.refresh_from_db()
    assert held.state == "HELD"
    assert f"device_{held.pk}" in tables_of_loads()
    sweep_loads(at=make.AT + 30 * DAY + MOMENT)

    held.refresh_from_db()
    assert (held.state, held.finished_at) == ("REFUSED", make.AT + 30 * DAY + MOMENT)
    assert "not accepted" in held.refusal
    assert tables_of_loads() == {f"device_{standing.pk}"}
    assert not Cohort.objects.filter(load=held).exists()
    assert standing_load_of(supplier) == standing
    with pytest.raises(LoadNotHeld):
        accept_load(load=held, by=make.actor(supplier), at=make.AT)


@pytest.mark.django_db
def test_a_load_that_fails_for_hours_is_refused_and_cleared_away(
    supplier: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []

    def fail(load: EstateLoad) -> None:
        tried.append(load.pk)
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(building, "build_devices", fail)
    load, at = received(supplier, *homes(3)), make.AT

    while at < make.AT + 6 * HOUR:
        sweep_loads(at=at)
        at += timedelta(minutes=1)

    load.refresh_from_db()
    assert (load.state, load.failures) == ("REFUSED", FAILURES_BEFORE_REFUSAL)
    assert load.finished_at
    assert load.finished_at > make.AT + 4 * HOUR
    assert "Send it again" in load.refusal
    assert tried == [load.pk] * FAILURES_BEFORE_REFUSAL
    assert tables_of_loads() == set()


@pytest.mark.django_db
def test_ringing_makes_no_load_fail_faster(
    supplier: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_load: EstateLoad) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(building, "build_devices", fail)
    load = received(supplier, *homes(3))

    for _ in range(2 * FAILURES_BEFORE_REFUSAL):
        sweep_loads(at=make.AT)

    load.refresh_from_db()
    assert (load.state, load.failures) == ("READING", 1)


@pytest.mark.django_db
def test_a_failure_is_not_counted_against_a_load_that_another_worker_has_finished(
    supplier: Party,
) -> None:
    load = received(supplier, *homes(3))
    finish_loads(at=make.AT)

    _count_failure(load, at=make.AT)

    whole(load, devices=3)
    load.refresh_from_db()
    assert (load.state, load.failures) == ("DONE", 0)


@pytest.mark.django_db
def test_what_findings_are_about_stays_until_they_are_about_something_newer(
    supplier: Party,
) -> None:
    first = make.estate(supplier, *homes(3))
    received(supplier, *homes(2))
    finish_loads(at=make.AT)

    sweep_loads(at=make.AT + 2 * HOUR)
    assert Cohort.objects.filter(load=first).exists()

    read_news(at=make.AT + 2 * HOUR)
    sweep_loads(at=make.AT + 2 * HOUR)
    assert not Cohort.objects.filter(load=first).exists()


@pytest.mark.django_db
def test_a_load_that_fails_less_often_is_finished_in_the_end(
    supplier: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_load: EstateLoad) -> None:
        raise RuntimeError("the disk is full")

    load = received(supplier, *homes(3))
    with monkeypatch.context() as broken:
        broken.setattr(building, "index_devices", fail)
        for hour in range(FAILURES_BEFORE_REFUSAL - 1):
            finish_loads(at=make.AT + hour * HOUR)

    sweep_loads(at=make.AT + FAILURES_BEFORE_REFUSAL * HOUR)

    whole(load, devices=3)
