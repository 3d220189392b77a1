"""What stands where in a worksheet beside its values: formulas, errors, and numbers in formats.

The library that reads the values gives an empty cell for an error, the last result for a formula
and the bare number whatever its format, so these are looked up here, by their places.
"""

import re
import zipfile
from dataclasses import dataclass, field

from cpl.workbook.parts import Attributes, NotReadable, parse, parser

Place = tuple[int, int]  # row and column, both from 1

_LETTERS = re.compile(r"[A-Za-z]{1,3}").fullmatch


@dataclass(slots=True)
class Marks:
    """The places of a worksheet that need a second look.

    `rows` and `columns` reach to the last cell in which anything stands, and are 0 without one.
    """

    rows: int = 0
    columns: int = 0
    formulas: set[Place] = field(default_factory=set)
    errors: dict[Place, str] = field(default_factory=dict)
    formatted: set[Place] = field(default_factory=set)


def marks_of(archive: zipfile.ZipFile, part: str, plain: set[str]) -> Marks:
    """The marks of a worksheet; a number in one of the styles `plain` gets none."""
    scan = _Scan(plain)
    parse(archive, part, scan.parser)
    return scan.marks


class _Scan:
    """Takes the elements of a worksheet as they come, and keeps what is to be marked."""

    def __init__(self, plain: set[str]) -> None:
        self.marks = Marks()
        self.parser = parser(self._element)
        self._plain = plain
        self._row = 0
        self._column = 0
        self._cell: Attributes = {}
        self._columns: dict[str, int] = {}
        self._in_error = False

    def _element(self, name: str, attributes: Attributes) -> None:
        if self._in_error:  # whatever comes now, the text of the error has ended
            self.parser.CharacterDataHandler = None
            self._in_error = False
        if name == "c":
            self._cell = attributes
            self._move_to(attributes.get("r", ""))
        elif name in ("v", "is"):
            self._reach()
            self._value()
        elif name == "f":
            self._reach()
            self.marks.formulas.add((self._row, self._column))
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0

    def _move_to(self, reference: str) -> None:
        if not reference:
            self._column += 1
            return
        letters = reference.rstrip("0123456789")
        self._row = int(reference[len(letters) :])
        self._column = self._columns.get(letters) or self._number_of(letters)

    def _number_of(self, letters: str) -> int:
        if not _LETTERS(letters):
            raise NotReadable(letters[:20])
        number = 0
        for letter in letters.upper():
            number = number * 26 + ord(letter) - ord("A") + 1
        self._columns[letters] = number
        return number

    def _reach(self) -> None:
        if self._row > self.marks.rows:
            self.marks.rows = self._row
        if self._column > self.marks.columns:
            self.marks.columns = self._column

    def _value(self) -> None:
        kind = self._cell.get("t", "n")
        if kind == "e":
            self.marks.errors[(self._row, self._column)] = ""
            self.parser.CharacterDataHandler = self._error_text
            self._in_error = True
        elif kind == "n" and (style := self._cell.get("s")) and style not in self._plain:
            self.marks.formatted.add((self._row, self._column))

    def _error_text(self, text: str) -> None:
        self.marks.errors[(self._row, self._column)] += text.strip()
