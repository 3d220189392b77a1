"""The form on which a release is brought, filled in with what a Manufacturer says to the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from fir.portal.forms.drafts import NAMED, NO, NONE, YES, ReleaseForm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIELDS = ReleaseForm.base_fields


def in_order(said: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Label, form field and answer of everything that is said, as they stand on the form."""
    answers = _answers(said)
    for _, names in ReleaseForm.SECTIONS:
        yield from ((str(FIELDS[n].label), FIELDS[n], answers[n]) for n in names if n in answers)


def by_label(said: Mapping[str, Any]) -> dict[str, str | bool]:
    """The same by the labels that are filled in, chosen from or ticked."""
    answers: dict[str, str | bool] = {}
    for label, field, answer in in_order(said):
        if is_radio(field):
            answers[chosen_option(field, answer)] = True
        else:
            answers[label] = answer
    return answers


def is_radio(field: Any) -> bool:
    """Whether one of several labelled buttons is chosen."""
    return isinstance(field.widget, forms.RadioSelect)


def chosen_option(field: Any, answer: str) -> str:
    """The label of the button that says so."""
    return str(dict(field.choices)[answer])


def _answers(said: Mapping[str, Any]) -> dict[str, str]:
    """Answers by the names of the form's fields."""
    answers = {name: str(value) for name, value in said.items()}
    named = said["predecessors"]
    is_named = isinstance(named, list)
    answers["pathway"] = NAMED if is_named else NONE
    answers["predecessors"] = "\n".join(named) if is_named else ""
    if "carries_updates" in said:
        answers["carries_updates"] = YES if said["carries_updates"] else NO
    return answers
