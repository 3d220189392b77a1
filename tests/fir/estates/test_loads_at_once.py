"""Two Suppliers who load at once see nothing of each other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fir.estates.models import Cohort, EstateLoad, LoadNote
from fir.estates.operations import finish_loads, receive_load
from fir.estates.queries import find_load, loads_of, standing_load_of
from fir.ledger.models import LedgerEvent
from tests import make
from tests.fir.estates.loads import devices_of, numbers
from tests.fir.submissions.at_once import at_once

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

HUB_OF_BOTH = make.device_id(9)


def inventory(version: str) -> bytes:
    """The same Devices, of which each Supplier says something else; one row is bad."""
    hub = make.device(9, DeviceType="CHF", DeviceFirmwareVersion=version)
    display = {"DeviceType": "PPMID", "CHFDeviceID": HUB_OF_BOTH}
    many = [make.device(n, DeviceFirmwareVersion=version, **display) for n in range(10, 300)]
    return make.inventory(hub, *many, make.device(0, DeviceID=f"none-{version}"))


@pytest.mark.django_db(transaction=True)
def test_each_gets_its_own_devices_cohorts_notes_and_event(supplier: Party, client: Client) -> None:
    other = make.party("other")
    versions = {supplier: "00000001", other: "00000002"}

    def send(of: Party) -> EstateLoad:
        pieces = [inventory(versions[of])]
        return receive_load(party=of, pieces=pieces, by=make.actor(of), at=make.AT)

    loads = at_once(lambda: send(supplier), lambda: send(other))
    at_once(lambda: finish_loads(at=make.AT), lambda: finish_loads(at=make.AT))

    assert {load.party for load in loads} == {supplier, other}
    for load in loads:
        of, version = load.party, versions[load.party]
        stranger = other if of == supplier else supplier
        assert standing_load_of(of) == load
        assert list(loads_of(of)) == [load]
        assert find_load(stranger, load.pk) is None
        assert set(devices_of(load)) == numbers(9, *range(10, 300))
        cohorts = Cohort.objects.filter(load=load)
        assert {c.firmware_version for c in cohorts} == {version}
        assert {c.hub_version for c in cohorts} == {"", version}
        assert LoadNote.objects.get(load=load).line == 293
        event = LedgerEvent.objects.get(kind="ESTATE_LOADED", subject_id=of.slug)
        assert event.audience == [f"party:{of.slug}"]
        asked = client.get(f"/api/v1/estate/loads/{load.pk}", headers=make.bearer(stranger))
        assert asked.status_code == 404
