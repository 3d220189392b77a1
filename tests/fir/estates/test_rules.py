"""What makes a row a device; and nothing free-form ever gets past."""

from __future__ import annotations

import re
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpl.device_ids import device_id_from_number
from fir.estates.rules import Configuration, Device, RawDevice, RowNote, masked, read_device

ROW = RawDevice(
    line=7,
    device_id="30-EB-5A-FF-FF-08-DD-11",
    device_type="ESME",
    device_status="COMMISSIONED",
    manufacturer="1063",
    device_model="00050203",
    firmware_version="38040404",
    chf_device_id="00-0B-6B-01-00-1D-B8-46",
    responsible_role="",
)
OTHERS = ("line", "fault", "is_ended")
COLUMNS = [field.name for field in fields(RawDevice) if field.name not in OTHERS]
ADDRESSES = st.one_of(
    st.from_regex(r"[1-9][0-9]{0,2}[A-Z]? [A-Z][a-z]{4,9} (Street|Road|Close)", fullmatch=True),
    st.from_regex(r"Flat [0-9]{1,2}, [A-Z][a-z]{4,9} House", fullmatch=True),
    st.from_regex(r"[G-Z]{1,2}[0-9]{1,2}[A-Z]? [0-9][G-Z]{2}", fullmatch=True),
    # An MPRN, an MPAN, a UPRN.
    st.from_regex(r"[0-9]{9,15}|[0-9]{21}", fullmatch=True),
)


def read(held_roles: str = "IS+GS", **changes: str) -> tuple[Device | None, list[RowNote]]:
    return read_device(replace(ROW, **changes), held_roles=held_roles)  # type: ignore[arg-type]


def test_a_row_of_the_right_forms_is_a_device_without_a_note() -> None:
    device, notes = read()

    assert notes == []
    assert device is not None
    assert device_id_from_number(device.number) == ROW.device_id
    assert device.hub_number is not None
    assert device_id_from_number(device.hub_number) == ROW.chf_device_id
    assert device.configuration == Configuration(
        "ESME", "1063", "00050203", "38040404", "COMMISSIONED", "IS+GS", listable=True
    )


def test_other_ways_of_writing_give_the_same_device() -> None:
    assert (
        read(
            device_id="30:eb:5a:ff:ff:08:dd:11",
            device_type=" esme ",
            manufacturer="0x1063",
            device_model="0x00050203 ",
            chf_device_id="000b6b01001db846",
            responsible_role="gs+is",
        )
        == read()
    )


@pytest.mark.parametrize(
    ("column", "value", "note"),
    [
        ("device_id", "", ("DeviceID", "EMPTY", "")),
        ("device_id", "30-EB", ("DeviceID", "NOT_A_DEVICE_ID", "(5 characters, not hexadecimal)")),
        ("device_id", "30EB5A", ("DeviceID", "NOT_A_DEVICE_ID", "30EB5A")),
        ("device_type", "METER", ("DeviceType", "UNKNOWN_DEVICE_TYPE",
                                  "(5 characters, not hexadecimal)")),
    ],
)  # fmt: skip
def test_without_an_id_and_a_type_a_row_is_no_device(
    column: str, value: str, note: tuple[str, str, str]
) -> None:
    device, notes = read(**{column: value})

    assert device is None
    assert [(n.line, (n.column, n.reason, n.value), n.kept) for n in notes] == [(7, note, False)]


@pytest.mark.parametrize("fault", ["CELLS_MISSING", "CELLS_TOO_MANY"])
def test_a_row_whose_columns_cannot_be_told_apart_is_no_device(fault: str) -> None:
    assert read(fault=fault) == (None, [RowNote(7, "", fault, "", kept=False)])


@pytest.mark.parametrize(
    ("said", "roles"),
    [("", "IS+GS"), ("IS", "IS"), (" gs ", "GS"), ("IS+GS", "IS+GS"), ("GS+IS", "IS+GS")],
)
def test_roles_are_the_rows_own_or_those_the_party_holds(said: str, roles: str) -> None:
    device, notes = read(responsible_role=said)

    assert device is not None
    assert (device.configuration.responsible_roles, notes) == (roles, [])


@pytest.mark.parametrize("held", ["IS", "GS", "IS+GS"])
def test_a_role_nobody_knows_is_noted_and_the_device_kept_with_the_roles_held(held: str) -> None:
    device, notes = read(held, responsible_role="ES")

    assert device is not None
    assert device.configuration.responsible_roles == held
    value = "(2 characters, not hexadecimal)"
    assert notes == [RowNote(7, "ResponsibleRole", "ROLE_UNKNOWN", value, kept=True)]


@pytest.mark.parametrize(
    ("held", "said", "left"),
    [("IS", "GS", ""), ("GS", "is", ""), ("IS", "IS+GS", "IS"), ("GS", "IS+GS", "GS"),
     ("GS", "GS+IS", "GS")],
)  # fmt: skip
def test_a_role_the_party_does_not_hold_is_dropped_and_noted(
    held: str, said: str, left: str
) -> None:
    device, notes = read(held, responsible_role=said)

    assert device is not None
    assert device.configuration.responsible_roles == left
    assert notes == [RowNote(7, "ResponsibleRole", "ROLE_NOT_HELD", "", kept=True)]


@pytest.mark.parametrize(("held", "said"), [("IS", ""), ("IS", "IS"), ("GS", ""), ("GS", "gs")])
def test_a_row_speaks_for_a_role_the_party_holds_without_a_note(held: str, said: str) -> None:
    device, notes = read(held, responsible_role=said)

    assert device is not None
    assert (device.configuration.responsible_roles, notes) == (held, [])


def test_what_the_forms_forbid_is_kept_noted_and_on_no_list() -> None:
    device, notes = read(manufacturer="GFI", device_model="9001", firmware_version="9001")

    assert device is not None
    kept = device.configuration
    assert (kept.manufacturer_identifier, kept.device_model, kept.firmware_version) == (
        "GFI",
        "9001",
        "9001",
    )
    assert not kept.listable
    assert [(n.column, n.value, n.kept) for n in notes] == [
        ("DeviceManufacturer", "(3 characters, not hexadecimal)", True),
        ("DeviceModel", "9001", True),
        ("DeviceFirmwareVersion", "9001", True),
    ]


@pytest.mark.parametrize(
    ("said", "kept"), [("Pending", "Pending"), (" SUSPENDED ", "SUSPENDED"), ("", ""), ("  ", "")]
)
def test_a_status_nobody_knows_is_kept_if_it_is_one_word(said: str, kept: str) -> None:
    device, notes = read(device_status=said)

    assert device is not None
    assert (device.configuration.device_status, notes) == (kept, [])


@pytest.mark.parametrize(
    "said",
    [
        "Installed Not Commissioned",
        "INSTALLED_NOT_COMMISSIONED",
        " installed-not  commissioned ",
        "InstalledNotCommissioned",
    ],
)
def test_a_status_of_several_words_is_known_however_they_are_joined(said: str) -> None:
    device, notes = read(device_status=said)

    assert device is not None
    assert notes == []
    assert device.configuration.device_status.upper() == "INSTALLEDNOTCOMMISSIONED"


@pytest.mark.parametrize(
    "said",
    ["Acacia Avenue", "Not Commissioned", "Acacia-Avenue", "_Pending", "in 2 parts", "a\0b", "7",
     "x" * 33],
)  # fmt: skip
def test_any_other_status_is_noted_and_none_of_it_kept(said: str) -> None:
    device, notes = read(device_status=said)

    assert device is not None
    assert device.configuration.device_status == ""
    told = RowNote(7, "DeviceStatus", "STATUS_UNREADABLE", masked(said), kept=True)
    assert notes == [told]


def test_a_hub_that_cannot_be_read_is_left_out_and_noted() -> None:
    device, notes = read(chf_device_id="by the door")

    assert device is not None
    assert device.hub_number is None
    assert [(n.column, n.kept) for n in notes] == [("CHFDeviceID", True)]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", ""),
        (" 0x12AB ", "0x12AB"),
        ("38040404", "38040404"),
        ("0" * 16, "(16 digits)"),
        ("1200023305967", "(13 digits)"),
        ("123456789012", "(12 digits)"),
        ("AB" * 9, "(18 characters, not hexadecimal)"),
        ("ZZ1 1ZZ", "(7 characters, not hexadecimal)"),
        ("٣٨٠٤", "(4 characters, not hexadecimal)"),
    ],
)
def test_a_report_shows_hexadecimal_alone_and_no_number_of_a_meter_point(
    value: str, shown: str
) -> None:
    assert masked(value) == shown


@given(address=ADDRESSES, columns=st.sets(st.sampled_from(COLUMNS), min_size=1))
def test_no_address_survives_in_whichever_columns_it_stands(
    address: str, columns: set[str]
) -> None:
    device, notes = read(**dict.fromkeys(columns, address))

    out = repr((device, notes)).upper()
    assert address.upper() not in out
    for word in re.findall(r"[A-Z][a-z]{4,}|[0-9]{9,}", address):
        assert word.upper() not in out


@given(st.fixed_dictionaries({name: st.text(max_size=60) for name in COLUMNS}))
def test_whatever_a_row_holds_every_text_kept_of_it_is_short_and_plain(row: dict[str, str]) -> None:
    sound = {"device_id": ROW.device_id, "device_type": "ESME", "responsible_role": ""}

    device, notes = read(**{**row, **sound})

    assert device is not None
    kept = device.configuration
    for text in (kept.manufacturer_identifier, kept.device_model, kept.firmware_version):
        assert re.fullmatch(r"[0-9A-F]{0,16}|[A-Z]{1,4}", text)
    assert re.fullmatch(r"[A-Za-z]{0,32}", kept.device_status)
    for note in notes:
        assert len(note.value) <= 48
        assert re.fullmatch(r"(0x)?[0-9A-Fa-f]{0,16}|\([0-9]+ [a-z, ]+\)", note.value)
