"""What somebody made outlives their leaving: it is traced to them, and can be ended."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.utils import timezone

from fir.parties.models import ApiKey, Invitation
from fir.parties.models import Party as PartyRow
from fir.parties.operations import operator
from fir.parties.people import invite_person, set_permissions
from fir.parties.permissions import Category, Permission
from fir.parties.queries import keys_in_use
from tests import make
from tests.fir.portal.people import browser_of, signed_in
from tests.fir.portal.reading import text
from tests.fir.portal.test_people import SOMEBODY, invited, makes

if TYPE_CHECKING:
    from django.test import Client

    from fir.parties.models import Party, User

P = Permission
LEAVER = "bob@big-light.invalid"
GONE = f"by {LEAVER}, who no longer acts for you"
pytestmark = pytest.mark.django_db


@pytest.fixture
def party() -> Party:
    return make.party()


@pytest.fixture
def manager(party: Party) -> Client:
    return signed_in(party)


@pytest.fixture
def leaver(party: Party, manager: Client) -> User:
    """Somebody who made a key and invited somebody."""
    leaver = make.person(party, LEAVER)
    makes(party, leaver)
    return leaver


def leaves(leaver: User, manager: Client) -> Any:
    return manager.post(f"/people/{leaver.actor_id}", {}, follow=True)


def test_the_list_says_who_made_what_and_who_has_left(leaver: User, manager: Client) -> None:
    before = text(manager.get("/people"))
    leaves(leaver, manager)
    after = text(manager.get("/people"))

    assert re.findall(rf"(Invited|Made) [\w ,:]+ by {LEAVER}", before) == ["Invited", "Made"]
    assert GONE not in before
    assert re.findall(rf"(Invited|Made) [\w ,:]+ {GONE}", after) == ["Invited", "Made"]


def test_the_list_leads_to_the_maker(leaver: User, manager: Client) -> None:
    page = manager.get("/people").content.decode()

    # What the person may do, the invitation, and the key.
    assert page.count(f'href="/people/{leaver.actor_id}"') == 3


def test_what_no_person_made_was_made_on_the_server(party: Party, manager: Client) -> None:
    make.key(party)
    invite_person(party=party, email=SOMEBODY, by=operator(), at=timezone.now())

    shown = text(manager.get("/people"))

    assert re.findall(r"(Invited|Made) [\w ,:]+ on the server", shown) == ["Invited", "Made"]


def test_a_persons_page_shows_what_this_person_made_and_how_to_end_it(
    party: Party, leaver: User, manager: Client
) -> None:
    invited(party, "else@big-light.invalid")
    key, invitation = keys_in_use(party)[0], Invitation.objects.get(email=SOMEBODY)

    answer = manager.get(f"/people/{leaver.actor_id}")

    shown = text(answer)
    assert "so do the keys and invitations below until they are revoked or withdrawn" in shown
    assert SOMEBODY in shown
    assert "else@big-light.invalid" not in shown
    assert shown.count("Revoke the key") == shown.count("the invitation of") == 1
    assert f"/keys/{key.actor_id}/revoke" in answer.content.decode()
    assert f"/people/invitations/{invitation.pk}/withdraw" in answer.content.decode()
    assert answer.context["form"]


def test_a_refused_change_still_shows_what_the_person_made(leaver: User, manager: Client) -> None:
    answer = manager.post(f"/people/{leaver.actor_id}", {"permissions": "fly"})

    assert answer.status_code == 422
    assert text(answer).count("Revoke the key") == 1


def test_taking_somebody_out_says_what_still_stands_and_leads_there(
    party: Party, leaver: User, manager: Client
) -> None:
    makes(party, leaver, "third@big-light.invalid")
    Invitation.objects.get(email=SOMEBODY).delete()

    answer = leaves(leaver, manager)

    shown = text(answer)
    assert answer.redirect_chain == [(f"/people/{leaver.actor_id}", 302)]
    assert answer.status_code == 200
    assert (
        f"{LEAVER} no longer acts for Big Light. "
        "What they made still stands: 2 keys and 1 open invitation."
    ) in shown
    assert f"What {LEAVER} left open" in shown
    assert shown.count("Revoke the key") == 2
    assert shown.count("the invitation of") == 1
    assert "Save" not in shown


def test_taking_somebody_out_who_left_nothing_leads_to_the_list(
    party: Party, manager: Client
) -> None:
    bob = make.person(party, LEAVER)

    answer = leaves(bob, manager)

    assert answer.redirect_chain == [("/people", 302)]
    assert f"{LEAVER} no longer acts for Big Light. " in text(answer)
    assert "still stands" not in text(answer)


def test_a_manager_who_leaves_is_told_too(leaver: User) -> None:
    answer = leaves(leaver, browser_of(leaver))

    assert answer.redirect_chain == [("/", 302)]
    assert "What they made still stands: 1 key and 1 open invitation." in text(answer)


def test_a_leavers_page_closes_with_the_last_thing_that_was_left(
    party: Party, leaver: User, manager: Client
) -> None:
    leaves(leaver, manager)
    url = f"/people/{leaver.actor_id}"

    manager.post(f"/keys/{keys_in_use(party)[0].actor_id}/revoke")
    between = manager.get(url)
    manager.post(f"/people/invitations/{Invitation.objects.get().pk}/withdraw")

    assert between.status_code == 200
    assert "Revoke the key" not in text(between)
    assert manager.get(url).status_code == 404


def test_nobody_who_has_left_is_let_in_by_the_page(
    party: Party, leaver: User, manager: Client
) -> None:
    leaves(leaver, manager)

    answer = manager.post(f"/people/{leaver.actor_id}", {"permissions": "read_feed"})

    assert answer.status_code == 404
    assert browser_of(leaver).get("/people").status_code == 403


def test_there_is_no_page_of_another_partys_leaver_or_of_no_person(
    party: Party, leaver: User, manager: Client
) -> None:
    leaves(leaver, manager)
    invite_person(party=party, email="x@big-light.invalid", by=operator(), at=timezone.now())
    key = make.actor(party)
    invite_person(party=party, email="y@big-light.invalid", by=key, at=timezone.now())
    other = signed_in(make.party("small-gas", "SMALL_SUPPLIER"))

    assert other.get(f"/people/{leaver.actor_id}").status_code == 404
    for nobody in (operator().actor_id, key.actor_id, uuid.uuid4()):
        assert manager.get(f"/people/{nobody}").status_code == 404


def test_what_somebody_made_for_another_party_is_not_shown(leaver: User, manager: Client) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    permissions = [P.MANAGE_PEOPLE]
    set_permissions(
        person=leaver, party=other, permissions=permissions, by=make.actor(other), at=make.AT
    )
    makes(other, leaver, "x@small-gas.invalid")

    shown = text(leaves(leaver, manager))

    assert "still stands: 1 key and 1 open invitation." in shown
    assert "small-gas" not in shown


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        ([P.READ_FEED, P.LOAD_ESTATE], P.READ_FEED.sentence),
        ([P.LOAD_ESTATE], "Nothing any more"),
    ],
)
def test_a_key_is_shown_with_what_its_partys_category_still_may_have(
    party: Party, manager: Client, chosen: list[Permission], left: str
) -> None:
    make.key(party, chosen)
    PartyRow.objects.update(category=Category.NETWORK_PARTY)

    shown = text(manager.get("/people"))

    assert f"test Revoke the key test May do {left} Made" in shown
    assert ApiKey.objects.get().permissions == sorted(chosen)
