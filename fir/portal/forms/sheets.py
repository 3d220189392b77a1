"""What the pages ask for on which files are brought: sheets of the list, and images to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cpl.identifiers import DEVICE_TYPES
from cpl.ota_image.faults import LARGEST_IMAGE
from cpl.sheet.cells import LONGEST_REASON
from cpl.sheet.limits import LARGEST_SHEET
from fir.records.reconciling import CorrectionRefused, read_correction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fir.records.comparison import RowConflict

CORRECT, REASON = "correct-", "reason-"
OVER = "over"
NOT_TICKED = "You gave a reason and did not tick the entry. Tick it, or take the reason away."
NONE_TICKED = "No entry is ticked. Tick those that the sheet may correct, and say why."


class SheetForm(forms.Form):
    """A sheet of the list. It is read by `fir.portal.uploads` and never by this form, which only
    asks for it and says what was wrong with it."""

    sheet = forms.FileField(
        label="Sheet of the list",
        required=False,
        help_text=f"A CSV file in UTF-8, or a workbook (XLSX): at most {LARGEST_SHEET // 10**6} MB",
    )


class ImageForm(forms.Form):
    """A firmware file to compare with the list; of the file this form only asks, as above. The
    Device Type stands first, so that it is known before the file comes in."""

    device_type = forms.ChoiceField(
        label="Device Type (optional)",
        help_text="For some files only this tells which bytes are the Manufacturer Image",
        required=False,
        choices=[("", "Not known"), *((t, t) for t in DEVICE_TYPES if t != "GPF")],
        error_messages={"invalid_choice": "Choose one of the Device Types."},
    )
    image = forms.FileField(
        label="OTA Upgrade Image",
        required=False,
        help_text=f"The file as it is sent to Devices: at most {LARGEST_IMAGE // 2**20} MB",
    )


class DraftImageForm(forms.Form):
    """A firmware file to fill in a draft from. The box stands before the file, as above."""

    over = forms.MultipleChoiceField(
        label="Where you have answered already",
        required=False,
        choices=[(OVER, "Take what the file says also where I answered otherwise")],
        widget=forms.CheckboxSelectMultiple,
    )
    image = forms.FileField(
        label="OTA Upgrade Image",
        required=False,
        help_text=f"The file as it is sent to Devices: at most {LARGEST_IMAGE // 2**20} MB",
    )


class SheetAct(forms.Form):
    """Applying or dropping a sheet: nothing is asked."""


class CorrectionsForm(forms.Form):
    """Which entries' published facts a sheet may correct: a tick and a reason for each of those
    whose rows contradict the list and may be corrections."""

    def __init__(self, conflicts: Iterable[RowConflict], data: Any = None) -> None:
        super().__init__(data)
        self.entries: dict[str, list[RowConflict]] = {}
        for conflict in conflicts:
            self.entries.setdefault(conflict.cpl_entry_id, []).append(conflict)
        for entry_id in self.entries:
            self.fields[f"{CORRECT}{entry_id}"] = forms.BooleanField(
                label=f"Correct {entry_id}", required=False
            )
            self.fields[f"{REASON}{entry_id}"] = forms.CharField(
                label=f"Why what is published of {entry_id} is wrong",
                required=False,
                widget=forms.TextInput(attrs={"maxlength": LONGEST_REASON}),
            )

    def clean(self) -> None:
        """A reason goes with each tick, and a tick with each reason."""
        self.reasons: dict[str, str] = {}
        for entry_id in self.entries:
            is_ticked = self.cleaned_data.get(f"{CORRECT}{entry_id}")
            reason = self.cleaned_data.get(f"{REASON}{entry_id}", "")
            if is_ticked:
                self._read(entry_id, reason)
            elif reason:
                self.add_error(f"{CORRECT}{entry_id}", NOT_TICKED)
        if not (self.reasons or self.errors):
            self.add_error(None, NONE_TICKED)

    def _read(self, entry_id: str, reason: str) -> None:
        try:
            self.reasons[entry_id] = read_correction(reason)
        except CorrectionRefused as refusal:
            self.add_error(f"{REASON}{entry_id}", str(refusal))

    def rows(self) -> list[tuple[str, list[RowConflict], forms.BoundField, forms.BoundField]]:
        """Each entry with what contradicts it, its tick and its reason."""
        return [
            (entry_id, conflicts, self[f"{CORRECT}{entry_id}"], self[f"{REASON}{entry_id}"])
            for entry_id, conflicts in self.entries.items()
        ]
