"""Taking an approval back, waiving a finding, taking back what was brought."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.records.models import CONFIRMED, Proposal
from fir.records.models import WAITING as PROPOSED
from fir.submissions.models import CLOSED, PUBLISHED, SUBMITTED, Submission
from fir.submissions.operations import approve_submission, return_submission, waive_finding
from tests import make
from tests.fir.portal.people import browser_of, signed_in
from tests.fir.portal.reading import errors, text
from tests.fir.submissions.at_once import at_once

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

NOW = make.AT + timedelta(hours=1)
CODE = "GBCS_UNKNOWN"


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def maker(db: None) -> Party:
    return make.maker()


@pytest.fixture
def administrator(db: None) -> Party:
    return make.administrator()


@pytest.fixture
def odd(maker: Party) -> Submission:
    """A submission with a finding that may be waived."""
    return make.submitted(make.actor(maker), 2, gbcs_version="9.9")


def to(submission: Submission, act: str) -> str:
    return f"/submissions/{submission.pk}/{act}"


def approved(submission: Submission, by: Party) -> Submission:
    return approve_submission(
        submission_id=submission.pk,
        by=make.actor(by),
        at=make.AT,
        publish_at=NOW + timedelta(days=1),
    )


def do(browser: Client, submission: Submission, act: str, reason: str = "") -> Any:
    """The answer to an act, which is followed on; the submission is as it stands then."""
    answer = browser.post(to(submission, act), {"reason": reason}, follow=True)
    submission.refresh_from_db()
    return answer


def test_an_approval_is_taken_back_with_a_reason(odd: Submission, administrator: Party) -> None:
    approved(odd, administrator)
    browser = signed_in(administrator)

    offered = to(odd, "cancel") in browser.get(f"/submissions/{odd.pk}").content.decode()
    without = do(browser, odd, "cancel")
    answer = do(browser, odd, "cancel", "The hash was wrong.")

    assert offered
    assert without.status_code == 422
    assert "Say why" in errors(without)
    assert odd.state == SUBMITTED
    assert "Its approval was taken back on 20 November 2026, 10:00: The hash" in text(answer)
    assert 'id="decide"' in answer.content.decode()


def test_there_is_nothing_to_take_back_once_it_is_published(
    odd: Submission, administrator: Party
) -> None:
    browser = signed_in(administrator)
    approve_submission(submission_id=odd.pk, by=make.actor(administrator), at=make.AT)

    page = browser.get(to(odd, "cancel"))
    answer = do(browser, odd, "cancel", "The hash was wrong.")

    assert "there is no approval to take back" in text(page)
    assert "<textarea" not in page.content.decode()
    assert answer.status_code == 409
    assert odd.state == PUBLISHED


def test_a_waiver_comes_about_when_another_person_approves(
    odd: Submission, administrator: Party
) -> None:
    first = browser_of(make.person(administrator, "bea@administrator.invalid"))
    second = browser_of(make.person(administrator, "bob@administrator.invalid"))

    page = first.get(f"/submissions/{odd.pk}")
    answer = do(first, odd, f"waive/{CODE}", "The catalogue lags behind.")
    seen = text(second.get(f"/submissions/{odd.pk}"))
    brought = text(signed_in(make.party("x", "OTHER_SEC_PARTY")).get(f"/submissions/{odd.pk}"))
    second.post(to(odd, "decision"), {"decision": "approve"})

    assert to(odd, f"waive/{CODE}") in page.content.decode()
    assert "Waived by you on 20 November 2026: The catalogue lags behind." in text(answer)
    assert "It comes about when another person approves the submission." in text(answer)
    assert "Waived by somebody else at the Administrator" in seen
    assert "It comes about with your approval." in seen
    assert "catalogue lags" not in brought
    assert Proposal.objects.get().state == CONFIRMED


def test_whoever_approves_what_it_waived_leaves_a_proposal(
    odd: Submission, administrator: Party
) -> None:
    browser = signed_in(administrator)

    do(browser, odd, f"waive/{CODE}", "The catalogue lags behind.")
    browser.post(to(odd, "decision"), {"decision": "approve"})

    assert Proposal.objects.get().state == PROPOSED
    assert "The catalogue lags behind." in text(browser.get("/list/proposals"))


def test_a_finding_is_waived_once_and_only_one_that_there_is(
    odd: Submission, administrator: Party
) -> None:
    waive_finding(
        submission_id=odd.pk,
        code=CODE,
        reason="Known.",
        by=make.actor(administrator),
        at=make.AT,
    )
    browser = signed_in(administrator)

    again = browser.get(to(odd, f"waive/{CODE}"))
    twice = do(browser, odd, f"waive/{CODE}", "Known.")
    other = do(browser, odd, "waive/CERTIFICATE_MISSING", "Known.")
    unknown = do(browser, odd, "waive/NO_SUCH_RULE", "Known.")

    assert "Somebody waived this already." in text(again)
    assert "was waived before" in errors(twice)
    assert "has no finding CERTIFICATE_MISSING" in errors(other)
    assert [a.status_code for a in (twice, other, unknown)] == [409, 409, 404]


def test_a_waiver_needs_a_reason_of_one_line(odd: Submission, administrator: Party) -> None:
    browser = signed_in(administrator)

    without = do(browser, odd, f"waive/{CODE}")
    too_long = do(browser, odd, f"waive/{CODE}", "x" * 501)

    assert "Say why: the reason is published with the entry." in errors(without)
    assert "500 characters" in errors(too_long)
    assert not odd.waivers.exists()


@pytest.mark.django_db
def test_nobody_waives_what_its_own_party_brought() -> None:
    own = make.party("code", "ADMINISTRATOR", manufacturer_identifiers=[make.MAKER])
    submission = make.submitted(make.actor(own), 2, gbcs_version="9.9")
    browser = signed_in(own)

    page = browser.get(to(submission, f"waive/{CODE}"))
    forced = do(browser, submission, f"waive/{CODE}", "Known.")

    assert "another person must do this" in text(page)
    assert forced.status_code == 403


@pytest.mark.parametrize("is_approved", [True, False])
def test_what_waits_is_taken_back_by_whoever_brought_it(
    maker: Party, administrator: Party, odd: Submission, *, is_approved: bool
) -> None:
    if is_approved:
        approved(odd, administrator)
    ada = signed_in(maker)

    offered = ada.get(f"/submissions/{odd.pk}").content.decode()
    page = text(ada.get(to(odd, "take-back")))
    answer = do(ada, odd, "take-back", "It fails in the cold.")

    assert to(odd, "take-back") in offered
    assert ("to be published on" in page) == is_approved
    assert odd.state == CLOSED
    assert "Taken back by Fine Meters on 20 November 2026, 10:00." in text(answer)
    assert "Why: It fails in the cold." in text(answer)


def test_nobody_else_takes_it_back(maker: Party, odd: Submission) -> None:
    dcc = make.party("dcc", "DCC", manufacturer_identifiers=[make.MAKER])
    holder = signed_in(dcc)

    page = holder.get(f"/submissions/{odd.pk}")

    assert page.status_code == 200
    assert "Take it back" not in text(page)
    assert holder.get(to(odd, "take-back")).status_code == 404
    assert do(holder, odd, "take-back").status_code == 404


def test_what_was_decided_cannot_be_taken_back(
    maker: Party, odd: Submission, administrator: Party
) -> None:
    return_submission(
        submission_id=odd.pk, reason="The hash.", by=make.actor(administrator), at=make.AT
    )
    ada = signed_in(maker)

    page = ada.get(to(odd, "take-back"))
    answer = do(ada, odd, "take-back")

    assert "It no longer waits, so it cannot be taken back." in text(page)
    assert "<textarea" not in page.content.decode()
    assert answer.status_code == 409
    assert "RETURNED" in errors(answer)


@pytest.mark.django_db(transaction=True)
def test_of_approving_and_taking_back_at_once_one_wins_and_the_other_is_told() -> None:
    maker, administrator = make.maker(), make.administrator()
    submission = make.submitted(make.actor(maker), 2)
    ada, basil = signed_in(maker), signed_in(administrator)

    taken, decided = at_once(
        lambda: ada.post(to(submission, "take-back"), {}),
        lambda: basil.post(to(submission, "decision"), {"decision": "approve"}),
    )

    submission.refresh_from_db()
    assert submission.state in (CLOSED, PUBLISHED)
    lost, won = (decided, taken) if submission.state == CLOSED else (taken, decided)
    assert (won.status_code, lost.status_code) == (302, 409)
    assert ("took it back" if submission.state == CLOSED else "PUBLISHED") in text(lost)


def test_one_who_waits_for_its_time_is_not_waived(odd: Submission, administrator: Party) -> None:
    approved(odd, administrator)

    page = signed_in(administrator).get(to(odd, f"waive/{CODE}"))

    assert "It does not wait for a decision" in text(page)
