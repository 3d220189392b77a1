"""The rules are given every line that can matter, and nothing else."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from cpl.models import CPLEntry
from cpl.operations import revise_entries
from cpl.quality_queries import catalogue_now, lines_beside, lines_of_list
from tests import make

pytestmark = pytest.mark.django_db


def ids_beside(manufacturer: str, image_hash: str) -> list[str]:
    return sorted(line.cpl_entry_id for line in lines_beside([manufacturer], [image_hash]))


def test_beside_a_line_stand_its_makers_and_those_with_its_hash() -> None:
    other = {"manufacturer_identifier": "F1A2", "manufacturer_name": "Other Meters"}
    make.listed(
        make.row(1),
        make.row(2, **other),
        make.row(3, **other, manufacturer_image_hash=make.image_hash(1)),
    )

    assert ids_beside(make.MAKER, make.image_hash(1)) == ["CPL-000001", "CPL-000003"]
    assert ids_beside("F1A3", make.image_hash(2)) == ["CPL-000002"]
    assert ids_beside("F1A3", make.image_hash("nobody's")) == []


def test_entries_without_a_hash_stand_beside_no_other_maker() -> None:
    removed = {"status": "REMOVED", "date_removed": make.AT.date(), "manufacturer_image_hash": ""}
    make.listed(make.row(1, **removed))

    assert ids_beside("F1A2", "") == []


def test_a_line_says_what_was_corrected() -> None:
    make.listed(make.row(1))
    entry = CPLEntry.objects.get()
    new = make.image_hash("corrected")

    with transaction.atomic():
        corrected = [(entry.pk, make.row(1, manufacturer_image_hash=new))]
        revise_entries(corrected, by=uuid.UUID(int=0), at=make.AT)

    assert [line.manufacturer_image_hash for line in lines_of_list().values()] == [new]
    assert [line.manufacturer_image_hash for line in lines_beside(["F1A9"], [new])] == [new]


def test_the_catalogue_begins_with_what_is_known_of_every_device_type() -> None:
    catalogue = catalogue_now()

    assert {one for one, needs in catalogue.needs.items() if needs.needs_cpa} == {
        *("ESME", "GSME", "HCALCS", "CHF"),
    }
    assert catalogue.specifications["GBCS", "1.0"].in_effect_until is not None
    assert ("CHTS", "1.3") in catalogue.specifications
