"""The identifiers: every accepted form becomes one, and a fault explains itself."""

import copy
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpl.device_ids import device_id_from_number, device_id_to_number, parse_device_id
from cpl.identifiers import (
    DEVICE_TYPES,
    IdentifierFault,
    family_of,
    hardware_of,
    parse_cpl_entry_id,
    parse_date,
    parse_device_model,
    parse_device_type,
    parse_firmware_version,
    parse_hardware_revision,
    parse_hardware_version,
    parse_image_hash,
    parse_manufacturer_identifier,
    parse_model_identifier,
)

HEX_FIELDS: list[tuple[Callable[[str], str], int]] = [
    (parse_manufacturer_identifier, 4),
    (parse_model_identifier, 4),
    (parse_hardware_version, 2),
    (parse_hardware_revision, 2),
    (parse_device_model, 8),
    (parse_firmware_version, 8),
    (parse_image_hash, 64),
]
PARSERS: list[Callable[[str], object]] = [
    *(parse for parse, _ in HEX_FIELDS),
    parse_cpl_entry_id,
    parse_date,
    parse_device_id,
    parse_device_type,
    device_id_to_number,
]
# Text that comes near to the forms finds more than arbitrary text does.
NEARLY = st.text(alphabet="0123456789abcdefABCDEFxXOoIl-:/. \t'=+eEſKı٣", max_size=70)
BIGINTS = st.integers(min_value=-(2**63), max_value=2**63 - 1)


def fault_of(parse: Callable[[str], object], text: str) -> IdentifierFault:
    with pytest.raises(IdentifierFault) as raised:
        parse(text)
    return raised.value


@pytest.mark.parametrize(("parse", "digits"), HEX_FIELDS)
@given(data=st.data())
def test_every_written_form_of_a_hex_field_becomes_the_one_stored_form(
    parse: Callable[[str], str], digits: int, data: st.DataObject
) -> None:
    stored = data.draw(st.text(alphabet="0123456789ABCDEF", min_size=digits, max_size=digits))
    for written in (stored, stored.lower(), f"0x{stored}", f"0X{stored.lower()}", f"  {stored}\t"):
        assert parse(written) == stored


@pytest.mark.parametrize("parse", PARSERS)
@given(text=st.one_of(st.text(), NEARLY))
def test_any_text_is_either_parsed_or_an_identifier_fault(
    parse: Callable[[str], object], text: str
) -> None:
    try:
        parse(text)
    except IdentifierFault as raised:
        fault = raised
    else:
        return
    assert fault.code.isupper()
    assert len(fault.value) <= 80
    assert fault.value.isprintable()
    assert fault.wanted in str(fault)
    assert fault.likely_cause in str(fault)


@pytest.mark.parametrize(
    "parse", [p for p in PARSERS if p not in (parse_date, device_id_to_number)]
)
@given(text=NEARLY)
def test_a_stored_form_is_ascii_and_parses_to_itself(
    parse: Callable[[str], str], text: str
) -> None:
    try:
        stored = parse(text)
    except IdentifierFault:
        return
    assert stored.isascii()
    assert stored == stored.upper()
    assert parse(stored) == stored


@pytest.mark.parametrize(
    ("parse", "text", "code", "cause"),
    [
        (parse_device_model, "90100", "WRONG_LENGTH", "leading zeros"),
        (parse_device_model, "0009", "WRONG_LENGTH", "hardware version and revision"),
        (parse_device_model, "0009-01-00", "NOT_HEX", "punctuation"),
        (parse_device_model, "OOO9O1OO", "NOT_HEX", "letter O"),
        (parse_device_model, '="00090100"', "NOT_HEX", "formula"),
        (parse_device_model, "'00090100", "NOT_HEX", "apostrophe"),
        (parse_firmware_version, "3.8E+07", "NOT_HEX", "took it for a number"),
        (parse_firmware_version, "1E+05", "NOT_HEX", "took it for a number"),
        (parse_firmware_version, "38040404.0", "NOT_HEX", "took it for a number"),
        (parse_firmware_version, "V4.4.12", "NOT_HEX", "dotted version"),
        (parse_firmware_version, "2026-11-20", "NOT_HEX", "a date"),
        (parse_firmware_version, "20/11/2026", "NOT_HEX", "a date"),
        (parse_manufacturer_identifier, "GFI", "NOT_HEX", "name"),
        (parse_manufacturer_identifier, "", "EMPTY", ""),
        (parse_image_hash, "a" * 32, "WRONG_LENGTH", "MD5"),
        (parse_image_hash, "a" * 40, "WRONG_LENGTH", "SHA-1"),
        (parse_image_hash, "a" * 128, "WRONG_LENGTH", "SHA-512"),
        (parse_image_hash, "a" * 63, "WRONG_LENGTH", "not copied as a whole"),
        (parse_image_hash, "a" * 43 + "=", "NOT_HEX", "Base64"),
        (parse_cpl_entry_id, "CPL_1", "BAD_CPL_ENTRY_ID", "underscore"),
        (parse_cpl_entry_id, "A" * 33, "BAD_CPL_ENTRY_ID", "33 characters"),
        (parse_device_type, "Comms Hub", "UNKNOWN_DEVICE_TYPE", "CHF"),
        (parse_device_type, "toaster", "UNKNOWN_DEVICE_TYPE", ""),
        (parse_device_type, "ıHD", "UNKNOWN_DEVICE_TYPE", ""),
        (parse_date, "46346", "NOT_A_DATE", "day number"),
        (parse_date, "2026-11-20 00:00:00", "NOT_A_DATE", "time of day"),
        (parse_date, "20/11/26", "NOT_A_DATE", "two digits"),
        (parse_date, "1/2/2026", "NOT_A_DATE", "two digits each"),
        (parse_date, "11/20/2026", "NO_SUCH_DATE", "month was written first"),
        (parse_date, "2026-02-30", "NO_SUCH_DATE", ""),
        (parse_date, "1989-12-31", "DATE_OUT_OF_RANGE", "mistyped"),
        (parse_date, "2201-01-01", "DATE_OUT_OF_RANGE", "mistyped"),
        (parse_date, "٢٠٢٦-11-20", "NOT_A_DATE", ""),
        (parse_device_id, "DB-12-34-56-78-90-A0", "NOT_A_DEVICE_ID", "leading zeros"),
        (parse_device_id, "DB1234567890", "NOT_A_DEVICE_ID", "MAC address"),
        (parse_device_id, "00-DB:12-34-56-78-90-A0", "NOT_A_DEVICE_ID", "unevenly"),
        (parse_device_id, "1.23E+15", "NOT_A_DEVICE_ID", "took it for a number"),
        (parse_device_id, "1023536563550", "NOT_A_DEVICE_ID", "MPAN"),
        (parse_device_id, "", "EMPTY", ""),
    ],
)
def test_a_fault_names_the_likely_cause(
    parse: Callable[[str], object], text: str, code: str, cause: str
) -> None:
    fault = fault_of(parse, text)
    assert fault.code == code
    assert cause in fault.likely_cause
    assert bool(cause) == bool(fault.likely_cause)


def test_a_fault_reads_as_a_sentence_with_value_form_and_remedy() -> None:
    assert str(fault_of(parse_device_model, "90100")) == (
        "‘90100’ is not a Device Model (8 hexadecimal digits, such as 00090100). Likely cause: "
        "a spreadsheet dropped the leading zeros; format the column as text and enter the value "
        "again."
    )


def test_a_fault_shows_80_characters_and_none_that_cannot_be_seen() -> None:
    assert fault_of(parse_device_model, "x" * 500).value == "x" * 80
    assert fault_of(parse_device_model, "a\0b\x1b[2J\n").value == "a�b�[2J�"


def test_a_fault_can_be_copied_and_sent_to_another_process() -> None:
    fault = fault_of(parse_device_model, "90100")
    again = copy.copy(fault)  # goes the way of pickling
    assert (str(again), again.code, again.value) == (str(fault), fault.code, fault.value)


@given(number=BIGINTS)
def test_a_device_id_and_its_number_turn_into_each_other(number: int) -> None:
    device_id = device_id_from_number(number)
    assert device_id_to_number(device_id) == number
    for written in (device_id.lower(), device_id.replace("-", ":"), device_id.replace("-", "")):
        assert parse_device_id(f" {written} ") == device_id
        assert parse_device_id(f"0x{written}") == device_id


def test_device_ids_of_the_upper_half_are_negative_numbers() -> None:
    assert device_id_to_number("00-00-00-00-00-00-00-01") == 1
    assert device_id_to_number("7F-FF-FF-FF-FF-FF-FF-FF") == 2**63 - 1
    assert device_id_to_number("80-00-00-00-00-00-00-00") == -(2**63)
    assert device_id_to_number("FF-FF-FF-FF-FF-FF-FF-FF") == -1


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1])
def test_a_number_beyond_64_bits_is_no_device_id(number: int) -> None:
    with pytest.raises(IdentifierFault):
        device_id_from_number(number)


def test_family_and_hardware_are_the_halves_of_a_device_model() -> None:
    assert family_of("00090100") == "0009"
    assert hardware_of("00090100") == "0100"


@pytest.mark.parametrize("device_type", DEVICE_TYPES)
def test_a_device_type_is_taken_in_either_case(device_type: str) -> None:
    assert parse_device_type(f" {device_type.lower()} ") == device_type


@given(day=st.dates(min_value=date(1990, 1, 1), max_value=date(2200, 12, 31)))
def test_a_date_is_taken_in_iso_and_in_british_form(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert parse_date(f" {day:%d/%m/%Y} ") == day


def test_a_cpl_entry_id_is_stored_in_upper_case() -> None:
    assert parse_cpl_entry_id(" cpl-000123 ") == "CPL-000123"
