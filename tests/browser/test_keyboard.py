"""The portal by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from fir.management.demo.people import PASSWORD
from tests.browser.acts import EMAILS, new_page
from tests.browser.releases import to_bring
from tests.release_form import in_order, is_radio

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

MOST_STOPS = 60
FOCUSED = """() => {
  const e = document.activeElement;
  const legend = e.type === "radio" && e.closest("fieldset")?.querySelector("legend");
  return (legend || e.labels?.[0] || e).textContent.trim();
}"""


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called so has the focus, which must be seen."""
    passed = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        if passed[-1] == name:
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"{name!r} is not among {passed}")


def follow(page: Page, name: str) -> None:
    """Tab to it, and press Enter."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_release_is_checked_by_keyboard_alone(browser: Browser, standing_demo: Stack) -> None:
    page = new_page(browser, standing_demo)
    page.goto("/account/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Skip to main content"
    page.keyboard.press("Enter")
    tab_to(page, "Email")
    page.keyboard.type(EMAILS["ada"])
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")

    follow(page, "Submissions")
    follow(page, "Bring a release")
    for label, field, answer in in_order(to_bring(standing_demo)):
        tab_to(page, label)
        if is_radio(field):
            choose(page, [code for code, _ in field.choices].index(answer))
        else:
            page.keyboard.type(answer)  # a list of choices goes to the one that begins so
    tab_to(page, "Check it first")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_contain_text("Nothing is to be mended")
    page.context.close()


def choose(page: Page, place: int) -> None:
    """The radio button so many places after the first, which has the focus."""
    page.keyboard.press("Space")
    for _ in range(place):
        page.keyboard.press("ArrowDown")


def test_the_skip_link_leads_past_the_navigation(browser: Browser, standing_demo: Stack) -> None:
    page = new_page(browser, standing_demo)
    page.goto("/cpl")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    inside = "document.querySelector('main').contains(document.activeElement)"
    assert page.evaluate(inside)
    page.context.close()
