"""What runs in the field is counted only as far as it tells nothing of one Supplier."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fir.estates.census import EVERY, LARGEST_SHARE_PERCENT, LEAST_SUPPLIERS, about, take_census
from fir.estates.models import Census, CensusFigure
from fir.estates.queries import census_for, last_census
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party

CELL = ("ESME", make.MAKER, "00010101", "00000001")


def told(to: Party) -> dict[tuple[str, ...], int]:
    """What the last census tells a Party."""
    return {
        (one.device_type, one.manufacturer_identifier, one.device_model, one.firmware_version): (
            one.about_devices
        )
        for one in census_for(to)
    }


@pytest.mark.parametrize(
    ("devices", "told"),
    [
        ([3, 3, 3, 3], None),
        ([3, 3, 3, 3, 3], 20),
        ([1, 1, 1, 1, 1], 10),
        ([80, 5, 5, 5, 5], 100),
        ([81, 5, 5, 5, 4], None),
        ([1_000_000, 400_000, 3, 3, 3], 1_400_000),
        ([123_456] * 5, 620_000),
    ],
)
def test_a_cell_is_told_of_five_suppliers_none_of_them_nearly_all(
    devices: list[int], told: int | None
) -> None:
    assert about(devices) == told


@given(st.lists(st.integers(1, 10_000_000), min_size=1, max_size=30))
def test_what_is_told_is_never_exact_about_a_small_cell(devices: list[int]) -> None:
    told = about(devices)

    if told is None:
        assert len(devices) < LEAST_SUPPLIERS or (
            max(devices) * 100 > LARGEST_SHARE_PERCENT * sum(devices)
        )
    else:
        assert told % 10 == 0
        assert len(str(told).rstrip("0")) <= 2
        assert abs(told - sum(devices)) <= max(5, sum(devices) * 0.05)


def suppliers(count: int, devices: int = 3) -> None:
    for number in range(count):
        make.estate(make.party(f"supplier-{number}"), *map(make.device, range(1, devices + 1)))


@pytest.mark.django_db
def test_only_what_may_be_told_is_written_at_all() -> None:
    suppliers(5)
    few = make.party("few")
    make.estate(few, make.device(1, DeviceModel="00020101"), make.device(2))

    assert take_census(at=make.AT)

    assert told(make.maker()) == {CELL: 20}
    assert CensusFigure.objects.count() == 1


@pytest.mark.django_db
def test_it_is_taken_once_a_week_and_leaves_nothing_to_compare_with() -> None:
    suppliers(5)
    administrator = make.administrator()
    take_census(at=make.AT)
    make.estate(make.party("another"), *map(make.device, range(1, 11)))

    assert not take_census(at=make.AT + EVERY - timedelta(seconds=1))
    assert told(administrator) == {CELL: 20}

    assert take_census(at=make.AT + EVERY)
    assert told(administrator) == {CELL: 30}
    assert Census.objects.count() == CensusFigure.objects.count() == 1
    census = last_census()
    assert census is not None
    assert census.counted_at == make.AT + EVERY


@pytest.mark.django_db
def test_gas_proxy_functions_and_what_nobody_can_list_are_not_counted() -> None:
    for number in range(5):
        make.estate(
            make.party(f"supplier-{number}"),
            make.device(1, DeviceType="GPF"),
            make.device(2, DeviceModel="Type 2"),
        )

    take_census(at=make.AT)

    assert not CensusFigure.objects.exists()


# Who is told


@pytest.mark.django_db
def test_a_maker_is_told_of_its_own_devices_and_the_administrator_of_all() -> None:
    suppliers(5)
    for number in range(5):
        make.estate(make.party(f"more-{number}"), make.device(1, DeviceManufacturer="F1A2"))
    take_census(at=make.AT)

    other = ("ESME", "F1A2", *CELL[2:])
    assert told(make.maker()) == {CELL: 20}
    assert told(make.maker("other-meters", "F1A2")) == {other: 10}
    assert told(make.administrator()) == {CELL: 20, other: 10}


@pytest.mark.django_db
def test_no_supplier_is_told_lest_it_take_its_own_devices_off_the_sum() -> None:
    suppliers(5)
    take_census(at=make.AT)

    both = make.party("maker-and-supplier", manufacturer_identifiers=[make.MAKER])
    assert told(both) == {}
    assert told(make.party("wires", "NETWORK_PARTY")) == {}


@pytest.mark.django_db
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    alone=st.integers(0, 9),
    before=st.integers(0, 9),
    shared=st.lists(st.integers(1, 4), min_size=5, max_size=6),
)
def test_what_one_supplier_alone_runs_changes_nothing_that_is_told(
    alone: int, before: int, shared: list[int]
) -> None:
    """However many Devices a lone Supplier has of a version, everybody is told the same."""
    seen = []
    for count in (alone, before):
        with transaction.atomic():
            administrator = make.administrator()
            for number, devices in enumerate(shared):
                lone = range(count) if number == 0 else ()
                make.estate(
                    make.party(f"supplier-{number}"),
                    *map(make.device, range(1, devices + 1)),
                    *(make.device(100 + n, DeviceModel="00020101") for n in lone),
                    *(make.device(200 + n, DeviceFirmwareVersion="0000000A") for n in lone),
                )
            take_census(at=make.AT)
            seen.append(told(administrator))
            transaction.set_rollback(True)

    assert seen[0] == seen[1]
    assert set(seen[0]) <= {CELL}
