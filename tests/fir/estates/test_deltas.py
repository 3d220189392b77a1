"""Changes make the estate that a whole inventory would have made."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fir.estates.models import Cohort, CohortMove, EstateLoad
from fir.estates.operations import (
    BaseReplaced,
    EstateRefused,
    SameFileAgain,
    accept_load,
    drop_load,
    finish_loads,
    receive_load,
)
from fir.estates.queries import loads_of, standing_load_of
from fir.estates.sweep import sweep_loads
from fir.estates.tables import compare_loads
from tests import make
from tests.fir.estates.changes import moves_kept
from tests.fir.estates.loads import HUB, devices_of, homes, loaded, numbers, tables_of_loads

if TYPE_CHECKING:
    from fir.parties.models import Party

# A base is read by a connection of its own, which sees what is committed.
pytestmark = pytest.mark.django_db(transaction=True)
PARTIES = count()
OWN = [f.name for f in Cohort._meta.fields if f.name not in ("id", "load", "device_count")]


def sent(of: Party, *devices: dict[str, str], mode: str = "DELTA") -> EstateLoad:
    """A load of changes that waits."""
    data = make.inventory(*devices)
    return receive_load(party=of, pieces=[data], by=make.actor(of), at=make.AT, mode=mode)


def changed(of: Party, *devices: dict[str, str]) -> EstateLoad:
    """A load of changes that was finished as far as it goes."""
    load = sent(of, *devices)
    finish_loads(at=make.AT)
    load.refresh_from_db()
    return load


def facts_of(load: EstateLoad) -> dict[int, tuple[Any, ...]]:
    """What the load says of each device, its hub's facts among it."""
    cohorts = {c[0]: c[1:] for c in Cohort.objects.filter(load=load).values_list("id", *OWN)}
    return {device: cohorts[cohort] for device, cohort in devices_of(load).items()}


FACTS = st.fixed_dictionaries(
    {
        "DeviceType": st.sampled_from(["ESME", "CHF", "PPMID", "HCALCS"]),
        "DeviceStatus": st.sampled_from(["Commissioned", "Pending"]),
        "DeviceFirmwareVersion": st.sampled_from(["00000001", "00000002"]),
        "CHFDeviceID": st.sampled_from(["", make.device_id(1), make.device_id(2)]),
    }
)
HOMES = st.dictionaries(st.integers(1, 6), FACTS, min_size=1)
CHANGES = st.dictionaries(st.integers(1, 6), st.none() | FACTS, min_size=1)
GONE = {"DeviceStatus": "removed"}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=HOMES, changes=CHANGES)
def test_changes_make_what_a_whole_inventory_makes(before: Any, changes: Any) -> None:
    after = {n: facts for n, facts in {**before, **changes}.items() if facts}
    one, other = (make.party(f"supplier-{next(PARTIES)}") for _ in range(2))
    for party in (one, other):
        loaded(party, *(make.device(n, **facts) for n, facts in before.items()))
    rows = [make.device(n, **(facts or GONE)) for n, facts in changes.items()]

    load = changed(one, *rows)
    loaded(other, make.device(99), *(make.device(n, **facts) for n, facts in after.items()))
    whole = (
        loaded(other, *(make.device(n, **facts) for n, facts in after.items())) if after else None
    )

    assert load.state == "DONE"
    assert facts_of(load) == (facts_of(whole) if whole else {})
    counted = Counter(devices_of(load).values())
    assert dict(Cohort.objects.filter(load=load).values_list("id", "device_count")) == counted
    assert load.devices == len(after)
    kept = moves_kept(load)
    assert load.former_id
    CohortMove.objects.filter(load=load).delete()
    with transaction.atomic():
        compare_loads(former_id=load.former_id, load_id=load.pk)
    assert moves_kept(load) == kept


def test_what_changed_is_told_and_nothing_else(supplier: Party) -> None:
    before = loaded(supplier, *homes(5), HUB, make.device(8, DeviceType="PPMID"))

    load = changed(
        supplier,
        make.device(1, DeviceStatus="Removed"),
        make.device(2, DeviceFirmwareVersion="00000002"),
        make.device(7),
        make.device(3),
    )

    moves = CohortMove.objects.filter(load=load).values_list(
        "former_firmware_version", "cohort__firmware_version", "device_count"
    )
    assert sorted(moves, key=str) == [
        ("", "00000001", 1), ("00000001", "00000002", 1), ("00000001", None, 1)
    ]  # fmt: skip
    assert (load.base, load.former, load.mode) == (before, before, "DELTA")
    assert (load.rows_read, load.devices) == (4, 7)
    assert tables_of_loads() == {f"device_{before.pk}", f"device_{load.pk}"}


def test_without_an_estate_there_is_nothing_to_change(supplier: Party) -> None:
    with pytest.raises(EstateRefused, match="no estate"):
        sent(supplier, make.device(1))

    assert loads_of(supplier)[0].state == "REFUSED"
    assert tables_of_loads() == set()


def test_changes_that_follow_one_another_are_made_in_turn(supplier: Party) -> None:
    loaded(supplier, *homes(3))
    first, second = sent(supplier, make.device(4)), sent(supplier, make.device(5))
    assert second.base == first

    finish_loads(at=make.AT)

    assert standing_load_of(supplier) == second
    assert set(devices_of(second)) == numbers(1, 2, 3, 4, 5)


def test_changes_are_refused_when_their_base_stands_no_more(supplier: Party) -> None:
    held = loaded(supplier, *homes(10, bad=2))
    loaded_since = loaded(supplier, *homes(3))
    late = sent(supplier, make.device(4))
    EstateLoad.objects.filter(pk=late.pk).update(base=held)

    finish_loads(at=make.AT)

    late.refresh_from_db()
    assert late.state == "REFUSED"
    assert "stands no more" in late.refusal
    assert standing_load_of(supplier) == loaded_since
    sweep_loads(at=make.AT)
    assert f"device_{late.pk}" not in tables_of_loads()


def test_held_changes_are_not_accepted_on_another_base(supplier: Party) -> None:
    loaded(supplier, *homes(3))
    held = changed(supplier, make.device(4), make.device(0, DeviceID="none"))
    assert held.state == "HELD"
    newer = sent(supplier, make.device(5))
    EstateLoad.objects.filter(pk=held.pk).update(base=newer)

    with pytest.raises(BaseReplaced):
        accept_load(load=held, by=make.actor(supplier), at=make.AT)


def test_held_changes_are_accepted_or_dropped(supplier: Party) -> None:
    base = loaded(supplier, *homes(3))
    bad = make.device(0, DeviceID="none")
    dropped = changed(supplier, make.device(4), bad)
    drop_load(load=dropped, by=make.actor(supplier), at=make.AT)
    dropped.refresh_from_db()
    assert (dropped.state, standing_load_of(supplier)) == ("REFUSED", base)
    sweep_loads(at=make.AT)
    assert tables_of_loads() == {f"device_{base.pk}"}

    held = changed(supplier, make.device(4), bad)
    accept_load(load=held, by=make.actor(supplier), at=make.AT)
    finish_loads(at=make.AT)

    assert standing_load_of(supplier) == held
    assert set(devices_of(held)) == numbers(1, 2, 3, 4)


def test_a_device_that_changes_twice_is_as_its_first_row_says(supplier: Party) -> None:
    loaded(supplier, *homes(300))
    rows = [make.device(n, DeviceStatus="Suspended") for n in range(1, 250)]

    load = changed(supplier, *rows, make.device(1, DeviceStatus="Removed"))

    assert load.notes_by_reason == {"DEVICE_REPEATED_OTHERWISE": 1}
    assert (load.state, load.rows_bad, load.devices) == ("DONE", 1, 300)


@pytest.mark.parametrize("mode", ["FULL", "DELTA"])
def test_the_same_file_twice_says_so_and_does_nothing(supplier: Party, mode: str) -> None:
    loaded(supplier, *homes(2))
    first = sent(supplier, make.device(3), mode=mode)
    with pytest.raises(SameFileAgain, match="waits for its turn"):
        sent(supplier, make.device(3), mode=mode)
    finish_loads(at=make.AT)
    tables = tables_of_loads()

    with pytest.raises(SameFileAgain, match=f"load {first.pk}, which is your estate"):
        sent(supplier, make.device(3), mode=mode)

    assert standing_load_of(supplier) == first
    assert tables_of_loads() == tables
    assert loads_of(supplier)[0].state == "REFUSED"


def test_a_file_may_come_again_once_another_came_between(supplier: Party) -> None:
    loaded(supplier, *homes(2))
    loaded(supplier, *homes(3))

    assert loaded(supplier, *homes(2)).state == "DONE"


def test_the_file_of_another_supplier_is_no_file_of_mine(supplier: Party) -> None:
    loaded(make.party("other"), *homes(2))

    assert loaded(supplier, *homes(2)).state == "DONE"
