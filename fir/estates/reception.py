"""What is gathered while a load streams in, and the limits of what an inventory can be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings

from fir.estates.rules import read_device
from fir.estates.sources import SourceFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fir.estates.rules import Configuration, RawDevice, RowNote


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

    def counted(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces, counting their bytes."""
        for piece in pieces:
            self.bytes_read += len(piece)
            yield piece

    def rows(self, devices: Iterable[RawDevice]) -> Iterator[tuple[int, int, int | None, int]]:
        """What is copied of each row: line, device, hub, number of its configuration.

        Raises SourceFault when the rows are more, or differ more, than those of any inventory,
        and when the last row broke off.
        """
        most_rows, most_kinds = settings.ESTATE_MOST_ROWS, settings.ESTATE_MOST_CONFIGURATIONS
        for raw in devices:
            self.rows_read += 1
            _refuse_beyond(most_rows, self.rows_read, raw.line, "rows")
            device, notes = read_device(raw, held_roles=self.held_roles)
            if notes:
                _refuse_broken_off(raw)
                self.note(notes)
            if device is None:
                self.rows_bad += 1
                continue
            number = self.numbers.setdefault(device.configuration, len(self.numbers))
            _refuse_beyond(
                most_kinds, number + 1, raw.line, "different models, versions and statuses"
            )
            yield raw.line, device.number, device.hub_number, number

    def note(self, notes: Iterable[RowNote]) -> None:
        """Keep notes up to the report's length, and count all of them by reason."""
        for note in notes:
            self.reasons[note.reason] += 1
            if len(self.notes) < settings.ESTATE_BAD_ROWS_REPORTED:
                self.notes.append(note)


def _refuse_beyond(most: int, count: int, line: int, what: str) -> None:
    if count > most:
        raise SourceFault(line, f"More than {most:,} {what} are taken in no load.")


def _refuse_broken_off(raw: RawDevice) -> None:
    if not raw.is_ended:
        raise SourceFault(
            raw.line,
            "The file ends in the middle of this row: send it again whole. If it is whole, end its "
            "last line with a line break.",
        )
