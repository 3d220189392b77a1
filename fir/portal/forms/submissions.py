"""Deciding of a submission."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from cpl.queries import OWN_NUMBERS

SHOWN = 40
NOT_OF_THE_SERIES = (
    "is not of the series that the list counts in, such as CPL-000123, and an id cannot be changed "
    "later. If you mean it, write it a second time in the box below; else leave both empty."
)
APPROVE, RETURN, CLOSE = "approve", "return", "close"


class DecisionForm(forms.Form):
    """What the Administrator decides of a submission."""

    decision = forms.ChoiceField(
        label="Your decision",
        choices=[
            (APPROVE, "Approve and publish: the list's entry and the locked record, now"),
            (RETURN, "Return it to be mended and brought again"),
            (CLOSE, "Close it for good"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decide."},
    )
    reason = forms.CharField(
        label="Reason",
        help_text="The Manufacturer reads it, and it is kept for good. Needed to return or close.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    cpl_entry_id = forms.CharField(
        label="CPL Entry ID (optional)",
        help_text="Only when approving, and only to give another than the next one",
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-20"}),
    )
    cpl_entry_id_again = forms.CharField(
        required=False,
        label="The same CPL Entry ID once more",
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-20"}),
    )

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        if not self._is_of_another_series():
            del self.fields["cpl_entry_id_again"]

    def clean(self) -> None:
        """Only an approval lists an entry; an odd id, which would stay for good, is asked about."""
        chosen, named = self.cleaned_data.get("decision"), self.cleaned_data.get("cpl_entry_id", "")
        if named and chosen in (RETURN, CLOSE):
            self.add_error("cpl_entry_id", "Only an approval lists an entry. Leave this empty.")
        elif self._is_of_another_series() and named != self.cleaned_data.get("cpl_entry_id_again"):
            self.add_error("cpl_entry_id", f"{named[:SHOWN]} {NOT_OF_THE_SERIES}")

    def _is_of_another_series(self) -> bool:
        named = str(self.data.get("cpl_entry_id", "")).strip().upper()
        return bool(named) and not re.fullmatch(OWN_NUMBERS, named)
