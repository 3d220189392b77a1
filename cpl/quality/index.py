"""Finding, for a line, the entries of the list that it must fit to. Pure.

The whole list is looked through once; then every line is answered from dictionaries. For one line
an index over the entries of its Manufacturer or its hash answers as one over the whole list.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from heapq import nsmallest
from itertools import islice

from cpl.identifiers import family_of
from cpl.quality.facts import NAMED, Line, Neighbour, Neighbours
from cpl.quality.histories import Histories, listing_order
from cpl.quality.near_hashes import NearHashes
from cpl.quality.spellings import CertificateNumbers, MakerNames
from cpl.sheet.row import CURRENT

# Of entries that agree so many are kept: those named, one to tell that there are more, and one
# that may turn out to be the line itself.
KEPT = NAMED + 2


class _Register:
    """Lines by what they share, to find those that say something else.

    `key_of` tells what a line shares, `says` what it says; a line that says None is left out.
    """

    def __init__(
        self,
        in_listing_order: Iterable[Line],
        key_of: Callable[[Line], Hashable],
        says: Callable[[Line], str | None],
    ) -> None:
        self._key_of, self._says = key_of, says
        self._sharing: defaultdict[Hashable, list[Line]] = defaultdict(list)
        for line in in_listing_order:
            if says(line) is not None:
                self._sharing[key_of(line)].append(line)
        for key, lines in self._sharing.items():
            if len(lines) > KEPT:
                self._sharing[key] = self._first_of_each(lines)

    def _first_of_each(self, lines: Iterable[Line]) -> list[Line]:
        # A placeholder may stand under one key for half the list, and each of them asks.
        seen: Counter[str | None] = Counter()
        kept = []
        for line in lines:
            said = self._says(line)
            seen[said] += 1
            if seen[said] <= KEPT:
                kept.append(line)
        return kept

    def others(self, line: Line) -> tuple[Neighbour, ...]:
        """The first other entries that share what this line shares, and say something else."""
        sharing = self._sharing.get(self._key_of(line))
        if sharing is None or (len(sharing) == 1 and sharing[0] is line):
            return ()
        mine = self._says(line)
        if mine is None:
            return ()
        others = (
            Neighbour(other.cpl_entry_id, said)
            for other in sharing
            if (said := self._says(other)) is not None
            and said != mine
            and other.cpl_entry_id != line.cpl_entry_id
        )
        return tuple(islice(others, NAMED + 1))

    def sharing(self, key: Hashable) -> list[Line]:
        """The first lines under a key, whatever they say."""
        return self._sharing.get(key, [])


class ListIndex:
    """The lines of the list, or those that can matter to one line, in any order."""

    def __init__(self, lines: Iterable[Line]) -> None:
        ordered = sorted(lines, key=listing_order)
        current = [line for line in ordered if line.status == CURRENT]
        hashed = [line for line in current if line.manufacturer_image_hash]
        self._hashes = _Register(hashed, _version_key, _hash)
        self._makers = _Register(hashed, _hash, _maker)
        self._families = _Register(hashed, _maker_hash_key, _family)
        self._versions = _Register(hashed, _family_hash_key, _version)
        self._twins = _Register(current, _release_key, _entry_id)
        certified = (line for line in current if line.cpa_certificate_id)
        self._certificates = _Register(certified, _certificate_key, _certificate_dates)
        self._near_hashes = NearHashes()
        for line in hashed:
            self._near_hashes.add(_family_key(line), line.manufacturer_image_hash or "")
        self._histories = Histories(current)
        self._names = MakerNames(current)
        self._numbers = CertificateNumbers(current)

    def neighbours_of(self, line: Line) -> Neighbours:
        """What a line must fit to, whether or not it is itself among the lines."""
        return Neighbours(
            other_hashes=self._hashes.others(line),
            hash_of_others=self._makers.others(line),
            hash_of_families=self._families.others(line),
            hash_of_versions=self._versions.others(line),
            twins=tuple(Neighbour(twin.cpl_entry_id, "") for twin in self._twins.others(line)),
            near_hashes=self._near(line),
            certificate_dates=self._certificates.others(line),
            history=self._histories.of_maker(line),
            family_history=self._histories.of_family(line),
            other_name=self._names.usual(line),
            with_zeros=self._numbers.with_zeros(line),
        )

    def _near(self, line: Line) -> tuple[Neighbour, ...]:
        mine, family = line.manufacturer_image_hash, _family_key(line)
        if not mine:
            return ()
        found = [
            other
            for near in self._near_hashes.near(family, mine)
            for other in self._versions.sharing((near, family))
            if other.cpl_entry_id != line.cpl_entry_id
        ]
        first = nsmallest(NAMED + 1, found, key=listing_order)
        return tuple(Neighbour(o.cpl_entry_id, o.manufacturer_image_hash or "") for o in first)


def _entry_id(line: Line) -> str:
    return line.cpl_entry_id


def _hash(line: Line) -> str | None:
    return line.manufacturer_image_hash or None


def _version(line: Line) -> str | None:
    return line.firmware_version


def _family(line: Line) -> str | None:
    return f"family {family_of(line.device_model)}" if line.device_model else None


def _maker(line: Line) -> str | None:
    if line.device_type is None or line.manufacturer_identifier is None:
        return None
    return f"{line.device_type} of {line.manufacturer_identifier}"


def _certificate_dates(line: Line) -> str | None:
    said = (("expiry", line.cpa_expiry_date), ("renewal", line.cpa_renewal_date))
    return ", ".join(f"{name} {day.isoformat()}" for name, day in said if day) or None


def _version_key(line: Line) -> Hashable:
    return (
        line.device_model,
        line.firmware_version,
        line.manufacturer_identifier,
        line.device_type,
    )


def _release_key(line: Line) -> Hashable:
    return _version_key(line), line.manufacturer_image_hash


def _maker_hash_key(line: Line) -> Hashable:
    return line.manufacturer_image_hash, line.manufacturer_identifier, line.device_type


def _family_key(line: Line) -> Hashable:
    family = family_of(line.device_model or "")
    return line.manufacturer_identifier, line.device_type, family


def _family_hash_key(line: Line) -> Hashable:
    return line.manufacturer_image_hash, _family_key(line)


def _certificate_key(line: Line) -> Hashable:
    return line.manufacturer_identifier, line.cpa_certificate_id
