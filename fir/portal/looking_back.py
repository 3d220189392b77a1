"""Looking back: as at which moment a page is asked for, and how a link asks for the same."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils.timezone import localtime

from fir.ledger.queries import NoSuchMoment, moment_at

if TYPE_CHECKING:
    from datetime import datetime

    from django import forms

    from fir.ledger.queries import Moment

TO_COME = "This time is still to come: nobody knows what stands then. Take one that has come."
BEFORE_ALL = "Nothing had been recorded yet at this time. Take a later one."
NOT_LISTED_THEN = "This entry was not listed yet at that time. Below is how it stands today."


def moment_asked(form: forms.Form, *, now: datetime) -> Moment | None:
    """As at which moment a form asks; None for today, and where something is to be mended, which
    is said beside the field."""
    asked = form.cleaned_data.get("as_at") if form.is_valid() else None
    if asked is None:
        return None
    try:
        return moment_at(asked, now=now)
    except NoSuchMoment:
        form.add_error("as_at", TO_COME if asked > now else BEFORE_ALL)
        return None


def as_at_query(then: Moment | None) -> str:
    """What an address ends in that asks for the same moment; '' for today."""
    if then is None:
        return ""
    return f"?{urlencode({'as_at': f'{localtime(then.asked):%Y-%m-%dT%H:%M:%S}'})}"
