"""What is wrong with an input that is no whole 8.2 response, without repeating its text."""

import re
from typing import Final
from xml.parsers import expat

_ENDED_EARLY: Final = frozenset(
    expat.errors.codes[reason]
    for reason in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
)


class InventoryFault(ValueError):
    """The input is not a whole 8.2 response that can be trusted; nothing of it was yielded.

    `line` is the line of the input, `message` says what is wrong and what to do. No text of the
    input is repeated but codes and names of a plain form: it may hold an address.
    """

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        self.message = message
        super().__init__(line, message)

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}"


def xml_fault(error: expat.ExpatError, opening: bytes, *, last: bool) -> InventoryFault:
    """What the parser's complaint means to the person who gave the input that opens so."""
    if last and error.code in _ENDED_EARLY:
        return InventoryFault(
            error.lineno,
            "the response is cut off here. Likely cause: an export or a transfer that did not "
            "finish; export it again.",
        )
    wrong = f"this is not well-formed XML ({expat.ErrorString(error.code)})."
    return InventoryFault(error.lineno, wrong + _likely_kind(opening))


def plain(code: str) -> str:
    """`code` when it has the form of a code; anything else may be private and is not repeated."""
    return code if re.fullmatch(r"[A-Za-z]{0,2}[0-9.]{1,8}", code) else "an unreadable code"


def _likely_kind(opening: bytes) -> str:
    if opening.startswith(b"PK"):
        return " Likely cause: it is a ZIP archive or a workbook; give the XML inside."
    if opening.startswith(b"\x1f\x8b"):
        return " Likely cause: it is compressed with gzip; give the XML inside."
    if opening and not opening.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        return " Likely cause: it is another kind of file, such as CSV."
    return " Give the response as the DCC sent it."
