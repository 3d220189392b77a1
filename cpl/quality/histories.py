"""What Manufacturers and families listed before a line, and how they coded its version. Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from cpl.identifiers import family_of
from cpl.quality.facts import (
    NO_FAMILY_HISTORY,
    NO_HISTORY,
    FamilyHistory,
    History,
    Line,
    Neighbour,
    has_letters,
    in_hexadecimal,
)

Order = tuple[date, bool, int, str]

# So many first digits tell that a version as typed belongs to a family, and, more surely, that it
# does so when read as a decimal number.
LIKE_TYPED = 4
LIKE_DECIMAL = 5


def listing_order(line: Line) -> Order:
    """Sorts lines as they were listed: by day, then by entry number, a line to come at the end."""
    entry_id = line.cpl_entry_id
    return line.date_added or date.max, not entry_id, len(entry_id), entry_id


@dataclass(slots=True)
class _Listed:
    """The versions listed: of each the first line that has it, and when that was listed."""

    versions: set[str] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    first_letter: Order | None = None

    def add(self, line: Line, order: Order) -> None:
        version = line.firmware_version or ""
        if version in self.versions:
            return
        self.versions.add(version)
        self.lines.append(line)
        self.orders.append(order)
        if self.first_letter is None and has_letters(version):
            self.first_letter = order

    def letters_before(self, order: Order) -> bool:
        return self.first_letter is not None and self.first_letter < order


class Histories:
    """The versions of every Manufacturer's Device Type and of every family, as they were listed."""

    def __init__(self, in_listing_order: Iterable[Line]) -> None:
        self._of_maker: defaultdict[object, _Listed] = defaultdict(_Listed)
        self._of_family: defaultdict[object, _Listed] = defaultdict(_Listed)
        # Of each beginning two versions are enough: one of them is not the asker's.
        self._beginnings: defaultdict[object, list[Line]] = defaultdict(list)
        for line in in_listing_order:
            self._add(line)

    def _add(self, line: Line) -> None:
        order, family = listing_order(line), _family(line)
        self._of_maker[family[:2]].add(line, order)
        self._of_family[family].add(line, order)
        version = line.firmware_version or ""
        for digits in (LIKE_TYPED, LIKE_DECIMAL):
            first = self._beginnings[family, version[:digits]]
            if not first or (len(first) == 1 and first[0].firmware_version != version):
                first.append(line)

    def of_maker(self, line: Line) -> History:
        """What the line's Manufacturer listed before it for its Device Type."""
        listed, order = self._of_maker.get(_family(line)[:2]), listing_order(line)
        versions = bisect_left(listed.orders, order) if listed else 0
        if not listed or not versions:
            return NO_HISTORY
        return History(versions, listed.letters_before(order), _told(listed.lines[versions - 1]))

    def of_family(self, line: Line) -> FamilyHistory:
        """What the line's family listed before it; only ever of a version without letters."""
        version, family, order = line.firmware_version, _family(line), listing_order(line)
        listed = self._of_family.get(family)
        if not version or has_letters(version) or not listed or not listed.letters_before(order):
            return NO_FAMILY_HISTORY
        typed, decimal = version[:LIKE_TYPED], in_hexadecimal(version)[:LIKE_DECIMAL]
        return FamilyHistory(
            like_typed=_first_other(self._beginnings.get((family, typed), ()), line, order),
            like_decimal=_first_other(self._beginnings.get((family, decimal), ()), line, order),
        )


def _family(line: Line) -> tuple[str | None, str | None, str]:
    return line.manufacturer_identifier, line.device_type, family_of(line.device_model or "")


def _told(line: Line) -> Neighbour:
    return Neighbour(line.cpl_entry_id, line.firmware_version or "")


def _first_other(lines: Sequence[Line], asker: Line, order: Order) -> Neighbour | None:
    version = asker.firmware_version
    others = (line for line in lines if line.firmware_version != version)
    return next((_told(line) for line in others if listing_order(line) < order), None)
