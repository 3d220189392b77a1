"""Device IDs (EUI-64): how they are written, the form we store, and the number it stands for."""

import re

from cpl.identifiers import IdentifierFault
from cpl.likely_causes import cause_of_bad_device_id

_DEVICE_ID_WANTED = "a Device ID (EUI-64: 16 hexadecimal digits, such as 00-DB-12-34-56-78-90-A0)"
LINE = 24  # how many octets a Device ID takes as it is written, with the end of its line
# Patterns name their letters and digits one by one, for the reason given in cpl.identifiers.
_STORED_DEVICE_ID = re.compile(r"[0-9A-F]{2}(?:-[0-9A-F]{2}){7}").fullmatch
_WRITTEN_DEVICE_ID = re.compile(
    r"\s*(?:0[xX])?([0-9A-Fa-f]{2}(?:"
    r"[0-9A-Fa-f]{14}|([-:])[0-9A-Fa-f]{2}(?:\2[0-9A-Fa-f]{2}){6}))\s*"
).fullmatch


def parse_device_id(text: str) -> str:
    """A Device ID as DUIS writes it: eight upper-case pairs with hyphens.

    The pairs of the EUI-64 may come with `-`, with `:` or with nothing between them, not mixed.
    """
    if _STORED_DEVICE_ID(text):
        return text
    match = _WRITTEN_DEVICE_ID(text)
    if match is None:
        raise _device_id_fault(text)
    digits = match[1].replace("-", "").replace(":", "")
    return bytes.fromhex(digits).hex("-").upper()


def device_id_to_number(text: str) -> int:
    """The Device ID as a signed 64-bit number, which fits a PostgreSQL bigint.

    Takes every form that `parse_device_id` takes and raises what it raises.
    """
    number = int(parse_device_id(text).replace("-", ""), 16)
    return number - 2**64 if number >= 2**63 else number


def device_id_from_number(number: int) -> str:
    """The stored form of the Device ID that `device_id_to_number` made `number` from.

    Raises `IdentifierFault` for a number outside the signed 64-bit range.
    """
    try:
        return number.to_bytes(8, "big", signed=True).hex("-").upper()
    except OverflowError:
        wanted = "a Device ID as a signed 64-bit number (-2^63 to 2^63-1)"
        raise IdentifierFault("NOT_A_DEVICE_ID", hex(number), wanted) from None


def written_device_ids(octets: bytes) -> bytes:
    """The stored forms of many Device IDs, each on a line of its own; `octets` are eight for each.

    For millions: some thirty times as quick as one after the other.
    """
    lines = bytearray(octets.hex("-").upper().encode())
    if lines:
        lines += b"\n"
    lines[LINE - 1 :: LINE] = b"\n" * (len(octets) // 8)
    return bytes(lines)


def _device_id_fault(text: str) -> IdentifierFault:
    written = text.strip()
    code = "NOT_A_DEVICE_ID" if written else "EMPTY"
    return IdentifierFault(code, text, _DEVICE_ID_WANTED, cause_of_bad_device_id(written))
