"""The assumptions that keeping the list reads, from `assumptions.toml`."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Assumptions:
    """At how many months before the end of a CPA certificate its end is told of, fewest first; and
    after how many months a Manufacturer's card is to be confirmed again."""

    months_before: tuple[int, ...]
    months_confirmed: int


def read_assumptions(path: Path) -> Assumptions:
    """The assumptions in a file of this form. Raises KeyError when one is missing."""
    said = tomllib.loads(path.read_text())
    return Assumptions(
        months_before=tuple(sorted(said["certificates"]["months_before"])),
        months_confirmed=int(said["contacts"]["months_confirmed"]),
    )


ASSUMPTIONS = read_assumptions(Path(__file__).parent / "assumptions.toml")
