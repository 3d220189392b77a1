"""Reads of the list: the next id, searches, and where a hash stands."""

from __future__ import annotations

from typing import Any

import pytest

from cpl.models import ListedEntry, Manufacturer
from cpl.operations import ensure_manufacturer
from cpl.queries import (
    current_entries_of,
    entries_by_id,
    find_device_models,
    listed_entries,
    manufacturer_name,
    next_entry_ids,
    search_entries,
)
from tests import make


def listed_under(*entry_ids: str) -> None:
    make.listed(*(make.row(n, cpl_entry_id=text) for n, text in enumerate(entry_ids, start=1)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("listed", "following"),
    [
        ([], "CPL-000001"),
        (["CPL-000001"], "CPL-000002"),
        (["CPL-000007", "CPL-000003"], "CPL-000008"),
        (["CPL-000099", "CPL-000100"], "CPL-000101"),
        (["OLD-999999", "CPL-12", "CPL-000002-B", "XCPL-000009"], "CPL-000001"),
        (["CPL-999998"], "CPL-999999"),
        (["CPL-999999"], "CPL-1000000"),
        (["CPL-999999", "CPL-1000000"], "CPL-1000001"),
        (["CPL-0000012", "CPL-000003"], "CPL-000004"),
    ],
    ids=repr,
)
def test_the_next_id_is_one_above_the_highest_of_firs_own(
    listed: list[str], following: str
) -> None:
    listed_under(*listed)

    assert next_entry_ids() == [following]


@pytest.mark.django_db
def test_the_next_id_is_never_one_that_was_removed() -> None:
    make.listed(
        make.row(1, status="REMOVED", date_removed=make.AT.date(), removal_reason="Withdrawn.")
    )

    assert next_entry_ids() == ["CPL-000002"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["CPL-000001", "CPL-000002", "CPL-000003"]),
        ({"device_type": "gsme"}, ["CPL-000003"]),
        ({"manufacturer": "f1a2"}, ["CPL-000002"]),
        ({"device_model": "00010101", "firmware_version": "00000003"}, ["CPL-000003"]),
        ({"status": "Removed"}, ["CPL-000002"]),
        ({"status": "current", "manufacturer": "F1A2"}, []),
        ({"q": " cpl-00000 "}, ["CPL-000001", "CPL-000002", "CPL-000003"]),
        ({"q": "00000002"}, ["CPL-000002"]),
        ({"q": make.image_hash(3)[:12].lower()}, ["CPL-000003"]),
        ({"q": "%"}, []),
        ({"q": "_"}, []),
        ({"q": "L-000001"}, []),
    ],
    ids=repr,
)
def test_a_search_finds_what_fits_everything_asked(
    wanted: dict[str, Any], found: list[str]
) -> None:
    make.listed(
        make.row(1),
        make.row(
            2,
            manufacturer_identifier="F1A2",
            status="REMOVED",
            date_removed=make.AT.date(),
            removal_reason="Withdrawn.",
        ),
        make.row(3, device_type="GSME", esme_variant=""),
    )

    entries = listed_entries().filter(search_entries(**wanted)).order_by("cpl_entry_id")

    assert [entry.cpl_entry_id for entry in entries] == found


@pytest.mark.django_db
def test_current_entries_of_a_version_leave_out_the_removed_and_every_other_model() -> None:
    make.listed(
        make.row(1),
        make.row(2, firmware_version="00000001"),
        make.row(3, firmware_version="00000001", device_model="00010102"),
        make.row(4, firmware_version="00000001", device_type="GSME", esme_variant=""),
        make.row(
            5,
            firmware_version="00000001",
            status="REMOVED",
            date_removed=make.AT.date(),
            removal_reason="Withdrawn.",
        ),
    )

    found = current_entries_of(
        device_type="ESME",
        manufacturer_identifier=make.MAKER,
        device_model="00010101",
        firmware_version="00000001",
    )

    assert found == ["CPL-000001", "CPL-000002"]


@pytest.mark.django_db
def test_a_makers_name_is_what_the_list_said_last_of_any_of_its_entries() -> None:
    make.listed(
        make.row(1),
        make.row(2, manufacturer_identifier="F1A2", manufacturer_name="Other Meters"),
    )
    names = [manufacturer_name(make.MAKER)]
    make.listed(make.row(1, manufacturer_name="Finer Meters"))
    names.append(manufacturer_name(make.MAKER))
    make.listed(make.row(3, device_model="00020101", manufacturer_name="Finest Meters"))
    names.append(manufacturer_name(make.MAKER))

    assert names == ["Fine Meters", "Finer Meters", "Finest Meters"]
    assert manufacturer_name("F1A2") == "Other Meters"
    assert Manufacturer.objects.get(identifier=make.MAKER).name == "Fine Meters"


@pytest.mark.django_db
def test_a_maker_without_an_entry_has_the_name_it_was_made_known_by() -> None:
    ensure_manufacturer(identifier="F1A3", name="New Meters")

    assert manufacturer_name("F1A3") == "New Meters"
    with pytest.raises(Manufacturer.DoesNotExist):
        manufacturer_name("F1A4")


@pytest.mark.django_db
def test_entries_and_models_that_are_unknown_are_absent() -> None:
    make.listed(make.row(1))
    known, unknown = ("ESME", make.MAKER, "00010101"), ("GSME", make.MAKER, "00010101")

    assert list(entries_by_id(["CPL-000001", "CPL-000002"])) == ["CPL-000001"]
    assert list(find_device_models([known, unknown])) == [known]
    assert find_device_models([]) == {}
    assert ListedEntry.objects.count() == 1
