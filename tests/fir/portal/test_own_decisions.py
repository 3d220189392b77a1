"""The pages on which a Supplier says for itself what it tests, has approved and holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from fir.eligibility.models import SupplierDecision
from fir.eligibility.operations import read_news
from fir.parties.permissions import Permission
from tests import make
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
RECORD, DECISION = "/firmware/CPL-000002", "/firmware/CPL-000002/own-decision"


@pytest.fixture
def supplier() -> Party:
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    supplier = make.party()
    make.estate(supplier, make.device(1), at=timezone.now())
    return supplier


@pytest.fixture
def browser(supplier: Party) -> Client:
    return signed_in(supplier)


def test_a_hold_is_said_on_the_record_and_blocks_until_it_is_ended(browser: Client) -> None:
    assert "You have decided nothing about it" in text(browser.get(RECORD))

    said = browser.post(DECISION, {"state": "HELD", "reason": "It stops the clock."}, follow=True)
    read_news(at=timezone.now())

    assert "You decided: CPL-000002 is held for you." in text(said)
    assert "“It stops the clock.”" in text(browser.get(RECORD))
    found = text(browser.get("/eligibility"))
    assert "1: The Supplier itself decided to hold back the target" in found
    assert "Own decision: Held" in found
    assert "Held. Why: It stops the clock." in text(browser.get(RECORD))

    browser.post(DECISION, {"state": "APPROVED", "reason": "Mended."})
    read_news(at=timezone.now())

    assert "The Supplier itself decided" not in text(browser.get("/eligibility"))
    page = text(browser.get(DECISION))
    assert page.index("Mended.") < page.index("All that was decided") < page.index("stops the")


def test_decisions_are_listed_and_narrowed(browser: Client) -> None:
    browser.post(DECISION, {"state": "HELD", "reason": "It stops the clock."})
    browser.post("/firmware/CPL-000001/own-decision", {"state": "TESTING", "reason": "On trial."})

    assert "CPL-000001" in text(browser.get("/own-decisions"))
    held = text(browser.get("/own-decisions?state=HELD"))
    assert "CPL-000002" in held
    assert "CPL-000001" not in held
    assert "There is something to mend" in text(browser.get("/own-decisions?state=MAYBE"))


def test_what_is_to_be_mended_is_said(browser: Client) -> None:
    answer = browser.post(DECISION, {"state": "", "reason": ""})

    assert answer.status_code == 422
    assert "Choose one of" in errors(answer)
    assert "Say why" in errors(answer)
    assert not SupplierDecision.objects.exists()


def test_nobody_else_reads_it(supplier: Party, browser: Client) -> None:
    browser.post(DECISION, {"state": "HELD", "reason": "It stops the clock."})

    for party in (
        make.party("third"),
        make.party("wires", "NETWORK_PARTY"),
        make.party("assets", "METER_ASSET_PROVIDER"),
        make.agent(),
    ):
        stranger = signed_in(party)
        for address in (RECORD, DECISION):
            assert b"stops the clock" not in stranger.get(address).content


def test_deciding_takes_a_permission_and_reading_another(supplier: Party) -> None:
    reader = signed_in(supplier, [Permission.VIEW_ESTATE, Permission.VIEW_RECORDS])

    assert reader.post(DECISION, {"state": "HELD", "reason": "x"}).status_code == 403
    assert reader.get(DECISION).status_code == 200
    assert not SupplierDecision.objects.exists()


def test_an_entry_that_there_is_not_is_decided_of_nowhere(browser: Client) -> None:
    for entry in ("CPL-777777", "nothing"):
        assert browser.get(f"/firmware/{entry}/own-decision").status_code == 404
        sent = browser.post(f"/firmware/{entry}/own-decision", {"state": "HELD", "reason": "x"})
        assert sent.status_code == 404
