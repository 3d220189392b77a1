"""What whoever keeps the list is asked: why, which entries the DCC loaded, and what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from cpl.identifiers import IdentifierFault, parse_cpl_entry_id
from cpl.quality import BY_CODE
from cpl.quality.facts import Severity
from cpl.rulebook import sentence_of
from cpl.sheet.cells import LONGEST_REASON
from fir.portal.forms.drafts import BETWEEN_ENTRIES
from fir.portal.forms.filters import DayField, Filters
from fir.portal.templatetags.fir import cause_in_words, words
from fir.records.models import CAUSES, CONFIRMED, DROPPED, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict

MOST_NAMED = 5
DAY_BOX = forms.TextInput(attrs={"class": "govuk-input govuk-input--width-10"})
NOTHING_NAMED = "Tick entries, write their ids here, or give a day below: nothing is named yet."
OPEN, WAIVED = "open", "waived"


class QualityFilters(Filters):
    """What findings about the list may be narrowed to."""

    rule = forms.ChoiceField(
        label="Rule",
        required=False,
        choices=[("", "All"), *((code, sentence_of(rule)) for code, rule in BY_CODE.items())],
    )
    severity = forms.ChoiceField(
        label="Weight",
        required=False,
        choices=[("", "All"), *((weight.value, words(weight.value)) for weight in Severity)],
    )
    waived = forms.ChoiceField(
        label="Waived?",
        required=False,
        choices=[("", "All"), (OPEN, "Not waived"), (WAIVED, "Waived by two people")],
    )


class ProposalFilters(Filters):
    """What proposals may be narrowed to."""

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "All"), *((s, words(s)) for s in (WAITING, CONFIRMED, DROPPED))],
    )


class ReasonForm(forms.Form):
    """Why something is proposed. What a reason may be is said by the operation."""

    reason = forms.CharField(
        label="Reason",
        required=False,
        help_text=(
            f"At most {LONGEST_REASON} characters. Once another person has confirmed it, everybody "
            "can read it, for good."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "aria-required": "true"}),
    )


class ArchivalForm(ReasonForm):
    """Why a release is to be archived: one of the causes, and in words."""

    cause = forms.ChoiceField(
        label="Why is it archived?",
        choices=[(cause, cause_in_words(cause)) for cause in CAUSES],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose why it is to be archived."
        ),
    )
    field_order = ("cause", "reason")


class EntriesField(forms.CharField):
    """CPL Entry IDs as people paste them: one on each line, or between spaces or commas."""

    def __init__(self, **more: Any) -> None:
        box = forms.Textarea(attrs={"rows": 6, "spellcheck": "false"})
        super().__init__(required=False, widget=box, **more)

    def clean(self, value: Any) -> list[str]:
        """The ids, in the form that the list writes them in."""
        return _entry_ids(text for text in BETWEEN_ENTRIES.split(str(value or "")) if text)


class TickedField(forms.MultipleChoiceField):
    """The boxes that were ticked in a table of entries."""

    def clean(self, value: Any) -> list[str]:
        """The ids, whatever page of the table they stood on."""
        return _entry_ids(self.to_python(value))


def _entry_ids(written: Iterable[str]) -> list[str]:
    """These texts as CPL Entry IDs. Raises ValidationError, naming the first that are none."""
    found, faults = [], []
    for text in written:
        try:
            found.append(parse_cpl_entry_id(text))
        except IdentifierFault as fault:
            faults.append(str(fault))
    more = len(faults) - MOST_NAMED
    if more > 0:
        faults[MOST_NAMED:] = [f"{more:,} more cannot be read either."]
    if faults:
        raise forms.ValidationError(faults)
    return found


class LoadedForm(forms.Form):
    """Which entries the DCC loaded, and when: ticked, named, or all up to a day; or all of this."""

    loaded_on = DayField(
        label="Loaded by the DCC on",
        help_text="Today or a day before, such as 2026-11-20",
        widget=DAY_BOX,
    )
    entries = TickedField(label="Ticked entries", required=False)
    ids = EntriesField(
        label="CPL Entry IDs (optional)",
        help_text="One on each line, or with spaces or commas between them. Some 20,000 fit.",
    )
    added_by = DayField(
        label="All that were added on or before a day (optional)",
        help_text="Every Current entry of which nothing was recorded yet, such as 2026-11-20",
        widget=DAY_BOX,
    )
    replace = forms.BooleanField(
        label="Replace the day that was recorded before, where there is another", required=False
    )

    def clean(self) -> dict[str, Any]:
        """A day is wanted, and something that was loaded on it."""
        said = self.cleaned_data
        if "loaded_on" not in self.errors and not said["loaded_on"]:
            self.add_error("loaded_on", "Give the day on which the DCC loaded them.")
        named = [said.get(name) for name in ("entries", "ids", "added_by")]
        if not any(named) and not {"entries", "ids", "added_by"} & self.errors.keys():
            self.add_error("ids", NOTHING_NAMED)
        return said

    @property
    def named(self) -> set[str]:
        """The ids that were ticked or written, of a form without errors."""
        return {*self.cleaned_data["entries"], *self.cleaned_data["ids"]}

    @staticmethod
    def of_kept(kept: QueryDict) -> QueryDict:
        """Kept answers, with what was ticked in the box of ids: its row may be on another page."""
        said = kept.copy()
        said["ids"] = "\n".join([*kept.getlist("entries"), kept.get("ids", "")]).strip()
        said.setlist("entries", [])
        return said


class NotLoadedForm(forms.Form):
    """Which entries the DCC has not loaded after all."""

    ids = EntriesField(
        label="CPL Entry IDs",
        help_text="One on each line, or with spaces or commas between them.",
    )

    def clean_ids(self) -> list[str]:
        """At least one is wanted."""
        ids: list[str] = self.cleaned_data["ids"]
        if not ids:
            raise forms.ValidationError("Write the ids of the entries that were not loaded.")
        return ids
