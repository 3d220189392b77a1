"""What the pages ask for on which many releases are brought by a sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms

from fir.submissions.sheets import LARGEST_SHEET, MOST_RELEASES

if TYPE_CHECKING:
    from fir.submissions.operations import SheetRefused

FAULTS_SHOWN = 20


class ReleaseSheetForm(forms.Form):
    """A sheet of releases. It is read by `fir.portal.uploads` and never by this form, which only
    asks for it and says what was wrong with it."""

    sheet = forms.FileField(
        label="Sheet of releases",
        required=False,
        help_text=f"A CSV file in UTF-8, or a workbook (XLSX): at most {MOST_RELEASES:,} releases "
        f"and {LARGEST_SHEET // 10**6} MB",
    )

    def add_refusal(self, refusal: SheetRefused) -> None:
        """Say what is wrong with the file; of very many faults, the first."""
        for fault in refusal.faults[:FAULTS_SHOWN]:
            self.add_error("sheet", str(fault) if fault.line > 1 else fault.message)
        if further := len(refusal.faults[FAULTS_SHOWN:]) + refusal.left_out:
            self.add_error("sheet", f"And {further:,} more of this kind.")
