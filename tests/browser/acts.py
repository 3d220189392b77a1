"""What people do in the browser, by the labels and roles that they see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from fir.management.demo.people import PASSWORD, PEOPLE
from tests.browser.chromium import PATIENCE
from tests.browser.look import DESKTOP, HEIGHT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

    from tests.stack import Stack

EMAILS = {person.name: person.email for person in PEOPLE}


def origin_of(fir: Stack) -> str:
    """The address at which a FIR's pages begin, without a slash at its end."""
    return f"http://127.0.0.1:{fir.port}"


def new_page(browser: Browser, fir: Stack, *, scripts: bool = True) -> Page:
    """An empty page of a browser that nobody has signed in from."""
    context = browser.new_context(
        base_url=origin_of(fir),
        viewport={"width": DESKTOP, "height": HEIGHT},
        java_script_enabled=scripts,
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    return context.new_page()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in the form to sign in, which stands on the page already or is opened."""
    if "/account/sign-in" not in page.url:
        page.goto("/account/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def signed_in(browser: Browser, fir: Stack, name: str, *, scripts: bool = True) -> Page:
    """A page of a browser from which one of the demo's people has signed in."""
    page = new_page(browser, fir, scripts=scripts)
    sign_in(page, EMAILS[name])
    return page


def told(page: Page, words: str) -> Locator:
    """What interrupts the reader with these words, once it is there."""
    alert = page.get_by_role("alert").filter(has_text=words)
    expect(alert).to_be_visible()
    return alert
