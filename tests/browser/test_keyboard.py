"""The portal by keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from fir.management.demo.people import PASSWORD
from tests.browser.acts import EMAILS, new_page
from tests.browser.releases import to_bring
from tests.release_form import ANOTHER, in_sections

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

MOST_STOPS = 60
FOCUSED = """() => {
  const e = document.activeElement;
  const legend = e.type === "radio" && e.closest("fieldset")?.querySelector("legend");
  return (legend || e.labels?.[0] || e).textContent.trim();
}"""

INSIDE = "(within) => document.activeElement.closest(within) !== null"


def tab_to(page: Page, name: str, *, within: str = "body") -> None:
    """Press Tab until what is called so, within some element, has the focus, which must be seen."""
    passed = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        if passed[-1] == name and page.evaluate(INSIDE, within):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
    raise AssertionError(f"{name!r} is not among {passed}")


def follow(page: Page, name: str, *, within: str = "body") -> None:
    """Tab to it, and press Enter."""
    tab_to(page, name, within=within)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_release_is_checked_by_keyboard_alone(browser: Browser, demo: Stack) -> None:
    page = new_page(browser, demo)
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
    tab_to(page, "For which Device?")
    page.keyboard.type(ANOTHER)  # a list of choices goes to the one that begins so
    press(page, "Continue")
    for title, answers in in_sections(to_bring(demo)):
        follow(page, title, within="main")
        for one in answers:
            tab_to(page, one.label)
            if one.is_ticked:
                page.keyboard.press("Space")
            else:
                page.keyboard.type(one.value)
        press(page, "Save and continue")
    follow(page, "Check and bring", within="main")

    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(page.get_by_role("alert").filter(has_text="To be mended")).to_have_count(0)
    tab_to(page, "Bring this release")
    page.context.close()


def press(page: Page, name: str) -> None:
    """Tab to a button, and press it."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


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
