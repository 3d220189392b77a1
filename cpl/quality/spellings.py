"""Finding names and numbers that are the same but for how they are written. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache

from cpl.quality.facts import Line, Neighbour

CERTIFICATES = ("cpa_certificate_id", "zigbee_certificate_id", "dlms_certificate_id")

_NO_LETTER_OR_DIGIT = re.compile(r"[\W_]+")
_LEGAL_FORMS = frozenset(("ltd", "limited", "plc", "llp", "inc", "gmbh"))


@lru_cache(maxsize=4096)
def plain_name(name: str) -> str:
    """A maker's name without what people write in several ways: capitals, punctuation, spaces,
    `and` for `&`, and the legal form."""
    words = _NO_LETTER_OR_DIGIT.sub(" ", name.casefold().replace("&", " and ")).split()
    return "".join(word for word in words if word not in _LEGAL_FORMS) or "".join(words)


class MakerNames:
    """Under which names each Manufacturer Identifier stands, and how often."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._names: defaultdict[object, Counter[str]] = defaultdict(Counter)
        for line in lines:
            name = line.manufacturer_name or ""
            self._names[line.manufacturer_identifier, plain_name(name)][name] += 1

    def usual(self, line: Line) -> str | None:
        """The name that the line's Manufacturer has in no fewer entries, nearly the same as here.

        None where there is none: the name that stands most often is not asked to change.
        """
        name = line.manufacturer_name
        if not name:
            return None
        names = self._names.get((line.manufacturer_identifier, plain_name(name)))
        if names is None or (len(names) == 1 and name in names):
            return None
        times, other = max((times, other) for other, times in names.items() if other != name)
        return other if times >= names[name] else None


class CertificateNumbers:
    """Certificate ids of digits alone, which a spreadsheet takes for numbers, by Manufacturer."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._longest: dict[object, tuple[int, Neighbour]] = {}
        for line in lines:
            for column in CERTIFICATES:
                if number := _number(line, column):
                    self._add(line, column, number)

    def _add(self, line: Line, column: str, number: str) -> None:
        key = _key(line, column, number)
        longest = self._longest.get(key)
        if longest is None or len(number) > longest[0]:
            self._longest[key] = len(number), Neighbour(line.cpl_entry_id, number)

    def with_zeros(self, line: Line) -> tuple[tuple[str, Neighbour], ...]:
        """For each column, the entry that has the same number there with more leading zeros."""
        found = []
        for column in CERTIFICATES:
            if number := _number(line, column):
                length, longest = self._longest.get(_key(line, column, number), (0, None))
                if longest and length > len(number):
                    found.append((column, longest))
        return tuple(found)


def _number(line: Line, column: str) -> str:
    text: str | None = getattr(line, column)
    return text if text and text.isascii() and text.isdecimal() else ""


def _key(line: Line, column: str, number: str) -> tuple[str | None, str, str]:
    return line.manufacturer_identifier, column, number.lstrip("0")
