"""Devices that are checked without being kept: answered as findings are, and found nowhere."""

from __future__ import annotations

import csv
import logging
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fir.eligibility.checking import (
    AT_ONCE,
    REPORT,
    CheckRefused,
    CheckTooLarge,
    check_devices,
    limited,
    place_for_check,
    read_file,
    report,
)
from fir.eligibility.lists import CSV, list_asked, written_list
from fir.eligibility.queries import findings_of
from fir.estates.operations import ReceptionUnderWay
from fir.parties.operations import operator
from fir.parties.scopes import Scope
from fir.records.operations import declare_hub_capability
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fir.eligibility.checking import Check
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
HUB, DISPLAY = "00090101", "00030101"
TABLES = """
SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
"""


@pytest.fixture
def supplier() -> Party:
    """A Supplier; a meter's model with three releases, a display's with two, and two hubs, of which
    one carries updates."""
    make.listed(
        make.row(1),
        make.row(2),
        make.row(4, device_type="CHF", device_model=HUB),
        make.row(5, device_type="PPMID", device_model=DISPLAY),
        make.row(7, device_type="CHF", device_model=HUB),
    )
    for number, carries in ((4, True), (7, False)):
        declare_hub_capability(
            cpl_entry_id=f"CPL-{number:06}", carries_updates=carries, by=operator(), at=make.AT
        )
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 8, predecessors=["CPL-000002"])
    make.published(
        maker, administrator, 9, predecessors=["CPL-000005"], device_type="PPMID",
        device_model=DISPLAY, esme_variant=None,
    )  # fmt: skip
    return make.party("big-light")


def checked(party: Party, *devices: dict[str, str]) -> Check:
    return check_devices(read_file([make.inventory(*devices)]), party=party, at=make.AT)


def lines_of(found: Check) -> list[dict[str, str]]:
    return list(csv.DictReader("".join(report(found)).splitlines()))


versions = st.sampled_from(["00000001", "00000002", "00000008", "0BADF00D", "GFI"])
statuses = st.sampled_from(["COMMISSIONED", "Suspended", "Pending", "Decommissioned"])
homes = st.lists(
    st.tuples(versions, statuses, st.sampled_from(["", "00000004", "00000007"])),
    min_size=1,
    max_size=6,
)


def described(homes: list[tuple[str, str, str]]) -> list[dict[str, str]]:
    """The Devices of some homes: a meter and a display in each, and a hub where one is named."""
    found = []
    for place, (version, status, hub) in enumerate(homes, 1):
        said = {"DeviceStatus": status, "CHFDeviceID": make.device_id(place + 200) if hub else ""}
        found.append(make.device(place, DeviceFirmwareVersion=version, DeviceStatus=status))
        display = {"DeviceType": "PPMID", "DeviceModel": DISPLAY, **said}
        found.append(make.device(place + 100, **display, DeviceFirmwareVersion="00000005"))
        if hub:
            box = {"DeviceType": "CHF", "DeviceModel": HUB, "DeviceFirmwareVersion": hub}
            found.append(make.device(place + 200, **box))
    return found


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(homes)
def test_devices_are_answered_as_they_would_be_were_they_kept(
    supplier: Party, homes: list[tuple[str, str, str]]
) -> None:
    devices = described(homes)

    found = checked(supplier, *devices)
    make.estate(supplier, *devices)

    assert {
        (one.device_id, one.found.outcome, *one.found.reasons, *one.found.warnings)
        for one in found.devices
    } == set(kept(supplier))
    assert [one.device_id for one in found.devices] == [one["DeviceID"] for one in devices]
    assert sum(found.totals.values()) == len(devices)


def kept(supplier: Party) -> Iterator[tuple[str, ...]]:
    """What is found of each Device of the estate."""
    for finding in findings_of(Scope(supplier)):
        listed = list_asked(Scope(supplier), finding=finding.pk, at=make.AT)
        for device in b"".join(written_list(listed, CSV)).decode().split()[1:]:
            yield (device, finding.outcome, *finding.reasons, *finding.warnings)


def test_what_comes_next_is_said(supplier: Party) -> None:
    (one,) = checked(supplier, make.device(1, DeviceFirmwareVersion="00000002")).devices

    assert (one.found.outcome, one.found.target) == ("ELIGIBLE", "CPL-000008")
    assert "send 11.1 then 11.3" in one.found.next_step


def test_the_same_device_twice_is_told_and_checked_once(supplier: Party) -> None:
    first, again = make.device(1), make.device(1, DeviceFirmwareVersion="00000008")

    found = checked(supplier, first, make.device(2), again)

    assert [one.device_id for one in found.devices] == [make.device_id(1), make.device_id(2)]
    (note,) = found.notes
    assert (note.line, note.reason, note.value, note.kept) == (
        4, "DEVICE_REPEATED_OTHERWISE", make.device_id(1), False,
    )  # fmt: skip


def test_a_row_that_stands_twice_says_nothing_new(supplier: Party) -> None:
    (note,) = checked(supplier, make.device(1), make.device(1)).notes

    assert (note.line, note.reason) == (3, "DEVICE_REPEATED")


def test_what_is_no_device_is_told_and_the_others_are_checked(supplier: Party) -> None:
    found = checked(
        supplier,
        make.device(1, DeviceID="12 Church Lane"),
        make.device(2, DeviceType="TOASTER"),
        make.device(3),
    )

    assert [(note.line, note.column, note.kept) for note in found.notes] == [
        (2, "DeviceID", False),
        (3, "DeviceType", False),
    ]
    assert "Church" not in repr(found.notes)
    assert len(found.devices) == 1


def test_one_device_too_many_is_refused_in_words(supplier: Party, settings: Any) -> None:
    assert settings.DEVICES_IN_A_CHECK == 50_000
    devices = [make.device(number) for number in range(1, 50_002)]

    assert len(checked(supplier, *devices[:-1]).devices) == 50_000
    with pytest.raises(CheckRefused, match="At most 50,000 devices are checked") as refusal:
        checked(supplier, *devices)
    assert [fault.code for fault in refusal.value.faults] == ["TOO_MANY"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "empty"),
        (b"DeviceID,DeviceType\n", "Headings missing"),
        (b"<sr:Response", "Line 1"),
        (make.inventory(), "No device is described"),
    ],
)
def test_what_cannot_be_read_is_refused(supplier: Party, text: bytes, words: str) -> None:
    with pytest.raises(CheckRefused, match=words):
        check_devices(read_file([text]), party=supplier, at=make.AT)


def test_more_than_any_devices_take_is_refused(settings: Any) -> None:
    settings.LARGEST_CHECK = 10

    assert list(limited([b"12345", b"67890"])) == [b"12345", b"67890"]
    with pytest.raises(CheckTooLarge):
        list(limited([b"12345", b"67890", b"1"]))


def test_nothing_is_said_of_makers_whose_records_are_not_the_askers(supplier: Party) -> None:
    others = make.maker("other-meters", "F1A2")
    make.listed(make.row(90, manufacturer_identifier="F1A2", device_model="00050101"))
    foreign = make.device(
        2, DeviceManufacturer="F1A2", DeviceModel="00050101", DeviceFirmwareVersion="0000005A"
    )
    own = make.device(1)

    for party, hidden in ((others, 0), (supplier, None)):
        found = checked(party, own, foreign)
        unsaid = [place for place, one in enumerate(found.devices) if not one.found.outcome]
        assert unsaid == ([] if hidden is None else [hidden])
        said = [note.reason for note in found.notes]
        assert said == ([] if hidden is None else ["RECORDS_NOT_YOURS"])


def test_the_sheet_says_the_same(supplier: Party) -> None:
    found = checked(supplier, make.device(1), make.device(2, DeviceID="?"), make.device(1))

    first, nothing, again = lines_of(found)

    assert tuple(first) == REPORT
    assert (first["DeviceID"], first["Outcome"]) == (make.device_id(1), "UNCONFIRMED")
    assert first["Reasons"].split() == list(found.devices[0].found.reasons)
    assert (nothing["Line"], nothing["DeviceID"], nothing["Notes"]) == (
        "3", "", "DeviceID NOT_A_DEVICE_ID",
    )  # fmt: skip
    assert again["Notes"] == "DeviceID DEVICE_REPEATED"


def test_nothing_of_a_check_is_kept_and_its_count_alone_is_logged(
    supplier: Party, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    number = 0x00DB1234567890A0
    device = make.device(number, DeviceFirmwareVersion="0BADF00D")
    before = whole_database()

    checked(supplier, device, device, make.device(3, DeviceID="12 Church Lane"))

    after = whole_database()
    assert after == before
    written = make.device_id(number)
    ways = (written, written.replace("-", ""), str(number), "0BADF00D", "Church")
    for record in caplog.records:
        if record.name != "django.db.backends":  # what tests alone are told
            assert not any(way.lower() in record.getMessage().lower() for way in ways)
    said = [record.getMessage() for record in caplog.records if record.name.startswith("fir.")]
    assert said == ["Devices checked without being kept: 1."]


def whole_database() -> dict[str, Any]:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        held = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT one::text FROM {table} AS one ORDER BY 1")
            held[table] = cursor.fetchall()
    return held


def test_only_so_many_are_checked_at_once() -> None:
    places = [place_for_check() for _ in range(AT_ONCE)]
    for place in places:
        place.__enter__()
    try:
        with pytest.raises(ReceptionUnderWay), place_for_check():
            pass
    finally:
        for place in places:
            place.__exit__(None, None, None)
    with place_for_check():
        pass
