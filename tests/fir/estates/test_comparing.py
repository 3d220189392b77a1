"""A load is compared with the one before it, device by device, and the comparison is counted."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fir.estates.comparing import compare_with_former
from fir.estates.models import CohortMove, EstateLoad
from fir.estates.sweep import OLD_LOADS_STAND, sweep_loads
from tests import make
from tests.fir.estates.changes import estate_after, moves_kept
from tests.fir.estates.loads import tables_of_loads

if TYPE_CHECKING:
    from fir.parties.models import Party

Home = dict[int, dict[str, str]]


def estates() -> st.SearchStrategy[Home]:
    """Devices by number: meters, displays and hubs, few of each fact, so that much is shared."""
    one = st.fixed_dictionaries(
        {
            "DeviceType": st.sampled_from(["ESME", "PPMID", "CHF"]),
            "DeviceStatus": st.sampled_from(["Commissioned", "Suspended", ""]),
            "DeviceModel": st.sampled_from(["00010101", "00020101"]),
            "DeviceFirmwareVersion": st.sampled_from(["00000001", "00000002", "free"]),
            "CHFDeviceID": st.sampled_from(["", make.device_id(1), make.device_id(2)]),
        }
    )
    return st.dictionaries(st.integers(1, 7), one, min_size=1, max_size=7)


def hub_of(device: dict[str, str], home: Home) -> Any:
    """What the rules read of a display's hub; a meter has none to them."""
    if device["DeviceType"] != "PPMID":
        return None
    hub = next((home[n] for n in home if make.device_id(n) == device["CHFDeviceID"]), None)
    is_hub = hub is not None and hub["DeviceType"] == "CHF"
    return (hub["DeviceModel"], hub["DeviceFirmwareVersion"]) if is_hub and hub else None


def told(device: dict[str, str] | None) -> tuple[str, ...]:
    """What a move says of a device; nothing of one that is not there."""
    if device is None:
        return ()
    version = device["DeviceFirmwareVersion"].upper()
    return (device["DeviceType"], make.MAKER, device["DeviceModel"], version,
            device["DeviceStatus"])  # fmt: skip


def expected(before: Home, after: Home) -> Counter[Any]:
    """The moves, one device at a time."""
    moves = Counter[Any]()
    for number in before.keys() | after.keys():
        was, now = before.get(number), after.get(number)
        if was is not None and now is not None:
            facts = (told(was), hub_of(was, before)), (told(now), hub_of(now, after))
            if facts[0] == facts[1]:
                continue
        moves[told(was), told(now)] += 1
    return moves


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=estates(), after=estates())
def test_moves_are_what_a_comparison_device_by_device_finds(before: Home, after: Home) -> None:
    assume(before != after)  # the very same file is no load
    with transaction.atomic():
        supplier = make.party()
        make.estate(supplier, *(make.device(n, **facts) for n, facts in before.items()))

        load = estate_after(supplier, *(make.device(n, **facts) for n, facts in after.items()))

        assert moves_kept(load) == expected(before, after)
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_comparing_again_leaves_the_same(supplier: Party) -> None:
    make.estate(supplier, make.device(1), make.device(2))
    load = estate_after(supplier, make.device(2), make.device(3), make.device(4))
    once = moves_kept(load)

    compare_with_former(load=load, at=make.AT)

    assert moves_kept(load) == once
    assert sum(once.values()) == 3  # one went, two came


@pytest.mark.django_db
def test_a_first_load_has_nothing_to_be_compared_with(supplier: Party) -> None:
    load = estate_after(supplier, make.device(1))

    load.refresh_from_db()
    assert load.compared_at is None
    assert not CohortMove.objects.exists()


@pytest.mark.django_db
def test_only_the_newest_comparison_of_a_supplier_is_kept(supplier: Party) -> None:
    other = make.party("other")
    make.estate(other, make.device(1))
    theirs = estate_after(other, make.device(2))
    make.estate(supplier, make.device(1))
    estate_after(supplier, make.device(2))

    newest = estate_after(supplier, make.device(3))

    compared = set(CohortMove.objects.values_list("load_id", flat=True))
    assert compared == {theirs.pk, newest.pk}


@pytest.mark.django_db
def test_a_former_table_that_is_gone_is_no_trouble(supplier: Party) -> None:
    make.estate(supplier, make.device(1))
    load = estate_after(supplier, make.device(2))
    assert load.former is not None
    sweep_loads(at=make.AT + OLD_LOADS_STAND + timedelta(minutes=1))

    load = EstateLoad.objects.get(pk=load.pk)
    assert load.former is not None
    assert load.former.tables_dropped
    compare_with_former(load=load, at=make.AT)

    load.refresh_from_db()
    assert load.compared_at is None


@pytest.mark.django_db
def test_moves_survive_the_cohorts_that_devices_came_from(supplier: Party) -> None:
    make.estate(supplier, make.device(1), make.device(2))
    load = estate_after(supplier, make.device(1, DeviceFirmwareVersion="00000002"))
    before = moves_kept(load)

    sweep_loads(at=make.AT + OLD_LOADS_STAND + timedelta(minutes=1))

    assert f"device_{load.former_id}" not in tables_of_loads()
    assert moves_kept(load) == before
    assert sum(before.values()) == 2
