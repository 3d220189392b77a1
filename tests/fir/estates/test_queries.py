"""Which Suppliers have Devices of a model or a version, and how many."""

from __future__ import annotations

import pytest

from fir.estates.queries import devices_by_version, holders_of_models
from tests import make

pytestmark = pytest.mark.django_db
MODEL = ("ESME", make.MAKER, "00010101")
ONE, TWO = (*MODEL, "00000001"), (*MODEL, "00000002")
ON_TWO = {"DeviceFirmwareVersion": "00000002"}


def test_devices_are_counted_by_supplier_and_version() -> None:
    large, small = make.party("big-light"), make.party("small-gas", "SMALL_SUPPLIER")
    make.estate(
        large,
        make.device(1),
        make.device(2, DeviceStatus="Suspended"),
        make.device(3, **ON_TWO),
        make.device(4, DeviceFirmwareVersion="00000003"),
    )
    make.estate(small, make.device(5))
    make.estate(make.party("of-others"), make.device(6, DeviceModel="00010102"))

    assert devices_by_version({ONE, TWO}) == {large.pk: {ONE: 2, TWO: 1}, small.pk: {ONE: 1}}
    assert devices_by_version({TWO}) == {large.pk: {TWO: 1}}
    assert devices_by_version([]) == {}


def test_what_shares_only_some_of_a_version_is_not_counted() -> None:
    supplier = make.party()
    make.estate(supplier, make.device(1), make.device(2, DeviceModel="00010102", **ON_TWO))
    other_maker = ("ESME", "F1A2", "00010101", "00000001")
    crossed = {(*MODEL[:2], "00010102", "00000001"), (*MODEL, "00000002")}

    assert devices_by_version({other_maker}) == {}
    assert devices_by_version(crossed) == {}
    assert holders_of_models({("GSME", *MODEL[1:]), other_maker[:3]}) == {}


def test_a_gas_proxy_function_is_not_counted_beside_its_hub() -> None:
    supplier = make.party()
    box = [
        make.device(n, DeviceType=kind, DeviceModel="00090101")
        for n, kind in ((1, "CHF"), (2, "GPF"))
    ]
    make.estate(supplier, *box)
    hub = ("CHF", make.MAKER, "00090101", "00000001")

    assert devices_by_version({hub}) == {supplier.pk: {hub: 1}}


def test_holders_are_told_by_model_whatever_the_devices_run() -> None:
    large, small = make.party("big-light"), make.party("small-gas", "SMALL_SUPPLIER")
    make.estate(large, make.device(1), make.device(2, **ON_TWO))
    make.estate(small, make.device(3, DeviceFirmwareVersion="00000009"))

    assert holders_of_models({MODEL}) == {MODEL: {large.pk, small.pk}}


def test_only_standing_loads_count() -> None:
    supplier = make.party()
    make.estate(supplier, make.device(1))
    make.estate(supplier, make.device(1, DeviceModel="00010102"))

    assert devices_by_version({ONE}) == {}
    assert holders_of_models({MODEL}) == {}
