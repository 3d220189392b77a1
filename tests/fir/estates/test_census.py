"""What runs in the field is counted only as far as it tells nothing of one Supplier."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fir.estates.census import EVERY, LARGEST_SHARE_PERCENT, LEAST_SUPPLIERS, about, take_census
from fir.estates.models import Census, CensusFigure
from fir.estates.queries import census_figures, last_census
from tests import make

CELL = ("ESME", make.MAKER, "00010101", "00000001")
MODEL = {CELL[:3]}


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

    assert census_figures(MODEL | {("ESME", make.MAKER, "00020101")}) == {CELL: 20}
    assert CensusFigure.objects.count() == 1


@pytest.mark.django_db
def test_it_is_taken_once_a_week_and_leaves_nothing_to_compare_with() -> None:
    suppliers(5)
    take_census(at=make.AT)
    make.estate(make.party("another"), *map(make.device, range(1, 11)))

    assert not take_census(at=make.AT + EVERY - timedelta(seconds=1))
    assert census_figures(MODEL) == {CELL: 20}

    assert take_census(at=make.AT + EVERY)
    assert census_figures(MODEL) == {CELL: 30}
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
