"""Keys: shown once, kept as hashes, revoked for good."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from fir.parties.models import ApiKey
from fir.parties.operations import revoke_key
from fir.parties.permissions import Permission
from fir.parties.queries import find_key, hash_of_key
from tests import make
from tests.fir.portal.people import browser_of, signed_in
from tests.fir.portal.reading import boxes, errors, text

if TYPE_CHECKING:
    from fir.parties.models import Party

P = Permission
NEW = "/keys/new"
pytestmark = pytest.mark.django_db


@pytest.fixture
def party() -> Party:
    return make.party()


def made(browser: Client, **changes: Any) -> Any:
    return browser.post(NEW, {"name": "Billing", "permissions": ["read_feed"], **changes})


def key_on(answer: Any) -> str:
    (key,) = set(re.findall(r"fir_[\w-]{43}", answer.content.decode()))
    return str(key)


def api_status(key: str) -> int:
    return Client().get("/api/v1/feed", headers={"authorization": f"Bearer {key}"}).status_code


def test_everything_is_ticked_at_first_but_what_lets_others_in(party: Party) -> None:
    shown = boxes(signed_in(party).get(NEW))

    assert [code for code, ticked in shown.items() if not ticked] == ["delegate", "manage_people"]
    assert "submit_firmware" not in shown


def test_the_key_is_shown_with_what_to_do_and_works(party: Party) -> None:
    person = make.person(party)

    answer = made(browser_of(person))

    key, held = key_on(answer), ApiKey.objects.get()
    shown = text(answer)
    assert answer.status_code == 201
    assert f"Authorization: Bearer {key}" in shown
    assert f"curl -H 'Authorization: Bearer {key}' {settings.BASE_URL}/api/v1/" in shown
    assert answer["Cache-Control"] == "private, no-store"
    assert api_status(key) == 200
    assert (held.name, held.permissions) == ("Billing", ["read_feed"])
    assert (held.made_for, held.made_by) == (person, person.actor_id)


def test_the_key_is_kept_nowhere_and_shown_on_no_later_page(
    party: Party, caplog: pytest.LogCaptureFixture
) -> None:
    browser = signed_in(party)
    with caplog.at_level(logging.DEBUG, logger="fir"):
        key = key_on(made(browser))

        held = ApiKey.objects.get()
        later = [
            browser.get(url)
            for url in ("/people", NEW, f"/keys/{held.actor_id}/revoke", "/account", "/")
        ]

    assert held.sha256 == hash_of_key(key)
    assert key not in str(ApiKey.objects.values())
    assert not any(key in answer.content.decode() for answer in later)
    assert not any(key in str(one.get_decoded()) for one in Session.objects.all())
    assert key not in caplog.text


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"name": "k" * 200}, "Name: The key needs a name of at most 80 characters."),
        ({"name": " "}, "Name: Give it a name."),
        ({"name": "a\0b"}, "Name: Null characters are not allowed."),
        ({"permissions": []}, "What it may do: Tick at least one."),
        ({"permissions": ["fly"]}, "What it may do: This Party cannot give fly."),
        ({"permissions": ["review_submissions"]}, "This Party cannot give review_submissions."),
    ],
)
def test_what_is_wrong_with_a_key_is_said_on_the_form(
    party: Party, said: dict[str, Any], error: str
) -> None:
    answer = made(signed_in(party), **said)

    assert answer.status_code == 422
    assert error in errors(answer)
    assert str(said.get("name", "Billing")).strip().replace("\0", "") in answer.content.decode()
    assert not ApiKey.objects.exists()


def test_revoking_asks_first_and_then_holds_at_once(party: Party) -> None:
    browser = signed_in(party)
    key = key_on(made(browser))
    url = f"/keys/{ApiKey.objects.get().actor_id}/revoke"

    asked = browser.get(url)
    assert "Revoke the key “Billing”?" in text(asked)
    assert api_status(key) == 200

    answer = browser.post(url, follow=True)

    assert answer.redirect_chain == [("/people", 302)]
    assert "The key “Billing” was revoked." in text(answer)
    assert "Revoke the key Billing" not in text(answer)
    assert api_status(key) == 401


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_key_that_is_revoked_already_is_said_to_be_no_longer_in_use(
    party: Party, method: str
) -> None:
    browser = signed_in(party)
    made(browser)
    url = f"/keys/{ApiKey.objects.get().actor_id}/revoke"
    browser.post(url)
    before = ApiKey.objects.values().get()

    answer = getattr(browser, method)(url)

    assert answer.status_code == 404
    assert "has no such key in use" in text(answer)
    assert ApiKey.objects.values().get() == before


def test_whoever_revokes_a_moment_later_is_told(party: Party) -> None:
    browser = signed_in(party)
    made(browser)
    key = ApiKey.objects.get()
    held = find_key(party, key.actor_id)
    revoke_key(key=key, by=make.actor(party), at=timezone.now())

    with patch("fir.portal.views.keys.find_key", return_value=held):
        answer = browser.post(f"/keys/{key.actor_id}/revoke", follow=True)

    assert answer.redirect_chain == [("/people", 302)]
    assert "The key “Billing” was revoked already." in text(answer)


def test_a_key_typed_after_the_session_ended_comes_back(party: Party, client: Client) -> None:
    make.person(party)
    sent = made(client, name="Typed for an hour", acting_for=party.slug)
    said = {"login": "ann@big-light.invalid", "password": make.PASSWORD}

    shown = client.get(client.post(sent["Location"], said)["Location"])

    assert 'value="Typed for an hour"' in shown.content.decode()
    assert not ApiKey.objects.exists()
