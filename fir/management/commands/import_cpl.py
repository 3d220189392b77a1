"""Bring the Central Products List to what a sheet says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.timezone import localdate

from cpl.identifiers import IdentifierFault, parse_cpl_entry_id
from cpl.sheet import read_sheet
from cpl.sheet.limits import LARGEST_SHEET
from fir.parties.operations import operator
from fir.records.comparison import compare_list
from fir.records.reconciling import (
    CorrectionRefused,
    ListInConflict,
    read_correction,
    reconcile_list,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from django.core.management.base import CommandParser

    from cpl.sheet import Sheet
    from fir.records.comparison import Reconciliation

MOST_NAMED = 20


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
        at = timezone.now()
        sheet = read_sheet(self._read(options["file"]))
        corrections = self._corrections(options["correct"], options["reason"])
        seen = compare_list(sheet.rows, today=localdate(at), may_correct=corrections)
        self._refuse_useless(corrections, seen)
        self._tell(sheet, seen)
        if sheet.faults or seen.conflicts:
            raise CommandError("The sheet cannot be applied as it is; nothing was changed.")
        if options["preview"]:
            self.stdout.write("This was a preview; nothing was changed.")
            return
        try:
            reconcile_list(rows=sheet.rows, corrections=corrections, by=operator(), at=at)
        except ListInConflict as conflict:
            raise CommandError(
                "Somebody changed the list while this looked at it, and the sheet contradicts it "
                "now; nothing was changed. Run this again to see where."
            ) from conflict

    def _read(self, path: Path) -> bytes:
        """The file, as far as it may be read: one byte beyond the limit shows that it is over."""
        try:
            with path.open("rb") as file:
                return file.read(LARGEST_SHEET + 1)
        except OSError as error:
            raise CommandError(f"The sheet cannot be read: {error}") from error

    def _corrections(self, named: Sequence[str], reason: str) -> dict[str, str]:
        try:
            return {parse_cpl_entry_id(text): read_correction(reason) for text in named}
        except IdentifierFault as fault:
            raise CommandError(f"--correct: {fault}") from fault
        except CorrectionRefused as fault:
            raise CommandError(f"--reason: {fault}") from fault

    def _refuse_useless(self, corrections: Collection[str], seen: Reconciliation) -> None:
        differing = {*seen.corrections, *(conflict.cpl_entry_id for conflict in seen.conflicts)}
        if useless := sorted(set(corrections) - differing):
            raise CommandError(
                f"--correct: the sheet contradicts no published fact of {', '.join(useless)}."
            )

    def _tell(self, sheet: Sheet, seen: Reconciliation) -> None:
        """What is wrong, on standard error; what would change, on standard output, counts last."""
        for fault in sheet.faults:
            self.stderr.write(str(fault))
        for conflict in seen.conflicts:
            self.stderr.write(f"Line {conflict.line}, {conflict.column}: {conflict.message}")
        if any(conflict.is_correctable for conflict in seen.conflicts):
            self.stderr.write("To confirm a correction: --correct CPL_ENTRY_ID --reason TEXT")
        for entry_id in seen.absent[:MOST_NAMED]:
            self.stdout.write(f"Listed but absent from the sheet, and left as it is: {entry_id}")
        if len(seen.absent) > MOST_NAMED:
            self.stdout.write(f"… and {len(seen.absent) - MOST_NAMED:,} more.")
        counts = {
            **seen.counts(),
            "in conflict": len({conflict.line for conflict in seen.conflicts}),
            "bad": len({fault.line for fault in sheet.faults}),
        }
        rows = len(sheet.rows) + counts["bad"]
        in_words = ", ".join(f"{count} {name}" for name, count in counts.items())
        more = f", and {sheet.faults_left_out:,} faults more" if sheet.faults_left_out else ""
        self.stdout.write(f"{rows} rows: {in_words}{more}.")
