"""Reading devices that came as JSON objects: the same rows as those of an inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.estates.csv_rows import COLUMNS, HEADINGS
from fir.estates.faults import SourceFault
from fir.estates.rules import RawDevice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def read_objects(objects: Sequence[object]) -> Iterator[RawDevice]:
    """The devices in objects, whose values have an inventory's headings for names; other values are
    dropped. The first is line 1. Raises SourceFault for what is no such object."""
    for line, said in enumerate(objects, 1):
        if not isinstance(said, dict):
            raise SourceFault(line, "An object with the values of one device is wanted here.")
        values = {_plain(str(name)): value for name, value in said.items()}
        device, kind, status, maker, model, version, hub, role = (
            _text(line, name, values.get(name)) for name in COLUMNS
        )
        yield RawDevice(line, device, kind, status, maker, model, version, hub, role)


def _text(line: int, name: str, value: object) -> str:
    if not isinstance(value, str | None):
        raise SourceFault(line, f"{HEADINGS[name]} is wanted as text.")
    return value or ""


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
