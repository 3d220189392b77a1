"""Somebody is invited, joins, and makes a key for a system, with and without JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from fir.parties.permissions import Permission
from tests.browser.acts import new_page, sign_in, signed_in, told
from tests.stack import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

EMAIL, PASSWORD = "gawain@gryphon-energy.invalid", "a-lantern-for-the-marsh"
MANAGE = Permission.MANAGE_PEOPLE.sentence


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_invited_person_joins_and_makes_a_key(
    browser: Browser, demo: Stack, *, scripts: bool
) -> None:
    invite(signed_in(browser, demo, "greta", scripts=scripts))
    page = new_page(browser, demo, scripts=scripts)
    join(page)
    key = make_key(page)
    assert demo.get("/api/v1/feed", key).status == 200

    page.get_by_role("link", name=re.compile("^I have copied it")).click()
    assert key not in page.content()
    page.get_by_role("link", name=re.compile("^Revoke.*billing")).click()
    page.get_by_role("button", name="Revoke it").click()
    told(page, "was revoked")
    assert demo.get("/api/v1/feed", key).status == 401

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    sign_in(page, EMAIL, PASSWORD)


def invite(page: Page) -> None:
    """A manager invites somebody who may manage people as well."""
    to_people_and_keys(page)
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_role("button", name="Send the invitation").click()
    told(page, "Say whom to invite.")
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_role("checkbox", name=MANAGE).check()
    page.get_by_role("button", name="Send the invitation").click()
    told(page, f"An invitation was sent to {EMAIL}.")


def join(page: Page) -> None:
    """The invited person follows the link in the letter, and is in with a password that will do."""
    letter = page.get_by_role("article").filter(has_text=EMAIL)
    eventually(lambda: page.goto("/outbox") and letter.count(), what="the invitation's letter")
    letter.get_by_role("link").click()
    page.get_by_label("Password").fill("too short")
    page.get_by_role("button", name="Join").click()
    told(page, "Password: ")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("banner")).to_contain_text(EMAIL)


def make_key(page: Page) -> str:
    """A key for one system, as it is shown."""
    to_people_and_keys(page)
    page.get_by_role("button", name="Make a key").click()
    page.get_by_label("Name").fill("billing")
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("billing")
    shown = re.search(r"\bfir_[\w-]+", page.get_by_role("main").inner_text())
    assert shown
    return shown[0]


def to_people_and_keys(page: Page) -> None:
    """By the navigation."""
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="People and keys").click()
