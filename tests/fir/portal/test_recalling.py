"""A Manufacturer recalls its release in the portal; everybody who reads of it sees that."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from fir.notifications.operations import read_news as tell
from fir.parties.permissions import Permission
from fir.portal.kept import WELCOME_BACK
from fir.records.models import Recall, RepositoryEntry
from fir.records.proposals import confirm_proposal
from fir.records.recalling import propose_archival, recall_release
from fir.submissions.models import Submission
from tests import make
from tests.fir.portal.drafts import at, begin, save
from tests.fir.portal.people import browser_of, signed_in
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from fir.parties.models import Party

ENTRY = "CPL-000002"
RECALL, RECORD, LISTED = f"/firmware/{ENTRY}/recall", f"/firmware/{ENTRY}", f"/cpl/{ENTRY}"
REASON = "It drains the battery."
SURE = {"action": "confirm", "reason": REASON, "sure": "sure"}
NOW = make.AT + timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def maker() -> Party:
    return make.maker()


@pytest.fixture
def administrator() -> Party:
    return make.administrator()


@pytest.fixture
def supplier() -> Party:
    return make.party()


@pytest.fixture(autouse=True)
def _releases(maker: Party, administrator: Party) -> None:
    """CPL-000001 from before the repository, and CPL-000002 over it."""
    make.listed(make.row(1))
    make.published(make.actor(maker), make.actor(administrator), 2, predecessors=["CPL-000001"])


@pytest.fixture
def ada(maker: Party) -> Client:
    return browser_of(make.person(maker))


def recalled(by: Party) -> None:
    recall_release(cpl_entry_id=ENTRY, reason=REASON, by=make.actor(by), at=NOW)


def archived(administrator: Party) -> None:
    said = {"cause": "END_OF_SUPPORT", "reason": "Ten years old."}
    proposal = propose_archival(cpl_entry_id=ENTRY, **said, by=make.actor(administrator), at=NOW)
    second = make.actor(make.party("second", "ADMINISTRATOR"))
    confirm_proposal(proposal_id=proposal.pk, by=second, at=NOW)


def tags(answer: Any) -> list[str]:
    """The tags beside the heading."""
    found = html.fromstring(answer.content).xpath("//h1//strong[contains(@class,'govuk-tag')]")
    return [tag.text_content() for tag in found]


def queries_of(browser: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as held:
        assert browser.get(address).status_code == 200
    return len(held.captured_queries)


# In two steps


def test_a_recall_takes_one_person_and_two_steps(ada: Client) -> None:
    asked = ada.post(RECALL, {"reason": f" {REASON}\n"})

    assert asked.status_code == 200
    assert "You are about to tell every Supplier" in text(asked)
    assert "not to deploy this release" in text(asked)
    assert "It concerns 1 entry" in text(asked)
    assert REASON in text(asked)
    assert not Recall.objects.exists()

    done = ada.post(RECALL, SURE, follow=True)

    assert done.redirect_chain == [(RECORD, 302)]
    assert "CPL-000002 is recalled." in text(done)
    assert RepositoryEntry.objects.get(cpl_entry_id=ENTRY).recall_reason == REASON


def test_without_the_box_it_is_asked_again_and_nothing_is_recalled(ada: Client) -> None:
    answer = ada.post(RECALL, {"action": "confirm", "reason": REASON})

    assert answer.status_code == 422
    assert "Tick the box" in errors(answer)
    assert REASON in text(answer)
    assert not Recall.objects.exists()


@pytest.mark.parametrize("more", [{}, {"action": "confirm", "sure": "sure"}])
@pytest.mark.parametrize(
    ("reason", "sentence"), [("", "Say why"), ("x" * 501, "501"), ("a\u202eb", "U+202E")]
)
def test_a_reason_that_cannot_be_kept_is_said_beside_it(
    ada: Client, reason: str, sentence: str, more: dict[str, str]
) -> None:
    answer = ada.post(RECALL, {"reason": reason, **more})

    assert answer.status_code == 422
    assert errors(answer).startswith("Reason: ")
    assert sentence in errors(answer)
    assert not Recall.objects.exists()


def test_a_recalled_release_is_not_recalled_again(ada: Client, maker: Party) -> None:
    recalled(maker)

    for answer in (ada.post(RECALL, {"reason": "As well."}), ada.post(RECALL, SURE)):
        assert answer.status_code == 409
        assert "It is recalled already" in text(answer)
    assert "As well." in text(ada.post(RECALL, {"reason": "As well."}))
    shown = ada.get(RECALL)
    assert (shown.status_code, b"<textarea" in shown.content) == (200, False)
    assert Recall.objects.count() == 1


def test_nobody_recalls_or_is_asked_about_anothers_release(
    administrator: Party, supplier: Party
) -> None:
    rival = signed_in(make.maker("other-meters", "F1A2"))

    assert rival.get(RECALL).status_code == 404
    assert rival.post(RECALL, SURE).status_code == 404
    for party in (administrator, supplier):
        assert signed_in(party).get(RECALL).status_code == 403
    assert not Recall.objects.exists()


def test_the_other_entries_of_the_same_image_are_named(
    ada: Client, maker: Party, administrator: Party
) -> None:
    by, decider = make.actor(maker), make.actor(administrator)
    image = make.image_hash(2)
    make.published(by, decider, 2, device_model="00010102", manufacturer_image_hash=image)

    for answer in (ada.get(RECALL), ada.post(RECALL, {"reason": REASON})):
        assert "listed for 1 other entry" in text(answer)
        assert "/firmware/CPL-000003/recall" in answer.content.decode()


def test_the_reason_outlasts_a_session(maker: Party) -> None:
    person, stranger = make.person(maker), Client()
    stranger.post(RECALL, {**SURE, "acting_for": maker.slug})
    stranger.post("/account/sign-in", {"login": person.email, "password": make.PASSWORD})

    answer = stranger.get(RECALL)

    assert WELCOME_BACK in text(answer)
    assert REASON in text(answer)
    assert not Recall.objects.exists()


def test_whoever_may_not_read_records_is_led_to_the_entry(maker: Party) -> None:
    alone = [Permission.SUBMIT_FIRMWARE]
    browser = browser_of(make.person(maker, "eve@fine-meters.invalid", alone))

    assert browser.post(RECALL, SURE)["Location"] == LISTED


# What is seen of it


def test_the_record_and_the_entry_say_that_it_must_not_be_deployed(
    maker: Party, supplier: Party
) -> None:
    recalled(maker)
    browser = signed_in(supplier)

    for address in (RECORD, LISTED):
        answer = browser.get(address)
        assert "Do not deploy: recalled" in text(answer)
        assert f"Why: {REASON}" in text(answer)
        assert tags(answer)[0] == "Recalled"
        assert "says that its release must not be deployed" in text(answer)  # its history


def test_lists_the_table_and_the_picture_say_it_too(maker: Party, supplier: Party) -> None:
    recalled(maker)
    browser = signed_in(supplier)

    assert "00000002 Recalled Latest (N)" in text(browser.get("/firmware"))
    assert "00000002 Recalled Current" in text(browser.get("/cpl"))
    shown = text(browser.get("/firmware/CPL-000001"))
    assert "CPL-000002 Recalled Latest (N)" in shown
    assert "00000002 recalled" in shown
    assert "Do not deploy" not in shown


def test_strangers_are_not_told_what_is_for_those_who_read_records(
    maker: Party,
) -> None:
    recalled(maker)
    rival = signed_in(make.maker("other-meters", "F1A2"))

    for browser in (Client(), rival):
        assert "ecalled" not in text(browser.get(LISTED))
        assert "ecalled" not in text(browser.get("/cpl"))


def test_what_is_archived_says_when_and_why(
    ada: Client, administrator: Party, supplier: Party
) -> None:
    archived(administrator)
    browser = signed_in(supplier)

    for address in (RECORD, LISTED):
        answer = browser.get(address)
        assert "Archived on 20 November 2026" in text(answer)
        assert "Nobody supports it any more." in text(answer)
        assert "Why: Ten years old." in text(answer)
        assert "Archived" in tags(answer)
    assert "00000002 Archived" in text(ada.get("/firmware"))
    shown = text(ada.get(RECORD))
    assert "Correct this record" not in shown
    assert "it must be restored before it can be corrected" in shown
    assert "00000002 archived" in text(ada.get("/firmware/CPL-000001"))


def test_the_history_names_nobody_but_by_what_says_nothing_to_strangers(
    ada: Client, maker: Party, administrator: Party
) -> None:
    archived(administrator)
    recalled(maker)

    shown = text(ada.get(RECORD))

    happened = shown.partition("What happened to this entry")[2]
    assert "A release was retired" in happened
    assert "Nobody supports it any more. Why: Ten years old. By " in happened
    assert " of second, as " in happened
    assert "A Manufacturer says that its release must not be deployed. Why: It drains" in happened
    assert "@" not in happened


def test_only_its_maker_is_offered_to_recall_or_to_lift(
    ada: Client, maker: Party, supplier: Party
) -> None:
    assert RECALL in ada.get(RECORD).content.decode()
    assert "Lift the recall" not in text(ada.get(RECORD))
    recalled(maker)

    shown = ada.get(RECORD).content.decode()

    assert RECALL not in shown
    assert f"/submissions/new?kind=RECALL_LIFT&amp;entry={ENTRY}" in shown
    assert "Lift the recall" not in text(signed_in(supplier).get(RECORD))


# Lifting it


def test_a_recall_is_lifted_by_a_draft_and_a_review(
    ada: Client, maker: Party, administrator: Party
) -> None:
    recalled(maker)
    begun = ada.get(f"/submissions/new?kind=RECALL_LIFT&entry={ENTRY}")
    assert "Lifting a recall" in text(begun)
    draft = begin(ada, kind="RECALL_LIFT", of_entry=ENTRY)
    tasks = text(ada.get(at(draft)))
    assert "Lifting a recall: CPL-000002" in tasks
    assert "Contact" not in tasks
    assert "Pathway" not in tasks
    save(ada, draft, "reason", reason="It was the cable.")
    assert "Ask for the recall to be lifted" in text(ada.get(at(draft, "check")))

    brought = ada.post(at(draft, "check"), follow=True)

    submission = Submission.objects.get(kind="RECALL_LIFT")
    assert "What may be deployed again" in text(brought)
    assert "It was the cable." in text(brought)
    basil = signed_in(administrator)
    page = f"/submissions/{submission.pk}"
    assert "the release may be deployed again" in text(basil.get(page))
    decided = basil.post(f"{page}/decision", {"decision": "approve"}, follow=True)
    assert "The recall of CPL-000002 is lifted." in text(decided)
    assert "Published: the recall is lifted of CPL-000002" in text(decided)
    shown = text(ada.get(RECORD))
    assert "Do not deploy" not in shown
    assert "A recalled release may be deployed again. Why: It was the cable." in shown


def test_what_is_not_recalled_cannot_have_its_recall_lifted(ada: Client) -> None:
    answer = ada.post(
        "/submissions/new", {"kind": "RECALL_LIFT", "model": "another", "of_entry": ENTRY}
    )

    assert answer.status_code == 422
    assert "Only of a recalled release" in errors(answer)


def test_a_notice_of_a_recall_leads_to_the_record(maker: Party, supplier: Party) -> None:
    recalled(maker)
    tell(at=NOW)
    browser = signed_in(supplier)

    (link,) = html.fromstring(browser.get("/notices").content).xpath("//main//ul//a")

    assert link.text_content().startswith("DO NOT DEPLOY CPL-000002")
    notice = browser.get(link.get("href"))
    assert f'href="{RECORD}"' in notice.content.decode()


def test_a_list_costs_the_same_for_one_recalled_and_for_many(
    maker: Party, administrator: Party, supplier: Party
) -> None:
    recalled(maker)
    browser = signed_in(supplier)
    by, decider = make.actor(maker), make.actor(administrator)
    make.published(by, decider, 3, predecessors=["CPL-000001"])  # the latest costs otherwise
    few = [queries_of(browser, address) for address in ("/firmware", "/cpl", RECORD, LISTED)]
    for number in range(4, 9):
        make.published(by, decider, number, predecessors=["CPL-000001"])
        recall_release(cpl_entry_id=f"CPL-{number:06}", reason=REASON, by=by, at=NOW)

    many = [queries_of(browser, address) for address in ("/firmware", "/cpl", RECORD, LISTED)]

    assert many == few
