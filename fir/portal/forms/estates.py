"""What the pages of an estate ask for."""

from __future__ import annotations

from typing import Any

from django import forms

from cpl.identifiers import DEVICE_TYPES
from fir.eligibility.changes import MEANINGS, Change
from fir.estates.models import DELTA, FULL
from fir.portal.forms.filters import Filters
from fir.portal.forms.questions import Boxes


class EstateFilters(Filters):
    """What the Device Models of an estate may be narrowed to."""

    device_type = forms.ChoiceField(
        label="Device Type", required=False, choices=[("", "All"), *((t, t) for t in DEVICE_TYPES)]
    )


class ChangeFilters(EstateFilters):
    """What the changes of an estate may be narrowed to."""

    change = forms.ChoiceField(
        label="Devices that",
        required=False,
        choices=[("" if c == Change.GAINED else c.value, MEANINGS[c]) for c in Change],
    )
    field_order = ("change", "device_type")


class InventoryForm(forms.Form):
    """The file with an inventory. It is read by `fir.portal.uploads` and never by this form, which
    only asks for it and says what was wrong with it."""

    mode = forms.ChoiceField(
        label="What it holds",
        required=False,
        choices=[(FULL, "All Devices"), (DELTA, "What changed since the estate that stands")],
        initial=FULL,
        widget=forms.RadioSelect,
    )
    inventory = forms.FileField(
        label="Inventory",
        required=False,
        help_text="A CSV file, plain or packed with gzip; an XML response, or a ZIP of them",
    )


class DropForm(forms.Form):
    """Dropping a held load: nothing is asked."""


class AcceptForm(forms.Form):
    """Accepting a held load: nothing is asked."""


def refused(form: type[forms.Form], field: str | None, refusal: object) -> Any:
    """A form that says what was wrong with what was sent."""
    bound = form({})
    bound.add_error(field, str(refusal))
    return bound


class DeleteEstateForm(forms.Form):
    """A box that says that it is meant."""

    sure = forms.MultipleChoiceField(
        label="Are you sure?",
        choices=[("sure", "Yes, delete the estate")],
        widget=Boxes,
        error_messages={"required": "Tick the box if you mean it, or go back to the estate."},
    )
