"""What lists may be narrowed to."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django import forms

from cpl.identifiers import DEVICE_TYPES
from cpl.queries import known_manufacturers
from cpl.sheet_cells import UNSEEN
from cpl.sheet_row import CURRENT, REMOVED
from fir.eligibility.rules import Outcome
from fir.portal.templatetags.fir import words
from fir.submissions.models import STATES

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_SEARCH = 200
TOO_LONG = (
    f"At most {LONGEST_SEARCH} characters can be searched for. Paste one model, version, hash or "
    "entry id."
)
UNPRINTABLE = "This holds a control or invisible character. Type it anew instead of pasting it."


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
        return text.upper().removeprefix("0X")


class EntryFilters(Filters):
    """What entries of the list, and records, may be narrowed to."""

    q = SearchField(
        label="Search", help_text="Model, firmware version, hash or CPL Entry ID, or its beginning"
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


class SubmissionFilters(Filters):
    """What submissions may be narrowed to."""

    state = forms.ChoiceField(label="State", required=False, choices=_choices("All", STATES))


class FindingFilters(Filters):
    """What findings may be narrowed to; the target is named in the address, by a link."""

    target = SearchField(
        label="Target", help_text="A CPL Entry ID; empty for each model's latest release"
    )
    device_type = forms.ChoiceField(
        label="Device Type", required=False, choices=[("", "All"), *((t, t) for t in DEVICE_TYPES)]
    )
    outcome = forms.ChoiceField(label="Outcome", required=False, choices=_choices("All", Outcome))
