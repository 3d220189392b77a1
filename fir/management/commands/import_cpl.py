"""Bring the Central Products List to what a sheet says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from cpl.sheet import read_sheet
from cpl.sheet.limits import LARGEST_SHEET
from fir.parties.operations import operator
from fir.records.comparison import compare_list
from fir.records.reconciling import CorrectionRefused, ListInConflict, reconcile_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.core.management.base import CommandParser

    from cpl.sheet.row import SheetRow
    from fir.records.comparison import Reconciliation


class Command(BaseCommand):
    """Bring the Central Products List to what a sheet says, all or nothing."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Which sheet, and what it may correct."""
        parser.add_argument("file", type=Path, help="the whole list as CSV or XLSX")
        parser.add_argument(
            "--preview", action="store_true", help="say what would change, and change nothing"
        )
        parser.add_argument(
            "--correct",
            action="append",
            default=[],
            metavar="CPL_ENTRY_ID",
            help="an entry whose published facts the sheet corrects; may be given several times",
        )
        parser.add_argument("--reason", default="", help="why those facts were wrong; is published")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and say what changed, or name every bad row and change nothing."""
        sheet = read_sheet(self._read(options["file"]))
        if sheet.faults:
            self._refuse([str(fault) for fault in sheet.faults], more=sheet.faults_left_out)
        corrections = {entry_id.upper(): options["reason"] for entry_id in options["correct"]}
        outcome = self._bring(sheet.rows, corrections, preview=options["preview"])
        counts = ", ".join(f"{count} {name}" for name, count in outcome.counts().items())
        self.stdout.write(f"{len(sheet.rows)} rows: {counts}.")
        for entry_id in outcome.absent:
            self.stdout.write(f"Listed but absent from the sheet, and left as it is: {entry_id}")
        if options["preview"]:
            self.stdout.write("This was a preview; nothing was changed.")

    def _read(self, path: Path) -> bytes:
        """The file, as far as it may be read: one byte beyond the limit shows that it is over."""
        try:
            with path.open("rb") as file:
                return file.read(LARGEST_SHEET + 1)
        except OSError as error:
            raise CommandError(f"The sheet cannot be read: {error}") from error

    def _bring(
        self, rows: Sequence[SheetRow], corrections: Mapping[str, str], *, preview: bool
    ) -> Reconciliation:
        try:
            if preview:
                outcome = compare_list(rows, may_correct=corrections)
            else:
                outcome = reconcile_list(
                    rows=rows, corrections=corrections, by=operator(), at=timezone.now()
                )
        except CorrectionRefused as error:
            raise CommandError(f"--reason: {error} Nothing was changed.") from error
        except ListInConflict as error:
            self._refuse_conflicts(error)
        if outcome.conflicts:
            self._refuse_conflicts(ListInConflict(outcome.conflicts))
        return outcome

    def _refuse_conflicts(self, refusal: ListInConflict) -> None:
        self._refuse([f"Line {c.line}, {c.column}: {c.message}" for c in refusal.conflicts])

    def _refuse(self, faults: list[str], more: int = 0) -> None:
        for fault in faults:
            self.stderr.write(fault)
        if more:
            self.stderr.write(f"… and {more} more.")
        count = len(faults) + more
        in_words = "1 fault" if count == 1 else f"{count} faults"
        raise CommandError(f"{in_words} in the sheet; nothing was changed.")
