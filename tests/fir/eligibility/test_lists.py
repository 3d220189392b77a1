"""Lists of Devices, in their written form: whole, resumed, and broken off with a name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from cpl.device_ids import device_id_to_number, written_device_ids
from cpl.identifiers import IdentifierFault
from fir.eligibility import lists
from fir.eligibility.lists import (
    CSV,
    NDJSON,
    NotOnTheList,
    go_on,
    left_after,
    list_asked,
    opened,
    written_list,
)
from fir.eligibility.queries import findings_of
from fir.estates.devices import START, LoadGone, Place, device_pages
from fir.parties.scopes import Scope
from tests import make

if TYPE_CHECKING:
    from fir.eligibility.lists import DeviceList, Form
    from fir.parties.models import Party

# From both ends of both halves of what an EUI-64 can be.
NUMBERS = (0, 1, 2**63 - 1, 2**63, 2**63 + 1, 2**64 - 1)
IDS = [make.device_id(number) for number in NUMBERS]
SIGNED = sorted(device_id_to_number(one) for one in IDS)


def in_order(*ids: str) -> list[str]:
    """As FIR orders them: by the signed numbers that it keeps."""
    return sorted(ids, key=device_id_to_number)


@pytest.fixture
def supplier(monkeypatch: pytest.MonkeyPatch) -> Party:
    """A Supplier with Devices that may take CPL-000002 and Devices that run it; pages of two."""
    monkeypatch.setattr(lists, "PAGE", 2)
    supplier = make.party("big-light")
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.estate(
        supplier,
        *(make.device(number) for number in NUMBERS),
        *(make.device(n, DeviceFirmwareVersion="00000002") for n in (7, 8, 9)),
    )
    return supplier


def found(supplier: Party, **narrowed: Any) -> DeviceList:
    return list_asked(Scope(supplier), **narrowed, at=make.AT)


def text(listed: DeviceList, form: Form = CSV, after: Place = START) -> str:
    return b"".join(written_list(listed, form, after=after)).decode()


def ids(listed: DeviceList, after: str = "") -> list[str]:
    return text(listed, after=go_on(listed, after=after)).split()[1:]


@given(st.lists(st.integers(0, 2**64 - 1), max_size=40))
def test_device_ids_are_written_as_one_by_one(numbers: list[int]) -> None:
    octets = b"".join(number.to_bytes(8, "big") for number in numbers)

    assert written_device_ids(octets).decode() == "".join(f"{make.device_id(n)}\n" for n in numbers)


@pytest.mark.django_db
def test_a_list_names_every_device_once_in_order(supplier: Party) -> None:
    assert ids(found(supplier, outcome="ELIGIBLE")) == in_order(*IDS)
    assert sorted(ids(found(supplier))) == sorted([*IDS, *map(make.device_id, (7, 8, 9))])


@pytest.mark.django_db
def test_a_list_is_as_long_as_was_said_before(supplier: Party) -> None:
    for narrowed in ({}, {"outcome": "ELIGIBLE"}, {"outcome": "BLOCKED"}):
        listed = found(supplier, **narrowed)
        for form in (CSV, NDJSON):
            assert len(text(listed, form).encode()) == form.size(listed.devices)


@pytest.mark.django_db
def test_objects_are_of_the_same_devices(supplier: Party) -> None:
    listed = found(supplier)

    objects = [json.loads(line) for line in text(listed, NDJSON).splitlines()]

    assert [one["device_id"] for one in objects] == ids(listed)
    assert text(found(supplier, outcome="BLOCKED"), NDJSON) == ""


@pytest.mark.django_db
def test_going_on_from_any_device_gives_the_rest(supplier: Party) -> None:
    for narrowed in ({}, {"outcome": "ELIGIBLE"}):
        listed = found(supplier, **narrowed)
        whole = ids(listed)
        for place, after in enumerate(whole, 1):
            assert ids(listed, after) == whole[place:]
            assert left_after(listed, go_on(listed, after=after)) == len(whole) - place


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["00-00-00-00-00-00-00-07", "0000000000000777"])
def test_what_is_not_on_the_list_is_no_place_on_it(supplier: Party, written: str) -> None:
    with pytest.raises(NotOnTheList):
        go_on(found(supplier, outcome="ELIGIBLE"), after=written)


@pytest.mark.django_db
def test_what_is_no_device_id_is_told_as_such(supplier: Party) -> None:
    with pytest.raises(IdentifierFault):
        go_on(found(supplier), after="CPL-000001")


@pytest.mark.django_db
def test_nothing_is_gone_on_with_in_another_load(supplier: Party) -> None:
    before = found(supplier)
    make.estate(supplier, make.device(1))
    now = found(supplier)

    with pytest.raises(LoadGone):
        go_on(now, load=before.load_id)
    assert go_on(now, load=now.load_id) == START
    assert sorted(ids(before)) == sorted([*IDS, *map(make.device_id, (7, 8, 9))])


@pytest.mark.django_db
def test_a_list_whose_load_goes_breaks_off_with_a_name(supplier: Party) -> None:
    listed = found(supplier)
    pieces = opened(written_list(listed, CSV))
    assert len(next(pieces)) == CSV.size(2)

    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE loads.device_{listed.load_id}")

    with pytest.raises(LoadGone, match="replaced by a newer one"):
        next(pieces)
    with pytest.raises(LoadGone):
        opened(written_list(listed, CSV))
    with pytest.raises(LoadGone):
        go_on(listed, after=IDS[0])


@pytest.mark.django_db
def test_a_finding_is_found_by_its_supplier_alone(supplier: Party) -> None:
    (finding,) = findings_of(Scope(supplier), outcome="ELIGIBLE")
    other = make.party("small-gas", "SMALL_SUPPLIER")

    own = list_asked(Scope(supplier), finding=finding.pk, at=make.AT)
    others = list_asked(Scope(other), finding=finding.pk, at=make.AT)

    assert ids(own) == in_order(*IDS)
    assert (others.groups, others.devices, ids(others)) == ([], 0, [])


@pytest.mark.django_db
@settings(max_examples=25, deadline=None)
@given(
    devices=st.dictionaries(st.sampled_from(SIGNED), st.integers(1, 3), min_size=1),
    wanted=st.sets(st.integers(1, 4)),
    size=st.integers(1, 4),
)
def test_pages_from_any_place_are_the_rest_of_all(
    devices: dict[int, int], wanted: set[int], size: int
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS loads.device_1")
        cursor.execute("CREATE TABLE loads.device_1 (device_id bigint, cohort_id bigint)")
        rows = list(devices.items())
        cursor.executemany("INSERT INTO loads.device_1 VALUES (%s, %s)", rows)
    places = sorted(Place(cohort, number) for number, cohort in rows)
    expected = [place for place in places if place.cohort in wanted]

    for start in (START, *places):
        pages = list(device_pages(1, sorted(wanted), size=size, after=start))
        octets = b"".join(pages)
        numbers = [
            int.from_bytes(octets[i : i + 8], "big", signed=True) for i in range(0, len(octets), 8)
        ]
        assert numbers == [place.number for place in expected if place > start]
        assert all(len(page) == size * 8 for page in pages[:-1])
