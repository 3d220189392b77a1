"""The quick way with plain rows: thousands at a time, with numpy. Pure.

It judges nothing. Rows whose Device IDs stand in the usual form, and whose other cells were judged
good before, to the letter, need no second judgement; every other row is left to `rules`.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from fir.estates.csv_rows import Block, Heading
    from fir.estates.rules import RawDevice

    Array = npt.NDArray[Any]

COMMA, NEWLINE, RETURN, HYPHEN = b",\n\r-"
ID_LENGTH = 23  # of a Device ID in the usual form, eight pairs with hyphens between them
DIGITS = np.array([3 * pair + place for pair in range(8) for place in (0, 1)])
HYPHENS = np.arange(2, ID_LENGTH, 3)
NO_DIGIT = 255
# Cells that follow each other are compared as one text, of so many bytes at most.
LONGEST_CELL, LONGEST_CELLS = 32, 64
UNKNOWN = -1
MOST_LEARNED = 100_000

_DIGIT_OF = np.full(256, NO_DIGIT, np.uint8)
_DIGIT_OF[list(b"0123456789ABCDEF")] = _DIGIT_OF[list(b"0123456789abcdef")] = np.arange(16)
_BEYOND = {
    width: np.tril(np.full((width + 1, width), 255, np.uint8), -1)
    for width in (LONGEST_CELL, LONGEST_CELLS)
}
# Any odd numbers would do: whatever they hash alike is compared by its bytes.
_FACTORS = np.arange(1, 1000, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) | np.uint64(1)
_SHIFT = np.uint64(29)
_LIKELY_BITS = 16
_TOP = np.uint64(64 - _LIKELY_BITS)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that were read: the place in the file, the Device's number, its hub's and the number of
    its configuration; where `has_hub` is false, no hub is named."""

    places: Array
    devices: Array
    hubs: Array
    has_hub: Array
    configurations: Array

    def __len__(self) -> int:
        return len(self.places)

    def where(self, which: Array) -> Rows:
        """Those rows of which `which` is true."""
        return Rows(
            self.places[which],
            self.devices[which],
            self.hubs[which],
            self.has_hub[which],
            self.configurations[which],
        )


class Learned:
    """What rows said besides their ids, letter by letter, and the number of the configuration that
    it stands for. Rows are compared with all of it at once."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}
        self._fill()

    def _fill(self) -> None:
        texts = list(self._numbers)
        width = len(texts[0]) // 8 if texts else 0
        words = np.frombuffer(b"".join(texts), np.uint64).reshape(len(texts), width)
        hashes = _hash(words)
        order = np.argsort(hashes, kind="stable")
        self._hashes, self._words = hashes[order], words[order]
        self._in_order = np.array(list(self._numbers.values()), np.int64)[order]
        # Looking here first saves nearly every row a search.
        self._likely = np.zeros(1 << _LIKELY_BITS, np.int64)
        self._likely[self._hashes >> _TOP] = np.arange(len(texts))

    def numbers_of(self, words: Array) -> Array:
        """The number of each row's configuration; UNKNOWN where its text was never learned."""
        if not len(self._hashes):
            return np.full(len(words), UNKNOWN)
        hashes = _hash(words)
        places = self._likely[hashes >> _TOP]
        is_same = _are_same(self._words[places], words)
        if len(others := np.flatnonzero(~is_same)):
            places[others] = np.searchsorted(self._hashes, hashes[others])
            places[places == len(self._hashes)] = 0
            is_same[others] = _are_same(self._words[places[others]], words[others])
        return np.where(is_same, self._in_order[places], UNKNOWN)

    def learn(self, words: Array, rows: Array, judge: Callable[[int], int]) -> None:
        """Have these rows judged, each text once, and keep what is good: a number that is none of
        a configuration (UNKNOWN) is not kept."""
        seen: set[bytes] = set()
        before = len(self._numbers)
        for row in rows.tolist():
            text = words[row].tobytes()
            if text in seen or text in self._numbers or len(self._numbers) >= MOST_LEARNED:
                continue
            seen.add(text)
            if (number := judge(row)) != UNKNOWN:
                self._numbers[text] = number
        if len(self._numbers) > before:
            self._fill()


def _hash(words: Array) -> Array:
    mixed: Array = words @ _FACTORS[: words.shape[1]]
    mixed ^= mixed >> _SHIFT
    return mixed


def _are_same(some: Array, others: Array) -> Array:
    same: Array = (some == others).all(axis=1)
    return same


def read_block(
    block: Block, learned: Learned, number_of: Callable[[RawDevice], int]
) -> tuple[Rows, Iterator[RawDevice]]:
    """The rows of a block that are plain and good, and all others as they came, in order.

    `number_of` judges a row: the number of its configuration, or UNKNOWN if there is anything to
    say about the row.
    """
    cells = _Cells(block)
    devices, is_device = cells.device_ids("device_id")
    hubs, is_hub = cells.device_ids("chf_device_id")
    has_hub = cells.length("chf_device_id") > 0
    words, fits = cells.rest()
    may_be_good = is_device & (is_hub | ~has_hub) & fits
    numbers = learned.numbers_of(words)
    unknown = np.flatnonzero(may_be_good & (numbers == UNKNOWN))
    if len(unknown):
        learned.learn(words, unknown, lambda row: number_of(cells.raw(row)))
        numbers[unknown] = learned.numbers_of(words[unknown])
    good = may_be_good & (numbers != UNKNOWN)
    rows = Rows(block.line + cells.whole, devices, hubs, has_hub, numbers)
    return rows.where(good), cells.others(good)


class _Cells:
    """Where the cells of a block's lines begin and end; of the lines with as many cells as there
    are headings, which are numbered by `whole`."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._bytes = np.frombuffer(block.data + bytes(LONGEST_CELLS), np.uint8)
        line_ends = np.flatnonzero(self._bytes == NEWLINE)
        self._line_starts = np.concatenate([[0], line_ends[:-1] + 1])
        self._line_ends = line_ends - (self._bytes[line_ends - 1] == RETURN)
        commas = np.flatnonzero(self._bytes == COMMA)
        first = np.searchsorted(commas, self._line_starts)
        width = block.heading.width
        count = np.diff(np.append(first, len(commas)))
        is_short = self._line_ends - self._line_starts <= block.longest_line
        self.whole = np.flatnonzero((count == width - 1) & is_short)
        inner = commas[first[self.whole][:, None] + np.arange(width - 1)]
        self._starts = np.column_stack([self._line_starts[self.whole], inner + 1])
        self._ends = np.column_stack([inner, self._line_ends[self.whole]])
        self._places = {column: place for place, column in block.heading.places.items()}

    def length(self, column: str) -> Array:
        """How long each row's cell is."""
        place = self._places[column]
        lengths: Array = self._ends[:, place] - self._starts[:, place]
        return lengths

    def device_ids(self, column: str) -> tuple[Array, Array]:
        """The number of the Device ID in each cell, and whether it stands in the usual form."""
        texts = sliding_window_view(self._bytes, ID_LENGTH)[self._starts[:, self._places[column]]]
        digits = _DIGIT_OF[texts[:, DIGITS]]
        is_id = (self.length(column) == ID_LENGTH) & (texts[:, HYPHENS] == HYPHEN).all(axis=1)
        is_id &= digits.max(axis=1, initial=0) != NO_DIGIT
        octets = np.ascontiguousarray((digits[:, 0::2] << 4) | digits[:, 1::2])
        return octets.view(">i8").reshape(-1).astype(np.int64), is_id

    def rest(self) -> tuple[Array, Array]:
        """The contract's other cells of each row, as words to compare; and whether they fit."""
        parts = []
        fits = np.ones(len(self.whole), bool)
        for first, last in _runs(self._block.heading):
            width = LONGEST_CELL if first == last else LONGEST_CELLS
            starts = self._starts[:, first]
            lengths = self._ends[:, last] - starts
            fits &= lengths <= width
            texts = sliding_window_view(self._bytes, width)[starts]
            parts.append(texts & _BEYOND[width][np.minimum(lengths, width)])
        return np.ascontiguousarray(np.hstack(parts)).view(np.uint64), fits

    def raw(self, row: int) -> RawDevice:
        """A row as it came."""
        raw = self._line(int(self.whole[row]))
        assert raw is not None  # noqa: S101 - it has cells
        return raw

    def others(self, good: Array) -> Iterator[RawDevice]:
        """All rows but the good ones."""
        is_other = np.ones(len(self._line_starts), bool)
        is_other[self.whole[good]] = False
        for place in np.flatnonzero(is_other).tolist():
            if raw := self._line(place):
                yield raw

    def _line(self, place: int) -> RawDevice | None:
        start, end = int(self._line_starts[place]), int(self._line_ends[place])
        return self._block.row(place, self._block.data[start:end])


def _runs(heading: Heading) -> Iterator[tuple[int, int]]:
    """The first and last place of contract columns that stand beside each other, ids apart."""
    ids = ("device_id", "chf_device_id")
    places = sorted(place for place, column in heading.places.items() if column not in ids)
    breaks = [0, *(i + 1 for i, (a, b) in enumerate(pairwise(places)) if b != a + 1), len(places)]
    for first, end in pairwise(breaks):
        yield places[first], places[end - 1]
