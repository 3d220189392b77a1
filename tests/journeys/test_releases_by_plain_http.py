"""Bringing a release over plain HTTP, without JavaScript or a browser."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from fir.portal.kept import WELCOME_BACK
from fir.submissions.models import Draft, Submission
from fir.submissions.operations import return_submission
from tests import make
from tests.cpl.ota_image.ota_file import File
from tests.release_form import MAIN, SAVE, START, answer, begin, bring
from tests.visitor import Visitor

if TYPE_CHECKING:
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
NOW = make.AT + timedelta(hours=1)
KNOWN = f"ESME-{make.MAKER}-00010101"
FIRST = "00000001: CPL-000001 of 1 Jan 2020"
RELEASE = make.release(9, predecessors=["CPL-000001"])
RIGHT_TO_LEFT = "\u202e"


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cache.clear()  # nobody has tried to sign in before


@pytest.fixture
def maker() -> Party:
    make.listed(make.row(1), make.row(2))
    return make.maker()


@pytest.fixture
def ada(maker: Party) -> Visitor:
    return of(maker)


def of(party: Party, email: str | None = None) -> Visitor:
    """Somebody of a Party, who has signed in."""
    visitor = Visitor()
    visitor.sign_in(make.person(party, email))
    return visitor


def to(visitor: Visitor, task: str) -> None:
    """Go to one of the tasks."""
    visitor.follow(task, within=MAIN)


def test_a_release_of_an_unknown_device_is_brought_task_by_task(ada: Visitor) -> None:
    begin(ada)
    bring(ada, RELEASE)

    assert "It was brought." in ada.text
    brought = Submission.objects.get()
    said = {name: getattr(brought, name) for name in RELEASE}
    assert {**said, "cpa_renewal_date": str(brought.cpa_renewal_date)} == RELEASE


def test_a_release_of_a_known_model_takes_two_pages(ada: Visitor) -> None:
    ada.open("/submissions/new")
    at_hand = {
        "For which Device?": KNOWN,
        "Firmware version (optional)": "00000009",
        "Manufacturer Image Hash (optional)": make.image_hash(9),
    }
    ada.send("Go straight to checking it", at_hand)
    assert ada.heading == "Check your answers"
    ada.send("Bring this release")

    assert "It was brought." in ada.text
    assert Submission.objects.get().predecessors == ["CPL-000002"]


def test_a_release_is_read_out_of_its_image(maker: Party) -> None:
    row = make.row(3, manufacturer_identifier="10E0", device_model="00010120")
    make.listed(make.row(1), make.row(2), row)
    ada = of(make.maker("other-meters", "10E0"))
    begin(ada, **{"For which Device?": "ESME-10E0-00010120"})
    to(ada, "Firmware")
    ada.follow("Read these out of the image file")
    ada.send("Read it", {"OTA Upgrade Image": SimpleUploadedFile("a.ota", File().written())})
    assert "Filled in from the file:" in ada.text
    ada.follow("Go on with the firmware’s questions")
    assert ada.typed("Firmware version") == "0002012F"
    ada.send(SAVE)
    to(ada, "Check and bring")
    ada.send("Bring this release")

    assert Submission.objects.get().minimum_hardware_version == "0100"


def test_what_was_returned_is_mended_and_brought_again(ada: Visitor, maker: Party) -> None:
    earlier = make.submitted(make.actor(maker), 9, predecessors=["CPL-000001"])
    basil = make.actor(make.administrator())
    return_submission(submission_id=earlier.pk, reason="It names a customer.", by=basil, at=NOW)
    ada.open(f"/submissions/{earlier.pk}")
    ada.follow("gain", within=MAIN)
    assert "It names a customer." in ada.text
    ada.send("Begin to mend it")
    to(ada, "Notes")
    assert ada.typed("Release notes (optional)") == "Mends the clock."
    ada.send(SAVE, {"Release notes (optional)": "Mends the clock's drift."})
    to(ada, "Check and bring")
    ada.send("Bring this release")

    again = Submission.objects.get(state="SUBMITTED")
    assert (again.replaces, again.release_notes) == (earlier, "Mends the clock's drift.")


def test_an_entry_from_before_the_repository_is_completed(ada: Visitor) -> None:
    ada.open("/submissions/new?kind=LEGACY_COMPLETION&entry=CPL-000002")
    ada.send("Continue")
    to(ada, "Pathway")
    ada.send(SAVE, {"Not known: nobody can say any more": False, FIRST: True})
    to(ada, "Check and bring")
    ada.send("Bring this completion")

    assert Submission.objects.get().predecessors == ["CPL-000001"]


def test_two_people_in_one_draft_see_each_others_answers(ada: Visitor, maker: Party) -> None:
    begin(ada, **{"For which Device?": KNOWN})
    bea = of(maker, "bea@fine-meters.invalid")
    bea.open(ada.url)
    to(ada, "Notes")
    to(bea, "Notes")
    ada.send(SAVE, {"Release notes (optional)": "Ada's."})
    bea.send(SAVE, {"Release notes (optional)": "Bea's."})

    assert bea.status == 409
    assert "Somebody else wrote: Ada's." in bea.text
    assert bea.typed("Release notes (optional)") == "Bea's."
    assert Draft.objects.get().said["release_notes"] == "Ada's."
    bea.send(SAVE)
    assert Draft.objects.get().said["release_notes"] == "Bea's."


def test_what_is_sent_twice_is_brought_once(ada: Visitor) -> None:
    begin(ada)
    answer(ada, RELEASE)
    to(ada, "Check and bring")
    check = ada.url
    sent = {"csrfmiddlewaretoken": ada.client.cookies["csrftoken"].value}
    answers = [ada.client.post(check, sent) for _ in range(2)]

    (brought,) = Submission.objects.all()
    assert [one["Location"] for one in answers] == [f"/submissions/{brought.pk}"] * 2
    ada.open(check)
    assert "This release was brought already" in ada.text


def test_a_browser_that_was_closed_half_way_finds_everything(ada: Visitor, maker: Party) -> None:
    begin(ada)
    to(ada, "Device")
    ada.send(SAVE, {"Device Type": "ESME", "Device Model": "zz"})
    assert ada.status == 422
    draft = Draft.objects.get()

    later = of(maker, "bea@fine-meters.invalid")
    later.open("/submissions")
    later.open(f"/submissions/drafts/{draft.pk}")
    to(later, "Device")
    assert later.typed("Device Model") == "zz"
    assert later.typed("Device Type") == "ESME"
    assert "device_model" in later.errors_beside


def test_a_session_that_ends_while_a_section_is_typed_loses_nothing(maker: Party) -> None:
    ada, person = Visitor(), make.person(maker)
    ada.sign_in(person)
    begin(ada, **{"For which Device?": KNOWN})
    to(ada, "Pathway")
    Session.objects.all().delete()

    ada.send("Show the picture", {FIRST: True})
    assert ada.heading == "Sign in"
    ada.sign_in(person)

    assert WELCOME_BACK in ada.text
    ada.send(SAVE)
    assert Draft.objects.get().said["predecessors"] == ["CPL-000002", "CPL-000001"]


def test_the_picture_is_shown_before_anything_is_saved(ada: Visitor) -> None:
    begin(ada, **{"For which Device?": KNOWN})
    to(ada, "Pathway")
    assert "1 listed version cannot reach this one" in ada.text
    ada.send("Show the picture", {FIRST: True})

    assert "Every listed version of the Device Model can reach this one." in ada.text
    assert Draft.objects.get().said["predecessors"] == ["CPL-000002"]
    ada.send(SAVE)
    assert Draft.objects.get().said["predecessors"] == ["CPL-000002", "CPL-000001"]


def test_a_megabyte_of_notes_comes_back_with_what_is_wrong(ada: Visitor) -> None:
    begin(ada)
    to(ada, "Notes")
    ada.send(SAVE, {"Release notes (optional)": "n" * 2**20, "End of support (optional)": "2040"})

    assert ada.status == 422
    assert "Not saved; to be mended" in ada.text
    assert "At most 20,000 characters" in ada.errors_beside["release_notes"]
    assert ada.typed("Release notes (optional)") == "n" * 2**20
    assert ada.typed("End of support (optional)") == "2040"
    assert "release_notes" not in Draft.objects.get().said


def test_a_right_to_left_override_is_told_and_shown_as_what_it_is(ada: Visitor) -> None:
    begin(ada)
    to(ada, "Notes")
    ada.send(SAVE, {"Release notes (optional)": f"Mends {RIGHT_TO_LEFT}kcolc eht."})
    assert ada.status == 422
    assert "control or invisible character" in ada.errors_beside["release_notes"]
    ada.follow("The tasks")
    to(ada, "Check and bring")

    assert "Mends �kcolc eht." in ada.text
    assert RIGHT_TO_LEFT not in ada.text


def test_the_start_is_headed_as_its_link_is(ada: Visitor) -> None:
    ada.open("/submissions")
    ada.follow(START)

    assert ada.heading == START
