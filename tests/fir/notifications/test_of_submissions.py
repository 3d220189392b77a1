"""Who decides hears what waits, and whoever brought it what became of it; nobody else does."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from fir.ledger.models import Bookmark, LedgerEvent
from fir.ledger.operations import append_events, read_ledger
from fir.notifications import operations, wording
from fir.notifications.models import Delivery, Notice
from fir.notifications.operations import read_news, subscribe
from fir.parties.models import Party
from fir.parties.operations import operator
from fir.submissions.models import Submission
from fir.submissions.operations import (
    approve_submission,
    bringing,
    cancel_approval,
    close_submission,
    comment_on_submission,
    publish_due,
    return_submission,
    submit_firmware,
    withdraw_submission,
)
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Actor


pytestmark = pytest.mark.django_db
LATER = make.AT + timedelta(days=1)
BOTH = {"administrator", "fine-meters"}


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


@pytest.fixture
def administrator() -> Actor:
    return make.actor(make.administrator())


@pytest.fixture(autouse=True)
def _bystanders() -> None:
    """Parties that have nothing to do with it: another holder of the identifier among them."""
    make.maker("half-sister", make.MAKER)
    make.maker("other-meters", "F1A2")
    make.party("big-light")
    make.party("wires", "NETWORK_PARTY")


def told(kind: str) -> dict[str, Notice]:
    """The notices of a kind by Party, of which each has one at most."""
    notices = list(Notice.objects.filter(kind=kind).select_related("party"))
    assert len({notice.party_id for notice in notices}) == len(notices)
    return {notice.party.slug: notice for notice in notices}


def telling(kind: str) -> set[str]:
    """Reads the news, and whom it was told to."""
    read_news(at=make.AT)
    return set(told(kind))


def approved_for_tomorrow(submission: Submission, by: Actor) -> None:
    approve_submission(submission_id=submission.pk, by=by, at=make.AT, publish_at=LATER)


# Who is told


def test_the_administrator_alone_hears_what_was_brought(maker: Actor, administrator: Actor) -> None:
    submission = make.submitted(maker)

    assert telling("SUBMISSION_RECEIVED") == {administrator.party.slug}
    notice = told("SUBMISSION_RECEIVED")["administrator"]
    assert notice.title == "To decide: firmware 00000009 for ESME 00010101"
    assert (notice.subject_id, notice.submission_id) == (str(submission.pk), str(submission.pk))
    assert (notice.counts, notice.cpl_entry_id) == ({"SUBMISSIONS": 1}, None)
    assert "Brought by Fine Meters" in notice.text
    assert f"/submissions/{submission.pk}\n" in notice.text


@pytest.mark.parametrize(
    ("turn_down", "kind", "begins"),
    [
        (return_submission, "SUBMISSION_RETURNED", "Returned"),
        (close_submission, "SUBMISSION_CLOSED", "Closed"),
    ],
)
def test_who_brought_it_alone_hears_that_it_was_turned_down_and_why(
    maker: Actor, administrator: Actor, turn_down: Any, kind: str, begins: str
) -> None:
    submission = make.submitted(maker)
    reason = "The hash & the file differ.\n\nSend it again."
    turn_down(submission_id=submission.pk, reason=reason, by=administrator, at=make.AT)

    assert telling(kind) == {"fine-meters"}
    notice = told(kind)["fine-meters"]
    assert notice.title == f"{begins}: firmware 00000009 for ESME 00010101"
    assert "    The hash & the file differ.\n    Send it again.\n" in notice.text
    assert "Fine Meters is told of this because it brought it." in notice.text


def test_who_brought_it_hears_as_what_it_was_published(maker: Actor, administrator: Actor) -> None:
    make.published(maker, administrator)

    assert telling("SUBMISSION_APPROVED") == {"fine-meters"}
    notice = told("SUBMISSION_APPROVED")["fine-meters"]
    assert notice.title == "Published as CPL-000001: firmware 00000009 for ESME 00010101"
    assert "    Published as CPL-000001.\n" in notice.text


def test_of_a_release_for_several_hardware_versions_every_entry_is_named(
    maker: Actor, administrator: Actor
) -> None:
    make.published(maker, administrator, further_device_models=["00010102", "00010201"])
    read_news(at=make.AT)

    notice = told("SUBMISSION_APPROVED")["fine-meters"]
    assert notice.title == (
        "Published as CPL-000001 and 2 more: firmware 00000009 for ESME 00010101 and 2 further "
        "Device Models"
    )
    assert "Published as CPL-000001, CPL-000002, CPL-000003." in notice.text


def test_what_is_approved_for_a_time_says_which_and_what_it_depends_on(
    maker: Actor, administrator: Actor
) -> None:
    approved_for_tomorrow(make.submitted(maker), administrator)

    assert telling("SUBMISSION_APPROVED") == {"fine-meters"}
    notice = told("SUBMISSION_APPROVED")["fine-meters"]
    assert notice.title.startswith("To be published on 21 November 2026, 09:00: firmware 00000009")
    assert (
        "To be published on 21 November 2026, 09:00 (London time), if it keeps every rule then."
        in notice.text
    )


def test_who_brought_it_hears_that_its_time_came(maker: Actor, administrator: Actor) -> None:
    approved_for_tomorrow(make.submitted(maker), administrator)
    publish_due(at=LATER)

    assert telling("SUBMISSION_PUBLISHED") == {"fine-meters"}
    notice = told("SUBMISSION_PUBLISHED")["fine-meters"]
    assert notice.title.startswith("Published as CPL-000001: firmware 00000009")
    assert "at the time for which it was approved" in notice.text


def test_a_time_is_told_as_london_tells_it(maker: Actor, administrator: Actor) -> None:
    in_summer = make.AT.replace(year=2027, month=6)
    submission = make.submitted(maker)
    approve_submission(
        submission_id=submission.pk, by=administrator, at=make.AT, publish_at=in_summer
    )
    read_news(at=make.AT)

    assert "20 June 2027, 10:00" in told("SUBMISSION_APPROVED")["fine-meters"].title


def test_who_brought_it_hears_that_an_approval_was_taken_back(
    maker: Actor, administrator: Actor
) -> None:
    submission = make.submitted(maker)
    approved_for_tomorrow(submission, administrator)
    cancel_approval(submission_id=submission.pk, reason="Too early.", by=administrator, at=make.AT)

    assert telling("APPROVAL_CANCELLED") == {"fine-meters"}
    assert "    Too early.\n" in told("APPROVAL_CANCELLED")["fine-meters"].text


def test_both_hear_what_was_held_back_and_what_is_to_be_mended(
    maker: Actor, administrator: Actor
) -> None:
    submission = make.submitted(maker)
    approved_for_tomorrow(submission, administrator)
    make.listed(make.row(9))  # somebody else lists it meanwhile
    publish_due(at=LATER)

    assert telling("PUBLICATION_HELD_BACK") == BOTH
    for notice in told("PUBLICATION_HELD_BACK").values():
        assert notice.title == "Held back: firmware 00000009 for ESME 00010101"
        assert "CPL-000009" in notice.text
    texts = {slug: notice.text for slug, notice in told("PUBLICATION_HELD_BACK").items()}
    assert "because it brought it." in texts["fine-meters"]
    assert "because it decides of what is brought." in texts["administrator"]


def test_a_comment_is_told_to_the_other_side_alone_and_not_said_in_an_email(
    maker: Actor, administrator: Actor
) -> None:
    submission = make.submitted(maker)
    for by in (maker, administrator):
        comment_on_submission(submission_id=submission.pk, text="Ask Ann.", by=by, at=make.AT)
    read_news(at=make.AT)

    notices = Notice.objects.filter(kind="SUBMISSION_COMMENTED").order_by("seq")
    assert [(n.party.slug, n.text.splitlines()[0]) for n in notices.select_related("party")] == [
        ("administrator", "The Manufacturer commented on this:"),
        ("fine-meters", "The Administrator commented on this:"),
    ]
    assert not any("Ann" in notice.text for notice in notices)


def test_another_holder_of_the_identifier_is_no_side_of_it(maker: Actor) -> None:
    submission = make.submitted(maker)
    sister = make.actor(Party.objects.get(slug="half-sister"))

    with pytest.raises(Submission.DoesNotExist):
        comment_on_submission(submission_id=submission.pk, text="Mine too.", by=sister, at=make.AT)

    assert telling("SUBMISSION_COMMENTED") == set()


def test_the_administrator_hears_what_was_taken_back(maker: Actor, administrator: Actor) -> None:
    submission = make.submitted(maker)
    withdraw_submission(submission_id=submission.pk, by=maker, at=make.AT, reason="Wrong file.")

    assert telling("SUBMISSION_WITHDRAWN") == {administrator.party.slug}
    text = told("SUBMISSION_WITHDRAWN")["administrator"].text
    assert "Taken back by Fine Meters" in text
    assert "    Wrong file.\n" in text


def test_who_decides_of_its_own_partys_release_is_told_once(administrator: Actor) -> None:
    party = administrator.party
    make.party("second-administrator", "ADMINISTRATOR")
    own = make.party("third", "ADMINISTRATOR", manufacturer_identifiers=[make.MAKER])
    submission = make.submitted(make.actor(own))
    approved_for_tomorrow(submission, administrator)
    make.listed(make.row(9))
    publish_due(at=LATER)
    comment_on_submission(submission_id=submission.pk, text="So?", by=make.actor(own), at=make.AT)

    assert telling("PUBLICATION_HELD_BACK") == {party.slug, "second-administrator", "third"}
    assert "third" not in telling("SUBMISSION_COMMENTED")


def test_an_administrator_that_was_admitted_later_is_not_told(maker: Actor) -> None:
    make.submitted(maker)
    late = make.administrator()
    late.admitted_at = make.AT + timedelta(seconds=1)
    late.save()

    read_news(at=LATER)

    assert not Notice.objects.exists()


def test_no_notice_names_a_party_that_its_reader_does_not_deal_with(
    maker: Actor, administrator: Actor
) -> None:
    other = make.actor(make.maker("other-makers-too", "F1A3"))
    submissions = [
        make.submitted(maker),
        make.submitted(other, 8, manufacturer_identifier="F1A3", device_model="00030101"),
    ]
    for submission in submissions:
        comment_on_submission(
            submission_id=submission.pk, text="Why?", by=administrator, at=make.AT
        )
        approved_for_tomorrow(submission, administrator)
        cancel_approval(submission_id=submission.pk, reason="No.", by=administrator, at=make.AT)
        close_submission(submission_id=submission.pk, reason="No.", by=administrator, at=make.AT)
    read_news(at=make.AT)

    slugs = set(Notice.objects.values_list("party__slug", flat=True))
    assert slugs == {"administrator", "fine-meters", "other-makers-too"}
    strangers = {"half-sister", "other-meters", "big-light", "wires"}
    for notice in Notice.objects.select_related("party"):
        said = f"{notice.title}\n{notice.text}".lower()
        own = {notice.party.slug}
        known = slugs if notice.party.slug == "administrator" else own
        unknown = (slugs - known - {"administrator"}) | strangers
        assert not [s for s in unknown if s in said or s.replace("-", " ") in said]


# What it is about


@pytest.mark.parametrize(
    ("said", "what", "outcome"),
    [
        (
            {**make.release(3), "kind": "CORRECTION", "of_entry": "CPL-000003", "reason": "No."},
            "he correction of CPL-000003",
            "Published.",
        ),
        (
            {"kind": "LEGACY_COMPLETION", "of_entry": "CPL-000002", "predecessors": ["CPL-000001"]},
            "he completion of CPL-000002",
            "Published.",
        ),
        (
            {"kind": "WITHDRAWAL", "of_entry": "CPL-000001", "reason": "A fault."},
            "he withdrawal of CPL-000001",
            "Removed from the Central Products List.",
        ),
    ],
)
def test_what_is_about_an_entry_is_told_by_it(
    maker: Actor, administrator: Actor, said: dict[str, Any], what: str, outcome: str
) -> None:
    make.listed(make.row(1), make.row(2))
    make.published(maker, administrator, 3)
    submission = submit_firmware(said=said, by=maker, at=LATER).submission
    approve_submission(submission_id=submission.pk, by=administrator, at=LATER)
    read_news(at=LATER)

    about = Notice.objects.filter(subject_id=submission.pk)
    brought, approved = about.order_by("seq")
    assert (brought.title, approved.title) == (f"To decide: t{what}", f"Approved: t{what}")
    assert f"  T{what}\n    {outcome}\n" in approved.text


# Many at one go


def brought(by: Actor, *numbers: int) -> list[Submission]:
    """Releases that are brought in one append, as a sheet of them is."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        events: list[Any] = []
        patch.setattr(bringing, "append_events", lambda told, **_: events.extend(told))
        submissions = [
            make.submitted(by, n, device_model=f"0001{n:04X}", release_notes="") for n in numbers
        ]
        append_events(events, by=by.author, at=make.AT)
    return submissions


def test_a_sheet_of_releases_is_one_notice_with_the_first_events_seq(
    maker: Actor, administrator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wording, "MOST_LISTED", 3)
    brought(maker, *range(10, 17))

    assert telling("SUBMISSION_RECEIVED") == {administrator.party.slug}
    notice = told("SUBMISSION_RECEIVED")["administrator"]
    first = LedgerEvent.objects.filter(kind="SUBMISSION_RECEIVED").earliest("seq")
    assert (notice.seq, notice.subject_id, notice.submission_id) == (first.seq, "", None)
    assert notice.title == "To decide: 7 submissions"
    assert notice.counts == {"SUBMISSIONS": 7}
    assert "Firmware 0000000C for ESME 0001000C" in notice.text
    assert "0000000D" not in notice.text
    assert "and 4 more" in notice.text
    assert "/submissions\n" in notice.text


def test_what_two_parties_bring_at_the_same_moment_is_told_apart(
    maker: Actor, administrator: Actor
) -> None:
    other = make.actor(make.maker("third-meters", "F1A3"))
    brought(maker, 10, 11)
    make.submitted(other, 8, manufacturer_identifier="F1A3")
    read_news(at=make.AT)

    counts = Notice.objects.filter(kind="SUBMISSION_RECEIVED").order_by("seq")
    assert [notice.counts["SUBMISSIONS"] for notice in counts] == [2, 1]


def test_decisions_at_one_go_are_summed_up_for_each_bringer(
    maker: Actor, administrator: Actor
) -> None:
    other = make.actor(make.maker("third-meters", "F1A3"))
    waiting = [
        *brought(maker, 10, 11),
        make.submitted(other, 8, manufacturer_identifier="F1A3"),
    ]
    for submission in waiting:
        return_submission(
            submission_id=submission.pk, reason="Late. " * 100, by=administrator, at=make.AT
        )

    assert telling("SUBMISSION_RETURNED") == {"fine-meters", "third-meters"}
    several, one = (told("SUBMISSION_RETURNED")[s] for s in ("fine-meters", "third-meters"))
    assert (several.title, one.subject_id) == ("Returned: 2 submissions", str(waiting[2].pk))
    assert "00000008" not in several.text
    assert max(map(len, several.text.splitlines())) < 400  # in short
    assert ("Late. " * 100).strip() in one.text  # and in whole


def test_what_was_done_at_different_times_is_told_apart(maker: Actor, administrator: Actor) -> None:
    for number, at in ((10, make.AT), (11, LATER)):
        submit_firmware(said=make.release(number), by=maker, at=at)
    read_news(at=LATER)

    received = Notice.objects.filter(kind="SUBMISSION_RECEIVED")
    assert [notice.counts for notice in received] == [{"SUBMISSIONS": 1}] * 2


# Reading again


def kept() -> tuple[list[Any], list[Any]]:
    """Every notice and every delivery."""
    rows = (Notice.objects.order_by("pk").values(), Delivery.objects.order_by("pk").values())
    return list(rows[0]), list(rows[1])


def read_from(seq: int) -> None:
    """Read the news again from a bookmark."""
    Bookmark.objects.update_or_create(reader="notifications", defaults={"seq": seq})
    read_news(at=LATER)


def test_read_again_from_anywhere_it_gives_the_same_notices_and_emails(
    maker: Actor, administrator: Actor
) -> None:
    for by in (maker, administrator):
        box = f"desk@{by.party.slug}.invalid"
        subscribe(party=by.party, email=box, by=operator(), at=make.AT)
    waiting = brought(maker, 10, 11, 12)
    approved_for_tomorrow(waiting[0], administrator)
    for submission in waiting[1:]:
        return_submission(submission_id=submission.pk, reason="Late.", by=administrator, at=make.AT)
    read_news(at=make.AT)
    before = kept()
    assert [len(rows) for rows in before] == [3, 3]

    for event in LedgerEvent.objects.order_by("seq"):
        read_from(event.seq - 1)
        assert kept() == before


def test_read_in_small_pieces_it_is_still_one_notice(
    maker: Actor, administrator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "read_ledger", partial(read_ledger, batch=2))
    brought(maker, *range(10, 17))

    assert telling("SUBMISSION_RECEIVED") == {administrator.party.slug}
    assert told("SUBMISSION_RECEIVED")["administrator"].counts == {"SUBMISSIONS": 7}


def test_what_comes_later_at_the_same_moment_is_told_and_told_once(
    maker: Actor, administrator: Actor
) -> None:
    brought(maker, 10, 11)
    read_news(at=make.AT)
    brought(maker, 12, 13, 14)  # by a clock that went back, say

    for _ in range(2):
        read_from(0)
        notices = Notice.objects.filter(kind="SUBMISSION_RECEIVED").order_by("seq")
        assert [notice.title for notice in notices] == [
            "To decide: 2 submissions",
            "To decide: 3 submissions",
        ]


def test_who_subscribes_later_is_sent_nothing_of_before(maker: Actor, administrator: Actor) -> None:
    make.submitted(maker)
    party = administrator.party
    subscribe(party=party, email="desk@administrator.invalid", by=operator(), at=LATER)

    read_news(at=LATER)

    assert told("SUBMISSION_RECEIVED")
    assert not Delivery.objects.exists()
