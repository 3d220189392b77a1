"""The digests of a compared file are kept once, and show a mistake when the list is judged."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import InternalError, ProgrammingError, transaction

from cpl.models import KnownFile
from cpl.ota_image import OtaImage, read_ota_image
from fir.parties.operations import operator
from fir.records.file_queries import compare_file
from fir.records.files import remember_file
from fir.records.quality import read_news
from fir.records.quality_queries import quality_findings
from fir.records.reconciling import reconcile_list
from tests import make
from tests.cpl.ota_image.ota_file import TRAILER, File

if TYPE_CHECKING:
    from fir.parties.models import Actor

pytestmark = pytest.mark.django_db
LATER = make.AT + timedelta(minutes=1)
FILE_HASH, IMAGE_HASH = make.image_hash("file"), make.image_hash("image")


@pytest.fixture
def supplier() -> Actor:
    return make.actor(make.party("big-light"))


def signed() -> OtaImage:
    """A file with two readings."""
    return read_ota_image([File(content=b"firmware" + TRAILER).written()])


def test_what_was_said_of_a_file_first_stays(supplier: Actor) -> None:
    for image_hash in (IMAGE_HASH, make.image_hash("another")):
        remember_file(file_hash=FILE_HASH, image_hash=image_hash, by=supplier, at=make.AT)

    kept = KnownFile.objects.get()
    assert (kept.image_hash, kept.seen_at, kept.seen_by) == (
        IMAGE_HASH,
        make.AT,
        supplier.actor_id,
    )


def test_it_cannot_be_changed_afterwards(supplier: Actor) -> None:
    remember_file(file_hash=FILE_HASH, image_hash=IMAGE_HASH, by=supplier, at=make.AT)

    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        KnownFile.objects.update(image_hash=FILE_HASH)


def test_a_file_that_shows_a_mistake_has_the_list_judged_anew(supplier: Actor) -> None:
    make.listed(make.row(1, manufacturer_image_hash=FILE_HASH), make.row(2))
    assert read_news(at=make.AT)
    assert not quality_findings(code="HASH_OF_WHOLE_FILE").exists()

    remember_file(file_hash=FILE_HASH, image_hash=IMAGE_HASH, by=supplier, at=LATER)

    assert read_news(at=LATER)
    finding = quality_findings(code="HASH_OF_WHOLE_FILE").get()
    assert finding.entry.cpl_entry_id == "CPL-000001"
    assert IMAGE_HASH in finding.particulars
    assert not read_news(at=LATER + timedelta(minutes=1))


def test_a_file_that_says_nothing_of_the_list_does_not(supplier: Actor) -> None:
    make.listed(make.row(1, manufacturer_image_hash=IMAGE_HASH))
    read_news(at=make.AT)

    remember_file(file_hash=FILE_HASH, image_hash=IMAGE_HASH, by=supplier, at=LATER)

    assert not read_news(at=LATER)


def test_an_entry_counts_by_what_it_says_last() -> None:
    image = signed()
    make.listed(make.row(1, manufacturer_image_hash=image.image_hashes[0]))
    assert compare_file(image).matches

    reconcile_list(
        rows=[make.row(1)],
        corrections={"CPL-000001": "Mistyped."},
        by=operator(),
        at=make.AT,
    )

    found = compare_file(image)
    assert (found.matches, found.mistaken, found.image_hash) == ([], [], None)


def test_of_two_listed_readings_neither_is_taken_but_both_are_found() -> None:
    image = signed()
    make.listed(*(make.row(n, manufacturer_image_hash=h) for n, h in enumerate(image.image_hashes)))

    found = compare_file(image)

    assert found.image_hash is None
    assert len(found.matches) == 2
    assert compare_file(image, "ESME").image_hash == image.hash_before_trailer


@pytest.mark.parametrize(
    ("model", "agrees"), [("00010100", True), ("000101FF", True), ("000100FF", False)]
)
def test_the_hardware_of_the_entry_must_be_among_the_headers(model: str, agrees: bool) -> None:
    image = signed()
    row = make.row(
        1,
        manufacturer_image_hash=image.image_hashes[0],
        manufacturer_identifier="10E0",
        firmware_version="0002012F",
        device_model=model,
    )
    make.listed(row)

    [match] = compare_file(image).matches

    assert (match.disagreements == ()) == agrees
