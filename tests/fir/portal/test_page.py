"""What every page promises: who gets in, coming back after signing in, and errors in words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from fir.parties.people import join_party
from fir.parties.permissions import Permission
from fir.portal import kept
from fir.submissions.models import Draft
from tests import make
from tests.fir.portal.drafts import text
from tests.fir.portal.people import browser_of, signed_in

if TYPE_CHECKING:
    from fir.parties.models import User

NEW = "/submissions/new"
pytestmark = pytest.mark.django_db


@pytest.fixture
def stranger() -> Client:
    return Client(raise_request_exception=False)


def answers(**said: str) -> dict[str, str]:
    """What is typed into the form at `NEW`."""
    return {"kind": "NEW", "model": "another", **said}


def of_two_parties() -> User:
    """Somebody of Alpha who works for Beta too."""
    person = make.person(make.maker("alpha", "F1A1"))
    beta = make.maker("beta", "F1A2")
    make.person(beta)
    invited = make.invitation(beta, person.email, [Permission.SUBMIT_FIRMWARE])
    join_party(invitation=invited, person=person, at=make.AT)
    return person


def test_a_stranger_is_asked_to_sign_in_and_comes_back(stranger: Client) -> None:
    make.listed(make.row(1))
    make.person(make.party("big-light"))

    asked = stranger.get("/firmware/CPL-000001?a=b")
    there = stranger.post(
        asked["Location"], {"login": "ann@big-light.invalid", "password": make.PASSWORD}
    )

    assert asked["Location"] == "/account/sign-in?next=%2Ffirmware%2FCPL-000001%3Fa%3Db"
    assert there["Location"] == "/firmware/CPL-000001?a=b"


def test_what_was_typed_before_a_session_ended_comes_back_once(stranger: Client) -> None:
    maker = make.maker()
    make.person(maker)
    typed = {**answers(of_entry="Typed for an hour."), "acting_for": maker.slug}

    sent = stranger.post(NEW, typed)
    stranger.post(
        sent["Location"], {"login": f"ann@{maker.slug}.invalid", "password": make.PASSWORD}
    )
    back, again = stranger.get(NEW), stranger.get(NEW)

    assert sent["Location"] == "/account/sign-in?next=%2Fsubmissions%2Fnew"
    assert kept.WELCOME_BACK in text(back)
    assert "Typed for an hour." in text(back)
    assert "Typed for an hour." not in text(again)


def test_what_was_typed_for_one_party_is_not_shown_to_another(stranger: Client) -> None:
    other = make.maker("other-meters", "F1A2")
    make.person(other)

    stranger.post(NEW, {**answers(of_entry="Not for others."), "acting_for": "fine-meters"})
    stranger.post(
        "/account/sign-in", {"login": "ann@other-meters.invalid", "password": make.PASSWORD}
    )

    assert "Not for others." not in text(stranger.get(NEW))


def test_more_than_any_form_holds_is_not_kept(stranger: Client) -> None:
    stranger.post(NEW, {"acting_for": "x", "of_entry": "n" * (kept.MOST_KEPT + 1)})

    assert kept.KEPT not in stranger.session


def test_no_password_is_ever_kept(stranger: Client) -> None:
    stranger.post(NEW, {"acting_for": "x", "password": "secret"})

    assert "secret" not in str(dict(stranger.session))


def test_a_person_with_several_parties_acts_for_the_one_that_was_chosen() -> None:
    browser = browser_of(of_two_parties())

    first = text(browser.get("/"))
    browser.post("/account/acting-for", {"party": "beta"})
    second = text(browser.get("/"))

    assert '<span class="fir-who__party">Alpha</span>' in first
    assert '<span class="fir-who__party">Beta</span>' in second


def test_a_form_of_one_party_does_not_act_for_another() -> None:
    browser = browser_of(of_two_parties())
    browser.post("/account/acting-for", {"party": "beta"})

    answer = browser.post(NEW, {**answers(), "acting_for": "alpha"})

    assert answer.status_code == 409
    assert "You act for another Party now" in text(answer)
    assert not Draft.objects.exists()


def test_a_form_of_another_party_comes_back_with_that_party() -> None:
    browser = browser_of(of_two_parties())
    browser.post("/account/acting-for", {"party": "beta"})
    browser.post(NEW, {**answers(of_entry="For Alpha alone."), "acting_for": "alpha"})

    as_beta = text(browser.get(NEW))
    returned = browser.post("/account/acting-for", {"party": "alpha", "next": NEW}, follow=True)

    assert "For Alpha alone." not in as_beta
    assert returned.redirect_chain == [(NEW, 302)]
    assert "For Alpha alone." in text(returned)
    assert '<input type="hidden" name="acting_for" value="alpha">' in text(returned)


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:1"]
)
def test_coming_back_leads_nowhere_else(back: str) -> None:
    browser = browser_of(of_two_parties())

    answer = browser.post("/account/acting-for", {"party": "beta", "next": back})

    assert answer["Location"] == "/"


def test_whoever_signs_in_for_a_kept_form_acts_for_its_party(stranger: Client) -> None:
    person = of_two_parties()

    stranger.post(NEW, {**answers(of_entry="For Beta."), "acting_for": "beta"})
    stranger.post("/account/sign-in", {"login": person.email, "password": make.PASSWORD})

    assert "For Beta." in text(stranger.get(NEW))


def test_a_script_is_sent_to_sign_in_rather_than_given_the_page(stranger: Client) -> None:
    asked = {"HX-Request": "true", "HX-Current-URL": "https://testserver/firmware?q=00AB"}

    read = stranger.get("/firmware?q=00AB&status=CURRENT", headers=asked)
    checked = stranger.post(NEW, {**answers(), "acting_for": "x"}, headers={"HX-Request": "true"})

    assert (read.status_code, checked.status_code) == (204, 204)
    assert read["HX-Redirect"] == "/account/sign-in?next=%2Ffirmware%3Fq%3D00AB"
    assert checked["HX-Redirect"] == "/account/sign-in?next=%2Fsubmissions%2Fnew"
    assert stranger.session[kept.KEPT]["path"] == NEW


def test_reloading_where_a_form_was_sent_shows_the_forms_page() -> None:
    maker = make.maker()
    submission = make.submitted(make.actor(maker))

    answer = signed_in(make.administrator()).get(f"/submissions/{submission.pk}/decision")

    assert answer["Location"] == f"/submissions/{submission.pk}"


def test_a_method_that_is_not_there_names_those_that_are() -> None:
    answer = signed_in(make.administrator()).put("/cpl")

    assert answer.status_code == 405
    assert "GET" in answer["Allow"]


def test_a_missing_permission_is_named() -> None:
    browser = signed_in(make.party("big-light"), [Permission.READ_FEED])

    answer = browser.get("/firmware")

    assert answer.status_code == 403
    assert Permission.VIEW_RECORDS.sentence in text(answer)


def test_a_page_is_kept_by_nobody_on_the_way() -> None:
    browser = signed_in(make.party("big-light"))

    for address in ("/firmware", "/account/password", "/nowhere", "/firmware/CPL-000009"):
        assert "no-store" in browser.get(address)["Cache-Control"], address


def test_nothing_written_into_a_page_would_be_run(stranger: Client) -> None:
    policy = stranger.get("/")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_what_is_not_there_is_said_in_a_page_to_people_and_in_a_problem_to_systems(
    stranger: Client,
) -> None:
    page, problem = stranger.get("/nowhere"), stranger.get("/api/v1/nowhere")

    assert (page.status_code, problem.status_code) == (404, 404)
    assert "There is no such page" in text(page)
    assert problem["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("broken", [OperationalError("away"), RuntimeError("a fault")])
def test_a_fault_of_our_own_is_a_page_in_words(stranger: Client, broken: Exception) -> None:
    with patch("fir.portal.views.listed.find_entries", side_effect=broken):
        answer = stranger.get("/cpl")

    assert answer.status_code == 500
    assert "Something went wrong on our side" in text(answer)


def test_a_form_without_its_token_is_refused_in_words() -> None:
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/account/sign-in", {"login": "a@b.invalid", "password": "x"})

    assert answer.status_code == 403
    assert "This form is too old to be sent" in text(answer)
