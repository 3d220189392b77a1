"""Load a Supplier's inventory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fir.eligibility.operations import read_news
from fir.estates.models import DELTA, DONE, FULL, HELD, REFUSED
from fir.estates.operations import (
    EstateRefused,
    NotASupplier,
    ReceptionUnderWay,
    SameFileAgain,
    finish_loads,
    receive_load,
)
from fir.management.arguments import add_party, party_of
from fir.parties.operations import operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.management.base import CommandParser

PIECE = 1 << 20


class Command(BaseCommand):
    """Load and assess a Supplier's inventory: CSV, gzip CSV, a DUIS 8.2 response, a ZIP of them."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose inventory, and where it is."""
        add_party(parser)
        parser.add_argument("--delta", action="store_true", help="the file holds what changed")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it and say what became of it; nothing changes when it cannot be read."""
        party = party_of(options)
        try:
            with options["file"].open("rb") as file:
                load = receive_load(
                    party=party,
                    pieces=_pieces(file),
                    by=operator(),
                    at=timezone.now(),
                    mode=DELTA if options["delta"] else FULL,
                    size=options["file"].stat().st_size,
                )
        except SameFileAgain as same:
            self.stdout.write(str(same))
            return
        except (EstateRefused, NotASupplier, ReceptionUnderWay, OSError) as error:
            raise CommandError(f"{error} The estate is as it was.") from error
        finish_loads(at=timezone.now())
        read_news(at=timezone.now())
        load.refresh_from_db()
        self.stdout.write(
            f"Load {load.pk} is {load.state}: {load.rows_read} rows, {load.rows_bad} bad, "
            f"{load.devices} devices."
        )
        for reason, count in load.notes_by_reason.items():
            self.stdout.write(f"Noted: {reason} in {count} rows.")
        if load.state == HELD:
            self.stdout.write(f"POST /api/v1/estate/loads/{load.pk}/accept takes it as it is.")
        elif load.state == REFUSED:
            raise CommandError(f"{load.refusal} The estate is as it was.")
        elif load.state != DONE:
            self.stdout.write("A worker is finishing it.")


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(PIECE):
        yield piece
