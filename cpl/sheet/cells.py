"""The cells of the CPL sheet: their text, and what may be written in each."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from cpl.identifiers import IdentifierFault, parse_device_type
from cpl.sheet.row import CURRENT, REMOVED, SheetRow

LONGEST_TEXT = 200
LONGEST_REASON = 500

# Unicode's categories of characters that the sheet does not carry. Cc: control characters; Cf:
# invisible ones, such as right-to-left overrides; Cs: halves of characters; Zl and Zp: line ends.
UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
# Which no XML, and so no workbook, can hold.
NONCHARACTERS = frozenset("\ufffe\uffff")
_LISTED_TYPES = "a Device Type that the CPL lists (ESME, GSME, CHF, PPMID, HCALCS, SAPC or IHD)"

# Spreadsheets run a cell that begins so as a formula, some of them even after spaces. A cell that
# already has apostrophes before such a sign is marked too, or taking the mark off would alter it.
_FORMULA = re.compile(r"['\s]*[=+\-@\t\r\n]")


def neutralise(text: str) -> str:
    """`text` for a cell: with an apostrophe before it where a spreadsheet would run it."""
    return f"'{text}" if _FORMULA.match(text) else text


def without_apostrophe(text: str) -> str:
    """The text that `neutralise` was given: takes off the apostrophe that it would have put on."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text


def content(cell: str) -> str:
    """What a cell says, without the spaces and the apostrophe around it."""
    text = cell.strip()
    return without_apostrophe(text).strip() if text.startswith("'") else text


def contents_of(cells: Sequence[str]) -> list[str]:
    """What each cell of a row says; quick for the many rows in which no apostrophe stands."""
    stripped = [cell.strip() for cell in cells]
    if any(text.startswith("'") for text in stripped):
        return [content(text) for text in stripped]
    return stripped


def cell_of(row: SheetRow, column: str) -> str:
    """What a column says of a row, as the sheet writes it."""
    if column == "status":
        return row.status.capitalize()
    value = getattr(row, column)
    return value.isoformat() if isinstance(value, date) else value or ""


def parse_listed_type(text: str) -> str:
    """A Device Type that has entries of its own."""
    device_type = parse_device_type(text)
    if device_type == "GPF":
        cause = "the gas proxy function has no entry of its own; it is found under its hub's, CHF"
        raise IdentifierFault("GPF_NOT_LISTED", text, _LISTED_TYPES, cause)
    return device_type


def parse_status(text: str) -> str:
    """A status, in capitals."""
    for status in (CURRENT, REMOVED):
        if text.casefold() == status.casefold():
            return status
    code = "UNKNOWN_STATUS" if text else "EMPTY"
    raise IdentifierFault(code, text, "a status (Current or Removed)")


def parse_name(text: str) -> str:
    """A Device Manufacturer's name."""
    if not text:
        raise IdentifierFault("EMPTY", text, "the name of the Device Manufacturer")
    return parse_text(text)


def parse_reason(text: str) -> str:
    """The reason of a removal, which may be empty."""
    return parse_text(text, LONGEST_REASON)


def parse_text(text: str, longest: int = LONGEST_TEXT) -> str:
    """Plain text in one line, which may be empty."""
    if len(text) > longest:
        wanted = f"text of at most {longest} characters"
        raise IdentifierFault("TOO_LONG", text, wanted, f"it has {len(text)}; shorten it")
    if text.isprintable():
        return text
    for place, character in enumerate(text, start=1):
        if unicodedata.category(character) in UNSEEN or character in NONCHARACTERS:
            cause = (
                f"character {place} is U+{ord(character):04X}, which cannot be seen; it came with "
                "text copied from elsewhere, or is a line break; take it out"
            )
            raise IdentifierFault("CONTROL_CHARACTER", text, "plain text in one line", cause)
    return text
