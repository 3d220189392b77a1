"""The identifiers of devices and firmware: how they are written, and the one form we store.

People, spreadsheets and the DCC's messages write the same identifier differently. Every `parse_…`
function here takes any accepted form (either case, an optional `0x`, spaces around it) and returns
the stored one, or raises `IdentifierFault`, whose text is meant for the person who typed the value.
Parsing a stored form returns it unchanged.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cpl.likely_causes import (
    BARE_HEX,
    cause_of_bad_date,
    cause_of_bad_hex,
    cause_of_length,
    cause_of_other_type,
)

SHOWN_CHARACTERS = 80

# What tells a Device Model from every other: Device Type, Manufacturer Identifier, Device Model.
ModelKey = tuple[str, str, str]

DEVICE_TYPES = ("ESME", "GSME", "CHF", "GPF", "PPMID", "HCALCS", "SAPC", "IHD")

EARLIEST_YEAR = 1990
LATEST_YEAR = 2200


class IdentifierFault(ValueError):
    """A value that does not have the form wanted; `str()` explains it to the person who wrote it.

    `code` is for machines, `value` is what was given (cut to 80 characters, with a � for each
    character that cannot be shown), `wanted` is the form, `likely_cause` is '' when none is known.
    """

    def __init__(self, code: str, value: str, wanted: str, likely_cause: str = "") -> None:
        self.code = code
        self.value = shown(value)
        self.wanted = wanted
        self.likely_cause = likely_cause
        super().__init__(code, self.value, wanted, likely_cause)

    def __str__(self) -> str:
        if self.value.strip():
            wrong = f"‘{self.value}’ is not {self.wanted}."
        else:
            wrong = f"There is nothing here, but {self.wanted} is needed."
        return f"{wrong} Likely cause: {self.likely_cause}." if self.likely_cause else wrong


def shown(value: str) -> str:
    """`value` as it may be shown or stored in a report: 80 characters at most, all printable."""
    cut = value[:SHOWN_CHARACTERS]
    if cut.isprintable():
        return cut
    return "".join(character if character.isprintable() else "�" for character in cut)


@dataclass(frozen=True, slots=True)
class _HexForm:
    """A field of a fixed number of hexadecimal digits."""

    wanted: str
    digits: int
    causes_by_length: Mapping[int, str]
    written: re.Pattern[str]


def _hex_form(wanted: str, digits: int, causes: Mapping[int, str] | None = None) -> _HexForm:
    written = re.compile(rf"\s*(?:0[xX])?([0-9A-Fa-f]{{{digits}}})\s*")
    return _HexForm(wanted, digits, causes or {}, written)


_ONLY_MODEL = (
    "only the model identifier was given; add the hardware version and revision, 2 digits each"
)
_OTHER_DIGEST = "this has the length of {} digest; give the SHA-256 of the Manufacturer Image"

_MANUFACTURER_IDENTIFIER = _hex_form(
    "a Manufacturer Identifier (4 hexadecimal digits, such as 10E0)", 4
)
_MODEL_IDENTIFIER = _hex_form("a model identifier (4 hexadecimal digits, such as 0009)", 4)
_HARDWARE_VERSION = _hex_form("a hardware version (2 hexadecimal digits, such as 01)", 2)
_HARDWARE_REVISION = _hex_form("a hardware revision (2 hexadecimal digits, such as 00)", 2)
_DEVICE_MODEL = _hex_form(
    "a Device Model (8 hexadecimal digits, such as 00090100)", 8, {4: _ONLY_MODEL}
)
_FIRMWARE_VERSION = _hex_form("a Firmware Version (8 hexadecimal digits, such as 0002012F)", 8)
_IMAGE_HASH = _hex_form(
    "a Manufacturer Image Hash (64 hexadecimal digits, SHA-256 over the Manufacturer Image only)",
    64,
    {
        32: _OTHER_DIGEST.format("an MD5"),
        40: _OTHER_DIGEST.format("a SHA-1"),
        56: _OTHER_DIGEST.format("a SHA-224"),
        96: _OTHER_DIGEST.format("a SHA-384"),
        128: _OTHER_DIGEST.format("a SHA-512"),
    },
)
_CPL_ENTRY_ID_WANTED = "a CPL Entry ID (1 to 32 of A-Z, 0-9 and -, such as CPL-000123)"
_DEVICE_TYPE_WANTED = f"a Device Type (one of {', '.join(DEVICE_TYPES)})"
_DATE_WANTED = "a date (2026-11-20 or 20/11/2026)"

# Patterns name their letters and digits one by one: with IGNORECASE or \d they would also accept
# the long s, the Kelvin sign and the digits of other scripts.
_STORED_8 = re.compile(r"[0-9A-F]{8}").fullmatch
_WRITTEN_CPL_ENTRY_ID = re.compile(r"[A-Za-z0-9-]{1,32}").fullmatch
_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})").fullmatch
_BRITISH_DATE = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})").fullmatch


def parse_manufacturer_identifier(text: str) -> str:
    """The 4 upper-case hexadecimal digits of a maker's 16-bit ZigBee manufacturer code."""
    return _parse_hex(text, _MANUFACTURER_IDENTIFIER)


def parse_device_model(text: str) -> str:
    """The 8 upper-case hexadecimal digits of a Device Model.

    They are the model identifier (4), the hardware version (2) and the hardware revision (2).
    """
    return text if _STORED_8(text) else _parse_hex(text, _DEVICE_MODEL)


def parse_firmware_version(text: str) -> str:
    """The 8 upper-case hexadecimal digits (four octets) of a Firmware Version.

    The value is opaque: makers count in BCD or in hexadecimal, so never order versions by it.
    """
    return text if _STORED_8(text) else _parse_hex(text, _FIRMWARE_VERSION)


def parse_image_hash(text: str) -> str:
    """The 64 upper-case hexadecimal digits of a Manufacturer Image Hash.

    GBCS takes it as SHA-256 over the Manufacturer Image alone, without OTA header and signature.
    """
    return _parse_hex(text, _IMAGE_HASH)


def parse_model_identifier(text: str) -> str:
    """The 4 upper-case hexadecimal digits that open a Device Model."""
    return _parse_hex(text, _MODEL_IDENTIFIER)


def parse_hardware_version(text: str) -> str:
    """The 2 upper-case hexadecimal digits of a hardware version."""
    return _parse_hex(text, _HARDWARE_VERSION)


def parse_hardware_revision(text: str) -> str:
    """The 2 upper-case hexadecimal digits of a hardware revision."""
    return _parse_hex(text, _HARDWARE_REVISION)


def family_of(device_model: str) -> str:
    """The first 4 digits of a stored Device Model, which its hardware versions have in common."""
    return device_model[:4]


def hardware_of(device_model: str) -> str:
    """The last 4 digits of a stored Device Model: hardware version and hardware revision."""
    return device_model[4:]


def parse_cpl_entry_id(text: str) -> str:
    """A CPL Entry ID in upper case: 1 to 32 of `A-Z`, `0-9` and `-`."""
    written = text.strip()
    if _WRITTEN_CPL_ENTRY_ID(written):
        return written.upper()
    if not written:
        raise IdentifierFault("EMPTY", text, _CPL_ENTRY_ID_WANTED)
    cause = ""
    if len(written) > 32:
        cause = f"it is {len(written)} characters long; several values may stand in one cell"
    elif re.search(r"[\s_]", written):
        cause = "it has a space or an underscore where the list has a hyphen"
    raise IdentifierFault("BAD_CPL_ENTRY_ID", text, _CPL_ENTRY_ID_WANTED, cause)


def parse_device_type(text: str) -> str:
    """A Device Type, in upper case, as DUIS names it."""
    written = text.strip()
    # Some letters outside ASCII have an upper case inside it, such as the dotless i.
    if written.isascii() and written.upper() in DEVICE_TYPES:
        return written.upper()
    if not written:
        raise IdentifierFault("EMPTY", text, _DEVICE_TYPE_WANTED)
    raise IdentifierFault(
        "UNKNOWN_DEVICE_TYPE", text, _DEVICE_TYPE_WANTED, cause_of_other_type(written)
    )


def parse_date(text: str) -> date:
    """A date of the years 1990 to 2200, written as `2026-11-20` or `20/11/2026`."""
    written = text.strip()
    if match := _ISO_DATE(written):
        year, month, day = match.groups()
    elif match := _BRITISH_DATE(written):
        day, month, year = match.groups()
    else:
        code = "NOT_A_DATE" if written else "EMPTY"
        raise IdentifierFault(code, text, _DATE_WANTED, cause_of_bad_date(written))
    try:
        parsed = date(int(year), int(month), int(day))
    except ValueError:
        cause = "the month was written first; write the day first" if month > "12" >= day else ""
        raise IdentifierFault("NO_SUCH_DATE", text, _DATE_WANTED, cause) from None
    if not EARLIEST_YEAR <= parsed.year <= LATEST_YEAR:
        wanted = f"a date of the years {EARLIEST_YEAR} to {LATEST_YEAR}"
        raise IdentifierFault("DATE_OUT_OF_RANGE", text, wanted, "the year was mistyped")
    return parsed


def _parse_hex(text: str, form: _HexForm) -> str:
    match = form.written.fullmatch(text)
    if match is None:
        raise _hex_fault(text, form)
    return match[1].upper()


def _hex_fault(text: str, form: _HexForm) -> IdentifierFault:
    written = text.strip()
    if not written:
        return IdentifierFault("EMPTY", text, form.wanted)
    if bare := BARE_HEX(written):
        cause = _cause_of_length(len(bare[1]), form)
        return IdentifierFault("WRONG_LENGTH", text, form.wanted, cause)
    return IdentifierFault("NOT_HEX", text, form.wanted, _cause_of_bad_hex(written, form))


def _cause_of_length(length: int, form: _HexForm) -> str:
    if cause := form.causes_by_length.get(length):
        return cause
    # A digest is no number to a spreadsheet: what lost its digits was the copying.
    if form is _IMAGE_HASH:
        return f"it has {length} digits; it was not copied as a whole, or not alone"
    return cause_of_length(length, form.digits)


def _cause_of_bad_hex(written: str, form: _HexForm) -> str:
    if cause := cause_of_bad_hex(written, form.written):
        return cause
    if form is _MANUFACTURER_IDENTIFIER and written.replace(" ", "").isalpha():
        return "the maker's name was given instead of its code"
    return ""
