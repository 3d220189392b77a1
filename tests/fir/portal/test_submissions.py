"""The queue as each side sees it, and reading one submission."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.submissions.operations import (
    approve_submission,
    publish_due,
    return_submission,
    start_draft,
    submit_draft,
    submit_firmware,
    withdraw_submission,
)
from tests import make
from tests.fir.portal.people import signed_in
from tests.visitor import Visitor

if TYPE_CHECKING:
    from fir.parties.models import Actor, Party
    from fir.submissions.models import Submission

pytestmark = pytest.mark.django_db
NOW = make.AT + timedelta(days=3)


def answers(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A release as it is typed into a form."""
    said = {**make.release(number), "pathway": "NONE", "predecessors": "", **changes}
    return {name: value for name, value in said.items() if value is not None}


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def maker() -> Party:
    return make.maker()


@pytest.fixture
def administrator() -> Party:
    return make.administrator()


def of(party: Party) -> Visitor:
    """Somebody of a Party, who has signed in."""
    visitor = Visitor()
    visitor.sign_in(make.person(party))
    return visitor


def brought(by: Actor, number: int, **changes: Any) -> Submission:
    """A submission brought `number` minutes after the first."""
    at = make.AT + timedelta(minutes=number)
    return submit_firmware(said=make.release(number, **changes), by=by, at=at).submission


def approved(submission: Submission, by: Party, **after: float) -> Submission:
    """The submission approved for a time so long after today's."""
    return approve_submission(
        submission_id=submission.pk,
        by=make.actor(by),
        at=make.AT,
        publish_at=NOW + timedelta(**after),
    )


def versions(visitor: Visitor, *, of_rows: str = "Submissions") -> list[str]:
    """The firmware versions of the rows, as numbers' text, in their order."""
    return [row.split()[0].lstrip("0") for row in visitor.rows(of_rows)]


def test_the_queue_shows_first_what_waits_longest_then_what_waits_for_its_time(
    maker: Party, administrator: Party
) -> None:
    by = make.actor(maker)
    late, early = brought(by, 5), brought(by, 3)
    returned, closed = brought(by, 6), brought(by, 4)
    return_submission(
        submission_id=returned.pk, reason="No.", by=make.actor(administrator), at=make.AT
    )
    withdraw_submission(submission_id=closed.pk, by=by, at=make.AT)
    next_day, next_hour = brought(by, 1), brought(by, 2)
    approved(next_day, administrator, days=1)
    approved(next_hour, administrator, hours=1)
    basil = of(administrator)

    basil.open("/submissions")

    assert versions(basil) == ["3", "5", "2", "1", "6", "4"]
    assert early.submitted_at < late.submitted_at
    first, _, due, *_, taken_back = basil.rows("Submissions")
    assert "waits for 2 days, 23 hours" in first.replace("\xa0", " ")
    assert "to be published at 23 Nov 2026, 10:00" in due
    assert taken_back.endswith("taken back")


def test_what_is_long_past_its_time_is_overdue(maker: Party, administrator: Party) -> None:
    by = make.actor(maker)
    approved(brought(by, 1), administrator, minutes=-6)
    approved(brought(by, 2), administrator, minutes=-1)
    basil = of(administrator)

    basil.open("/submissions?state=APPROVED")
    long_past, just_now = basil.rows("Submissions")
    basil.follow("00000001")

    assert "Overdue since 23 Nov 2026, 08:54" in long_past
    assert "Overdue" not in just_now
    assert "look after its workers" in basil.text


def test_the_queue_says_how_many_rules_are_broken_now(maker: Party, administrator: Party) -> None:
    by = make.actor(maker)
    brought(by, 1)
    brought(by, 2, gbcs_version="9.9")
    faulty = brought(by, 3, device_model="00020101")
    make.listed(make.row(9, device_model="00020101", firmware_version=faulty.firmware_version))
    basil, ada = of(administrator), of(maker)

    basil.open("/submissions")
    ada.open("/submissions")

    fine, warned, broken = (row.replace("\xa0", " ") for row in basil.rows("Submissions"))
    assert "All kept" in fine
    assert "1 warning" in warned
    assert "fault" not in warned
    assert "2 faults1 warning" in broken  # it stands on the list, with another hash
    assert not any("fault" in row or "All kept" in row for row in ada.rows("Submissions"))


def test_the_queue_is_narrowed_by_state_and_kind(maker: Party, administrator: Party) -> None:
    make.listed(make.row(1))
    by = make.actor(maker)
    brought(by, 2, device_model="00020101")
    withdrawal = {"kind": "WITHDRAWAL", "of_entry": "CPL-000001", "reason": "It fails."}
    submit_firmware(said=withdrawal, by=by, at=make.AT)
    basil = of(administrator)

    basil.open("/submissions")
    basil.send("Search", {"Kind": "Withdrawal of a release"})
    assert [row.split()[0] for row in basil.rows("Submissions")] == ["00000001"]
    assert "CPL-000001" in basil.rows("Submissions")[0]
    basil.send("Search", {"State": "Returned"})
    assert "Nothing fits." in basil.text


def test_drafts_stand_above_what_was_brought_and_only_their_own_party_sees_them(
    maker: Party, administrator: Party
) -> None:
    by = make.actor(maker)
    brought(by, 1)
    for number in range(2, 14):
        make.draft(by, number)
    ada, basil, other = of(maker), of(administrator), of(make.maker("other-meters", "F1A2"))

    ada.open("/submissions")
    newest = len(ada.rows("Drafts"))
    ada.follow("All drafts")
    for stranger in (basil, other):
        stranger.open("/submissions?state=DRAFT")

    assert newest == 10
    assert len(ada.rows("Drafts")) == 12
    assert basil.rows("Drafts") == other.rows("Drafts") == []
    assert "Select a valid choice" in basil.text
    assert "Nothing fits." in other.text


def test_a_submission_stands_beside_the_release_it_follows(
    maker: Party, administrator: Party
) -> None:
    make.listed(make.row(1, gbcs_version="3.2"), make.row(2, gbcs_version="3.2"))
    by, decider = make.actor(maker), make.actor(administrator)
    make.published(by, decider, 3, predecessors=["CPL-000001"], device_model="00010101")
    said = {"predecessors": ["CPL-000002", "CPL-000003"], "purposes": ["SECURITY", "DEFECT"]}
    submission = brought(by, 4, security_relevant=True, **said)
    basil = of(administrator)

    basil.open(f"/submissions/{submission.pk}")

    facts = {row.split("  ")[0]: row for row in basil.rows("The facts")}
    assert "Beside the release it follows" in basil.text
    assert "The release before it is CPL-000003" in basil.text
    assert any(row.startswith("Firmware version") and "Changed" in row for row in facts.values())
    assert any(row.startswith("GBCS version 4.2 4.2 Same") for row in facts.values())
    assert "Why it was made Security, A defect Not said Added" in " ".join(facts.values())
    assert "CPL-000002: added" in basil.text
    assert "CPL-000003: added, the release before it" in basil.text
    assert "CPL-000001: no longer named" in basil.text
    assert "Picture of the upgrade pathway" in text(
        signed_in(make.party("second", "ADMINISTRATOR")).get(f"/submissions/{submission.pk}")
    )


def test_every_hardware_version_is_named(maker: Party, administrator: Party) -> None:
    further = ["00010102", "00010103"]
    submission = brought(make.actor(maker), 4, further_device_models=further)
    basil = of(administrator)

    basil.open(f"/submissions/{submission.pk}")

    assert "00010101, 00010102, 000101033 hardware versions" in basil.text
    assert "Further Device Models 00010102, 00010103" in " ".join(basil.rows("The facts"))
    assert "CPL Entry ID" not in basil.text  # as many entries, as many ids


def test_a_correction_stands_beside_the_record_and_a_withdrawal_beside_nothing(
    maker: Party, administrator: Party
) -> None:
    by = make.actor(maker)
    entry = make.published(by, make.actor(administrator), 1).cpl_entry_id
    about = {"of_entry": entry, "reason": "The notes were another release's."}
    said = {**make.release(1, release_notes="Other notes."), **about, "kind": "CORRECTION"}
    correction = submit_firmware(said=said, by=by, at=make.AT).submission
    basil = of(administrator)

    basil.open(f"/submissions/{correction.pk}")
    corrected = basil.rows("The facts")
    withdraw_submission(submission_id=correction.pk, by=by, at=make.AT)
    withdrawal = submit_firmware(said={**about, "kind": "WITHDRAWAL"}, by=by, at=make.AT)
    basil.open(f"/submissions/{withdrawal.submission.pk}")

    assert "Release notes Other notes. Mends the clock. Changed" in corrected
    assert sum("Changed" in row for row in corrected) == 1
    assert "What is to be withdrawn" in basil.text
    assert not any("Same" in row or "Changed" in row for row in basil.rows("The facts"))
    assert about["reason"] in basil.text


def test_an_earlier_attempt_is_named_with_the_reason_it_came_back_for(
    maker: Party, administrator: Party
) -> None:
    by = make.actor(maker)
    earlier = brought(by, 1)
    return_submission(
        submission_id=earlier.pk, reason="The hash.", by=make.actor(administrator), at=make.AT
    )
    again = start_draft(kind="NEW", said=make.release(1), by=by, at=make.AT, again_of=earlier)
    submit_draft(draft_id=again.pk, by=by, at=make.AT)
    basil, ada = of(administrator), of(maker)

    basil.open("/submissions?state=SUBMITTED")
    basil.follow("00000001")
    assert "It was returned: The hash." in basil.text
    basil.follow("what was brought on")
    assert "It was brought again on 20 November 2026." in basil.text
    ada.open(f"/submissions/{earlier.pk}")
    assert "Mend and bring again" not in ada.text


def test_what_is_held_back_at_its_time_says_why(maker: Party, administrator: Party) -> None:
    submission = approved(brought(make.actor(maker), 1), administrator, hours=1)
    make.listed(make.row(9, firmware_version=submission.firmware_version))
    publish_due(at=NOW + timedelta(hours=2))
    ada = of(maker)

    ada.open(f"/submissions/{submission.pk}")

    assert "It was approved, and held back at its time, on 23 November 2026, 10:00" in ada.text
    assert ada.text.count("It is listed as CPL-000009.") == 3  # then, now, and in its history
    assert "What happened to this submission" in ada.text
    assert "To be published on 23 November 2026, 10:00." in ada.text
