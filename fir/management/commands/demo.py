"""Load the demo world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from cpl.queries import listed_entries
from fir.ledger.queries import last_seq
from fir.management.demo.history import load_world
from fir.management.demo.walkthrough import walkthrough
from fir.parties.queries import anything_stands

if TYPE_CHECKING:
    from argparse import ArgumentParser

DEMO_LOCK = 0x44454D4F  # "DEMO" in ASCII


class Command(BaseCommand):
    """Load the demo world into an empty database; print its keys and a first walk through it."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What to do about a database that is not empty."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing unless the database is empty"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Load all of it or nothing; a database that holds anything else is left as it is."""
        # One transaction around all operations: a failure leaves the database empty, and workers
        # that are up already see the world only when its old releases have been read.
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [DEMO_LOCK])
            if not _is_empty():
                if options["if_empty"]:
                    return
                raise CommandError(
                    "This database is not empty, and the demo world goes into an empty one only: "
                    "make a new database for it, or start FIR with another FIR_HOME."
                )
            world = load_world(now=timezone.now(), say=self._tell)
        text = walkthrough(world, base_url=settings.BASE_URL, head=last_seq())
        self.stdout.write(text)

    def _tell(self, stage: str) -> None:
        self.stderr.write(stage, style_func=str)


def _is_empty() -> bool:
    return not (anything_stands() or listed_entries().exists() or last_seq())
