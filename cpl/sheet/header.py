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


@dataclass(frozen=True, slots=True)
class Headings:
    """What the headings of a table are: where each known column stands, which columns stand twice,
    and where headings stand that mean nothing; `width` ends with the last that is not blank."""

    places: Mapping[str, int]
    twice: Sequence[str]
    unread: Mapping[int, str]
    width: int


def plain_heading(heading: str) -> str:
    """A heading without what people write differently: its case, spaces and punctuation."""
    return re.sub(r"[\W_]+", "", heading).casefold()


_KNOWN_HEADINGS = {plain_heading(column): column for column in (*COLUMNS, *MODEL_PARTS)}


def find_columns(record: Record, known: Mapping[str, str]) -> Headings:
    """What the headings in this record are; `known` holds the columns by their plain headings."""
    places: dict[str, int] = {}
    twice: dict[str, None] = {}
    unread: dict[int, str] = {}
    width = 0
    for place, heading in enumerate(record.cells):
        width = place + 1 if heading.strip() else width
        column = known.get(plain_heading(heading), "")
        if column in places:
            twice[column] = None
        elif column:
            places[column] = place
        elif heading.strip():
            unread[place] = heading.strip()
    return Headings(places, list(twice), unread, width)


def read_header(record: Record) -> Header | tuple[RowFault, ...]:
    """The header in this record, or every fault for which no row can be read."""
    found = find_columns(record, _KNOWN_HEADINGS)
    faults = _heading_faults(record, found)
    last_column = next((name for name, at in found.places.items() if at == found.width - 1), "")
    return faults or Header(found.width, len(record.cells), found.places, last_column)


def _heading_faults(record: Record, found: Headings) -> tuple[RowFault, ...]:
    if not found.places and (fault := separator_fault(record)):
        return (fault,)
    unread = [f"‘{shown(heading)}’" for heading in found.unread.values()]
    missing = [
        RowFault(record.line, column, "", _missing_message(column, unread), "HEADING_MISSING")
        for column in _missing_columns(found.places)
    ]
    return (*missing, *headings_twice(record, found, _KNOWN_HEADINGS))


def separator_fault(record: Record) -> RowFault | None:
    """That the headings are separated by something else than commas, where they seem to be."""
    separator = _other_separator(record.cells)
    if not separator:
        return None
    message = (
        f"The cells are separated by {separator}, not by commas. Likely cause: the regional "
        "setting of a spreadsheet; save the sheet as comma-separated CSV UTF-8."
    )
    return RowFault(record.line, "", "", message, "WRONG_SEPARATOR")


def headings_twice(record: Record, found: Headings, known: Mapping[str, str]) -> list[RowFault]:
    """A fault for each column that stands twice."""
    return [
        RowFault(
            record.line,
            column,
            column,
            f"The heading {column} stands twice, as {_as_written(record, column, known)}. "
            "Remove or rename one of the two columns.",
            "HEADING_TWICE",
        )
        for column in found.twice
    ]


def _missing_columns(places: Mapping[str, int]) -> list[str]:
    missing = [column for column in COLUMNS if column not in places]
    if "device_model" not in missing:
        return missing
    missing_parts = [part for part in MODEL_PARTS if part not in places]
    if len(missing_parts) == len(MODEL_PARTS):
        return missing
    at = missing.index("device_model")
    return [*missing[:at], *missing_parts, *missing[at + 1 :]]


def _as_written(record: Record, column: str, known: Mapping[str, str]) -> str:
    """The headings of a column as the sheet has them."""
    written = [cell for cell in record.cells if known.get(plain_heading(cell)) == column]
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
