"""What is gathered while a load streams in, and the limits of what an inventory can be."""

from __future__ import annotations

import hmac
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from django.conf import settings

from fir.estates.csv_rows import Block
from fir.estates.faults import SourceFault
from fir.estates.quick import UNKNOWN, Learned, Rows, read_block
from fir.estates.rules import read_device
from fir.estates.unpacking import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fir.estates.rules import Configuration, Device, RawDevice, RowNote

AT_A_TIME = 10_000
# Lines are counted anew in every file of a ZIP: a row's place is both numbers in one.
MEMBER_BITS = 40


def limits() -> Limits:
    """How much of an inventory is read."""
    return Limits(
        bytes_sent=settings.ESTATE_MOST_BYTES,
        bytes_unpacked=settings.ESTATE_MOST_BYTES_UNPACKED,
        times_unpacked=settings.ESTATE_MOST_TIMES_UNPACKED,
        members=settings.ESTATE_MOST_FILES,
        line_bytes=settings.ESTATE_LONGEST_LINE,
    )


class Reception:
    """A load while it is received: configurations by number, notes, counts.

    `held_roles` are the User Roles that the Supplier holds, as a row would write them.
    """

    def __init__(self, held_roles: str) -> None:
        self.held_roles = held_roles
        self.numbers: dict[Configuration, int] = {}
        self.notes: list[RowNote] = []
        self.reasons: Counter[str] = Counter()
        self.rows_read = 0
        self.rows_bad = 0
        self.bytes_read = 0
        self._learned = Learned()
        # Keyed, so that it tells nothing of the file to whoever reads the database.
        self._fingerprint = hmac.new(
            settings.SECRET_KEY.encode(), held_roles.encode(), digestmod="sha256"
        )

    @property
    def fingerprint(self) -> str:
        """What only the same bytes for the same roles have in common."""
        return self._fingerprint.hexdigest()

    def counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces, counting their bytes."""
        for piece in pieces:
            self.bytes_read += len(piece)
            self._fingerprint.update(piece)
            yield piece

    def rows(self, parts: Iterable[Block | RawDevice]) -> Iterator[Rows]:
        """The rows that are kept, many at a time, in no order.

        Raises SourceFault when the rows are more, or differ more, than those of any inventory,
        and when the last row broke off.
        """
        stream = iter(parts)
        for part in stream:
            if isinstance(part, Block):
                yield from self._block(part)
            else:
                # A row that came alone: most likely others do too.
                held = [part]
                for other in islice(stream, AT_A_TIME):
                    if isinstance(other, Block):
                        yield self._one_by_one(held)
                        held = []
                        yield from self._block(other)
                    else:
                        held.append(other)
                yield self._one_by_one(held)

    def _block(self, block: Block) -> Iterator[Rows]:
        if self.rows_read + block.count > settings.ESTATE_MOST_ROWS:
            yield self._one_by_one(block.rows())
            return
        rows, others = read_block(block, self._learned, self._number_of_good)
        self.rows_read += len(rows)
        yield rows
        yield self._one_by_one(others)

    def _number_of_good(self, raw: RawDevice) -> int:
        """The number of a row's configuration; UNKNOWN if there is anything to say about it."""
        device, notes = read_device(raw, held_roles=self.held_roles)
        return UNKNOWN if notes or device is None else self._number(raw, device)

    def _number(self, raw: RawDevice, device: Device) -> int:
        number = self.numbers.setdefault(device.configuration, len(self.numbers))
        most = settings.ESTATE_MOST_CONFIGURATIONS
        _refuse_beyond(most, number + 1, raw, "different models, versions and statuses")
        return number

    def _one_by_one(self, devices: Iterable[RawDevice]) -> Rows:
        kept: list[tuple[int, int, int, bool, int]] = []
        for raw in devices:
            self.rows_read += 1
            _refuse_beyond(settings.ESTATE_MOST_ROWS, self.rows_read, raw, "rows")
            device, notes = read_device(raw, held_roles=self.held_roles)
            if notes:
                _refuse_broken_off(raw)
                self.note(replace(note, member=raw.member) for note in notes)
            if device is None:
                self.rows_bad += 1
                continue
            place = raw.member << MEMBER_BITS | raw.line
            hub = device.hub_number
            kept.append(
                (place, device.number, hub or 0, hub is not None, self._number(raw, device))
            )
        columns = zip(*kept, strict=True) if kept else ([], [], [], [], [])
        types = (np.int64, np.int64, np.int64, np.bool_, np.int64)
        return Rows(*(np.array(c, kind) for c, kind in zip(columns, types, strict=True)))

    def note(self, notes: Iterable[RowNote]) -> None:
        """Keep notes up to the report's length, and count all of them by reason."""
        for note in notes:
            self.reasons[note.reason] += 1
            if len(self.notes) < settings.ESTATE_BAD_ROWS_REPORTED:
                self.notes.append(note)


def _refuse_beyond(most: int, count: int, raw: RawDevice, what: str) -> None:
    if count > most:
        message = f"More than {most:,} {what} are taken in no load."
        raise SourceFault(raw.line, message, raw.member)


def _refuse_broken_off(raw: RawDevice) -> None:
    if not raw.is_ended:
        raise SourceFault(
            raw.line,
            "The file ends in the middle of this row: send it again whole. If it is whole, end its "
            "last line with a line break.",
        )
