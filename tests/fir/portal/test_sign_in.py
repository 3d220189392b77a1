"""Signing in and out, and setting a new password where the old one is forgotten."""

from __future__ import annotations

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from io import StringIO
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.core import mail
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from lxml import html

from fir.celery import app as application
from fir.portal import tasks
from tests import make
from tests.fir.portal.people import browser_of
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from fir.parties.models import User

SIGN_IN = "/account/sign-in"
FORGOTTEN = "/account/password/forgotten"
GOOD = "a long walk at night"
pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> User:
    return make.person(make.party())


def typed(person: User, password: str = make.PASSWORD) -> dict[str, str]:
    return {"login": person.email, "password": password}


def letter_link() -> str:
    """The path of the link in the newest email, which starts at FIR's own address."""
    base, path = re.findall(r"(\w+://[^/\s]+)(/\S+)", str(mail.outbox[-1].body))[0]
    assert base == settings.BASE_URL
    return str(path)


def test_the_form_asks_for_an_email_and_a_password_and_nothing_else(client: Client) -> None:
    page = html.fromstring(client.get(f"{SIGN_IN}?login=ann@big-light.invalid").content)

    (form,) = page.xpath("//main//form")
    fields = {field.name: field for field in form.inputs if field.get("type") != "hidden"}
    labels = {label.get("for"): label.text for label in form.xpath(".//label")}
    assert labels == {"id_login": "Email", "id_password": "Password"}
    assert list(fields) == ["login", "password"]
    assert fields["login"].get("value") == "ann@big-light.invalid"
    assert fields["login"].get("autocomplete") == "email"
    assert fields["password"].get("autocomplete") == "current-password"
    assert fields["password"].get("value") is None


def test_what_is_missing_is_asked_for(client: Client) -> None:
    assert errors(client.post(SIGN_IN)) == "Email: Type your email. Password: Type your password."


def test_signing_in_leads_home_and_shows_who_acts(client: Client, person: User) -> None:
    answer = client.post(SIGN_IN, typed(person), follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert person.email in text(answer)
    assert not list(answer.context["messages"])


def test_signing_in_leads_to_no_other_site(client: Client, person: User) -> None:
    said = {**typed(person), "next": "https://elsewhere.invalid/people"}

    assert client.post(SIGN_IN, said)["Location"] == "/"


def test_a_wrong_password_and_an_unknown_email_are_answered_alike(
    client: Client, person: User
) -> None:
    wrong = client.post(SIGN_IN, typed(person, "wrong"))
    unknown = client.post(SIGN_IN, {"login": "nobody@nowhere.invalid", "password": "wrong"})

    said = "This email and this password do not belong together. Check both."
    for answer in (wrong, unknown):
        assert errors(answer) == said
        assert text(answer).count(said) == 2  # above, and on the form
    assert text(wrong) == text(unknown)
    assert not get_user(client).is_authenticated


def test_guessing_is_stopped_even_before_the_right_password(client: Client, person: User) -> None:
    answers = [client.post(SIGN_IN, typed(person, "wrong")) for _ in range(5)]
    answers.append(client.post(SIGN_IN, typed(person)))

    assert errors(answers[-1]) == "Too many tries with a wrong password. Wait five minutes."
    assert errors(answers[-1]) != errors(answers[-2])
    assert not get_user(client).is_authenticated


def test_all_web_processes_count_in_one_table_that_a_restart_leaves(
    client: Client, person: User
) -> None:
    for _ in range(5):
        client.post(SIGN_IN, typed(person, "wrong"))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portal_cache")
        counted = cursor.rowcount
    answer = client.post(SIGN_IN, typed(person))

    assert counted
    assert answer["Location"] == "/"


@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_are_all_counted(person: User) -> None:
    def guess(_: int) -> tuple[int, str]:
        try:
            answer = Client().post(SIGN_IN, typed(person, "wrong"))
            return answer.status_code, errors(answer)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(guess, range(16)))

    looked_at = [said for _, said in answers if "do not belong together" in said]
    assert {status for status, _ in answers} == {200}
    assert 1 <= len(looked_at) <= 5


def test_counts_that_are_over_are_deleted_every_hour() -> None:
    cache.set("over", 1, timeout=-1)
    cache.set("counts", 1, timeout=60)

    tasks.forget_tries()

    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM portal_cache")
        assert [key for (key,) in cursor.fetchall()] == [":1:counts"]
    assert tasks.forget_tries.name in application.conf.beat_schedule


def test_the_table_is_the_one_that_django_makes() -> None:
    said = StringIO()

    call_command("createcachetable", "another", dry_run=True, stdout=said)

    made = import_module("fir.portal.migrations.0001_cache").TABLE
    assert said.getvalue().replace("another", "portal_cache").split() == made.split()


def test_too_many_requests_are_answered_in_words(client: Client) -> None:
    answers = [client.post(FORGOTTEN, {"email": "a@b.invalid"}) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert "Wait five minutes" in text(answers[-1])
    assert len(mail.outbox) == 5


def test_a_closed_account_is_told_so_with_the_right_password_alone(
    client: Client, person: User
) -> None:
    person.is_active = False
    person.save()

    assert "do not belong together" in text(client.post(SIGN_IN, typed(person, "wrong")))
    assert "Your account is closed" in text(client.post(SIGN_IN, typed(person), follow=True))
    assert not get_user(client).is_authenticated


def test_signing_out_asks_first(person: User) -> None:
    browser = browser_of(person)

    asked = browser.get("/account/sign-out")
    assert f"You are signed in as {person.email}." in text(asked)
    assert get_user(browser).is_authenticated

    answer = browser.post("/account/sign-out", follow=True)
    assert answer.redirect_chain == [("/", 302)]
    assert "You are signed out." in text(answer)
    assert not get_user(browser).is_authenticated


def test_asking_for_a_new_password_never_tells_who_has_an_account(
    client: Client, person: User
) -> None:
    closed = make.person(make.party("small-gas", "SMALL_SUPPLIER"))
    closed.is_active = False
    closed.save()

    pages = [
        client.post(FORGOTTEN, {"email": email}, follow=True)
        for email in (person.email, "nobody@nowhere.invalid", closed.email)
    ]

    assert {page.redirect_chain[0] for page in pages} == {(f"{FORGOTTEN}/sent", 302)}
    assert len({text(page) for page in pages}) == 1
    assert [letter.to for letter in mail.outbox] == [
        [person.email],
        ["nobody@nowhere.invalid"],
        [closed.email],
    ]
    assert "/account/password/new/" in mail.outbox[0].body
    assert all("/password/new/" not in letter.body for letter in mail.outbox[1:])
    assert all(letter.subject and "\n" not in letter.subject for letter in mail.outbox)


def test_a_mail_server_that_is_down_is_noted_and_looks_the_same(
    client: Client, person: User, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        patch("fir.portal.accounts.send_email", side_effect=ConnectionRefusedError),
        caplog.at_level(logging.ERROR),
    ):
        answers = [
            client.post(FORGOTTEN, {"email": email}, follow=True)
            for email in (person.email, "nobody@nowhere.invalid")
        ]

    assert {answer.redirect_chain[0] for answer in answers} == {(f"{FORGOTTEN}/sent", 302)}
    assert len({text(answer) for answer in answers}) == 1
    assert caplog.text.count("An email about an account could not be sent.") == 2
    assert not mail.outbox


def test_a_forgotten_password_is_replaced_by_the_link_once(client: Client, person: User) -> None:
    # Whichever of FIR's names the browser used, the link goes to the one FIR is known by.
    client.post(FORGOTTEN, {"email": person.email.upper()}, headers={"host": "127.0.0.1"})
    path = letter_link()

    form = client.get(path)["Location"]
    short = client.post(form, {"password1": "short"})
    done = client.post(form, {"password1": GOOD}, follow=True)
    again = client.get(path, follow=True)

    assert path.split("-", 1)[1] not in form  # the key itself is in no Referer
    assert "New password: This password is too short." in errors(short)
    assert "Sign in with your new password" in text(done)
    assert "This link opens nothing any more" in text(again)
    assert client.post(SIGN_IN, typed(person)).status_code == 200
    assert client.post(SIGN_IN, typed(person, GOOD))["Location"] == "/"


@pytest.mark.parametrize("key", ["1-set-password", "1-abc-def", "zzzzzzzzzzzzzzzz-abc-def"])
def test_a_link_that_fir_did_not_send_sets_nothing(client: Client, person: User, key: str) -> None:
    url = f"/account/password/new/{key}"

    for answer in (client.get(url), client.post(url, {"password1": GOOD})):
        assert "This link opens nothing any more" in text(answer)
    person.refresh_from_db()
    assert person.check_password(make.PASSWORD)
