"""What lists may be narrowed to."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms

from cpl.identifiers import DEVICE_TYPES, IdentifierFault, parse_date, shown
from cpl.queries import known_manufacturers
from cpl.search import EntrySearch, as_stored
from cpl.sheet.cells import UNSEEN
from cpl.sheet.row import CURRENT, REMOVED
from fir.eligibility.decision_queries import UNDECIDED
from fir.eligibility.models import OWN_STATES
from fir.eligibility.rules import Outcome
from fir.portal.forms.moments import MomentField
from fir.portal.templatetags.fir import words
from fir.submissions.claims import Kind
from fir.submissions.models import BROUGHT, STATES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.http import QueryDict

LONGEST_SEARCH = 200
TOO_LONG = (
    f"At most {LONGEST_SEARCH} characters can be searched for. Paste one model, version, hash or "
    "entry id."
)
UNPRINTABLE = "This holds a control or invisible character. Type it anew instead of pasting it."

NOT_WITH_AS_AT = "What stood at a time is not searched by status: leave one of the two out."


def _choices(every: str, codes: Iterable[str]) -> list[tuple[str, str]]:
    return [("", every), *((code, words(code)) for code in codes)]


class Filters(forms.Form):
    """A list's filters. `narrowed` says what was asked for, '' where nothing was."""

    def narrowed(self) -> dict[str, str]:
        """The filters as the queries take them; none of them while something is to be mended."""
        if not self.is_valid():
            return {}
        return {name: str(self.cleaned_data.get(name) or "") for name in self.fields}


class SearchField(forms.CharField):
    """A text to look for: a model, a version, a hash or an entry id, as people paste them."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, strip=True, **more)

    def clean(self, value: Any) -> str:
        """The text in the form that identifiers are stored in."""
        text = unicodedata.normalize("NFC", str(value or "")).strip()
        if len(text) > LONGEST_SEARCH:
            raise forms.ValidationError(TOO_LONG)
        if any(unicodedata.category(letter) in UNSEEN for letter in text):
            raise forms.ValidationError(UNPRINTABLE)
        return self.stored(text)

    def stored(self, text: str) -> str:
        """The text as an identifier, or the beginning of one, would be stored."""
        return as_stored(text)


class EntryIdField(SearchField):
    """A whole CPL Entry ID: what has a space in it is none, and is not to be made one."""

    def stored(self, text: str) -> str:
        """The text in capitals, for whoever reads it as an entry id."""
        return text.upper()


class DayField(forms.CharField):
    """A day, written as 2026-11-20 or 20/11/2026; None where nothing is said."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("help_text", "For example 2026-11-20 or 20/11/2026")
        super().__init__(required=False, strip=True, **more)

    def clean(self, value: Any) -> date | None:
        """The day."""
        text = super().clean(value)
        try:
            return parse_date(text) if text else None
        except IdentifierFault as fault:
            raise forms.ValidationError(str(fault)) from fault


class EntryFilters(Filters):
    """What entries of the list, and records, may be narrowed to."""

    q = SearchField(
        label="Search",
        help_text="Model, firmware version, hash, CPL Entry ID or Manufacturer, or its beginning",
    )
    device_type = forms.ChoiceField(
        label="Device Type", required=False, choices=[("", "All"), *((t, t) for t in DEVICE_TYPES)]
    )
    manufacturer = forms.ChoiceField(label="Manufacturer", required=False)
    status = forms.ChoiceField(
        label="Status", required=False, choices=_choices("All", (CURRENT, REMOVED))
    )

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        makers = [(code, f"{name} ({code})") for code, name in known_manufacturers()]
        self.fields["manufacturer"].choices = [("", "All"), *makers]  # type: ignore[attr-defined]


class RecordFilters(EntryFilters):
    """What records may be narrowed to, and as at which time they are read."""

    as_at = MomentField(
        label="As at", help_text="The records as they stood at a time in London, such as "
        "2026-11-20 09:00"
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """What stood then is found by what identifies it, and not by how it stands today."""
        said = self.cleaned_data
        if said.get("as_at") and said.get("status"):
            self.add_error("status", NOT_WITH_AS_AT)
        return said

    def narrowed(self) -> dict[str, str]:
        """The filters as the queries take them, without the time."""
        return {name: said for name, said in super().narrowed().items() if name != "as_at"}


class ListFilters(EntryFilters):
    """What the Central Products List may be narrowed to, and as at which day it is read.

    `today` is the last day that the list can be read as at.
    """

    template_name_div = "portal/listed/_filter_fields.html"

    device_model = SearchField(label="Device Model", help_text="8 digits, or the first of them")
    firmware_version = SearchField(
        label="Firmware version", help_text="8 digits, or the first of them"
    )
    manufacturer_image_hash = SearchField(
        label="Manufacturer Image Hash", help_text="64 digits, or the first of them"
    )
    cpl_entry_id = SearchField(label="CPL Entry ID", help_text="The whole of it, or its beginning")
    added_from = DayField(label="Added from")
    added_to = DayField(label="Added to")
    as_at = DayField(
        label="As at", help_text="The list as it stood at the end of a day, such as 2026-11-20"
    )

    FURTHER = (
        "device_model",
        "firmware_version",
        "manufacturer_image_hash",
        "cpl_entry_id",
        "added_from",
        "added_to",
    )

    def __init__(self, asked: QueryDict, *, today: date) -> None:
        super().__init__(asked)
        self.today = today

    def clean(self) -> dict[str, Any]:
        """What no day can be: after today, or the last before the first."""
        said = self.cleaned_data
        if (as_at := said.get("as_at")) and as_at > self.today:
            self.add_error("as_at", "This day is still to come. Take today or a day before it.")
        first, last = said.get("added_from"), said.get("added_to")
        if first and last and last < first:
            self.add_error("added_to", "This day is before the first. Change one of the two.")
        return said

    def refuse_unknown(self) -> None:
        """Say of each parameter that is no filter that it is none: to leave it out of account would
        be a wrong answer to whoever takes a file for narrowed."""
        for name in sorted(set(self.data) - set(self.fields)):
            known = ", ".join(self.fields)
            self.add_error(None, f"There is no filter ‘{shown(name)}’. There are {known}.")

    def search(self) -> EntrySearch:
        """What is asked for. Only of filters in which nothing is to be mended."""
        return EntrySearch(**{name: said for name, said in self.cleaned_data.items() if said})

    def used(self) -> str:
        """The filters in use as the query of an address; '' when there are none."""
        said = {name: self.data[name] for name in self.fields if self.data.get(name)}
        return urlencode(said)

    def first_fields(self) -> list[forms.BoundField]:
        """The filters that are always in sight."""
        return [field for field in self if field.name not in self.FURTHER]

    def further_fields(self) -> list[forms.BoundField]:
        """The filters that few need."""
        return [self[name] for name in self.FURTHER]

    @property
    def uses_further(self) -> bool:
        """Whether one of those is in use, so that they are to be seen."""
        return any(self.data.get(name) for name in self.FURTHER)


class SubmissionFilters(Filters):
    """What submissions may be narrowed to."""

    state = forms.ChoiceField(label="State", required=False, choices=_choices("All", STATES))
    kind = forms.ChoiceField(label="Kind", required=False, choices=_choices("All", Kind))

    def __init__(self, asked: QueryDict, *, brings: bool) -> None:
        super().__init__(asked)
        if not brings:  # who brings nothing has no drafts
            self.fields["state"].choices = _choices("All", BROUGHT)  # type: ignore[attr-defined]


class FindingFilters(Filters):
    """What findings may be narrowed to; the target is named in the address, by a link."""

    target = EntryIdField(
        label="Target", help_text="A CPL Entry ID; empty for each model's latest release"
    )
    device_type = forms.ChoiceField(
        label="Device Type", required=False, choices=[("", "All"), *((t, t) for t in DEVICE_TYPES)]
    )
    outcome = forms.ChoiceField(label="Outcome", required=False, choices=_choices("All", Outcome))
    own_decision = forms.ChoiceField(
        label="Own decision",
        required=False,
        choices=[*_choices("All", OWN_STATES), (UNDECIDED, "None yet")],
    )
