"""Inviting somebody, and withdrawing the invitation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone
from lxml import html

from fir.parties.models import Invitation
from fir.parties.permissions import MAY, Category, Permission
from tests import make
from tests.fir.portal.people import signed_in
from tests.fir.portal.reading import boxes, errors, text
from tests.fir.portal.test_people import SOMEBODY, invited

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

P = Permission
INVITE = "/people/invite"
pytestmark = pytest.mark.django_db


@pytest.fixture
def party() -> Party:
    return make.party()


@pytest.mark.parametrize(
    ("slug", "category", "offered"),
    [
        ("wires", "NETWORK_PARTY", {P.READ_FEED, P.VIEW_RECORDS, P.VIEW_NOTICES, P.MANAGE_PEOPLE}),
        ("maker", "DEVICE_MANUFACTURER", MAY[Category.DEVICE_MANUFACTURER] - {P.SUBMIT_FIRMWARE}),
        ("admin", "ADMINISTRATOR", MAY[Category.ADMINISTRATOR] - {P.SUBMIT_FIRMWARE}),
    ],
)
def test_only_what_the_party_can_give_is_offered(
    slug: str, category: str, offered: set[Permission]
) -> None:
    shown = boxes(signed_in(make.party(slug, category)).get(INVITE))

    assert shown == {each.value: each is not P.MANAGE_PEOPLE for each in offered}


def test_bringing_firmware_is_offered_where_there_is_an_identifier() -> None:
    assert boxes(signed_in(make.maker()).get(INVITE))["submit_firmware"]


def test_an_invitation_is_made_and_said(party: Party) -> None:
    chosen = ["read_feed", "manage_people"]

    answer = signed_in(party).post(
        INVITE, {"email": "New@Big-Light.invalid", "permissions": chosen}, follow=True
    )

    made = Invitation.objects.get()
    until = timezone.localtime(made.expires_at)
    assert (made.party, made.email, set(made.permissions)) == (party, SOMEBODY, set(chosen))
    assert answer.redirect_chain == [("/people", 302)]
    assert (
        f"An invitation was sent to {SOMEBODY}. It lasts until {until.day} {until:%B %Y, %H:%M}."
    ) in text(answer)


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"email": "not-an-email"}, "Email: 'not-an-email' is not an email address."),
        ({"email": ""}, "Email: Say whom to invite."),
        ({"email": f"{'a' * 300}@b.invalid"}, "Email: An email address has at most 254"),
        ({"email": "a\0b@c.invalid"}, "Email: Null characters are not allowed."),
        ({"email": "ann@big-light.invalid"}, "Email: ann@big-light.invalid acts for Big Light"),
        ({"permissions": []}, "What this person may do: Tick at least one."),
        ({"permissions": ["fly"]}, "What this person may do: This Party cannot give fly."),
        ({"permissions": ["review_submissions"]}, "This Party cannot give review_submissions."),
        ({"permissions": ["submit_firmware"]}, "This Party cannot give submit_firmware."),
    ],
)
def test_what_is_wrong_with_an_invitation_is_said_on_the_form(
    party: Party, said: dict[str, Any], error: str
) -> None:
    typed = {"email": SOMEBODY, "permissions": ["view_notices"], **said}

    answer = signed_in(party).post(INVITE, typed)

    assert answer.status_code == 422
    assert error in errors(answer)
    assert not Invitation.objects.exists()
    if typed["permissions"] == ["view_notices"]:  # what was typed well is still there
        assert [code for code, ticked in boxes(answer).items() if ticked] == ["view_notices"]


def test_an_invitation_typed_after_the_session_ended_comes_back(
    party: Party, client: Client
) -> None:
    make.person(party)
    typed = {"email": SOMEBODY, "permissions": "read_feed", "acting_for": party.slug}

    sent = client.post(INVITE, typed)
    said = {"login": "ann@big-light.invalid", "password": make.PASSWORD}
    back = client.post(sent["Location"], said)
    shown = client.get(back["Location"])

    assert sent["Location"] == "/account/sign-in?next=%2Fpeople%2Finvite"
    assert back["Location"] == INVITE
    assert "What you typed is here" in text(shown)
    (email,) = html.fromstring(shown.content).xpath("//input[@name='email']")
    assert email.get("value") == SOMEBODY
    assert [code for code, ticked in boxes(shown).items() if ticked] == ["read_feed"]
    assert not Invitation.objects.exists()


def test_an_invitation_is_withdrawn_once(party: Party) -> None:
    browser = signed_in(party)
    url = f"/people/invitations/{invited(party).pk}/withdraw"

    first, second = browser.post(url, follow=True), browser.post(url)

    assert first.redirect_chain == [("/people", 302)]
    assert f"The invitation of {SOMEBODY} was withdrawn." in text(first)
    assert not Invitation.objects.exists()
    assert second.status_code == 404
    assert "no such open invitation" in text(second)
