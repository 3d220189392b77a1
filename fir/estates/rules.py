"""What makes a row of an inventory a device: pure, and mindful that a shifted column may hold an
address, so that nothing free-form gets past here."""

import re
from dataclasses import dataclass

from cpl.device_ids import device_id_to_number
from cpl.identifiers import (
    IdentifierFault,
    parse_device_model,
    parse_device_type,
    parse_firmware_version,
    parse_manufacturer_identifier,
)

RESPONSIBLE_ROLES = {"IS": "IS", "GS": "GS", "IS+GS": "IS+GS", "GS+IS": "IS+GS"}
# Device Types whose eligibility asks for the firmware of their Communications Hub (SECMP0007).
READ_THEIR_HUB = ("PPMID", "HCALCS")
# The status that, among changes, drops a device. In a whole inventory it is one like any other.
REMOVED = "REMOVED"

_HEX = re.compile(r"[0-9A-Fa-f]{1,16}")
# The length of an MPRN, an MPAN or a UPRN: no identity on the list has as many digits.
_LONG_NUMBER = re.compile(r"[0-9]{9,}")
_SHORT_WORD = re.compile(r"[A-Za-z]{1,4}")
_STATUS = re.compile(r"[A-Za-z]{1,32}")
_GAPS = re.compile(r"[ _-]+")
# Several words are a status only where they are a known one: they might be a street.
STATUSES_IN_WORDS = ("INSTALLEDNOTCOMMISSIONED",)


@dataclass(frozen=True, slots=True)
class RawDevice:
    """A row as it came, contract columns only; `fault` says why they cannot be told apart."""

    line: int
    device_id: str
    device_type: str
    device_status: str
    manufacturer: str
    device_model: str
    firmware_version: str
    chf_device_id: str
    responsible_role: str
    fault: str = ""
    is_ended: bool = True  # false for a last line without a line break, which may be cut off
    member: int = 0  # of a ZIP: which of its files, counted from 1

    @property
    def shared(self) -> tuple[str, ...]:
        """What it says besides its ids, to the letter."""
        return (
            self.device_type,
            self.device_status,
            self.manufacturer,
            self.device_model,
            self.firmware_version,
            self.responsible_role,
        )


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything that devices may share, and that rules may read of the device itself.

    `listable` is false where the identity is not of the list's form, so that it can be on no list.
    """

    device_type: str
    manufacturer_identifier: str
    device_model: str
    firmware_version: str
    device_status: str
    responsible_roles: str
    listable: bool


@dataclass(frozen=True, slots=True)
class Device:
    """A device as it is kept: its number, its hub's number, its configuration."""

    number: int
    hub_number: int | None
    configuration: Configuration


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something to tell of a row; `kept` says whether its device stays in the load."""

    line: int
    column: str
    reason: str
    value: str
    kept: bool
    member: int = 0


def masked(value: str) -> str:
    """A value fit for a report: hexadecimal as it is, anything else by its length alone, and so a
    number that may be a meter point's or a property's."""
    text = value.strip()
    if _is_plain_hex(text.removeprefix("0x")):
        return text
    if _LONG_NUMBER.fullmatch(text):
        return f"({len(text)} digits)"
    return f"({len(text)} characters, not hexadecimal)" if text else ""


def _is_plain_hex(text: str) -> bool:
    return bool(_HEX.fullmatch(text) and not _LONG_NUMBER.fullmatch(text))


def read_device(raw: RawDevice, *, held_roles: str) -> tuple[Device | None, list[RowNote]]:
    """The device in a row, or None when its id or type is not of the right form; and notes.

    An identity that no list can hold (free text, wrong length) is kept and noted. A row speaks for
    the roles that its Supplier holds (`held_roles`) and for no others.
    """
    notes: list[RowNote] = []
    if raw.fault:
        return None, [RowNote(raw.line, "", raw.fault, "", kept=False)]
    try:
        number = device_id_to_number(raw.device_id)
    except IdentifierFault as fault:
        return None, [RowNote(raw.line, "DeviceID", fault.code, masked(raw.device_id), kept=False)]
    try:
        device_type = parse_device_type(raw.device_type)
    except IdentifierFault as fault:
        note = RowNote(raw.line, "DeviceType", fault.code, masked(raw.device_type), kept=False)
        return None, [note]
    configuration = _configuration(raw, device_type, _roles(raw, held_roles, notes), notes)
    return Device(number, _hub_number(raw, notes), configuration), notes


def _roles(raw: RawDevice, held_roles: str, notes: list[RowNote]) -> str:
    """The roles that the row names, as far as the Supplier holds them; those it holds where the
    row names none that are known."""
    said = raw.responsible_role.strip().upper()
    named = RESPONSIBLE_ROLES.get(said or held_roles)
    if named is None:
        value = masked(raw.responsible_role)
        notes.append(RowNote(raw.line, "ResponsibleRole", "ROLE_UNKNOWN", value, kept=True))
        return held_roles
    held = "+".join(role for role in named.split("+") if role in held_roles.split("+"))
    if held != named:
        notes.append(RowNote(raw.line, "ResponsibleRole", "ROLE_NOT_HELD", "", kept=True))
    return held


def _status(raw: RawDevice, notes: list[RowNote]) -> str:
    """The status as it was said, without gaps; '' and a note where it is no word."""
    words = _GAPS.sub("", raw.device_status.strip())
    spoken = words != raw.device_status.strip()
    if _STATUS.fullmatch(words) and (not spoken or words.upper() in STATUSES_IN_WORDS):
        return words
    if words:
        value = masked(raw.device_status)
        notes.append(RowNote(raw.line, "DeviceStatus", "STATUS_UNREADABLE", value, kept=True))
    return ""


def _configuration(
    raw: RawDevice, device_type: str, roles: str, notes: list[RowNote]
) -> Configuration:
    read: list[str] = []
    listable = True
    for column, text, parse in (
        ("DeviceManufacturer", raw.manufacturer, parse_manufacturer_identifier),
        ("DeviceModel", raw.device_model, parse_device_model),
        ("DeviceFirmwareVersion", raw.firmware_version, parse_firmware_version),
    ):
        try:
            read.append(parse(text))
        except IdentifierFault as fault:
            listable = False
            read.append(_kept_as_said(text))
            notes.append(RowNote(raw.line, column, fault.code, masked(text), kept=True))
    manufacturer, model, version = read
    status = _status(raw, notes)
    return Configuration(device_type, manufacturer, model, version, status, roles, listable)


def _kept_as_said(text: str) -> str:
    text = text.strip()
    if _is_plain_hex(text) or _SHORT_WORD.fullmatch(text):
        return text.upper()
    return ""


def _hub_number(raw: RawDevice, notes: list[RowNote]) -> int | None:
    if not raw.chf_device_id.strip():
        return None
    try:
        return device_id_to_number(raw.chf_device_id)
    except IdentifierFault as fault:
        value = masked(raw.chf_device_id)
        notes.append(RowNote(raw.line, "CHFDeviceID", fault.code, value, kept=True))
        return None
