"""Accepting an invitation by its link, with a new account or with the one there is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from django.contrib.auth import get_user
from django.utils import timezone
from lxml import html

from fir.parties.models import Invitation, User
from fir.parties.people import invite_person, withdraw_invitation
from fir.parties.permissions import Permission
from fir.parties.queries import invitation_token
from tests import make
from tests.fir.portal.people import browser_of
from tests.fir.portal.reading import errors, text
from tests.fir.portal.test_people import SOMEBODY, invited, may

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party

P = Permission
GOOD = "a long walk at night"
pytestmark = pytest.mark.django_db


@pytest.fixture
def party() -> Party:
    return make.party()


def link(invitation: Invitation) -> str:
    return f"/invitations/{invitation_token(invitation)}"


def test_the_page_says_who_invites_whom_to_what_and_accepts_nothing(
    party: Party, client: Client
) -> None:
    url = link(invited(party))

    answers = [client.get(url), client.head(url), client.get(url)]

    shown = text(answers[0])
    assert "Big Light invites you to act for it" in shown
    assert SOMEBODY in shown
    assert P.LOAD_ESTATE.sentence in shown
    assert P.MANAGE_PEOPLE.sentence not in shown
    assert {answer.status_code for answer in answers} == {200}
    assert answers[0]["Cache-Control"] == "private, no-store"
    assert answers[0]["Referrer-Policy"] == "same-origin"
    assert Invitation.objects.count() == 1
    assert not User.objects.filter(email=SOMEBODY).exists()


def test_a_new_person_chooses_a_password_and_is_signed_in(party: Party, client: Client) -> None:
    url = link(invited(party))

    answer = client.post(url, {"password": GOOD}, follow=True)

    person = User.objects.get(email=SOMEBODY)
    assert answer.redirect_chain == [("/", 302)]
    assert "You act for Big Light now." in text(answer)
    assert get_user(client) == person
    assert person.check_password(GOOD)
    assert GOOD not in person.password
    assert P.LOAD_ESTATE in may(person, party)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    ("password", "error"),
    [
        ("", "Password: Choose a password."),
        ("short", "must contain at least 12 characters"),
        ("qwerty123456", "too common"),
        (SOMEBODY, "too similar to the email"),
        ("a\0long walk at night", "Null characters are not allowed"),
    ],
)
def test_a_bad_password_is_said_and_may_be_mended(
    party: Party, client: Client, password: str, error: str
) -> None:
    url = link(invited(party))

    answer = client.post(url, {"password": password})

    assert answer.status_code == 422
    assert error in errors(answer)
    assert not User.objects.filter(email=SOMEBODY).exists()
    (field,) = html.fromstring(answer.content).xpath("//input[@name='password']")
    assert field.get("value") is None
    assert client.post(url, {"password": GOOD}).status_code == 302


def test_somebody_with_an_account_signs_in_comes_back_and_joins(
    party: Party, client: Client
) -> None:
    person = make.person(make.party("small-gas", "SMALL_SUPPLIER"))
    url = link(invited(party, person.email))

    asked = client.get(url)
    sign_in = f"/account/sign-in?login={quote(person.email)}&next={quote(url, safe='')}"
    assert sign_in.replace("&", "&amp;") in asked.content.decode()
    there = client.post(sign_in, {"login": person.email, "password": make.PASSWORD})
    offered = text(client.get(there["Location"]))
    joined = client.post(there["Location"], follow=True)

    assert there["Location"] == url
    assert "Join" in offered
    assert "You act for Big Light now." in text(joined)
    assert client.session["acting_for"] == "big-light"
    assert P.LOAD_ESTATE in may(person, party)


def test_nobody_gets_an_account_that_is_there_by_choosing_a_password(
    party: Party, client: Client
) -> None:
    person = make.person(make.party("small-gas", "SMALL_SUPPLIER"))

    answer = client.post(link(invited(party, person.email)), {"password": GOOD})

    person.refresh_from_db()
    assert answer.status_code == 409
    assert "This address has an account." in text(answer)
    assert person.check_password(make.PASSWORD)
    assert may(person, party) == set()


def test_somebody_else_is_told_for_whom_it_is(party: Party) -> None:
    other = make.person(make.party("small-gas", "SMALL_SUPPLIER"))
    browser, url = browser_of(other), link(invited(party))

    shown, sent = browser.get(url), browser.post(url, {"password": GOOD})

    assert (shown.status_code, sent.status_code) == (200, 409)
    for answer in (shown, sent):
        assert f"You are signed in as {other.email}" in text(answer)
        assert "password" not in answer.content.decode()
    assert may(other, party) == set()
    assert not User.objects.filter(email=SOMEBODY).exists()


def test_signing_out_on_the_page_leads_back_to_it(party: Party) -> None:
    browser = browser_of(make.person(make.party("small-gas", "SMALL_SUPPLIER")))
    url = link(invited(party))

    (form,) = html.fromstring(browser.get(url).content).xpath("//main//form")
    answer = browser.post(form.action, dict(form.fields))

    assert answer["Location"] == url
    assert "Choose a password" in text(browser.get(url))


@pytest.mark.parametrize("token", ["garbage", "a:b:c", "%00", "%ff:%fe", "ImEi:1xUMRT:qb"])
def test_a_link_that_fir_did_not_make_opens_nothing(client: Client, token: str) -> None:
    for answer in (client.get(f"/invitations/{token}"), client.post(f"/invitations/{token}")):
        assert answer.status_code == 404
        assert "This invitation is no longer open" in text(answer)


def test_a_link_to_what_is_over_opens_nothing(party: Party, client: Client) -> None:
    by, now = make.actor(party), timezone.now()
    late = invite_person(
        party=party, email="late@big-light.invalid", by=by, at=now - timedelta(days=15)
    )
    replaced, withdrawn = invited(party), invited(party, "gone@big-light.invalid")
    links = [link(replaced), link(withdrawn), link(late)]
    invited(party)
    withdraw_invitation(invitation=withdrawn, by=by, at=now)

    for url in links:
        for answer in (client.get(url), client.post(url, {"password": GOOD})):
            assert answer.status_code == 404
            assert "This invitation is no longer open" in text(answer)
    assert not User.objects.exists()
