"""The headings of a sheet of releases: which column stands where, and what does not fit. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from cpl.identifiers import shown
from cpl.sheet.header import find_columns, headings_twice, plain_heading, separator_fault
from cpl.sheet.marking import MARK_COLUMN
from cpl.sheet.row import Record, RowFault
from fir.submissions.claims import REQUIRED, Kind
from fir.submissions.sheets.saying import COLUMNS

_KNOWN = {plain_heading(column): column for column in COLUMNS}
_MARK = plain_heading(MARK_COLUMN)
_LONGEST_COMPARED = 40
_MOST_COMPARED = 100


@dataclass(frozen=True, slots=True)
class ReleaseHeadings:
    """Where each known column stands in the header on `line`, and in which places any heading
    does; `width` ends with the last of them."""

    line: int
    places: Mapping[str, int]
    filled: frozenset[int]
    width: int

    def is_blank(self, place: int) -> bool:
        """Whether no heading stands there."""
        return place not in self.filled

    def column_at(self, place: int) -> str:
        """The known column in this place; '' when it is none."""
        return next((name for name, at in self.places.items() if at == place), "")

    @property
    def last_column(self) -> str:
        """The known column under the last heading; '' when FIR does not know it."""
        return self.column_at(self.width - 1)


def read_headings(record: Record) -> ReleaseHeadings | list[RowFault]:
    """The headings in this record, or every fault for which no row can be read. Our own column of
    marks is passed over."""
    found = find_columns(record, _KNOWN)
    if not found.places and (fault := separator_fault(record)):
        return [fault]
    strange = [h for h in found.unread.values() if not plain_heading(h).startswith(_MARK)]
    filled = frozenset(at for at, heading in enumerate(record.cells) if heading.strip())
    headings = ReleaseHeadings(record.line, found.places, filled, found.width)
    faults = [_unknown(record.line, heading) for heading in strange[:_MOST_COMPARED]]
    faults += headings_twice(record, found, _KNOWN)
    if faults and "kind" not in found.places:
        faults += missing_columns(headings, [Kind.NEW.value])
    return faults or headings


def missing_columns(headings: ReleaseHeadings, kinds: Collection[str]) -> list[RowFault]:
    """A fault for each column that is not there and that rows of these kinds must say."""
    return [
        RowFault(headings.line, column, "", _missing(column, kinds), "HEADING_MISSING")
        for column in COLUMNS
        if column not in headings.places and any(column in REQUIRED[kind] for kind in kinds)
    ]


def _missing(column: str, kinds: Collection[str]) -> str:
    asking = [kind for kind in sorted(kinds) if column in REQUIRED[kind]]
    return f"There is no column {column}, which every row of kind {', '.join(asking)} must say."


def _unknown(line: int, heading: str) -> RowFault:
    plain = plain_heading(heading)[:_LONGEST_COMPARED]
    nearest = [_KNOWN[known] for known in get_close_matches(plain, _KNOWN, n=1)]
    advice = f"Did you mean {nearest[0]}?" if nearest else "Take the column out, or rename it."
    message = f"‘{shown(heading)}’ is no column of a sheet of releases. {advice}"
    return RowFault(line, shown(heading), shown(heading), message, "HEADING_UNKNOWN")
