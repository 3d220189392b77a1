"""A person's own account: what it shows, for whom it acts, and changing its password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache

from fir.parties.operations import operator
from fir.parties.people import join_party, set_permissions
from fir.parties.permissions import Permission
from tests import make
from tests.fir.portal.people import browser_of
from tests.fir.portal.reading import errors, text

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import User

P = Permission
ACTING = "/account/acting-for"
CHANGE = "/account/password"
GOOD = "a long walk at night"


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    cache.clear()


def of_two_parties() -> User:
    """Somebody of Alpha who reads notices for Beta too."""
    person = make.person(make.party("alpha"))
    invited = make.invitation(make.party("beta"), person.email, [P.VIEW_NOTICES])
    join_party(invitation=invited, person=person, at=make.AT)
    return person


def of_no_party() -> User:
    """Somebody whose only Party has taken everything back."""
    party = make.party("alpha")
    make.person(party, "manager@alpha.invalid")
    person = make.person(party)
    set_permissions(person=person, party=party, permissions=[], by=operator(), at=make.AT)
    return person


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "url"), [("get", "/account"), ("get", ACTING), ("post", ACTING)]
)
def test_a_stranger_signs_in_first_and_is_led_back(client: Client, method: str, url: str) -> None:
    answer = getattr(client, method)(url, {"party": "alpha"} if method == "post" else {})

    assert answer.status_code == 302
    assert answer["Location"] == f"/account/sign-in?next={url.replace('/', '%2F')}"


@pytest.mark.django_db
def test_the_account_says_what_its_person_may_do_for_whom() -> None:
    shown = text(browser_of(of_two_parties()).get("/account"))

    alpha, beta = shown.split("What you may do for Beta")
    assert "ann@alpha.invalid" in alpha
    assert "Change the Party you act for" in alpha
    assert P.MANAGE_PEOPLE.sentence in alpha
    assert P.VIEW_NOTICES.sentence in beta
    assert P.MANAGE_PEOPLE.sentence not in beta


@pytest.mark.django_db
def test_somebody_without_a_party_has_an_account_and_nobody_to_act_for() -> None:
    browser = browser_of(of_no_party())

    for answer in (browser.get("/account"), browser.get(ACTING), browser.post(ACTING)):
        assert answer.status_code in (200, 422)
        assert "You act for no Party" in text(answer)
    assert "Change your password" in text(browser.get("/account"))
    assert "Act for this Party" not in text(browser.get(ACTING))


@pytest.mark.django_db
def test_a_person_chooses_for_whom_to_act() -> None:
    browser = browser_of(of_two_parties())
    assert 'value="alpha" required id="id_party_0" checked' in " ".join(
        browser.get(ACTING).content.decode().split()
    )

    answer = browser.post(ACTING, {"party": "beta"}, follow=True)

    assert answer.redirect_chain == [("/", 302)]
    assert "You act for Beta now." in text(answer)
    assert browser.get("/people").status_code == 403  # a manager of Alpha, and not of Beta


@pytest.mark.django_db
def test_the_choice_may_be_made_again_in_a_tab_that_was_opened_before() -> None:
    browser = browser_of(of_two_parties())
    assert 'name="acting_for"' not in browser.get(ACTING).content.decode()
    browser.post(ACTING, {"party": "beta"})

    assert "You act for Alpha now." in text(browser.post(ACTING, {"party": "alpha"}, follow=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("slug", "error"),
    [
        ("gamma", "Party: You do not act for that Party. Choose one of these."),
        ("nobody", "Party: You do not act for that Party. Choose one of these."),
        ("", "Party: Choose a Party."),
    ],
)
def test_nobody_acts_for_a_party_that_is_not_theirs(slug: str, error: str) -> None:
    make.party("gamma")
    browser = browser_of(of_two_parties())

    answer = browser.post(ACTING, {"party": slug})

    assert answer.status_code == 422
    assert error in errors(answer)
    assert browser.get("/people").status_code == 200  # for Alpha as before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"oldpassword": "wrong"}, "Current password: This is not your current password."),
        ({"password1": "short"}, "New password: This password is too short."),
        ({"password1": "ann@alpha.invalid"}, "New password: The password is too similar"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_said(said: dict[str, str], error: str) -> None:
    person = make.person(make.party("alpha"))

    answer = browser_of(person).post(
        CHANGE, {"oldpassword": make.PASSWORD, "password1": GOOD, **said}
    )

    person.refresh_from_db()
    assert error in errors(answer)
    assert person.check_password(make.PASSWORD)


@pytest.mark.django_db(transaction=True)
def test_a_new_password_ends_every_other_session() -> None:
    person = make.person(make.party("alpha"))
    here, there, reading = (browser_of(person) for _ in range(3))

    answer = here.post(
        CHANGE, {"oldpassword": make.PASSWORD, "password1": GOOD, "next": "/account"}, follow=True
    )

    person.refresh_from_db()
    assert person.check_password(GOOD)
    assert answer.redirect_chain == [("/account", 302)]
    assert "Your password was changed." in text(answer)
    # Read in a snapshot, in which nothing of the ended session could be deleted.
    assert there.get("/people")["Location"] == "/account/sign-in?next=%2Fpeople"
    assert reading.get("/api/v1/docs").status_code == 200
