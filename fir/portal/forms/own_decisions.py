"""What a Supplier is asked about a release: what it decides for itself, and why."""

from __future__ import annotations

from django import forms

from cpl.sheet.cells import LONGEST_REASON
from fir.eligibility.decision_queries import OWN_CHOICES
from fir.eligibility.models import APPROVED, HELD, TESTING
from fir.portal.forms.filters import Filters
from fir.portal.templatetags.fir import words

STATES = [
    (TESTING, "Testing: it is being tried, and may be sent"),
    (APPROVED, "Approved: it may be sent"),
    (HELD, "Held: none of your Devices is eligible for it until you say otherwise"),
]


class OwnDecisionForm(forms.Form):
    """What the Supplier says of a release from now on. What will do is said by the operation."""

    state = forms.ChoiceField(
        label="Your decision",
        required=False,
        choices=STATES,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of these."},
    )
    reason = forms.CharField(
        label="Reason",
        required=False,
        help_text=f"At most {LONGEST_REASON} characters. Your own people and systems read it, and "
        "the agents that you let see such Devices; nobody else. It is kept for good.",
        widget=forms.Textarea(attrs={"rows": 3, "aria-required": "true"}),
    )


class OwnDecisionFilters(Filters):
    """What a Supplier's decisions may be narrowed to."""

    state = forms.ChoiceField(
        label="Decision",
        required=False,
        choices=[("", "All"), *((one, words(one)) for one in OWN_CHOICES[:-1])],
    )
