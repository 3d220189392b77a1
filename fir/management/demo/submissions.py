"""What waits in the demo world's queue, what went back from it, and what is yet to be brought."""

from dataclasses import dataclass

from fir.management.demo.families import Over, Release
from fir.management.demo.listing import Line
from fir.management.demo.meters import COMMONEST
from fir.management.demo.products import family_of_model


def _line(model: str, hardware: str, version: str, over: Over, carries: bool | None = None) -> Line:
    return Line(family_of_model(model), hardware, Release(version, 0, over, carries=carries))


@dataclass(frozen=True, slots=True)
class Waiting:
    """A release brought so many hours ago; `reason` is why it went back, if it did."""

    line: Line
    hours_ago: int
    reason: str = ""


QUEUE = (
    Waiting(
        _line("7C10", "0102", "01050000", Over.PREVIOUS),
        70,
        "The GBCS version differs from the one on the certificate: bring it again with the right "
        "one.",
    ),
    Waiting(_line("6B20", "0102", "00030303", Over.ANY, carries=True), 20),
    Waiting(_line("4A10", "0100", "01030007", Over.PREVIOUS), 7),
    Waiting(_line("8C10", "0100", "01030000", Over.NOTHING), 3),
)
TO_BRING = Line(COMMONEST, COMMONEST.hardware[0], Release("01050002", 0, Over.PREVIOUS))
