"""Reading one value of what somebody brings. Pure.

Every reader takes what a form, a sheet or a system said, and gives the value as it is kept. It
raises `NotReadable` or `cpl.identifiers.IdentifierFault`, worded for the person who said it.
"""

import re
import unicodedata
from collections.abc import Callable, Collection
from typing import Any

from cpl.identifiers import parse_cpl_entry_id, parse_device_model
from cpl.sheet.cells import NONCHARACTERS, UNSEEN

NOT_APPLICABLE = "N/A"
MOST_PREDECESSORS = 200
MOST_MODELS = 50
MOST_NOTES = 4000
MOST_REASON = 500
MOST_TEXT = 200
LARGEST_SIZE = 4 * 1024 * 1024  # bytes; what `cpl.ota_image` reads

_HARDWARE = re.compile(r"\s*(?:0[xX])?([0-9A-Fa-f]{4})\s*").fullmatch


class NotReadable(ValueError):
    """A value of the wrong kind; the message says which kind was wanted."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def text(value: Any, most: int = MOST_TEXT, *, lines: bool = False) -> str:
    """Plain text, in one line unless `lines`. Control characters and right-to-left overrides could
    make it say something else than it seems to say."""
    if not isinstance(value, str):
        raise NotReadable("NOT_TEXT", "Text is wanted here.")
    if len(value) > 4 * most:  # so much is not even looked at
        raise NotReadable("TOO_LONG", f"At most {most} characters; this has {len(value):,}.")
    kept = unicodedata.normalize("NFC", value.replace("\r\n", "\n")).strip()
    if len(kept) > most:
        raise NotReadable("TOO_LONG", f"At most {most} characters; this has {len(kept):,}.")
    odd = [c for c in kept if unicodedata.category(c) in UNSEEN or c in NONCHARACTERS]
    if any(not (lines and c in "\n\r\t") for c in odd):
        raise NotReadable(
            "CONTROL_CHARACTER", "Contains a control or invisible character; take it out."
        )
    return kept


def notes(value: Any) -> str:
    """Plain text of several lines."""
    return text(value, MOST_NOTES, lines=True)


def reason(value: Any) -> str:
    """Why something is corrected or withdrawn: one line, as the list keeps it."""
    return text(" ".join(value.split()) if isinstance(value, str) else value, MOST_REASON)


def identifier(parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A reader of what one of `cpl.identifiers`' parsers takes."""

    def read(value: Any) -> Any:
        return parse(text(value))

    return read


def yes_or_no(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise NotReadable("NOT_YES_OR_NO", "true or false is wanted here.")
    return value


def choice(known: Collection[str]) -> Callable[[Any], str]:
    """A reader of one of some words, in either case."""

    def read(value: Any) -> str:
        said = text(value).upper().replace(" ", "_")
        if said not in known:
            raise NotReadable("NOT_A_CHOICE", f"One of {', '.join(known)} is wanted here.")
        return said

    return read


def choices(known: Collection[str]) -> Callable[[Any], tuple[str, ...]]:
    """A reader of several of some words, each once and in their own order."""
    one = choice(known)

    def read(value: Any) -> tuple[str, ...]:
        said = {one(item) for item in _listed(value, "Say them as a list.")}
        return tuple(word for word in known if word in said)

    return read


def _listed(value: Any, message: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise NotReadable("NOT_A_LIST", message)
    return list(value)


def device_models(value: Any) -> tuple[str, ...]:
    """Further Device Models of a family, each once."""
    named = _listed(value, "Name further Device Models as a list, 8 hexadecimal digits each.")
    if len(named) > MOST_MODELS:
        raise NotReadable("TOO_MANY", f"At most {MOST_MODELS} further Device Models can be named.")
    return tuple(sorted({parse_device_model(text(item)) for item in named}))


def predecessors(value: Any) -> tuple[str, ...]:
    """What a release may be installed over; an empty tuple says that it may go over nothing."""
    if isinstance(value, str) and value.strip().upper() == NOT_APPLICABLE:
        return ()
    if not isinstance(value, list | tuple) or not value:
        raise NotReadable(
            "PREDECESSORS_FORM",
            'Name the CPL Entry IDs that this version may be installed over, as a list, or "N/A" '
            "if it may be installed over none (MP231).",
        )
    if len(value) > MOST_PREDECESSORS:
        raise NotReadable("TOO_MANY", f"At most {MOST_PREDECESSORS} predecessors can be named.")
    if NOT_APPLICABLE in value:
        raise NotReadable(
            "PREDECESSORS_FORM",
            "This says that it may be installed over none (N/A), and names entries that it may be "
            "installed over. Say the one or the other.",
        )
    return tuple(sorted({parse_cpl_entry_id(text(item)) for item in value}))


def hardware_version(value: Any) -> str:
    """A hardware version with its revision, as an image's header gives its range: 4 hex digits."""
    match = _HARDWARE(text(value))
    if match is None:
        raise NotReadable(
            "NOT_HARDWARE",
            "A hardware version and revision is wanted here: 4 hexadecimal digits, such as 0100, "
            "the last four of a Device Model.",
        )
    return match[1].upper()


def size(value: Any) -> int:
    """How many bytes an OTA Upgrade Image has."""
    said = value.strip().replace(",", "") if isinstance(value, str) else value
    if isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 10:
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int) or not 0 < said <= LARGEST_SIZE:
        raise NotReadable("NOT_A_SIZE", f"A number of bytes from 1 to {LARGEST_SIZE:,} is wanted.")
    return said
