"""The release that the demo's walkthrough brings, brought on the form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from fir.management.demo.listing import claim
from fir.management.demo.submissions import TO_BRING
from tests.release_form import chosen_option, in_order, is_radio

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Page

    from tests.stack import Stack


def to_bring(fir: Stack) -> dict[str, Any]:
    """What the release's maker says of it."""
    listed = fir.get(f"/api/v1/cpl?device_model={TO_BRING.device_model}").json["results"]
    previous = max(entry["cpl_entry_id"] for entry in listed)
    return claim(TO_BRING, [previous], today=timezone.localdate())


def fill_in(page: Page, said: Mapping[str, Any]) -> None:
    """Fill in the form that stands on the page."""
    for label, field, answer in in_order(said):
        if is_radio(field):
            option = chosen_option(field, answer)
            page.get_by_role("radio", name=option, exact=True).check()
        elif isinstance(field.widget, forms.Select):
            page.get_by_label(label, exact=True).select_option(answer)
        else:
            page.get_by_label(label, exact=True).fill(answer)
