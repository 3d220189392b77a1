"""Deciding of a submission on its page, and talking about it there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.utils import timezone

from fir.parties.queries import people_of
from fir.submissions.models import APPROVED, CLOSED, PUBLISHED, RETURNED, Comment, Submission
from fir.submissions.operations import publish_due, submit_firmware, withdraw_submission
from tests import make
from tests.fir.portal.people import BACKEND, signed_in
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
NOW = make.AT + timedelta(hours=1)
LATER = {"decision": "later", "publish_day": "01/12/2026", "publish_time": "9:30"}


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def maker() -> Party:
    return make.maker()


@pytest.fixture
def waiting(maker: Party) -> Submission:
    return make.submitted(make.actor(maker), 2)


@pytest.fixture
def browser() -> Client:
    return signed_in(make.administrator())


def decision_url(submission: Submission) -> str:
    return f"/submissions/{submission.pk}/decision"


def decide(browser: Client, submission: Submission, **said: str) -> Any:
    """The answer to a decision, which is followed on; the submission is as it stands then."""
    answer = browser.post(decision_url(submission), said, follow=True)
    submission.refresh_from_db()
    return answer


def test_approving_publishes_and_says_as_what(waiting: Submission, browser: Client) -> None:
    answer = decide(browser, waiting, decision="approve")

    assert waiting.state == PUBLISHED
    assert f"Published as {waiting.cpl_entry_id}." in text(answer)


def test_what_is_approved_for_a_time_is_published_then(
    waiting: Submission, browser: Client
) -> None:
    answer = decide(browser, waiting, **LATER, reason="In order.")

    assert waiting.state == APPROVED
    assert waiting.publish_at == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    assert "published on 1 December 2026 at 09:30" in text(answer)
    assert publish_due(at=NOW) == 0
    assert publish_due(at=waiting.publish_at) == 1
    assert "Published as CPL-" in text(browser.get(f"/submissions/{waiting.pk}"))


def test_the_time_is_londons(waiting: Submission, browser: Client) -> None:
    decide(browser, waiting, **{**LATER, "publish_day": "2027-07-01"})

    assert waiting.publish_at == datetime(2027, 7, 1, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"publish_day": ""}, "publish_day", "Give the day on which to publish it."),
        ({"publish_time": ""}, "publish_time", "Give the time of that day, such as 09:30."),
        ({"publish_day": "31/02/2027"}, "publish_day", "31/02/2027"),
        ({"publish_time": "half past nine"}, "publish_time", "Write hours and minutes"),
        ({"publish_time": "24:00"}, "publish_time", "Write hours and minutes"),
        ({"publish_day": "20/11/2026"}, "publish_day", "The time must lie ahead"),
        ({"publish_day": "01/12/2028"}, "publish_day", "within a year"),
        (
            {"publish_day": "28/03/2027", "publish_time": "01:30"},
            "publish_time",
            "The clocks go forward",
        ),
    ],
)
def test_a_time_that_will_not_do_is_said_beside_its_field(
    waiting: Submission, browser: Client, said: dict[str, str], field: str, sentence: str
) -> None:
    answer = decide(browser, waiting, **{**LATER, **said})

    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert waiting.publish_at is None


def test_a_time_beside_an_approval_for_now_is_asked_about(
    waiting: Submission, browser: Client
) -> None:
    answer = decide(browser, waiting, **{**LATER, "decision": "approve"})

    assert answer.status_code == 422
    assert "Choose to publish at that time" in errors(answer)
    assert waiting.state == "SUBMITTED"


@pytest.mark.parametrize(("decision", "state"), [("return", RETURNED), ("close", CLOSED)])
def test_turning_down_needs_a_reason(
    waiting: Submission, browser: Client, decision: str, state: str
) -> None:
    refused = decide(browser, waiting, decision=decision)
    decide(browser, waiting, decision=decision, reason="The hash is wrong.")

    assert refused.status_code == 422
    assert "Say why, so that the Manufacturer can act on it." in text(refused)
    assert waiting.state == state


def test_a_form_without_a_decision_says_so(waiting: Submission, browser: Client) -> None:
    answer = decide(browser, waiting, reason="Because.")

    assert answer.status_code == 422
    assert "Choose what you decide." in errors(answer)
    assert "Because." in text(answer)


def test_whoever_comes_second_reads_the_firsts_decision(
    waiting: Submission, browser: Client
) -> None:
    second = signed_in(make.party("second", "ADMINISTRATOR"))
    decide(browser, waiting, decision="close", reason="Superseded already.")

    answer = decide(second, waiting, decision="approve")

    assert answer.status_code == 409
    assert waiting.state == CLOSED
    assert "Somebody decided this before you." in text(answer)
    assert "Superseded already." in text(answer)
    assert 'id="decide"' not in answer.content.decode()


def test_whoever_decides_of_what_was_taken_back_is_told_that(
    maker: Party, waiting: Submission, browser: Client
) -> None:
    withdraw_submission(submission_id=waiting.pk, by=make.actor(maker), at=make.AT)

    answer = decide(browser, waiting, decision="approve")

    assert answer.status_code == 409
    assert "took it back before you decided" in text(answer)
    assert "Taken back by Fine Meters" in text(answer)


def test_an_entry_id_that_is_taken_is_said_beside_its_field(
    waiting: Submission, browser: Client
) -> None:
    make.listed(make.row(1))

    answer = decide(browser, waiting, decision="approve", cpl_entry_id="CPL-000001")

    assert answer.status_code == 422
    assert "CPL-000001 is another entry's id." in errors(answer)


def test_an_entry_id_of_another_series_must_be_meant(waiting: Submission, browser: Client) -> None:
    said = {"decision": "approve", "cpl_entry_id": "ZZZ"}

    asked = decide(browser, waiting, **said)
    decide(browser, waiting, **said, cpl_entry_id_again="ZZZ")

    assert asked.status_code == 422
    assert "ZZZ is not of the series" in errors(asked)
    assert 'name="cpl_entry_id_again"' in asked.content.decode()
    assert waiting.cpl_entry_id == "ZZZ"


def test_an_entry_id_of_the_series_is_taken_at_once(waiting: Submission, browser: Client) -> None:
    decide(browser, waiting, decision="approve", cpl_entry_id="cpl-000777")

    assert waiting.cpl_entry_id == "CPL-000777"


def test_an_entry_id_is_for_approvals_only(waiting: Submission, browser: Client) -> None:
    answer = decide(browser, waiting, decision="close", reason="No.", cpl_entry_id="CPL-000009")

    assert answer.status_code == 422
    assert "Only an approval lists an entry." in errors(answer)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("CORRECTION", "The record of CPL-000001 is corrected."),
        ("WITHDRAWAL", "CPL-000001 stands as Removed."),
    ],
)
def test_what_came_of_an_approval_is_said_of_every_kind(
    maker: Party, browser: Client, kind: str, told: str
) -> None:
    by = make.actor(maker)
    make.published(by, make.actor(make.party("first", "ADMINISTRATOR")), 1)
    about = {"kind": kind, "of_entry": "CPL-000001", "reason": "It was wrong."}
    said = {**make.release(1), **about} if kind == "CORRECTION" else about
    submission = submit_firmware(said=said, by=by, at=make.AT).submission

    answer = decide(browser, submission, decision="approve")

    assert told in text(answer)


def test_a_reason_that_came_too_late_is_given_back(waiting: Submission) -> None:
    administrator = make.administrator()
    first = signed_in(administrator)
    late = Client(raise_request_exception=False)
    typed = {"decision": "close", "reason": "Long thought.", "acting_for": administrator.slug}

    late.post(decision_url(waiting), typed)
    first.post(decision_url(waiting), {"decision": "approve"})
    late.force_login(people_of(administrator)[0].person, backend=BACKEND)
    page = text(late.get(f"/submissions/{waiting.pk}"))

    assert "Somebody decided this before you." in page
    assert "Long thought." in page


def test_whoever_brought_it_is_not_offered_the_decision() -> None:
    administrator = make.party("code", "ADMINISTRATOR", manufacturer_identifiers=[make.MAKER])
    person = make.person(administrator)
    submission = make.submitted(make.actor(administrator), 1)
    browser = Client(raise_request_exception=False)
    browser.force_login(person, backend=BACKEND)

    page = browser.get(f"/submissions/{submission.pk}")
    forced = browser.post(decision_url(submission), {"decision": "approve"})

    assert "another person must decide of it" in text(page)
    assert 'id="decide"' not in page.content.decode()
    assert forced.status_code == 403


def test_a_comment_reaches_the_other_side_and_an_empty_one_is_refused(
    maker: Party, waiting: Submission, browser: Client
) -> None:
    address = f"/submissions/{waiting.pk}/comments"
    ada = signed_in(maker)

    empty = browser.post(address, {"text": " "})
    sent = browser.post(address, {"text": "Which hubs\nis it for?"})
    ada.post(address, {"text": "All of them."})

    page = text(ada.get(f"/submissions/{waiting.pk}"))
    assert (empty.status_code, sent.status_code) == (422, 302)
    assert "Your comment: Write what you have to say." in errors(empty)
    assert page.index("Administrator on 20 November 2026") < page.index("Which hubsis it for?")
    assert page.index("Which hubs") < page.index("All of them.")


@pytest.mark.parametrize("text_typed", ["x" * 4001, "a\u202eb"])
def test_a_comment_that_cannot_be_kept_is_said_beside_it(
    waiting: Submission, browser: Client, text_typed: str
) -> None:
    answer = browser.post(f"/submissions/{waiting.pk}/comments", {"text": text_typed})

    assert answer.status_code == 422
    assert 'id="id_text_error"' in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_comment_typed_by_whose_session_ended_is_given_back(waiting: Submission) -> None:
    administrator = make.administrator()
    person = make.person(administrator)
    late = Client(raise_request_exception=False)
    typed = {"text": "Long thought.", "acting_for": administrator.slug}

    late.post(f"/submissions/{waiting.pk}/comments", typed)
    late.force_login(person, backend=BACKEND)

    assert "Long thought.</textarea>" in late.get(f"/submissions/{waiting.pk}").content.decode()
