"""Files that are no OTA Upgrade Images: refused by name, with no byte of them in the words."""

import copy
from dataclasses import replace

import pytest

from cpl.ota_image.faults import (
    LARGEST_IMAGE,
    EmptyFile,
    FileTooShort,
    ImageTooLarge,
    ImpossibleHeaderLength,
    NotAnUpgradeImage,
    SizeDisagrees,
    UnknownHeaderVersion,
    WrongIdentifier,
)
from tests.cpl.ota_image.ota_file import TRAILER, File, fault_of

SECRET = b"UNPUBLISHED"
FULL_OF_SECRETS = File(note=SECRET, content=SECRET * 40, unknown=SECRET)


def test_an_image_cut_off_anywhere_is_refused() -> None:
    data = File(credential=1, destination=2, content=b"firmware" + TRAILER).written()
    for size in range(len(data)):
        fault = fault_of(data[:size])
        wanted = FileTooShort if size < 56 else SizeDisagrees
        assert isinstance(fault, wanted if size else EmptyFile)
        assert not size or f"{size}" in str(fault)


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"PK\x03\x04" + bytes(80), "ZIP"),
        (b"\x1f\x8b\x08" + bytes(80), "gzip"),
        (b"%PDF-1.7\n%\xe2\xe3" + bytes(80), "PDF"),
        (b"\x7fELF" + bytes(80), "compiler"),
        (b"\x0b\xee\xf1\x1e" + bytes(80), "highest byte first"),
        (b"HvHuCwABPAAEAB0S" * 10, "Base64"),
        (b"1ef1ee0b00013c000400" * 10, "an image written in hexadecimal"),
        (b"0x1EF1EE0B", "an image written in hexadecimal"),
        (b"A1B2C3D4" * 8 + b"\r\n", "a Hash"),
        (b":10010000214601360121470136007EFE09D2190140\n" * 4, "Intel HEX"),
        (b"S00F000068656C6C6F202020202000003C\n" * 4, "S-record"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><sr:Request>' * 4, "Service Request"),
        (b"Dear all, the image is attached.", "text"),
        (bytes(range(256)), "bare Manufacturer Image"),
        (b"PKx" + bytes(80), "bare Manufacturer Image"),
        (b"\x1e\xf1\xee\x0c" + bytes(80), "bare Manufacturer Image"),
    ],
)
def test_another_file_is_told_by_its_looks(data: bytes, cause: str) -> None:
    fault = fault_of(data)
    assert isinstance(fault, WrongIdentifier)
    assert fault.code == "WRONG_IDENTIFIER"
    assert cause in str(fault).split("Likely cause: ")[1]


@pytest.mark.parametrize(
    ("file", "wanted", "said"),
    [
        (File(version=0x0200), UnknownHeaderVersion, "version 0200"),
        (File(version=0x0001), UnknownHeaderVersion, "version 0001"),
        (File(header_length=56), ImpossibleHeaderLength, "take 60"),
        (File(header_length=59), ImpossibleHeaderLength, "59 bytes long"),
        (File(header_length=68, credential=1, destination=1), ImpossibleHeaderLength, "take 69"),
        (File(hardware=None, header_length=55), ImpossibleHeaderLength, "take 56"),
        (File(content=b""), ImpossibleHeaderLength, "no room"),
        (File(total=0), ImpossibleHeaderLength, "no room"),
        (File(header_length=0xFFFF), ImpossibleHeaderLength, "no room"),
        (
            File(total=381),
            SizeDisagrees,
            "381 bytes, header and signature included, but it has 380",
        ),
        (File(total=381), SizeDisagrees, "but it has 380"),
        (File(total=4_000_000), SizeDisagrees, "did not finish"),
        (File(total=379), SizeDisagrees, "something was added"),
        (File(total=380 - 66), SizeDisagrees, "a signature was added"),
        (File(total=380 + 66), SizeDisagrees, "the signature was taken off"),
        (File(total=LARGEST_IMAGE + 1), ImageTooLarge, "4,194,304"),
        (File(total=0xFFFF_FFFF), ImageTooLarge, "4,194,304"),
    ],
)
def test_a_header_that_cannot_be_true_is_refused(
    file: File, wanted: type[NotAnUpgradeImage], said: str
) -> None:
    fault = fault_of(file.written())
    assert type(fault) is wanted
    assert said in str(fault)


def test_every_fault_has_a_code_of_its_own() -> None:
    kinds: list[type[NotAnUpgradeImage]] = NotAnUpgradeImage.__subclasses__()
    assert len(kinds) == 7
    assert len({kind.code for kind in kinds}) == 7


@pytest.mark.parametrize(
    "data",
    [
        SECRET * 40,
        b"PK\x03\x04" + SECRET * 40,
        FULL_OF_SECRETS.written()[:50],
        FULL_OF_SECRETS.written()[:300],
        FULL_OF_SECRETS.written() + SECRET,
        replace(FULL_OF_SECRETS, version=0x0900).written(),
        replace(FULL_OF_SECRETS, header_length=57).written(),
        replace(FULL_OF_SECRETS, total=57).written(),
        replace(FULL_OF_SECRETS, total=LARGEST_IMAGE * 2).written(),
    ],
)
def test_no_byte_of_a_refused_file_comes_out(data: bytes) -> None:
    fault = fault_of(data)
    assert SECRET.decode() not in f"{fault} {fault!r} {vars(fault)} {fault.__cause__}"
    assert fault.__context__ is None


def test_a_fault_can_be_copied_and_sent_to_another_process() -> None:
    fault = fault_of(b"")
    again = copy.copy(fault)  # goes the way of pickling
    assert (type(again), str(again), again.code) == (EmptyFile, str(fault), "EMPTY")
