"""What a Supplier is asked before it lets an agent see some of its Devices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from fir.parties.assumptions import AGENTS
from fir.portal.forms.questions import Boxes, Line, Lines

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from fir.parties.models import Party

_DAY = "For example 2026-11-20 or 20/11/2026"


class DelegationForm(forms.Form):
    """Which agent, which Devices, from when to when. What will do is said by the operation."""

    agent = forms.ChoiceField(
        label="Registered Supplier Agent",
        required=False,
        error_messages={"invalid_choice": "Choose one of these agents."},
    )
    device_types = forms.MultipleChoiceField(
        label="Device Types",
        required=False,
        choices=[(one, one) for one in AGENTS.device_types],
        widget=Boxes,
        error_messages={"invalid_choice": "Agents may be let see none of the type %(value)s."},
    )
    device_models = Lines(
        "Device Models",
        "One in a line, its maker and the model, such as F1A1/00010101. Empty for every model of "
        "the Device Types.",
    )
    first_day = Line("First day", f"Today or a later day. {_DAY}", width=10)
    last_day = Line("Last day", f"The agent sees them on that day too. {_DAY}", width=10)

    def __init__(self, *arguments: Any, agents: Sequence[Party], today: date, **more: Any) -> None:
        super().__init__(*arguments, **more)
        named = [(agent.slug, agent.name) for agent in agents]
        self.fields["agent"].choices = [("", "Choose one"), *named]  # type: ignore[attr-defined]
        self.initial["first_day"] = today.isoformat()

    def said(self) -> dict[str, Any]:
        """The answers as the operation takes them. Only of a valid form."""
        answers = dict(self.cleaned_data)
        lines = answers["device_models"].splitlines()
        return {**answers, "device_models": [line for line in lines if line.strip()]}
