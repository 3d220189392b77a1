"""The header of the CPL sheet: which column stands where, and which are missing or double."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cpl.identifiers import shown
from cpl.sheet.row import COLUMNS, MODEL_PARTS, Record, RowFault


@dataclass(frozen=True, slots=True)
class Header:
    """Where each known column stands; `width` ends with the last heading that is not blank, that of
    `last_column`, '' when FIR does not know it."""

    width: int
    full_width: int
    places: Mapping[str, int]
    last_column: str


def _plain_heading(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading).casefold()


_KNOWN_HEADINGS = {_plain_heading(column): column for column in (*COLUMNS, *MODEL_PARTS)}


def read_header(record: Record) -> Header | tuple[RowFault, ...]:
    """The header in this record, or every fault for which no row can be read."""
    places: dict[str, int] = {}
    twice: list[str] = []
    unread: list[str] = []
    width = 0
    for place, heading in enumerate(record.cells):
        width = place + 1 if heading.strip() else width
        column = _KNOWN_HEADINGS.get(_plain_heading(heading), "")
        if column in places:
            twice.append(column)
        elif column:
            places[column] = place
        elif heading.strip():
            unread.append(f"‘{shown(heading.strip())}’")
    faults = _heading_faults(record, places, twice, unread)
    last_column = next((name for name, at in places.items() if at == width - 1), "")
    return faults or Header(width, len(record.cells), places, last_column)


def _heading_faults(
    record: Record, places: Mapping[str, int], twice: Sequence[str], unread: Sequence[str]
) -> tuple[RowFault, ...]:
    if not places and (separator := _other_separator(record.cells)):
        message = (
            f"The cells are separated by {separator}, not by commas. Likely cause: the regional "
            "setting of a spreadsheet; save the sheet as comma-separated CSV UTF-8."
        )
        return (RowFault(record.line, "", "", message, "WRONG_SEPARATOR"),)
    missing = [
        RowFault(record.line, column, "", _missing_message(column, unread), "HEADING_MISSING")
        for column in _missing_columns(places)
    ]
    double = [
        RowFault(
            record.line,
            column,
            column,
            f"The heading {column} stands twice, as {_as_written(record, column)}. "
            "Remove or rename one of the two columns.",
            "HEADING_TWICE",
        )
        for column in dict.fromkeys(twice)
    ]
    return (*missing, *double)


def _missing_columns(places: Mapping[str, int]) -> list[str]:
    missing = [column for column in COLUMNS if column not in places]
    if "device_model" not in missing:
        return missing
    missing_parts = [part for part in MODEL_PARTS if part not in places]
    if len(missing_parts) == len(MODEL_PARTS):
        return missing
    at = missing.index("device_model")
    return [*missing[:at], *missing_parts, *missing[at + 1 :]]


def _as_written(record: Record, column: str) -> str:
    """The headings of a column as the sheet has them."""
    written = [cell for cell in record.cells if _KNOWN_HEADINGS.get(_plain_heading(cell)) == column]
    return " and ".join(f"‘{shown(heading.strip())}’" for heading in written)


def _missing_message(column: str, unread: Sequence[str]) -> str:
    if column == "device_model":
        wanted = f"Add it, or the three columns {', '.join(MODEL_PARTS)}."
    else:
        wanted = "Add it: the sheet needs every column, even an empty one."
    strangers = f" These headings mean nothing here: {', '.join(unread[:5])}." if unread else ""
    return f"There is no column {column}. {wanted}{strangers}"


def _other_separator(headings: Sequence[str]) -> str:
    text = headings[0] if headings else ""
    counts = {"semicolons": text.count(";"), "tabs": text.count("\t"), "bars": text.count("|")}
    name = max(counts, key=lambda each: counts[each])
    return name if counts[name] >= 3 else ""
