"""Finding hashes that differ in a few digits only, without comparing each with each. Pure."""

from collections import defaultdict
from collections.abc import Hashable, Iterator
from operator import ne

# So many digits of 64 may differ between a hash and a mistyped one.
MISTYPED_DIGITS = 4
# A block that so many hashes of a family share is no digest's: placeholders, to compare which with
# each other would take the square of their number.
MOST_ALIKE = 50
# Five blocks: four wrong digits leave at least one of them as it was, to be found by.
_BLOCKS = tuple(slice(start, start + 13) for start in range(0, 64, 13))


class NearHashes:
    """The hashes of every family, found by a block of their digits."""

    def __init__(self) -> None:
        self._known: set[tuple[Hashable, str]] = set()
        self._by_block: defaultdict[tuple[Hashable, int, str], list[str]] = defaultdict(list)

    def add(self, family: Hashable, image_hash: str) -> None:
        """Makes a family's hash known; a second time changes nothing."""
        if (family, image_hash) in self._known:
            return
        self._known.add((family, image_hash))
        for block in _BLOCKS:
            self._by_block[family, block.start, image_hash[block]].append(image_hash)

    def near(self, family: Hashable, image_hash: str) -> Iterator[str]:
        """The family's other hashes that differ from this one in at most four digits, each once."""
        seen = {image_hash}
        for block in _BLOCKS:
            alike = self._by_block.get((family, block.start, image_hash[block]), ())
            for other in alike if len(alike) <= MOST_ALIKE else ():
                if other not in seen:
                    seen.add(other)
                    if sum(map(ne, other, image_hash)) <= MISTYPED_DIGITS:
                        yield other
