"""A release is recalled, read of and let go again, over plain HTTP without scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.utils import timezone

from fir.eligibility.operations import read_news as assess_news
from fir.notifications.operations import read_news as raise_notices
from tests import make
from tests.visitor import Visitor

if TYPE_CHECKING:
    from datetime import datetime

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
RECORD = "/firmware/CPL-000002"


class Clock:
    """What time it is; the day goes on as the test says."""

    def __init__(self) -> None:
        self.now: datetime = make.AT + timedelta(hours=1)

    def on(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Ten o'clock in London."""
    found = Clock()
    monkeypatch.setattr(timezone, "now", lambda: found.now)
    cache.clear()  # nobody has tried to sign in before
    return found


def of(party: Party) -> Visitor:
    """Somebody of a Party, who has signed in."""
    visitor = Visitor()
    visitor.sign_in(make.person(party))
    return visitor


def test_a_recall_reaches_the_supplier_and_is_lifted_after_review(clock: Clock) -> None:
    maker, administrator, supplier = make.maker(), make.administrator(), make.party()
    make.listed(make.row(1))
    make.published(make.actor(maker), make.actor(administrator), 2, predecessors=["CPL-000001"])
    make.estate(supplier, make.device(1), make.device(2, DeviceFirmwareVersion="00000002"))
    ada, basil, greta = of(maker), of(administrator), of(supplier)

    # Ada says why, says that she means it, and it stands.
    ada.open("/firmware")
    ada.follow("CPL-000002")
    ada.follow("Recall this release")
    ada.send("Continue")
    assert ada.errors == ["Reason: Say why: the reason is published with the entry."]
    ada.send("Continue", {"Reason": "It drains the battery."})
    assert "not to deploy this release" in ada.text
    ada.send("Recall it")
    assert ada.status == 422
    clock.on(minutes=1)
    ada.send("Recall it", {"Yes, tell them not to deploy it": True})
    assert ada.url == RECORD
    assert "Do not deploy: recalled" in ada.text

    # Greta is told, and reads it wherever she looks.
    assess_news(at=clock.now)
    raise_notices(at=clock.now)
    greta.open("/")
    greta.follow("Notices")
    greta.follow("DO NOT DEPLOY CPL-000002")
    assert "It drains the battery." in greta.text
    greta.follow("The record, CPL-000002")
    assert "Do not deploy: recalled" in greta.text
    assert "Of your 2 Devices of this Device Model: 1 up to date" in greta.text
    assert "1 blocked" in greta.text
    assert any("Recalled" in row for row in greta.rows("Releases of this Device Model"))

    # Ada asks for it to be lifted, and Basil agrees.
    clock.on(minutes=60)
    ada.follow("Lift the recall")
    assert ada.typed("CPL Entry ID") == "CPL-000002"
    ada.send("Continue")
    ada.follow("Reason")
    ada.send("Save and continue", {"Reason": "It was the cable."})
    ada.follow("Check and bring")
    ada.send("Ask for the recall to be lifted")
    clock.on(minutes=60)
    basil.open("/submissions")
    assert any("End of a recall" in row for row in basil.rows("Submissions"))
    basil.follow("00000002")
    assert "It was the cable." in basil.text
    basil.send("Decide", {"Approve and publish now: the release may be deployed again": True})
    assert "The recall of CPL-000002 is lifted." in basil.text

    # Greta is told of that too, and can look back at what stood in between.
    assess_news(at=clock.now)
    raise_notices(at=clock.now)
    greta.open("/notices")
    greta.follow("Recall lifted of CPL-000002")
    greta.follow("The record, CPL-000002")
    assert "Do not deploy" not in greta.text
    assert "1 eligible" in greta.text
    greta.send("Show it as at then", {"As at": "2026-11-20T10:30"})
    assert "As it stood at 20 November 2026, 10:30" in greta.text
    assert "Do not deploy: recalled" in greta.text
    greta.send("Show it as at then", {"As at": "2026-11-20T10:00"})
    assert "Do not deploy" not in greta.text
    greta.follow("Back to today")
    assert greta.url == RECORD
