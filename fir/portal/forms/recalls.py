"""What a Manufacturer is asked before it recalls a release: why, and whether it is sure."""

from __future__ import annotations

from django import forms

from cpl.sheet.cells import LONGEST_REASON
from fir.portal.forms.questions import Boxes

SURE = "sure"


class RecallForm(forms.Form):
    """Why a release must not be deployed. What a reason may be is said by the operation."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        help_text=(
            f"At most {LONGEST_REASON} characters. Every Supplier that is told reads it, and it is "
            "kept for good. Say no particulars of a vulnerability."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "aria-required": "true"}),
    )


class ConfirmRecallForm(RecallForm):
    """The same once more, hidden, beside a box that says that it is meant."""

    reason = forms.CharField(required=False, widget=forms.HiddenInput)
    sure = forms.MultipleChoiceField(
        label="Are you sure?",
        choices=[(SURE, "Yes, tell them not to deploy it")],
        widget=Boxes,
        error_messages={"required": "Tick the box if you mean it, or go back to the record."},
    )
