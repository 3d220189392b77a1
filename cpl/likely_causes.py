"""What likely went wrong with a value that has not the form wanted, told by its looks.

Each function gives the end of the sentence “Likely cause: …”, or '' when none is known.
"""

import re

_LOST_ZEROS = (
    "a spreadsheet dropped the leading zeros; format the column as text and enter the value again"
)

BARE_HEX = re.compile(r"(?:0[xX])?([0-9A-Fa-f]+)").fullmatch
_CAUSES_OF_BAD_HEX = (
    (
        re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+[0-9]+|[0-9]+[.,][0-9]+[eE][0-9]+"),
        "a spreadsheet took it for a number and shortened it; format the column as text and enter "
        "the value again",
    ),
    (
        re.compile(r"(?:19|20)[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}.*|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}.*"),
        "a date stands here; the columns may have shifted, or a spreadsheet made a date of it",
    ),
    (
        re.compile(r"[0-9]+\.0+"),
        "a spreadsheet took it for a number; format the column as text and enter the value again",
    ),
    (
        re.compile(r"=.*", re.DOTALL),
        "it is written as a spreadsheet formula; write the value alone",
    ),
    (
        re.compile(r"'.*", re.DOTALL),
        "an apostrophe stands before it; write the value alone",
    ),
    (
        re.compile(r"[A-Za-z0-9+/]{43}="),
        "it is written in Base64; write the same 32 octets in hexadecimal",
    ),
    (
        re.compile(r"[vV]?[0-9]+(?:\.[0-9A-Za-z]+)+"),
        "it is a dotted version; write its octets in hexadecimal as the device reports them",
    ),
    (
        re.compile(r"-?[0-9]{1,7}\.[0-9]+"),
        "a spreadsheet took it for a number; format the column as text and enter the value again",
    ),
)
_BETWEEN_DIGITS = re.compile(r"[-:._\s]+")
_LETTERS_FOR_DIGITS = str.maketrans("OoIl", "0011")


def cause_of_length(length: int, wanted: int) -> str:
    """Why there are `length` hexadecimal digits where `wanted` are needed."""
    return _LOST_ZEROS if length < wanted else f"it has {length} digits"


def cause_of_bad_hex(written: str, wanted: re.Pattern[str]) -> str:
    """Why this is not hexadecimal, where a value that fits `wanted` is needed."""
    for seen, cause in _CAUSES_OF_BAD_HEX:
        if seen.fullmatch(written):
            return cause
    if wanted.fullmatch(_BETWEEN_DIGITS.sub("", written)):
        return "spaces or punctuation stand between the digits; leave them out"
    if wanted.fullmatch(written.translate(_LETTERS_FOR_DIGITS)):
        return "a letter O, I or l was typed for a zero or a one"
    return ""


def cause_of_other_type(written: str) -> str:
    """Which Device Type goes by this other name."""
    wanted_instead = {
        "CH": "CHF",
        "COMMS HUB": "CHF",
        "COMMUNICATIONS HUB": "CHF",
        "ELECTRICITY METER": "ESME",
        "GAS METER": "GSME",
        "GAS PROXY FUNCTION": "GPF",
        "HCALC": "HCALCS",
        "PPMIDS": "PPMID",
    }
    instead = wanted_instead.get(written.upper(), "")
    return f"another name for {instead}; write {instead}" if instead else ""


def cause_of_bad_date(written: str) -> str:
    """Why this is not a date as FIR reads them."""
    if re.fullmatch(r"[0-9]{5}(?:\.[0-9]+)?", written):
        return "a spreadsheet wrote its day number; format the column as a date or as text"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T].+|[0-9]{2}/[0-9]{2}/[0-9]{4} .+", written):
        return "a time of day follows the date; leave it out"
    if re.fullmatch(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}", written):
        return "the year has only two digits; write four"
    if re.fullmatch(r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", written):
        return "day and month need two digits each"
    return ""


def cause_of_bad_device_id(written: str) -> str:
    """Why this is not an EUI-64."""
    if _CAUSES_OF_BAD_HEX[0][0].fullmatch(written):
        return _CAUSES_OF_BAD_HEX[0][1]
    digits = re.sub(r"^0[xX]|[-:\s]", "", written)
    if not BARE_HEX(digits):
        return ""
    if len(digits) == 16:
        return "the pairs are separated unevenly; use hyphens, colons or nothing throughout"
    if digits.isdecimal() and len(digits) in (10, 13):
        return "this has the length of an MPRN or an MPAN, which FIR does not want"
    if len(digits) == 12:
        return "this has the length of a 48-bit MAC address, not of an EUI-64"
    return cause_of_length(len(digits), 16)
