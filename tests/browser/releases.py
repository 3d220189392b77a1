"""The release that the demo's walkthrough brings, brought task by task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from fir.management.demo.listing import claim
from fir.management.demo.submissions import TO_BRING
from tests.release_form import ANOTHER, SAVE, in_sections

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playwright.sync_api import Page

    from tests.release_form import Answer
    from tests.stack import Stack


def to_bring(fir: Stack) -> dict[str, Any]:
    """What the release's maker says of it."""
    listed = fir.get(f"/api/v1/cpl?device_model={TO_BRING.device_model}").json["results"]
    previous = max(entry["cpl_entry_id"] for entry in listed)
    return claim(TO_BRING, [previous], today=timezone.localdate())


def begin(page: Page, *, device: str = ANOTHER) -> None:
    """Begin a draft for one of the Devices that are offered; its name may be its beginning."""
    page.goto("/submissions/new")
    offered = page.get_by_label("For which Device?")
    named = offered.locator("option").filter(has_text=device).first.get_attribute("value")
    offered.select_option(named)
    with page.expect_navigation():
        page.get_by_role("button", name="Continue").click()


def task(page: Page, title: str) -> None:
    """Go to one of the tasks."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link", name=title, exact=True).click()


def fill_in(page: Page, answers: Iterable[Answer]) -> None:
    """Fill in the form that stands on the page."""
    for one in answers:
        field = page.get_by_label(one.label, exact=True)
        if one.is_ticked:
            field.check()
        elif one.is_list:
            field.select_option(one.value)
        else:
            field.fill(one.value)


def answer(page: Page, said: Mapping[str, Any]) -> None:
    """Answer every question that there is an answer to."""
    for title, answers in in_sections(said):
        task(page, title)
        fill_in(page, answers)
        page.get_by_role("button", name=SAVE).click()


def bring(page: Page) -> None:
    """Bring a draft whose tasks are done."""
    task(page, "Check and bring")
    page.get_by_role("button", name="Bring this release").click()
