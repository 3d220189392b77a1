"""The first page, and the rules: what waits, for how long, and which rules only warn."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone
from lxml import html

from fir.submissions.operations import (
    approve_submission,
    mend_submission,
    return_submission,
    submit_draft,
)
from fir.submissions.rules import ALL_RULES
from tests import make
from tests.fir.portal.people import signed_in

if TYPE_CHECKING:
    from typing import Any

    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
NOW = make.AT + timedelta(days=2)


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def maker() -> Party:
    return make.maker()


@pytest.fixture
def administrator() -> Party:
    return make.administrator()


def figures(answer: Any) -> list[str]:
    found = html.fromstring(answer.content).xpath("//*[@class='fir-figure']")
    return [" ".join(one.text_content().split()).replace("\xa0", " ") for one in found]


def test_the_administrator_sees_how_long_the_oldest_waits(
    maker: Party, administrator: Party
) -> None:
    by = make.actor(maker)
    make.submitted(by, 1)
    browser = signed_in(administrator)

    one = figures(browser.get("/"))[0]
    make.submitted(by, 2)
    two = figures(browser.get("/"))[0]

    assert one == "1 submission waits for a decisionfor 2 days"
    assert two == "2 submissions wait for a decisionthe oldest for 2 days"


def test_what_is_approved_for_a_time_is_counted_and_said_when_overdue(
    maker: Party, administrator: Party
) -> None:
    by, decider = make.actor(maker), make.actor(administrator)
    browser = signed_in(administrator)
    times = (NOW + timedelta(hours=3), NOW + timedelta(hours=2), NOW - timedelta(hours=1))

    seen = []
    for number, publish_at in enumerate(times, 1):
        pk = make.submitted(by, number).pk
        approve_submission(submission_id=pk, by=decider, at=make.AT, publish_at=publish_at)
        seen.append(figures(browser.get("/"))[1])

    assert seen == [
        "1 is approved for a timeon 22 Nov 2026, 12:00",
        "2 are approved for a timethe next on 22 Nov 2026, 11:00",
        "3 are approved for a time1 overdue",
    ]


def test_what_came_back_is_counted_until_it_is_brought_again(
    maker: Party, administrator: Party
) -> None:
    by = make.actor(maker)
    pk = make.submitted(by, 1).pk
    return_submission(
        submission_id=pk, reason="The hash.", by=make.actor(administrator), at=make.AT
    )
    ada = signed_in(maker)

    before = figures(ada.get("/"))
    draft = mend_submission(submission_id=pk, changes={}, by=by, at=make.AT)
    submit_draft(draft_id=draft.pk, by=by, at=make.AT)
    after = figures(ada.get("/"))

    assert "1 submission was returned to be mended" in before
    assert not any("returned" in figure for figure in after)


def test_the_rules_page_says_which_rules_of_submissions_only_warn(client: Client) -> None:
    tree = html.fromstring(client.get("/rules").content)

    for rule in ALL_RULES:
        (row,) = tree.xpath(f"//*[@id='{rule.code}']")
        assert ("only warns" in text_of(row)) == rule.only_warns


def text_of(element: Any) -> str:
    return " ".join(element.text_content().split())
