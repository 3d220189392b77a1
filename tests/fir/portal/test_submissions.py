"""Bringing a release on a form, and deciding of one on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from fir.parties.queries import people_of
from fir.portal.forms.submissions import ReleaseForm
from fir.submissions.claims import READERS
from fir.submissions.models import CLOSED, PUBLISHED, RETURNED, Submission
from tests import make
from tests.fir.portal.people import BACKEND, signed_in

if TYPE_CHECKING:
    from fir.parties.models import Party, User

NEW = "/submissions/new"
pytestmark = pytest.mark.django_db


def answers(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A release as it is typed into the form."""
    said = {**make.release(number), "pathway": "NONE", "predecessors": "", **changes}
    return {name: value for name, value in said.items() if value is not None}


@pytest.fixture
def maker() -> Party:
    return make.maker()


@pytest.fixture
def waiting(maker: Party) -> Submission:
    return make.submitted(make.actor(maker), 2)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def decision_url(submission: Submission) -> str:
    return f"/submissions/{submission.pk}/decision"


def test_the_form_asks_for_everything_that_a_release_can_say() -> None:
    asked = ReleaseForm(identifiers=[]).fields
    shown = [name for _, names in ReleaseForm.SECTIONS for name in names]

    assert set(READERS) <= set(asked)
    assert sorted(shown) == sorted(asked)


def test_a_release_is_brought_and_its_page_follows(maker: Party) -> None:
    answer = signed_in(maker).post(NEW, answers(), follow=True)

    submission = Submission.objects.get()
    assert answer.redirect_chain == [(f"/submissions/{submission.pk}", 302)]
    assert submission.firmware_version in text(answer)
    assert submission.predecessors == []


def test_predecessors_are_named_a_line_each(maker: Party) -> None:
    make.listed(make.row(1), make.row(2))
    named = "cpl-000001\r\n CPL-000002 ,\r\n"

    signed_in(maker).post(NEW, answers(7, pathway="NAMED", predecessors=named))

    assert Submission.objects.get().predecessors == ["CPL-000001", "CPL-000002"]


def test_every_field_that_is_wrong_is_said_at_once_and_nothing_typed_is_lost(maker: Party) -> None:
    wrong = {
        "manufacturer_identifier": "FFFF",
        "device_type": "TOASTER",
        "device_model": "9001",
        "firmware_version": "two",
        "manufacturer_image_hash": "AB" * 20,
        "smets_chts_version": "x" * 300,
        "gbcs_version": "",
        "cpa_certificate_id": "",
        "cpa_expiry_date": "31/02/2030",
        "pathway": "NAMED",
        "predecessors": "CPL-999999",
        "release_notes": "n" * 4001,
    }

    answer = signed_in(maker).post(NEW, wrong)

    shown = text(answer)
    assert answer.status_code == 422
    assert "There is something to mend" in shown
    for sentence in (
        "Choose one that your Party holds.",
        "Choose one of the Device Types.",
        "Not listed: CPL-999999.",
        "This must be said.",
        "At most 200 characters",
        "At most 4000 characters",
    ):
        assert sentence in shown
    for field in ("device_model", "firmware_version", "manufacturer_image_hash", "cpa_expiry_date"):
        assert f'id="id_{field}_error"' in shown
    for typed in ("9001", "two", "31/02/2030", "CPL-999999"):
        assert typed in shown
    assert not Submission.objects.exists()


def test_checking_first_keeps_nothing_and_says_that_nothing_is_to_be_mended(maker: Party) -> None:
    answer = signed_in(maker).post(NEW, {**answers(), "action": "check"})

    assert answer.status_code == 200
    assert "Nothing is to be mended" in text(answer)
    assert not Submission.objects.exists()


def test_checking_first_says_what_is_to_be_mended(maker: Party) -> None:
    answer = signed_in(maker).post(NEW, {**answers(device_model="9"), "action": "check"})

    assert answer.status_code == 200
    assert 'id="id_device_model_error"' in text(answer)
    assert "Nothing is to be mended" not in text(answer)


def test_naming_none_and_some_at_once_is_asked_about(maker: Party) -> None:
    make.listed(make.row(1))

    answer = signed_in(maker).post(NEW, answers(predecessors="CPL-000001"))

    assert answer.status_code == 422
    assert "Predecessors are named below" in text(answer)


def test_a_stale_queue_refuses_the_same_release_twice(maker: Party, waiting: Submission) -> None:
    answer = signed_in(maker).post(NEW, answers(2))

    assert answer.status_code == 422
    assert "this one is in the queue already" in text(answer)


def test_approving_publishes_and_says_as_what(waiting: Submission) -> None:
    browser = signed_in(make.administrator())

    answer = browser.post(decision_url(waiting), {"decision": "approve"}, follow=True)

    waiting.refresh_from_db()
    assert waiting.state == PUBLISHED
    assert f"Published as {waiting.cpl_entry_id}." in text(answer)


@pytest.mark.parametrize(("decision", "state"), [("return", RETURNED), ("close", CLOSED)])
def test_turning_down_needs_a_reason(waiting: Submission, decision: str, state: str) -> None:
    browser = signed_in(make.administrator())

    refused = browser.post(decision_url(waiting), {"decision": decision})
    browser.post(decision_url(waiting), {"decision": decision, "reason": "The hash is wrong."})

    waiting.refresh_from_db()
    assert refused.status_code == 422
    assert "Say why, so that the Manufacturer can act on it." in text(refused)
    assert waiting.state == state


def test_a_form_without_a_decision_says_so(waiting: Submission) -> None:
    answer = signed_in(make.administrator()).post(decision_url(waiting), {"reason": "Because."})

    assert answer.status_code == 422
    assert "Choose what you decide." in text(answer)
    assert "Because." in text(answer)


def test_whoever_comes_second_reads_the_firsts_decision(waiting: Submission) -> None:
    administrator = make.administrator()
    first, second = (
        signed_in(administrator, None),
        signed_in(make.party("second", "ADMINISTRATOR")),
    )
    first.post(decision_url(waiting), {"decision": "close", "reason": "Superseded already."})

    answer = second.post(decision_url(waiting), {"decision": "approve"})

    waiting.refresh_from_db()
    assert answer.status_code == 409
    assert waiting.state == CLOSED
    assert "Somebody decided this before you." in text(answer)
    assert "Superseded already." in text(answer)
    assert '<h2 class="govuk-heading-m" id="decide">' not in text(answer)


def test_an_entry_id_that_is_taken_is_said_beside_its_field(waiting: Submission) -> None:
    make.listed(make.row(1))

    answer = signed_in(make.administrator()).post(
        decision_url(waiting), {"decision": "approve", "cpl_entry_id": "CPL-000001"}
    )

    assert answer.status_code == 422
    assert "CPL-000001 is another entry&#x27;s id." in text(answer)


def test_an_entry_id_of_another_series_must_be_meant(waiting: Submission) -> None:
    browser = signed_in(make.administrator())
    said = {"decision": "approve", "cpl_entry_id": "ZZZ"}

    asked = browser.post(decision_url(waiting), said)
    browser.post(decision_url(waiting), {**said, "cpl_entry_id_again": "ZZZ"})

    waiting.refresh_from_db()
    assert asked.status_code == 422
    assert "ZZZ is not of the series" in text(asked)
    assert 'name="cpl_entry_id_again"' in text(asked)
    assert waiting.cpl_entry_id == "ZZZ"


def test_an_entry_id_of_the_series_is_taken_at_once(waiting: Submission) -> None:
    signed_in(make.administrator()).post(
        decision_url(waiting), {"decision": "approve", "cpl_entry_id": "cpl-000777"}
    )

    waiting.refresh_from_db()
    assert waiting.cpl_entry_id == "CPL-000777"


def test_what_was_returned_is_brought_again_from_a_filled_form(maker: Party) -> None:
    make.listed(make.row(1))
    earlier = make.submitted(make.actor(maker), 2, predecessors=["CPL-000001"])
    signed_in(make.administrator()).post(
        decision_url(earlier), {"decision": "return", "reason": "The notes."}
    )
    browser = signed_in(maker)

    offered = f"{NEW}?again={earlier.pk}"
    page = text(browser.get(f"/submissions/{earlier.pk}"))
    form = text(browser.get(offered))
    stranger_form = text(signed_in(make.maker("other-meters", "F1A2")).get(offered))

    assert offered in page
    assert earlier.manufacturer_image_hash in form
    assert "CPL-000001" in form
    assert earlier.manufacturer_image_hash not in stranger_form
    assert browser.get(f"{NEW}?again=nonsense").status_code == 200


def test_a_reason_that_came_too_late_is_given_back(waiting: Submission) -> None:
    administrator = make.administrator()
    first = signed_in(administrator)
    late = Client(raise_request_exception=False)
    typed = {"decision": "close", "reason": "Long thought.", "acting_for": administrator.slug}

    late.post(decision_url(waiting), typed)
    first.post(decision_url(waiting), {"decision": "approve"})
    late.force_login(first_person(administrator), backend=BACKEND)
    page = text(late.get(f"/submissions/{waiting.pk}"))

    assert "Somebody decided this before you." in page
    assert "Long thought." in page


def test_an_entry_id_is_for_approvals_only(waiting: Submission) -> None:
    answer = signed_in(make.administrator()).post(
        decision_url(waiting), {"decision": "close", "reason": "No.", "cpl_entry_id": "CPL-000009"}
    )

    assert answer.status_code == 422
    assert "Only an approval lists an entry." in text(answer)


def test_whoever_brought_it_is_not_offered_the_decision() -> None:
    administrator = make.party("code", "ADMINISTRATOR", manufacturer_identifiers=[make.MAKER])
    browser = signed_in(administrator)
    browser.post(NEW, answers())
    submission = Submission.objects.get()

    page = browser.get(f"/submissions/{submission.pk}")
    forced = browser.post(decision_url(submission), {"decision": "approve"})

    assert "another person must decide of it" in text(page)
    assert 'id="decide"' not in text(page)
    assert forced.status_code == 403
    assert "Whoever brought a release does not decide it" in text(forced)


def test_a_submission_stands_beside_the_release_it_follows(maker: Party) -> None:
    make.listed(make.row(1, gbcs_version="3.2"))
    submission = make.submitted(make.actor(maker), 2, predecessors=["CPL-000001"])

    page = text(signed_in(make.administrator()).get(f"/submissions/{submission.pk}"))

    assert "Beside the release it follows" in page
    assert "3.2" in page
    assert "Changed" in page


def test_a_rule_that_no_longer_holds_is_said_before_anybody_decides(waiting: Submission) -> None:
    make.listed(
        make.row(9, device_model=waiting.device_model, firmware_version=waiting.firmware_version)
    )
    browser = signed_in(make.administrator())

    page = browser.get(f"/submissions/{waiting.pk}")
    refused = browser.post(decision_url(waiting), {"decision": "approve"})

    assert "Since it was brought, something has changed" in text(page)
    assert refused.status_code == 422
    assert "It is listed as CPL-000009." in text(refused)


def test_the_queue_shows_first_what_waits_longest(maker: Party) -> None:
    by = make.actor(maker)
    early, late = make.submitted(by, 3), make.submitted(by, 4)
    Submission.objects.filter(pk=early.pk).update()
    page = text(signed_in(make.administrator()).get("/submissions?state=SUBMITTED"))

    positions = [page.index(str(one.pk)) for one in sorted((early, late), key=_age)]
    assert positions == sorted(positions)


def first_person(party: Party) -> User:
    return people_of(party)[0].person


def _age(submission: Submission) -> tuple[Any, Any]:
    return (submission.submitted_at, submission.pk)
