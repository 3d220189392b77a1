"""Bring the Central Products List to what a sheet says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cpl.sheet import read_sheet
from fir.parties.operations import operator
from fir.records.operations import ListInConflict, reconcile_list

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Bring the Central Products List to what a sheet says, all or nothing."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which sheet."""
        parser.add_argument("file", type=Path, help="a CSV sheet of the whole list")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and say what changed, or name every bad row and change nothing."""
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"The sheet cannot be read: {error}") from error
        sheet = read_sheet(data)
        if sheet.faults:
            self._refuse([str(fault) for fault in sheet.faults])
        try:
            outcome = reconcile_list(rows=sheet.rows, by=operator(), at=timezone.now())
        except ListInConflict as error:
            self._refuse([f"Line {c.line}, {c.column}: {c.message}" for c in error.conflicts])
        counts = ", ".join(f"{count} {name}" for name, count in outcome.counts().items())
        self.stdout.write(f"{len(sheet.rows)} rows: {counts}.")
        for entry_id in outcome.absent:
            self.stdout.write(f"Listed but absent from the sheet, and left as it is: {entry_id}")

    def _refuse(self, faults: list[str]) -> None:
        for fault in faults:
            self.stderr.write(fault)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise CommandError(f"{count} in the sheet; nothing was changed.")
