"""As at which time something is to be looked at: a time in London, as people write or pick it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.utils.timezone import get_current_timezone

from cpl.identifiers import IdentifierFault, parse_date, shown

_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])(?:[:.]([0-5][0-9]))?").fullmatch
_BETWEEN = re.compile(r"(?<=[0-9])[Tt](?=[0-9])|\s+")
NO_SUCH_TIME = "The clocks go forward: there is no such time that day."


def clocks_show(local: datetime) -> bool:
    """Whether the clocks show this time at all: an hour of spring does not come."""
    after = local.replace(fold=1).utcoffset()
    return local.utcoffset() == after or local.utcoffset() > after  # type: ignore[operator]


class MomentBox(forms.TextInput):
    """A box in which browsers offer a calendar and a clock; others take the time as text."""

    input_type = "datetime-local"


class MomentField(forms.CharField):
    """A time in London, as 2026-11-20T09:00 or 20/11/2026 09:00; None where nothing is said."""

    widget = MomentBox

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, strip=True, **more)

    def clean(self, value: Any) -> datetime | None:
        """The time, in UTC."""
        text = super().clean(value)
        if not text:
            return None
        day, _, hour = _BETWEEN.sub(" ", text).partition(" ")
        found = _TIME(hour)
        if found is None:
            raise forms.ValidationError(
                f"‘{shown(text)}’ is no day and time. Write both, such as 2026-11-20 09:00."
            )
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        try:
            at = time(hours, minutes, seconds)
            local = datetime.combine(parse_date(day), at, tzinfo=get_current_timezone())
        except IdentifierFault as fault:
            raise forms.ValidationError(str(fault)) from fault
        if not clocks_show(local):
            raise forms.ValidationError(NO_SUCH_TIME)
        return local.astimezone(UTC)


class AsAtForm(forms.Form):
    """As at which time one thing is to be looked at."""

    as_at = MomentField(
        label="As at",
        help_text="A day and a time in London, by when things were recorded",
        widget=MomentBox(attrs={"class": "govuk-input govuk-input--width-20"}),
    )
