"""Deciding of what was brought, as two people at the Administrator and a bringer meet it over plain
HTTP, without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.utils import timezone

from fir.submissions.operations import publish_due
from tests import make
from tests.visitor import Visitor

if TYPE_CHECKING:
    from fir.parties.models import Party
    from fir.submissions.models import Submission

pytestmark = pytest.mark.django_db
NOW = make.AT + timedelta(hours=1)
NINE = {"Day of publication": "21/11/2026", "Time of publication": "09:00"}
AT_NINE = make.AT + timedelta(days=1)
LATER = "Approve, and publish at a time to come"


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cache.clear()  # nobody has tried to sign in before


@pytest.fixture
def maker() -> Party:
    return make.maker()


@pytest.fixture
def submission(maker: Party) -> Submission:
    return make.submitted(make.actor(maker), 2, gbcs_version="9.9")


@pytest.fixture
def ada(maker: Party) -> Visitor:
    """The Manufacturer's person."""
    return signed_in(maker, "ada")


@pytest.fixture
def administrator() -> Party:
    return make.administrator()


@pytest.fixture
def basil(administrator: Party) -> Visitor:
    """Somebody at the Administrator."""
    return signed_in(administrator, "basil")


@pytest.fixture
def cosima(administrator: Party) -> Visitor:
    """Somebody else there."""
    return signed_in(administrator, "cosima")


def signed_in(party: Party, name: str) -> Visitor:
    visitor = Visitor()
    visitor.sign_in(make.person(party, f"{name}@{party.slug}.invalid"))
    return visitor


def from_the_queue(visitor: Visitor) -> None:
    """From the first page over the queue to the submission."""
    visitor.open("/")
    visitor.follow("submission waits for a decision")
    visitor.follow("00000002")


def test_it_is_published_at_its_time(submission: Submission, ada: Visitor, basil: Visitor) -> None:
    from_the_queue(basil)
    basil.send("Decide", {LATER: True, **NINE, "Day of publication": "20/11/2025"})
    assert basil.status == 422
    assert "The time must lie ahead" in basil.errors_beside["publish_day"]
    basil.send("Decide", {LATER: True, **NINE, "Reason": "In order."})
    assert "published on 21 November 2026 at 09:00" in basil.text

    basil.open("/")
    assert "1 is approved for a timeon 21 Nov 2026, 09:00" in basil.text
    ada.open(f"/submissions/{submission.pk}")
    assert "to be published on 21 November 2026 at 09:00, London time" in ada.text
    publish_due(at=AT_NINE)
    ada.open(f"/submissions/{submission.pk}")
    ada.follow("CPL-000001")
    assert ada.heading.startswith("Firmware 00000002")


def test_another_stops_it_before_its_time(
    submission: Submission, ada: Visitor, basil: Visitor, cosima: Visitor
) -> None:
    from_the_queue(basil)
    basil.send("Decide", {LATER: True, **NINE})

    cosima.open("/")
    cosima.follow("is approved for a time")
    cosima.follow("00000002")
    cosima.follow("Take the approval back")
    cosima.send("Take the approval back")
    assert cosima.status == 422
    cosima.send("Take the approval back", {"Reason": "The GBCS version is odd."})

    assert publish_due(at=AT_NINE) == 0
    ada.open(f"/submissions/{submission.pk}")
    assert "Its approval was taken back" in ada.text
    assert "The GBCS version is odd." in ada.text
    assert "it waits for a decision" in ada.text


def test_it_is_talked_about_and_returned(
    submission: Submission, ada: Visitor, basil: Visitor
) -> None:
    from_the_queue(basil)
    basil.send("Send the comment", {"Your comment": "Which GBCS is it?"})
    ada.open(f"/submissions/{submission.pk}")
    ada.send("Send the comment", {"Your comment": "4.2, we mistyped it."})
    from_the_queue(basil)
    assert basil.text.index("Which GBCS") < basil.text.index("4.2, we mistyped it.")

    basil.send("Decide", {"Return it to be mended and brought again": True})
    assert basil.status == 422
    basil.send("Decide", {"Reason": "Bring it with 4.2."})
    ada.open("/")
    ada.follow("submission was returned to be mended")
    ada.follow("00000002")
    assert "Bring it with 4.2." in ada.text
    ada.follow("Mend and bring again")
    assert ada.status == 200


def test_one_waives_and_another_approves(
    submission: Submission, basil: Visitor, cosima: Visitor
) -> None:
    from_the_queue(basil)
    basil.follow("Waive it")
    basil.send("Waive it", {"Reason": "GBCS 9.9 is in the Code from next month."})
    assert "It comes about when another person approves the submission." in basil.text

    from_the_queue(cosima)
    assert "Waived by somebody else at the Administrator" in cosima.text
    cosima.send("Decide", {"Approve and publish now: the list's entry and the locked record": True})

    cosima.open("/cpl/CPL-000001")
    assert "was waived by two people" in cosima.text
    assert "GBCS 9.9 is in the Code from next month." in cosima.text


def test_it_is_taken_back_while_somebody_decides(
    submission: Submission, ada: Visitor, basil: Visitor
) -> None:
    from_the_queue(basil)
    ada.open("/submissions")
    ada.follow("00000002")
    ada.follow("Take it back")
    ada.send("Take it back", {"Reason (optional)": "It fails in the cold."})
    assert "It is taken back." in ada.text

    basil.send("Decide", {"Return it to be mended and brought again": True, "Reason": "The GBCS."})

    assert basil.status == 409
    assert "took it back before you decided" in basil.text
    assert "Why: It fails in the cold." in basil.text
