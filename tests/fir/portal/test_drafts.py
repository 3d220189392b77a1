"""A draft by its pages: begun with what FIR knows, its tasks, checked, brought or dropped."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from fir.parties.permissions import Permission
from fir.portal.forms.drafts import PURPOSE_WORDS
from fir.portal.sections import SECTIONS
from fir.records.contacts import change_contact
from fir.submissions.claims import PURPOSES, READERS
from fir.submissions.models import Draft, Submission
from tests import make
from tests.fir.portal.drafts import MODEL, at, begin, save, statuses, text
from tests.fir.portal.people import browser_of, signed_in
from tests.fir.portal.reading import errors

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
IN_HAND = {"firmware_version": "00000009", "manufacturer_image_hash": make.image_hash(9)}


@pytest.fixture
def maker() -> Party:
    return make.maker()


@pytest.fixture
def browser(maker: Party) -> Client:
    make.listed(make.row(1), make.row(2))
    return signed_in(maker)


def test_every_question_has_one_section_and_every_purpose_words() -> None:
    asked = [name for section in SECTIONS for name in section.names]

    assert sorted(asked) == sorted(set(READERS) - {"kind"})
    assert set(PURPOSE_WORDS) == set(PURPOSES)


def test_a_correction_begins_with_all_that_the_record_says(browser: Client, maker: Party) -> None:
    administrator = make.actor(make.administrator())
    facts = {"purposes": ["DEFECT"], "end_of_support": "2040-01-01", "image_size": 4096}
    make.published(make.actor(maker), administrator, 9, predecessors=["CPL-000001"], **facts)

    draft = begin(browser, kind="CORRECTION", of_entry="cpl-000003")
    page = statuses(browser.get(at(draft)))

    assert draft.said["of_entry"] == "CPL-000003"
    assert draft.said["predecessors"] == ["CPL-000001"]
    assert draft.said["manufacturer_image_hash"] == make.image_hash(9)
    assert {name: draft.said[name] for name in facts} == facts
    assert "device_model" not in draft.said
    assert page["Reason"] == "To be mended: 1 thing"
    assert page["Device"] == page["Firmware"] == page["Assurance"] == "Completed"
    save(browser, draft, "reason", reason="The hash was another's.")
    save(browser, draft, "firmware", manufacturer_image_hash=make.image_hash("right"))
    assert browser.post(at(draft, "check")).status_code == 302
    assert Submission.objects.get(kind="CORRECTION").reason == "The hash was another's."


def test_a_completion_asks_for_what_the_list_does_not_say(browser: Client) -> None:
    draft = begin(browser, kind="LEGACY_COMPLETION", of_entry="CPL-000002")

    page = browser.get(at(draft))
    check = text(browser.get(at(draft, "check")))

    assert list(statuses(page)) == [
        "Entry",
        "Firmware",
        "Pathway",
        "Notes",
        "Contact",
        "Check and bring",
    ]
    assert make.image_hash(2) in check
    assert "What the list says of it" in check
    save(browser, draft, "pathway", predecessors=["NOT KNOWN"])
    assert statuses(browser.get(at(draft)))["Pathway"] == "Completed"
    save(browser, draft, "notes", release_notes="From the archive.")
    browser.post(at(draft, "check"))
    brought = Submission.objects.get()
    assert (brought.kind, brought.predecessors) == ("LEGACY_COMPLETION", None)
    assert brought.release_notes == "From the archive."


def test_a_withdrawal_asks_for_its_reason_alone(browser: Client) -> None:
    draft = begin(browser, kind="WITHDRAWAL", of_entry="CPL-000002")

    assert statuses(browser.get(at(draft))) == {
        "Reason": "To be mended: 1 thing",
        "Check and bring": "Not started",
    }
    for section in ("device", "contact", "pathway", "nonsense"):
        assert browser.get(at(draft, section)).status_code == 404
    for page in ("image", "picture"):
        assert browser.get(at(draft, page)).status_code == 404
    save(browser, draft, "reason", reason="It resets the clock.")
    browser.post(at(draft, "check"))
    assert Submission.objects.get().reason == "It resets the clock."


def test_tasks_say_how_they_stand(browser: Client) -> None:
    draft = begin(browser, model=MODEL)
    before = statuses(browser.get(at(draft)))
    save(browser, draft, "firmware", firmware_version="two")
    begun = statuses(browser.get(at(draft)))
    save(browser, draft, "firmware", **IN_HAND)
    save(browser, draft, "notes")
    after = statuses(browser.get(at(draft)))

    assert before == {
        "Device": "Completed",
        "Firmware": "Not started",
        "Pathway": "Completed",
        "Assurance": "Completed",
        "Notes": "Not started",
        "Contact": "Not started",
        "Check and bring": "Not started",
    }
    assert begun["Firmware"] == "To be mended: 2 things"
    assert (after["Firmware"], after["Notes"]) == ("Completed", "Completed")
    assert after["Check and bring"] == "Ready"


@pytest.mark.parametrize(
    ("days_ago", "status", "words"),
    [(1, "Completed", "Change it"), (40, "To be mended", "Nobody has confirmed it for a month.")],
)
def test_the_contact_is_the_makers_card(
    browser: Client, maker: Party, days_ago: int, status: str, words: str
) -> None:
    draft = begin(browser, model=MODEL)
    none = text(browser.get(at(draft, "contact")))
    change_contact(
        manufacturer_identifier=make.MAKER,
        role="Image desk",
        email="images@fine-meters.example",
        by=make.actor(maker),
        at=timezone.now() - timedelta(days=days_ago),
    )

    page = text(browser.get(at(draft, "contact")))

    assert "has given no contact yet" in none
    assert "images@fine-meters.example" in page
    assert words in page
    assert f"/contacts/{make.MAKER}?back={at(draft, 'contact')}" in page
    assert statuses(browser.get(at(draft)))["Contact"] == status


def test_checking_shows_every_answer_and_where_each_fault_is_mended(browser: Client) -> None:
    draft = begin(browser, model=MODEL, firmware_version="0x0000000f")

    page = text(browser.get(at(draft, "check")))
    refused = browser.post(at(draft, "check"))

    assert "0000000F" in page
    assert f'{at(draft, "firmware")}#id_manufacturer_image_hash">Manufacturer Image Hash: ' in page
    assert "Not said" in page
    assert refused.status_code == 422
    assert errors(refused) == "Manufacturer Image Hash: This must be said."
    assert not Submission.objects.exists()
    assert Draft.objects.filter(pk=draft.pk).exists()


def test_what_only_warns_is_said_before_it_is_brought(browser: Client) -> None:
    draft = begin(browser, model=MODEL, **IN_HAND)

    page = text(browser.get(at(draft, "check")))

    assert "1 listed version cannot reach this one: CPL-000001." in page
    assert browser.post(at(draft, "check")).status_code == 302


def test_a_release_under_another_partys_identifier_is_not_brought(browser: Client) -> None:
    draft = begin(browser, model=MODEL, **IN_HAND)
    make.maker("other-meters", "F1A2")
    save(browser, draft, "device", manufacturer_identifier="F1A2")

    answer = browser.post(at(draft, "check"))

    assert answer.status_code == 422
    assert "does not hold the Manufacturer Identifier F1A2" in errors(answer)


def test_bringing_twice_brings_one_and_old_addresses_lead_to_it(browser: Client) -> None:
    draft = begin(browser, model=MODEL, **IN_HAND)

    answers = [browser.post(at(draft, "check")) for _ in range(2)]

    assert {answer["Location"] for answer in answers} == {f"/submissions/{draft.pk}"}
    assert Submission.objects.count() == 1
    for page in ("", "check", "firmware", "image", "picture", "drop"):
        assert browser.get(at(draft, page))["Location"] == f"/submissions/{draft.pk}"
    for page in ("firmware", "picture", "drop"):
        assert browser.post(at(draft, page))["Location"] == f"/submissions/{draft.pk}"


def test_a_dropped_draft_is_gone(browser: Client) -> None:
    draft = begin(browser, model=MODEL)

    asked = text(browser.get(at(draft, "drop")))
    dropped = text(browser.post(at(draft, "drop"), follow=True))

    assert "Drop this draft?" in asked
    assert "The draft was dropped." in dropped
    assert not Draft.objects.exists()
    for page in ("", "check", "drop"):
        assert browser.get(at(draft, page)).status_code == 404
    assert browser.post(at(draft, "check")).status_code == 404


def test_a_draft_is_shared_within_its_party_and_looks_like_nothing_elsewhere(
    browser: Client, maker: Party
) -> None:
    draft = begin(browser, model=MODEL)
    bea = make.person(maker, "bea@fine-meters.invalid", [Permission.SUBMIT_FIRMWARE])
    colleague, stranger = (
        browser_of(bea),
        signed_in(make.maker("other-meters", "F1A2")),
    )

    assert colleague.get(at(draft)).status_code == 200
    for page in ("", "check", "firmware", "contact", "image", "picture", "drop"):
        assert stranger.get(at(draft, page)).status_code == 404
    for page in ("check", "firmware", "picture", "drop"):
        assert stranger.post(at(draft, page)).status_code == 404
    assert Draft.objects.get() == draft
