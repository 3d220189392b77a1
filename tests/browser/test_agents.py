"""A Supplier lets an agent see some of its Devices, holds a release, and ends the delegation."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from fir.management.demo.parties import AGENT, LARGEST
from tests.browser.acts import origin_of, signed_in, told
from tests.browser.look import Watch
from tests.stack import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.stack import Stack

SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
FINDINGS = f"/eligibility?party={LARGEST.slug}&device_type=GSME"
REASON = "The valve closes late; we asked its Manufacturer."


@SCRIPTS
def test_an_agent_sees_what_it_is_let_see_until_that_ends(
    browser: Browser, demo: Stack, *, scripts: bool
) -> None:
    greta, piotr = (signed_in(browser, demo, name, scripts=scripts) for name in ("greta", "piotr"))
    watches = [Watch(page, origin_of(demo)) for page in (greta, piotr)]
    assert not sees_gas_meters(piotr)

    greta_delegates_gas_meters(greta)
    assert sees_gas_meters(piotr)
    held = greta_holds_what_is_latest(greta)
    piotr_reads_why(piotr, held)
    greta_revokes_it(greta)

    assert not sees_gas_meters(piotr)
    assert [watch.complaints() for watch in watches] == [[], []]


def sees_gas_meters(piotr: Page) -> bool:
    piotr.goto("/")
    piotr.get_by_role("navigation", name="Menu").get_by_role("link", name="Suppliers").click()
    main = piotr.get_by_role("main")
    main.get_by_role("link", name=f"Eligibility of the Devices of {LARGEST.name}").click()
    piotr.get_by_label("Device Type").select_option("GSME")
    main.get_by_role("button", name="Search").click()
    piotr.wait_for_url("**device_type=GSME**")
    assert f"party={LARGEST.slug}" in piotr.url
    found = main.locator("#results")
    expect(found).to_contain_text(re.compile(r"Nothing fits\.|GSME \w{8}"))
    return "Nothing fits." not in found.inner_text()


def greta_delegates_gas_meters(greta: Page) -> None:
    greta.goto("/agents")
    greta.get_by_role("button", name="Let an agent see Devices").click()
    main = greta.get_by_role("main")
    main.get_by_role("button", name="Let it see them").click()
    expect(main).to_contain_text("Say which Registered Supplier Agent is to see them.")
    greta.get_by_label("Registered Supplier Agent").select_option(AGENT.name)
    greta.get_by_label("GSME").check()
    last = timezone.localdate() + timedelta(days=7)
    greta.get_by_label("Last day").fill(last.isoformat())
    main.get_by_role("button", name="Let it see them").click()
    told(greta, f"{AGENT.name} was let see what you chose.")


def greta_holds_what_is_latest(greta: Page) -> str:
    """Hold the release that most gas meters run or could take; its CPL Entry ID."""
    greta.goto("/eligibility?device_type=GSME&outcome=ELIGIBLE")
    main = greta.get_by_role("main")
    row = main.get_by_role("table").get_by_role("row").nth(1)
    row.get_by_role("cell").nth(1).get_by_role("link").click()
    greta.wait_for_url("**/firmware/*")
    held = greta.url.rpartition("/")[2]
    main.get_by_role("link", name="Decide about it for yourself").click()
    greta.get_by_label("Held").check()
    greta.get_by_label("Reason").fill(REASON)
    main.get_by_role("button", name="Decide").click()
    told(greta, f"You decided: {held} is held for you.")
    return held


def piotr_reads_why(piotr: Page, held: str) -> None:
    piotr.goto(f"/own-decisions?party={LARGEST.slug}&state=HELD")
    main = piotr.get_by_role("main")
    expect(main).to_contain_text(REASON)
    main.get_by_role("row").filter(has_text=held).get_by_role("link").click()
    expect(main).to_contain_text(REASON)
    expect(main.get_by_role("button", name="Decide")).to_have_count(0)
    eventually(lambda: is_told_of_the_hold(piotr, held), what="the findings with the hold")


def is_told_of_the_hold(piotr: Page, held: str) -> bool:
    piotr.goto(f"{FINDINGS}&target={held}&outcome=BLOCKED")
    return "The Supplier itself decided to hold back" in piotr.get_by_role("main").inner_text()


def greta_revokes_it(greta: Page) -> None:
    greta.goto("/agents")
    main = greta.get_by_role("main")
    gas = main.get_by_role("row").filter(has_text="GSME of every Device Model")
    gas.get_by_role("link", name="Revoke").click()
    main.get_by_role("button", name="Revoke it").click()
    told(greta, f"{AGENT.name} sees nothing by that delegation any more.")
