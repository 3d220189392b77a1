"""What goes wrong while a release is brought is answered in plain words, and loses nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from fir.portal.forms.drafts import OTHERS, label_of
from fir.portal.kept import WELCOME_BACK
from fir.submissions.models import Submission
from tests import make
from tests.release_form import ANOTHER, FIELDS, MAIN, SAVE, begin
from tests.visitor import Visitor

if TYPE_CHECKING:
    from fir.parties.models import Party, User

pytestmark = pytest.mark.django_db
NOW = make.AT + timedelta(hours=1)
WRONG: dict[str, dict[str, Any]] = {
    "Device": {
        "Device Model": "00GG",
        "Further Device Models (optional)": "the others",
        "ESME variant (optional)": "\u202eA",
    },
    "Firmware": {
        "Firmware version": "12345678901234567890",
        "Manufacturer Image Hash": "not a hash",
        "Image size (optional)": "huge",
        "Lowest hardware version (optional)": "1",
        "Highest hardware version (optional)": "latest",
    },
    "Pathway": {"Other entries that it may be installed over": "CPL-999999, the-one-before; _"},
    "Assurance": {
        "SMETS or CHTS version": "x" * 10_001,
        "GBCS version": "\u200b",
        "CPA certificate (optional)": "x" * 500,
        "CPA expiry date (optional)": "31/02/2031",
        "CPA renewal date (optional)": "soon",
        "ZigBee certificate (optional)": "x" * 500,
        "DLMS certificate (optional)": "x" * 500,
    },
    "Notes": {
        "End of support (optional)": "never",
        "Advice on activation (optional)": "x" * 9_999,
        "Release notes (optional)": "x" * 9_999,
    },
}
NAMES = {label_of(name): name for name in FIELDS if name != "seen"}


@pytest.fixture(autouse=True)
def _that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    cache.clear()  # nobody has tried to sign in before


def of(party: Party) -> Visitor:
    """Somebody of a Party, who has signed in."""
    visitor = Visitor()
    visitor.sign_in(make.person(party))
    return visitor


@pytest.mark.parametrize("section", WRONG)
def test_every_fault_of_a_section_is_told_at_once_and_nothing_typed_is_lost(section: str) -> None:
    ada = of(make.maker())
    begin(ada)
    ada.follow(section, within=MAIN)

    ada.send(SAVE, WRONG[section])

    assert ada.status == 422
    asked = {NAMES[label.removesuffix(" (optional)")] for label in WRONG[section]}
    assert asked - set(ada.errors_beside) <= {OTHERS}  # what is wrong with it stands at the boxes
    assert {label: ada.typed(label) for label in WRONG[section]} == WRONG[section]
    assert len(ada.errors) >= len(asked)
    ada.follow("The tasks")
    ada.follow("Check and bring")
    ada.send("Bring this release")
    assert ada.status == 422
    assert not Submission.objects.exists()


def test_a_session_that_ends_while_a_release_is_begun_loses_nothing() -> None:
    ada, person = signed_in_person(make.maker())
    ada.open("/submissions/new")
    Session.objects.all().delete()

    ada.send("Continue", {"For which Device?": ANOTHER, "Firmware version (optional)": "00000009"})
    assert ada.heading == "Sign in"
    ada.sign_in(person)

    assert WELCOME_BACK in ada.text
    assert ada.typed("Firmware version (optional)") == "00000009"
    ada.send("Continue")
    assert "00000009" in ada.heading


def signed_in_person(party: Party) -> tuple[Visitor, User]:
    """Somebody of a Party, and a browser from which they have signed in."""
    visitor, person = Visitor(), make.person(party)
    visitor.sign_in(person)
    return visitor, person
