"""Each device whose rules read its hub's facts stands in the cohort of both, wherever in the file
its hub is."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL

from fir.estates import csv_rows, placing
from fir.estates.models import Cohort
from fir.estates.operations import finish_loads, receive_load
from fir.estates.tables import received_table
from tests import make
from tests.fir.estates.loads import devices_of, loaded, numbers, received, whole

if TYPE_CHECKING:
    from fir.estates.models import EstateLoad
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
Row = dict[str, str]


def hub(number: int, version: int = 5, **facts: str) -> Row:
    said = {"DeviceModel": "00090000", "DeviceFirmwareVersion": f"{version:08X}"}
    return make.device(number, DeviceType="CHF", **{**said, **facts})


def display(number: int, of: int) -> Row:
    return make.device(number, DeviceType="PPMID", CHFDeviceID=make.device_id(of))


def line_by_line(
    of: Party, *rows: Row, patched: pytest.MonkeyPatch, at_a_time: int = 1
) -> EstateLoad:
    """A load that waits, of which so many rows came at a time."""
    patched.setattr(csv_rows, "BLOCK", 1)
    lines = make.inventory(*rows).splitlines(keepends=True)
    pieces = [b"".join(lines[n : n + at_a_time]) for n in range(0, len(lines), at_a_time)]
    return receive_load(party=of, pieces=pieces, by=make.actor(of), at=make.AT)


def finished(load: EstateLoad) -> EstateLoad:
    finish_loads(at=make.AT)
    load.refresh_from_db()
    return load


def waiting(load: EstateLoad) -> int:
    """How many rows wait for their hub."""
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT count(*) FROM {}").format(received_table(load.pk)))
        return int(cursor.fetchone()[0])


def hub_versions(load: EstateLoad) -> dict[int, str]:
    """The hub's version in each device's cohort."""
    known = dict(Cohort.objects.filter(load=load).values_list("id", "hub_version"))
    return {device: known[cohort] for device, cohort in devices_of(load).items()}


@pytest.mark.parametrize("order", [1, -1], ids=["hub first", "hub last"])
def test_beside_its_hub_a_device_is_placed_as_it_comes(supplier: Party, order: int) -> None:
    load = received(supplier, *[hub(9), make.device(1), display(2, of=9)][::order])

    assert waiting(load) == 0
    counts = Cohort.objects.filter(load=load, device_count__gt=0)
    assert set(counts.values_list("device_type", "hub_version", "device_count")) == {
        ("CHF", "", 1),
        ("ESME", "", 1),
        ("PPMID", "00000005", 1),
    }


def test_far_from_its_hub_a_device_waits_and_is_placed_all_the_same(
    supplier: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [hub(number) for number in range(20, 30)]

    load = line_by_line(supplier, hub(9), *others, display(2, of=9), patched=monkeypatch)
    before = line_by_line(
        make.party("other"), display(2, of=9), *others, hub(9), patched=monkeypatch
    )
    beside = line_by_line(
        make.party("third"), hub(9), display(2, of=9), *others, patched=monkeypatch
    )

    assert [waiting(one) for one in (load, before, beside)] == [1, 1, 0]
    for one in (load, before, beside):
        assert hub_versions(finished(one))[numbers(2).pop()] == "00000005"
        assert one.devices == 12


def test_a_hub_that_is_in_no_row_or_is_none_is_not_waited_for_in_the_end(supplier: Party) -> None:
    meter = make.device(3)
    load = loaded(supplier, meter, display(2, of=3), display(4, of=77), display(5, of=5))

    assert set(hub_versions(load).values()) == {""}
    whole(load, devices=4)


def test_hubs_whose_facts_are_the_same_make_one_cohort(supplier: Party) -> None:
    hubs = [hub(8), hub(9, DeviceStatus="Suspended")]
    load = loaded(supplier, *hubs, display(1, of=8), display(2, of=9))

    assert Cohort.objects.filter(load=load, device_type="PPMID").count() == 1
    whole(load, devices=4)


def test_beyond_so_many_cohorts_devices_wait(
    supplier: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "MOST_BEHIND_HUBS", 2)
    homes = [row for n in range(1, 5) for row in (hub(10 * n, version=n), display(n, of=10 * n))]

    load = received(supplier, *homes)

    assert waiting(load) == 2
    done = loaded(make.party("other"), *homes)
    assert sorted(hub_versions(done).values()) == ["", "", "", ""] + [
        f"{n:08X}" for n in range(1, 5)
    ]


def test_a_hub_that_stands_twice_is_what_its_first_row_says(supplier: Party) -> None:
    load = loaded(
        supplier, hub(9, version=1), display(1, of=9), hub(9, version=2), display(2, of=9)
    )

    assert load.notes_by_reason == {"DEVICE_REPEATED_OTHERWISE": 1}
    assert hub_versions(load) == {
        **dict.fromkeys(numbers(1, 2), "00000001"),
        **dict.fromkeys(numbers(9), ""),
    }


@pytest.fixture
def held(settings: Any) -> Any:
    """The settings, by a name that is not hypothesis' own."""
    return settings


ROWS = st.lists(
    st.one_of(
        st.builds(hub, st.integers(7, 9), st.integers(1, 2)),
        st.builds(display, st.integers(1, 6), st.integers(6, 9)),
        st.builds(make.device, st.integers(1, 9)),
    ),
    min_size=1,
    max_size=12,
)


def placed_by_hand(rows: list[Row]) -> dict[str, tuple[str, str]]:
    """The type of each device and its hub's version, one row at a time: its first counts."""
    first: dict[str, Row] = {}
    for row in rows:
        first.setdefault(row["DeviceID"], row)

    def version_of(row: Row) -> str:
        its = first.get(row["CHFDeviceID"])
        reads = row["DeviceType"] == "PPMID" and its is not None and its["DeviceType"] == "CHF"
        return its["DeviceFirmwareVersion"] if reads and its else ""

    return {device: (row["DeviceType"], version_of(row)) for device, row in first.items()}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=ROWS, at_a_time=st.sampled_from([1, 3, 50]))
def test_each_device_is_placed_as_by_hand(rows: list[Row], at_a_time: int, held: Any) -> None:
    held.ESTATE_BAD_ROWS_HELD_PERCENT = 100
    with pytest.MonkeyPatch.context() as patched, transaction.atomic():
        load = line_by_line(make.party(), *rows, patched=patched, at_a_time=at_a_time)
        finished(load)
        facts = {
            pk: (kind, version)
            for pk, kind, version in Cohort.objects.filter(load=load).values_list(
                "id", "device_type", "hub_version"
            )
        }
        found = {device: facts[cohort] for device, cohort in devices_of(load).items()}

        by_hand = placed_by_hand(rows)
        ids = {make.device_id(n): numbers(n).pop() for n in range(1, 10)}
        assert found == {ids[device]: said for device, said in by_hand.items()}
        counted = Counter(devices_of(load).values())
        assert dict(Cohort.objects.filter(load=load).values_list("id", "device_count")) == counted
        transaction.set_rollback(True)
