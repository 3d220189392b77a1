"""A Party's people: who sees them, inviting, changing what somebody may do, taking somebody out."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fir.parties.models import Invitation, ManufacturerHolding
from fir.parties.operations import issue_key
from fir.parties.people import invite_person
from fir.parties.permissions import MAY, Category, Permission
from fir.parties.queries import actors_of_person, find_member, keys_in_use
from tests import make
from tests.fir.portal.people import browser_of, signed_in
from tests.fir.portal.reading import boxes, errors, text

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party, User

P = Permission
INVITE = "/people/invite"
SOMEBODY = "new@big-light.invalid"
pytestmark = pytest.mark.django_db


@pytest.fixture
def party() -> Party:
    return make.party()


def invited(party: Party, email: str = SOMEBODY) -> Invitation:
    """An invitation that is open today, whenever that is."""
    return invite_person(party=party, email=email, by=make.actor(party), at=timezone.now())


def makes(party: Party, person: User, email: str = SOMEBODY) -> None:
    """Let a person make a key, and invite somebody; both stand today."""
    by = next(actor for actor in actors_of_person(person) if actor.party == party)
    now = timezone.now()
    issue_key(party=party, name=f"Key for {email}", person=person, by=by, at=now)
    invite_person(party=party, email=email, by=by, at=now)


def may(person: User, party: Party) -> set[Permission]:
    member = find_member(party, person.actor_id)
    return set(member.permissions) if member else set()


def pages(party: Party) -> list[tuple[str, str]]:
    """Every request that is for managers alone, aimed at things of this Party."""
    person = make.person(party, "one@big-light.invalid")
    make.key(party)
    key = keys_in_use(party)[0].actor_id
    return [
        ("get", "/people"),
        ("get", INVITE),
        ("post", INVITE),
        ("get", f"/people/{person.actor_id}"),
        ("post", f"/people/{person.actor_id}"),
        ("post", f"/people/invitations/{invited(party).pk}/withdraw"),
        ("get", "/keys/new"),
        ("post", "/keys/new"),
        ("get", f"/keys/{key}/revoke"),
        ("post", f"/keys/{key}/revoke"),
    ]


def test_nobody_gets_in_without_the_permission(party: Party) -> None:
    reader = signed_in(party, permissions=MAY[Category.LARGE_SUPPLIER] - {P.MANAGE_PEOPLE})

    answers = [getattr(reader, method)(url) for method, url in pages(party)]

    assert {answer.status_code for answer in answers} == {403}
    assert all(P.MANAGE_PEOPLE.sentence in text(answer) for answer in answers)


def test_a_stranger_signs_in_first_and_is_led_back(party: Party, client: Client) -> None:
    for method, url in pages(party):
        answer = getattr(client, method)(url)
        back = "/people" if url.endswith("/withdraw") else url
        assert answer.status_code == 302
        assert answer["Location"] == f"/account/sign-in?next={back.replace('/', '%2F')}"


def test_what_is_another_partys_is_not_there(party: Party) -> None:
    manager = signed_in(make.party("small-gas", "SMALL_SUPPLIER"))
    others = [(method, url) for method, url in pages(party) if "-" in url]

    answers = [
        getattr(manager, method)(url, {"permissions": "read_feed"}) for method, url in others
    ]

    assert len(answers) == 5
    assert {answer.status_code for answer in answers} == {404}
    assert Invitation.objects.filter(party=party).exists()
    assert len(keys_in_use(party)) == 2  # the one aimed at, and that of whoever invited


def test_the_page_shows_people_invitations_and_keys_of_this_party_alone(party: Party) -> None:
    manager = make.person(party)
    browser = browser_of(manager)
    make.person(party, "bob@big-light.invalid", [P.VIEW_NOTICES])
    browser.post("/keys/new", {"name": "Billing", "permissions": "read_feed"})
    invited(party)
    invited(make.party("small-gas", "SMALL_SUPPLIER"), "else@small-gas.invalid")

    shown = text(browser.get("/people"))

    assert "ann@big-light.invalid (you)" in shown
    assert "bob@big-light.invalid may do May do Read the notices raised for the Party." in shown
    assert f"{SOMEBODY} Is offered to do" in shown
    assert "Billing Revoke the key Billing" in shown
    assert shown.count("by ann@big-light.invalid") == 1  # the rest was made on the server
    assert "small-gas" not in shown


@pytest.mark.parametrize("of_one", [False, True])
def test_the_page_costs_the_same_for_one_and_for_many(party: Party, *, of_one: bool) -> None:
    browser = signed_in(party)
    costs = []
    for number in range(4):
        person = make.person(party, f"p{number}@big-light.invalid")
        for letter in "ab"[: number + 1]:
            makes(party, person, f"{letter}{number}@big-light.invalid")
        with CaptureQueriesContext(connection) as held:
            browser.get(f"/people/{person.actor_id}" if of_one else "/people")
        costs.append(len(held))

    assert len(set(costs)) == 1
    assert costs[0] <= 12


def test_a_persons_page_shows_what_the_person_may_do(party: Party) -> None:
    bob = make.person(party, "bob@big-light.invalid", [P.VIEW_NOTICES])

    shown = boxes(signed_in(party).get(f"/people/{bob.actor_id}"))

    assert [code for code, ticked in shown.items() if ticked] == ["view_notices"]
    assert "manage_people" in shown
    assert "submit_firmware" not in shown


def test_what_a_person_may_do_is_changed(party: Party) -> None:
    bob = make.person(party, "bob@big-light.invalid", [P.VIEW_NOTICES])

    answer = signed_in(party).post(
        f"/people/{bob.actor_id}", {"permissions": ["read_feed", "load_estate"]}, follow=True
    )

    assert may(bob, party) == {P.READ_FEED, P.LOAD_ESTATE}
    assert answer.redirect_chain == [("/people", 302)]
    assert "What bob@big-light.invalid may do for Big Light was saved." in text(answer)


def test_unticking_everything_takes_a_person_out_of_the_party(party: Party) -> None:
    bob = make.person(party, "bob@big-light.invalid")
    bobs = browser_of(bob)

    answer = signed_in(party).post(f"/people/{bob.actor_id}", {}, follow=True)

    assert may(bob, party) == set()
    assert "bob@big-light.invalid no longer acts for Big Light." in text(answer)
    assert bobs.get("/people").status_code == 403
    assert "You act for no Party" in text(bobs.get("/account"))


@pytest.mark.parametrize("left", [[], ["read_feed"]])
def test_the_last_manager_stays(party: Party, left: list[str]) -> None:
    ann = make.person(party)
    before = may(ann, party)

    answer = browser_of(ann).post(f"/people/{ann.actor_id}", {"permissions": left})

    assert answer.status_code == 422
    assert "Nobody else may manage the people of Big Light" in errors(answer)
    assert may(ann, party) == before
    assert [code for code, ticked in boxes(answer).items() if ticked] == left


def test_whoever_gives_up_managing_is_not_led_to_a_closed_page(party: Party) -> None:
    make.person(party, "bob@big-light.invalid")
    ann = make.person(party)

    answer = browser_of(ann).post(
        f"/people/{ann.actor_id}", {"permissions": "read_feed"}, follow=True
    )

    assert answer.redirect_chain == [("/", 302)]
    assert answer.status_code == 200
    assert "What ann@big-light.invalid may do for Big Light was saved." in text(answer)


@pytest.mark.parametrize("code", ["fly", "review_submissions", "submit_firmware"])
def test_nobody_is_given_what_the_party_cannot_give(party: Party, code: str) -> None:
    bob = make.person(party, "bob@big-light.invalid", [P.VIEW_NOTICES])

    answer = signed_in(party).post(f"/people/{bob.actor_id}", {"permissions": [code]})

    assert answer.status_code == 422
    assert f"This Party cannot give {code}." in errors(answer)
    assert may(bob, party) == {P.VIEW_NOTICES}


def test_saving_keeps_what_could_not_be_given_anew() -> None:
    maker = make.maker()
    browser = signed_in(maker)
    bob = make.person(maker, "bob@fine-meters.invalid", [P.SUBMIT_FIRMWARE])
    ManufacturerHolding.objects.all().delete()

    ticked = [
        code for code, is_on in boxes(browser.get(f"/people/{bob.actor_id}")).items() if is_on
    ]
    browser.post(f"/people/{bob.actor_id}", {"permissions": [*ticked, "read_feed"]})

    assert may(bob, maker) == {P.SUBMIT_FIRMWARE, P.READ_FEED}


def test_nobody_is_there_under_an_unknown_id(party: Party) -> None:
    assert signed_in(party).get(f"/people/{uuid.uuid4()}").status_code == 404
