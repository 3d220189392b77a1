"""Answers held against a firmware file: what is taken from it, and where the two differ."""

from __future__ import annotations

from typing import Any

import pytest

from cpl.ota_image import read_ota_image
from fir.submissions.files import FileFacts, answers_to_take, disagreements
from tests.cpl.ota_image.ota_file import TRAILER, File

PLAIN = FileFacts.of(read_ota_image([File().written()]))
SIGNED = FileFacts.of(read_ota_image([File(content=b"firmware" * 40 + TRAILER).written()]))
FACTS = {
    "manufacturer_identifier": "10E0",
    "firmware_version": "0002012F",
    "manufacturer_image_hash": PLAIN.hash_behind_header,
    "image_size": 380,
    "minimum_hardware_version": "0100",
    "maximum_hardware_version": "01FF",
}


def taken(
    file: FileFacts, said: dict[str, Any] | None = None, device_type: str | None = "PPMID"
) -> dict[str, Any]:
    return answers_to_take(file, said or {}, device_type=device_type, offered=FACTS)


def codes(
    file: FileFacts, said: dict[str, Any], device_type: str | None = "ESME"
) -> list[tuple[str, str]]:
    found = disagreements(file, said, device_type=device_type)
    return [(fault.field, fault.code) for fault in found]


def test_what_is_kept_reads_back_and_holds_no_text_of_the_maker() -> None:
    assert FileFacts.kept(PLAIN.to_keep()) == PLAIN
    assert "for a meter" not in str(PLAIN.to_keep())


def test_every_open_answer_is_taken_and_no_other() -> None:
    assert taken(PLAIN) == FACTS
    open_answers = {"firmware_version": " ", "image_size": None, "manufacturer_identifier": ""}
    assert taken(PLAIN, open_answers) == FACTS
    held = {"firmware_version": "00000001", "image_size": 1}
    assert taken(PLAIN, held) == {n: v for n, v in FACTS.items() if n not in held}


def test_over_takes_what_was_answered_otherwise_and_leaves_what_agrees() -> None:
    said = {**FACTS, "firmware_version": "0x0002012f", "image_size": "381"}

    found = answers_to_take(PLAIN, said, device_type="ESME", offered=FACTS, over=True)

    assert found == {"image_size": 380}


def test_only_what_is_asked_is_answered() -> None:
    found = answers_to_take(PLAIN, {}, device_type="ESME", offered={"image_size"})

    assert found == {"image_size": 380}


@pytest.mark.parametrize(
    ("device_type", "image_hash"),
    [
        ("ESME", SIGNED.hash_before_trailer),
        ("PPMID", SIGNED.hash_behind_header),
        ("CHF", None),
        (None, None),
    ],
)
def test_of_two_readings_the_device_type_decides_or_none_is_taken(
    device_type: str | None, image_hash: str | None
) -> None:
    assert taken(SIGNED, None, device_type).get("manufacturer_image_hash") == image_hash


def test_what_agrees_in_any_way_of_writing_is_no_disagreement() -> None:
    said = {
        **FACTS,
        "firmware_version": " 0x0002012f",
        "image_size": "380",
        "device_model": "00010120",
        "manufacturer_image_hash": PLAIN.hash_behind_header.lower(),
    }

    assert codes(PLAIN, said) == []
    assert codes(PLAIN, {}) == []
    assert codes(PLAIN, {"firmware_version": "two", "image_size": "many"}) == []


def test_every_answer_that_differs_is_told_with_both() -> None:
    said = {
        "manufacturer_identifier": "F1A1",
        "firmware_version": "0002012E",
        "image_size": 381,
        "minimum_hardware_version": "0101",
        "maximum_hardware_version": "01FE",
    }

    found = disagreements(PLAIN, said, device_type="ESME")

    assert [fault.field for fault in found] == list(said)
    assert found[1].message == "The file that was read says 0002012F; the answer is 0002012E."


def test_the_hash_of_the_whole_file_is_told_with_the_right_one() -> None:
    said = {"manufacturer_image_hash": SIGNED.file_hash}

    (known,) = disagreements(SIGNED, said, device_type="ESME")
    (unknown,) = disagreements(SIGNED, said, device_type=None)

    assert (known.code, unknown.code) == ("HASH_OF_WHOLE_FILE", "HASH_OF_WHOLE_FILE")
    assert f"it is {SIGNED.hash_before_trailer}." in known.message
    for reading in (SIGNED.hash_before_trailer, SIGNED.hash_behind_header):
        assert str(reading) in unknown.message


def test_the_other_reading_of_the_file_is_told_as_such() -> None:
    said = {"manufacturer_image_hash": SIGNED.hash_behind_header}

    (fault,) = disagreements(SIGNED, said, device_type="ESME")

    assert "with its last 66 bytes" in fault.message
    assert str(SIGNED.hash_before_trailer) in fault.message
    assert disagreements(SIGNED, said, device_type="PPMID") == []
    assert disagreements(SIGNED, said, device_type=None) == []


def test_another_images_hash_is_told() -> None:
    other = {"manufacturer_image_hash": "AB" * 32}

    assert codes(PLAIN, other) == [("manufacturer_image_hash", "FILE_SAYS_OTHERWISE")]
    assert codes(SIGNED, other, None) == [("manufacturer_image_hash", "FILE_SAYS_OTHERWISE")]


def test_device_models_outside_its_hardware_are_told() -> None:
    said = {"device_model": "00010120", "further_device_models": ["00010220", "000100FF"]}

    (fault,) = disagreements(PLAIN, said, device_type="ESME")

    assert fault.field == "device_model"
    assert fault.message.endswith("not for 000100FF, 00010220.")
