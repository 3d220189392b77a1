"""A draft's open answers are taken from the image file, of which nothing stays but its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cpl.models import KnownFile
from cpl.ota_image import read_ota_image
from tests import make
from tests.cpl.ota_image.ota_file import TRAILER, File
from tests.fir.portal.drafts import at, begin, save, text
from tests.fir.portal.people import signed_in

if TYPE_CHECKING:
    from django.test import Client

    from fir.submissions.models import Draft

pytestmark = pytest.mark.django_db
PLAIN = File().written()
SIGNED = File(content=b"firmware" * 40 + TRAILER).written()
READ, READ_SIGNED = read_ota_image([PLAIN]), read_ota_image([SIGNED])


@pytest.fixture
def browser() -> Client:
    return signed_in(make.maker(identifier="10E0"))


@pytest.fixture
def draft(browser: Client) -> Draft:
    make.listed(make.row(1, manufacturer_identifier="10E0", device_model="00010120"))
    return begin(browser, model="ESME-10E0-00010120")


def read(browser: Client, draft: Draft, data: bytes, **more: Any) -> Any:
    # The box stands before the file in the form, as a browser sends it.
    return browser.post(
        at(draft, "image"), {**more, "image": SimpleUploadedFile("secret-name.ota", data)}
    )


def test_the_page_says_that_no_byte_is_kept(browser: Client, draft: Draft) -> None:
    page = text(browser.get(at(draft, "image")))

    assert "No byte of the file is kept." in page
    assert page.index('name="over"') < page.index('type="file"')


def test_open_answers_are_filled_in_and_nothing_else_is_kept(browser: Client, draft: Draft) -> None:
    answer = read(browser, draft, PLAIN)

    draft.refresh_from_db()
    filled = {
        "firmware_version": "0002012F",
        "manufacturer_image_hash": READ.hash_behind_header,
        "image_size": READ.header.total_size,
        "minimum_hardware_version": "0100",
        "maximum_hardware_version": "01FF",
    }
    assert answer.status_code == 200
    assert {name: draft.said[name] for name in filled} == filled
    assert f'Firmware version: <span class="fir-hex">{filled["firmware_version"]}' in text(answer)
    assert "Your answers and the file differ" not in text(answer)
    kept = KnownFile.objects.get()
    assert (kept.file_hash, kept.image_hash) == (READ.file_hash, READ.hash_behind_header)
    assert "for a meter" not in str(draft.file)
    assert "secret-name" not in str(draft.file)
    assert "Ready" in text(browser.get(at(draft)))


def test_answers_stand_until_the_box_is_ticked(browser: Client, draft: Draft) -> None:
    save(browser, draft, "firmware", firmware_version="00000009")

    first = read(browser, draft, PLAIN)
    draft.refresh_from_db()
    stood = draft.said["firmware_version"]
    check = text(browser.get(at(draft, "check")))
    second = read(browser, draft, PLAIN, over="over")

    draft.refresh_from_db()
    told = "The file that was read says 0002012F; the answer is 00000009."
    assert stood == "00000009"
    assert "Your answers and the file differ." in text(first)
    assert told in text(first)
    assert told in check
    assert draft.said["firmware_version"] == "0002012F"
    assert told not in text(second)
    assert told not in text(browser.get(at(draft, "check")))


def test_the_hash_of_the_whole_file_in_the_form_is_told(browser: Client, draft: Draft) -> None:
    save(browser, draft, "firmware", manufacturer_image_hash=READ.file_hash)

    page = text(read(browser, draft, PLAIN))

    assert "This is the hash of the whole file that was read." in page
    assert "This is the hash of the whole file" in text(browser.get(at(draft, "firmware")))


def test_of_two_readings_none_is_filled_in_until_the_type_decides(
    browser: Client, draft: Draft
) -> None:
    save(browser, draft, "device", device_type="CHF", esme_variant="")
    undecided = text(read(browser, draft, SIGNED))
    draft.refresh_from_db()
    none = draft.said.get("manufacturer_image_hash")
    save(browser, draft, "device", device_type="ESME", esme_variant="A")
    read(browser, draft, SIGNED)

    draft.refresh_from_db()
    assert "So no hash was filled in" in undecided
    assert not none
    assert draft.said["manufacturer_image_hash"] == READ_SIGNED.hash_before_trailer


def test_an_identifier_that_is_not_held_is_not_filled_in(browser: Client) -> None:
    make.listed(make.row(1, manufacturer_identifier="10E0"))
    draft = begin(browser)
    save(browser, draft, "device", manufacturer_identifier="")

    page = text(read(browser, draft, File(maker=0xBEEF).written()))

    draft.refresh_from_db()
    assert draft.said["manufacturer_identifier"] == ""
    assert "which your Party does not hold" in page
    read(browser, draft, PLAIN)
    draft.refresh_from_db()
    assert draft.said["manufacturer_identifier"] == "10E0"


def test_what_the_list_says_of_the_file_is_told_as_on_the_page_that_compares(
    browser: Client, draft: Draft
) -> None:
    row = make.row(
        7,
        manufacturer_identifier="10E0",
        device_model="00010120",
        manufacturer_image_hash=READ.file_hash,
    )
    make.listed(row)

    page = text(read(browser, draft, PLAIN))

    assert "The list carries the hash of the whole file" in page
    assert 'href="/cpl/CPL-000007"' in page


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "The file is empty. Choose the one that holds the OTA Upgrade Image."),
        (PLAIN[:200], "a transfer that did not finish"),
        (PLAIN[:20], "within its header"),
        (b"PK\x03\x04" + PLAIN, "it is a ZIP archive"),
        (PLAIN + b"more", "something was added behind the image"),
        (File(content=b"a" * 5_000_000).written(), "may have at most 4,194,304 bytes"),
    ],
    ids=["empty", "cut off", "no header", "another kind", "wrong size", "too large"],
)
def test_what_is_no_image_is_refused_in_words(
    browser: Client, draft: Draft, data: bytes, sentence: str
) -> None:
    before = draft.said

    answer = read(browser, draft, data, over="over")

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert 'value="over" id="id_over_0" checked' in text(answer)
    assert (draft.said, draft.file) == (before, None)
    assert not KnownFile.objects.exists()


def test_a_file_that_was_not_chosen_is_asked_for(browser: Client, draft: Draft) -> None:
    answer = browser.post(at(draft, "image"), {"over": "over", "image": ""})

    assert answer.status_code == 422
    assert "No file was chosen." in text(answer)


def test_another_partys_draft_takes_no_file(browser: Client, draft: Draft) -> None:
    other = signed_in(make.maker("other-meters", "F1A2"))

    assert read(other, draft, PLAIN).status_code == 404
    assert read(other, draft, b"").status_code == 404
    assert not KnownFile.objects.exists()
