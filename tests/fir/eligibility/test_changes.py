"""What changed from load to load: which way versions moved, and how far behind the gained are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from fir.eligibility.changes import Change, changes_of
from fir.eligibility.models import LoadFigure
from fir.eligibility.operations import assess_new_day
from fir.eligibility.trend import LOADS_TOLD, trend_of
from fir.estates.sweep import sweep_loads
from fir.parties.scopes import Scope
from fir.records.rules import Position
from tests import make
from tests.fir.estates.changes import estate_after
from tests.fir.estates.loads import DAY, HOUR

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier() -> Party:
    return make.party()


def on(number: int, version: int, **changes: str) -> dict[str, str]:
    return make.device(number, DeviceFirmwareVersion=f"{version:08X}", **changes)


def test_each_device_is_counted_under_what_became_of_it(supplier: Party) -> None:
    make.listed(*(make.row(n, date_added=date(2026, 1, n)) for n in (1, 2, 3)))
    make.estate(
        supplier,
        on(1, 1),
        on(2, 3),
        on(3, 2),
        on(4, 1),
        on(5, 1),
        on(6, 1),
        on(7, 1),
        on(8, 1),
    )

    load = estate_after(
        supplier,
        on(1, 2),
        on(2, 1),
        on(3, 0xFFFF),
        on(4, 1, DeviceStatus="Suspended"),
        on(5, 1, DeviceModel="00020101"),
        on(7, 1),
        on(8, 2, DeviceStatus="Suspended"),
        on(9, 1),
        on(10, 1),
    )

    assert changes_of(supplier, load).totals == {
        Change.GAINED: 2,
        Change.LOST: 1,
        Change.UPGRADED: 2,  # one of them changed its status too, and is counted once
        Change.DOWNGRADED: 1,
        Change.VERSION_CHANGED: 1,
        Change.STATUS_CHANGED: 1,
        Change.OTHERWISE_CHANGED: 1,
    }


def test_declared_pathways_say_which_way_a_version_moved_before_dates_do(supplier: Party) -> None:
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.listed(make.row(1, date_added=date(2026, 11, 1)))
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.estate(supplier, on(1, 1), on(2, 2))

    load = estate_after(supplier, on(1, 2), on(2, 1))

    moved = {
        (m.change, m.former and m.former.firmware_version) for m in changes_of(supplier, load).moved
    }
    assert moved == {(Change.UPGRADED, "00000001"), (Change.DOWNGRADED, "00000002")}


def test_a_change_of_hub_behind_a_display_is_told_as_something_else(supplier: Party) -> None:
    hub = make.device(9, DeviceType="CHF", DeviceModel="00090101", DeviceFirmwareVersion="00000001")
    display = make.device(1, DeviceType="PPMID", CHFDeviceID=make.device_id(9))
    make.estate(supplier, hub, display)

    load = estate_after(supplier, {**hub, "DeviceFirmwareVersion": "00000002"}, display)

    totals = changes_of(supplier, load).totals
    assert totals[Change.OTHERWISE_CHANGED] == 1
    assert totals[Change.VERSION_CHANGED] == 1  # the hub, of which nothing is listed


def test_gained_devices_are_told_by_how_far_behind_they_are(supplier: Party) -> None:
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.listed(make.row(1, date_added=date(2026, 1, 1)))
    make.published(maker, administrator, 2, predecessors="N/A")
    make.published(maker, administrator, 3, predecessors=["CPL-000002"])
    make.published(maker, administrator, 4, predecessors=["CPL-000002", "CPL-000003"])
    make.estate(supplier, on(1, 4))

    load = estate_after(
        supplier,
        on(1, 4),
        *(on(n, 4) for n in range(10, 14)),
        *(on(n, 3) for n in range(20, 23)),
        on(30, 2),
        on(31, 2, DeviceStatus="Suspended"),
        *(on(n, 1) for n in range(40, 45)),
        on(50, 0xFFFF),
    )

    changes = changes_of(supplier, load)
    told = {g.firmware_version: (g.position, g.devices, g.stranded) for g in changes.gained}
    assert told == {
        "00000001": ("OLDER", 5, 5),
        "00000002": ("OLDER", 2, 0),
        "00000003": ("N-1", 3, 0),
        "00000004": ("N", 4, 0),
        "0000FFFF": ("UNLISTED", 1, 0),
    }
    assert changes.totals[Change.GAINED] == 15
    assert changes.stranded == 5
    blocked = changes.gained[0]
    assert (blocked.outcomes, blocked.reasons) == ({"BLOCKED": 5}, {"NOT_A_PREDECESSOR": 5})
    assert changes.gained[1].suspended == 1


def test_a_device_at_the_end_of_another_branch_is_not_stranded(supplier: Party) -> None:
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.listed(make.row(1), make.row(2))
    make.published(maker, administrator, 3, predecessors=["CPL-000001"])
    make.published(maker, administrator, 4, predecessors=["CPL-000002"])
    make.estate(supplier, make.device(1, DeviceModel="00020101"))

    load = estate_after(supplier, on(2, 3), on(3, 1))

    gained = {g.firmware_version: (g.position, g.stranded) for g in
              changes_of(supplier, load).gained}  # fmt: skip
    assert gained["00000003"] == ("N-1", 0)
    assert gained["00000001"][1] == 0


# The trend


def test_a_trend_outlives_the_cohorts_it_was_counted_from(supplier: Party) -> None:
    make.listed(make.row(1, date_added=date(2026, 1, 1)), make.row(2, date_added=date(2026, 1, 2)))
    first = make.estate(supplier, on(1, 1), on(2, 0xFFFF))
    second = make.estate(supplier, on(1, 2), on(2, 2, DeviceStatus="Suspended"), at=make.AT + HOUR)
    sweep_loads(at=make.AT + DAY)
    make.listed(make.row(3, date_added=date(2026, 1, 3)))
    assess_new_day(at=make.AT + DAY)

    trend = trend_of(Scope(supplier))

    assert [one.load_id for one in trend] == [first.pk, second.pk]
    assert [one.summary.devices for one in trend] == [2, 2]
    assert [one.summary.by_position[Position.N] for one in trend] == [0, 2]
    assert [one.summary.by_position[Position.N_1] for one in trend] == [1, 0]
    assert [one.summary.suspended for one in trend] == [0, 1]
    assert trend[0].summary.percent_n_or_n_1 == 100.0


def test_a_trend_is_one_suppliers_and_no_longer_than_it_is_told(supplier: Party) -> None:
    make.estate(make.party("other"), on(7, 1))
    for number in range(1, LOADS_TOLD + 3):
        load = make.estate(supplier, on(number, 1))

    trend = trend_of(Scope(supplier))

    assert len(trend) == LOADS_TOLD
    assert trend[-1].load_id == load.pk
    assert LoadFigure.objects.filter(load__party=supplier).count() == LOADS_TOLD + 2
