"""What is asked of whoever decides of a submission, talks about it, or takes it back."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.timezone import get_current_timezone

from cpl.queries import OWN_NUMBERS
from cpl.sheet.cells import LONGEST_REASON
from fir.portal.forms.filters import DayField
from fir.portal.forms.moments import NO_SUCH_TIME, clocks_show
from fir.submissions.claims import Kind
from fir.submissions.readers import MOST_NOTES

if TYPE_CHECKING:
    from fir.submissions.models import Submission

SHOWN = 40
NOT_OF_THE_SERIES = (
    "is not of the series that the list counts in, such as CPL-000123, and an id cannot be changed "
    "later. If you mean it, write it a second time in the box below; else leave both empty."
)
APPROVE, LATER, RETURN, CLOSE = "approve", "later", "return", "close"
COMES_ABOUT = {
    Kind.NEW: "the list's entry and the locked record",
    Kind.CORRECTION: "a record that stands in the place of the one before",
    Kind.LEGACY_COMPLETION: "the entry's first record",
    Kind.WITHDRAWAL: "the entry stands as Removed",
    Kind.RECALL_LIFT: "the release may be deployed again",
}
NOW_OR_THEN = (
    "A day or a time is filled in for a later publication. Choose to publish at that time, or take "
    "both out to publish now."
)
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])").fullmatch
_SHORT = {"class": "govuk-input govuk-input--width-10"}


class TimeField(forms.CharField):
    """A time of day, written as 09:30; None where nothing is said."""

    def clean(self, value: Any) -> time | None:
        """The time."""
        text = super().clean(value).strip()
        if not text:
            return None
        found = _TIME(text)
        if found is None:
            raise forms.ValidationError("Write hours and minutes, from 00:00 to 23:59.")
        return time(int(found[1]), int(found[2]))


def _entry_id(label: str, hint: str = "") -> forms.CharField:
    box = forms.TextInput(attrs={"class": "govuk-input govuk-input--width-20"})
    return forms.CharField(required=False, label=label, help_text=hint, widget=box)


class DecisionForm(forms.Form):
    """What the Administrator decides of a submission."""

    decision = forms.ChoiceField(
        label="Your decision",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you decide."},
    )
    publish_day = DayField(
        label="Day of publication",
        help_text="For example 20/11/2026 or 2026-11-20",
        widget=forms.TextInput(attrs=_SHORT),
    )
    publish_time = TimeField(
        label="Time of publication",
        help_text="The time in London, such as 09:30",
        required=False,
        widget=forms.TextInput(attrs={"class": "govuk-input govuk-input--width-5"}),
    )
    reason = forms.CharField(
        label="Reason",
        help_text="The Manufacturer reads it, and it is kept for good. Needed to return or close.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    cpl_entry_id = _entry_id(
        "CPL Entry ID (optional)", "Only when approving, and only to give another than the next one"
    )
    cpl_entry_id_again = _entry_id("The same CPL Entry ID once more")

    def __init__(self, said: Any = None, *, submission: Submission) -> None:
        super().__init__(said)
        about = COMES_ABOUT[Kind(submission.kind)]
        self.fields["decision"].choices = [  # type: ignore[attr-defined]
            (APPROVE, f"Approve and publish now: {about}"),
            (LATER, "Approve, and publish at a time to come"),
            (RETURN, "Return it to be mended and brought again"),
            (CLOSE, "Close it for good"),
        ]
        if submission.kind != Kind.NEW or submission.further_device_models:
            del self.fields["cpl_entry_id"]
        if "cpl_entry_id" not in self.fields or not self._is_of_another_series():
            del self.fields["cpl_entry_id_again"]

    def clean(self) -> None:
        """What only some decisions need, or may say, and an odd id, which would stay for good."""
        chosen, named = self.cleaned_data.get("decision"), self.cleaned_data.get("cpl_entry_id", "")
        if named and chosen in (RETURN, CLOSE):
            self.add_error("cpl_entry_id", "Only an approval lists an entry. Leave this empty.")
        elif "cpl_entry_id_again" in self.fields and named != self.cleaned_data.get(
            "cpl_entry_id_again"
        ):
            self.add_error("cpl_entry_id", f"{named[:SHOWN]} {NOT_OF_THE_SERIES}")
        if chosen == APPROVE and any(self.data.get(n) for n in ("publish_day", "publish_time")):
            self.add_error("decision", NOW_OR_THEN)
        self.publish_at = self._read_time() if chosen == LATER else None

    def _read_time(self) -> datetime | None:
        """When to publish; None while anything about it is to be mended."""
        day, at = self.cleaned_data.get("publish_day"), self.cleaned_data.get("publish_time")
        for name, said, wanted in (
            ("publish_day", day, "Give the day on which to publish it."),
            ("publish_time", at, "Give the time of that day, such as 09:30."),
        ):
            if said is None and name not in self.errors:
                self.add_error(name, wanted)
        if day is None or at is None:
            return None
        local = datetime.combine(day, at, tzinfo=get_current_timezone())
        if not clocks_show(local):
            self.add_error("publish_time", NO_SUCH_TIME)
        return local.astimezone(UTC)

    def _is_of_another_series(self) -> bool:
        named = str(self.data.get("cpl_entry_id", "")).strip().upper()
        return bool(named) and not re.fullmatch(OWN_NUMBERS, named)


class CommentForm(forms.Form):
    """What somebody says of a submission to the other side."""

    text = forms.CharField(
        label="Your comment",
        help_text=f"At most {MOST_NOTES:,} characters. The Administrator and the Manufacturer read "
        "it, and it is kept for good.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class CancelForm(forms.Form):
    """Why an approval is taken back."""

    reason = forms.CharField(
        label="Reason",
        help_text="The Manufacturer reads it, and it is kept for good.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "aria-required": "true"}),
    )


class WaiveForm(forms.Form):
    """Why a finding about a submission should be lived with."""

    reason = forms.CharField(
        label="Reason",
        help_text=f"At most {LONGEST_REASON} characters. Once another person has approved the "
        "submission, everybody can read it, for good.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "aria-required": "true"}),
    )


class TakeBackForm(forms.Form):
    """Why a submission is taken back, if its bringer says so."""

    reason = forms.CharField(
        label="Reason (optional)",
        help_text="The Administrator reads it, and it is kept for good.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
