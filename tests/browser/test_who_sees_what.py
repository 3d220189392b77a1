"""What each category is offered, and what a person of another category reads instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from fir.parties.permissions import Permission
from tests.browser.acts import EMAILS, new_page, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.stack import Stack

# One column a person of the demo. 302: asked to sign in, or an agent to choose a Supplier.
TABLE = """
                 stranger  nora  piotr  delia  ada  basil  greta
/                     200   200    200    200  200    200    200
/cpl                  200   200    200    200  200    200    200
/outbox               200   200    200    200  200    200    200
/catalogue            200   200    200    200  200    200    200
/firmware             302   200    200    200  200    200    200
/compare              302   200    200    200  200    200    200
/notices              302   200    200    200  200    200    200
/people               302   200    200    200  200    200    200
/account              302   200    200    200  200    200    200
/submissions          302   403    403    403  200    200    403
/submissions/new      302   403    403    403  200    403    403
/list                 302   403    403    200  403    200    403
/list/loaded          302   403    403    200  403    200    403
/list/import          302   403    403    403  403    200    403
/list/findings        302   403    403    403  403    200    403
/list/proposals       302   403    403    403  403    200    403
/reader-faults        302   403    403    403  403    200    403
/estate               302   403    302    403  403    403    200
/estate/loads         302   403    403    403  403    403    200
/estate/send          302   403    403    403  403    403    200
/eligibility          302   403    302    403  403    403    200
/own-decisions        302   403    302    403  403    403    200
/agents               302   403    403    403  403    403    200
/agents/delegate      302   403    403    403  403    403    200
/suppliers            302   403    200    403  403    403    403
"""
HEAD, *LINES = (line.split() for line in TABLE.strip().splitlines())
SEES = {who: {path: int(row[at]) for path, *row in LINES} for at, who in enumerate(HEAD)}


@pytest.mark.parametrize("who", SEES)
def test_a_page_opens_to_whom_it_is_offered(
    browser: Browser, standing_demo: Stack, who: str
) -> None:
    page = new_page(browser, standing_demo)
    if who in EMAILS:
        sign_in(page, EMAILS[who])

    found = {path: page.request.get(path, max_redirects=0).status for path in SEES[who]}
    offered = page.goto("/") and page.get_by_role("navigation", name="Menu").get_by_role("link")
    assert offered
    places = {link.get_attribute("href") for link in offered.all()}

    assert found == SEES[who]
    assert places <= {path for path, status in found.items() if status == 200}
    page.context.close()


def test_a_refusal_says_what_is_lacking_and_where_to_go(
    browser: Browser, standing_demo: Stack
) -> None:
    page = new_page(browser, standing_demo)
    page.goto("/notices")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sign_in(page, EMAILS["nora"])
    expect(page.get_by_role("heading", level=1)).to_have_text("Notices")

    page.goto("/submissions")

    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not open to you")
    expect(page.get_by_role("main")).to_contain_text("Leviathan Networks of Nowhere")
    expect(page.get_by_role("main")).to_contain_text(Permission.REVIEW_SUBMISSIONS.sentence)
    page.get_by_role("main").get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Leviathan Networks of Nowhere")
    page.context.close()
