"""The sections of a draft: whatever is typed is kept, and what is wrong with it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from fir.submissions.judging import check_release
from tests import make
from tests.fir.portal.drafts import MODEL, at, begin, form_of, save, text
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import errors

if TYPE_CHECKING:
    from django.test import Client

    from fir.submissions.models import Draft

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
RIGHT_TO_LEFT = "\u202e"


@pytest.fixture
def browser() -> Client:
    make.listed(*(make.row(n) for n in range(1, 5)))
    return signed_in(make.maker())


@pytest.fixture
def draft(browser: Client) -> Draft:
    return begin(browser, model=MODEL)


def test_a_good_answer_is_saved_and_leads_to_the_tasks(browser: Client, draft: Draft) -> None:
    answer = save(browser, draft, "notes", purposes=["SECURITY"], security_relevant="YES")

    draft.refresh_from_db()
    assert answer["Location"] == at(draft)
    assert draft.said["purposes"] == ["SECURITY"]
    assert draft.said["security_relevant"] is True
    assert draft.said["interrupts_hub_power"] is None


def test_faulty_answers_are_kept_as_typed_and_told_beside_the_fields(
    browser: Client, draft: Draft
) -> None:
    wrong = {
        "manufacturer_identifier": "F1A9",
        "device_type": "TOASTER",
        "device_model": " 9001 ",
        "further_device_models": "0001\r\nzz, 00010103",
    }

    answer = save(browser, draft, "device", **wrong)

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert "Saved; to be mended" in text(answer)
    for name in ("device_type", "device_model", "further_device_models"):
        assert f'id="id_{name}_error"' in text(answer)
    assert draft.said["device_model"] == " 9001 "
    assert draft.said["device_type"] == "TOASTER"
    assert draft.said["further_device_models"] == ["0001", "zz", "00010103"]
    again = text(browser.get(at(draft, "device")))
    for typed in ('value=" 9001 "', 'value="TOASTER" selected', 'value="F1A9" selected'):
        assert typed in again
    assert 'id="id_device_model_error"' in again


def test_what_cannot_even_be_kept_is_shown_back(browser: Client, draft: Draft) -> None:
    save(browser, draft, "notes", release_notes="Before.")

    answer = save(browser, draft, "notes", release_notes="n" * 2**20, activation_advice="Wait.")
    odd = save(browser, draft, "firmware", firmware_version="\x00")

    draft.refresh_from_db()
    assert (answer.status_code, odd.status_code) == (422, 422)
    assert "Not saved; to be mended" in text(answer)
    assert "At most 20,000 characters can be kept in a draft" in errors(answer)
    assert form_of(answer)["release_notes"] == ["n" * 2**20]
    assert form_of(answer)["activation_advice"] == ["Wait."]
    assert "control character" in errors(odd)
    assert draft.said["release_notes"] == "Before."


def test_right_to_left_overrides_are_told_and_never_shown_as_such(
    browser: Client, draft: Draft
) -> None:
    answer = save(browser, draft, "assurance", gbcs_version=f"4{RIGHT_TO_LEFT}2")

    assert answer.status_code == 422
    assert "control or invisible character" in errors(answer)
    check = text(browser.get(at(draft, "check")))
    assert RIGHT_TO_LEFT not in check
    assert "4�2" in check


def test_whoever_saves_second_sees_the_others_answer_and_may_replace_it(
    browser: Client, draft: Draft
) -> None:
    held = form_of(browser.get(at(draft, "notes")))
    save(browser, draft, "notes", release_notes="Hers.", security_relevant="NO")
    mine = {**held, "release_notes": "Mine.", "security_relevant": "NO"}

    answer = browser.post(at(draft, "notes"), mine)
    draft.refresh_from_db()
    kept = draft.said["release_notes"]
    again = browser.post(at(draft, "notes"), form_of(answer))

    draft.refresh_from_db()
    assert answer.status_code == 409
    assert kept == "Hers."
    assert "Somebody else wrote:</strong> Hers." in text(answer)
    assert text(answer).count("Somebody else wrote") == 1
    assert form_of(answer)["release_notes"] == ["Mine."]
    assert again.status_code == 302
    assert draft.said["release_notes"] == "Mine."


def test_sections_do_not_stand_in_each_others_way(browser: Client, draft: Draft) -> None:
    held = form_of(browser.get(at(draft, "notes")))
    save(browser, draft, "assurance", gbcs_version="4.1")

    answer = browser.post(at(draft, "notes"), {**held, "release_notes": "Mine."})

    assert answer.status_code == 302


def test_the_same_answers_sent_twice_are_saved_once(browser: Client, draft: Draft) -> None:
    sent = {**form_of(browser.get(at(draft, "notes"))), "release_notes": "Mine."}

    assert [browser.post(at(draft, "notes"), sent).status_code for _ in range(2)] == [302, 302]


def test_a_false_that_took_the_place_of_nothing_is_shown(browser: Client, draft: Draft) -> None:
    held = form_of(browser.get(at(draft, "notes")))
    save(browser, draft, "notes", security_relevant="NO")

    answer = browser.post(at(draft, "notes"), held)

    assert answer.status_code == 409
    assert "Somebody else wrote:</strong> No" in text(answer)


def test_only_a_hub_is_asked_what_it_carries(browser: Client, draft: Draft) -> None:
    assert 'name="carries_updates"' not in text(browser.get(at(draft, "firmware")))

    save(browser, draft, "device", device_type="CHF", esme_variant="")

    assert 'name="carries_updates"' in text(browser.get(at(draft, "firmware")))
    save(browser, draft, "firmware", carries_updates="YES")
    save(browser, draft, "device", device_type="ESME")
    # An answer that no longer fits can still be taken back.
    page = browser.get(at(draft, "firmware"))
    assert "Only a Communications Hub" in errors(page)


def test_the_familys_entries_are_offered_newest_first(browser: Client, draft: Draft) -> None:
    make.listed(
        *(make.row(n) for n in range(1, 5)),
        make.row(7, device_model="00010102"),
        make.row(8, device_model="00990102"),
    )

    tree = html.fromstring(browser.get(at(draft, "pathway")).content)
    offered = [box.get("value") for box in tree.xpath("//input[@name='predecessors']")]
    ticked = tree.xpath("//input[@name='predecessors'][@checked]/@value")

    assert offered == [
        "CPL-000007",
        "CPL-000004",
        "CPL-000003",
        "CPL-000002",
        "CPL-000001",
        "N/A",
    ]
    assert ticked == ["CPL-000004"]


@pytest.mark.parametrize(
    ("ticked", "others", "kept"),
    [
        (["N/A"], "", "N/A"),
        (["CPL-000001"], "cpl-000002\r\n", ["CPL-000001", "cpl-000002"]),
        ([], "", []),
    ],
)
def test_a_pathway_is_ticked_or_named(
    browser: Client, draft: Draft, ticked: list[str], others: str, kept: Any
) -> None:
    save(browser, draft, "pathway", predecessors=ticked, other_predecessors=others)

    draft.refresh_from_db()
    assert draft.said["predecessors"] == kept


def test_none_and_some_at_once_is_asked_about(browser: Client, draft: Draft) -> None:
    answer = save(browser, draft, "pathway", predecessors=["CPL-000001", "N/A"])

    assert answer.status_code == 422
    assert "Say the one or the other." in errors(answer)
    assert form_of(browser.get(at(draft, "pathway")))["predecessors"] == ["CPL-000001", "N/A"]


def test_the_picture_counts_as_the_rule_does(browser: Client, draft: Draft) -> None:
    _, judged = check_release({**draft.said, "firmware_version": "00000009"}, today=make.AT.date())
    (warning,) = [one for one in judged.warnings if one.code == "VERSIONS_STRANDED"]

    page = text(browser.get(at(draft, "pathway")))
    alone = text(browser.get(at(draft, "picture")))
    fragment = browser.get(at(draft, "picture"), headers=HTMX)

    assert "3 listed versions cannot reach this one" in warning.message
    for shown in (page, alone, text(fragment)):
        assert "3 listed versions cannot reach this one" in shown
        assert shown.count("fir-box--stranded") == 3
        assert shown.count('class="fir-bow"') == 1
    assert "<h1" not in text(fragment)


def test_the_picture_follows_the_boxes_before_anything_is_saved(
    browser: Client, draft: Draft
) -> None:
    sent = {"predecessors": [f"CPL-00000{n}" for n in range(1, 5)], "other_predecessors": "CPL-9"}

    fragment = text(browser.post(at(draft, "picture"), sent, headers=HTMX))
    page = text(browser.post(at(draft, "picture"), sent))

    draft.refresh_from_db()
    assert draft.said["predecessors"] == ["CPL-000004"]
    assert "It is not saved yet." in page
    for shown in (fragment, page):
        assert "Every listed version of the Device Model can reach this one." in shown
        assert "CPL-9, which is not of its family or not listed" in shown
        assert shown.count('class="fir-bow"') == 4


def test_the_first_of_its_model_has_no_picture(browser: Client) -> None:
    draft = begin(browser)

    page = text(browser.get(at(draft, "pathway")))

    assert "there is nothing to draw" in page
    assert "<svg" not in page[page.index("<main") :]
