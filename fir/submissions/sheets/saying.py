"""The cells of a sheet of releases: what each says, and how what is said is written. Pure."""

import re
from collections.abc import Mapping
from typing import Any

from fir.submissions import readers
from fir.submissions.claims import READERS, REQUIRED, Kind

# What few rows say stands last: of which kind they are, and which entry they are about.
_SELDOM = ("kind", "of_entry", "reason")
COLUMNS = (*(name for name in READERS if name not in _SELDOM), *_SELDOM)
REQUIRED_COLUMNS = REQUIRED[Kind.NEW]

LONGEST_CELL = 20_000  # characters kept of what is too long for any field
MOST_ITEMS = 500  # kept of what is too long for any list

_LISTS = ("further_device_models", "purposes", "predecessors")
_YES_OR_NO = tuple(name for name, reader in READERS.items() if reader is readers.yes_or_no)
_WORDS = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}
_BETWEEN = re.compile(r"[\s,;]+")


def said_of(column: str, text: str) -> Any:
    """What a cell that is not empty says, as a system would send it; what cannot be understood is
    said as it stands, for the field's own reader to refuse."""
    if column in _YES_OR_NO:
        return _WORDS.get(text.casefold(), text[:LONGEST_CELL])
    if column not in _LISTS:
        return text[:LONGEST_CELL]
    if column == "predecessors" and text.upper() == readers.NOT_APPLICABLE:
        return readers.NOT_APPLICABLE
    return [item for item in _BETWEEN.split(text[:LONGEST_CELL]) if item][:MOST_ITEMS]


def cells_of(said: Mapping[str, Any]) -> list[str]:
    """The cells of a row that says this."""
    return [_cell(said.get(column)) for column in COLUMNS]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return " ".join(map(str, value))
    return str(value)
