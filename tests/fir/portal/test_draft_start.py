"""Beginning to bring something: what is asked, what is offered, and what cannot be begun."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fir.submissions.models import Draft, Submission
from fir.submissions.operations import return_submission
from tests import make
from tests.fir.portal.drafts import MODEL, NEW, at, begin, text
from tests.fir.portal.people import signed_in
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


def test_models_are_offered_latest_first_with_their_latest_version(browser: Client) -> None:
    make.listed(make.row(1), make.row(2), make.row(5, device_model="00020101"))
    page = text(browser.get(NEW))

    first = page.index(f"ESME {make.MAKER} 00020101: latest 00000005, CPL-000005 of 5 Jan 2020")
    assert first < page.index(f"ESME {make.MAKER} 00010101: latest 00000002, CPL-000002")
    assert page.index("00000002, CPL-000002") < page.index("Another Device")


def test_a_release_that_differs_in_version_and_hash_alone_takes_two_forms(browser: Client) -> None:
    begun = browser.post(NEW, {"kind": "NEW", "model": MODEL, "action": "check", **IN_HAND})
    brought = browser.post(begun["Location"], follow=True)

    submission = Submission.objects.get()
    assert begun["Location"].endswith("/check")
    assert brought.redirect_chain == [(f"/submissions/{submission.pk}", 302)]
    assert submission.predecessors == ["CPL-000002"]
    assert submission.cpa_certificate_id == "CPA-2"
    assert not Draft.objects.exists()


def test_for_another_device_only_the_single_maker_is_known(browser: Client) -> None:
    assert begin(browser).said == {"manufacturer_identifier": make.MAKER}


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Choose what you bring."),
        ({"kind": "NEW"}, "Choose the Device that the release is for"),
        ({"kind": "NEW", "model": "ESME-FFFF-00010101"}, "Choose the Device that the release"),
        ({"kind": "CORRECTION"}, "This must be said."),
        ({"kind": "CORRECTION", "of_entry": "CPL 1"}, "is not a CPL Entry ID"),
        ({"kind": "WITHDRAWAL", "of_entry": "CPL-000099"}, "is an entry of the Central Products"),
        ({"kind": "CORRECTION", "of_entry": "CPL-000001"}, "What is corrected has a record"),
        ({"kind": "WITHDRAWAL", "of_entry": "CPL-000003"}, "does not hold the Manufacturer"),
        ({"kind": "NEW", "model": "another", "firmware_version": "\x00"}, "control character"),
    ],
)
def test_what_cannot_be_begun_is_said(browser: Client, said: dict[str, str], sentence: str) -> None:
    make.listed(
        make.row(1), make.row(2), make.row(3, manufacturer_identifier="F1A2", manufacturer_name="O")
    )

    answer = browser.post(NEW, said)

    assert answer.status_code == 422
    assert sentence in errors(answer)
    assert not Draft.objects.exists()


def test_links_name_what_is_brought(browser: Client) -> None:
    page = text(browser.get(f"{NEW}?kind=CORRECTION&entry=CPL-000002"))
    device = text(browser.get(f"{NEW}?model={MODEL}"))

    assert 'value="CORRECTION" required id="id_kind_1" checked' in page
    assert 'value="CPL-000002"' in page
    assert f'value="{MODEL}" selected' in device
    assert browser.get(f"{NEW}?kind=x&entry=%00&model=%FF&again=nonsense").status_code == 200


def test_what_was_returned_begins_a_draft_that_mends_it(browser: Client, maker: Party) -> None:
    earlier = make.submitted(make.actor(maker), 9, predecessors=["CPL-000001"])
    offered = f"{NEW}?again={earlier.pk}"
    assert "Begin to mend it" not in text(browser.get(offered))
    return_submission(
        submission_id=earlier.pk,
        reason="The notes name a customer.",
        by=make.actor(make.administrator()),
        at=make.AT,
    )

    page = text(browser.get(offered))
    stranger = signed_in(make.maker("other-meters", "F1A2"))
    begun = browser.post(NEW, {"again": str(earlier.pk)})
    draft = Draft.objects.get()

    assert "The notes name a customer." in page
    assert "Begin to mend it" not in text(stranger.get(offered))
    assert begun["Location"] == at(draft)
    assert draft.again_of == earlier
    assert draft.said["manufacturer_image_hash"] == make.image_hash(9)
    browser.post(at(draft, "check"))
    assert Submission.objects.get(pk=draft.pk).replaces == earlier
