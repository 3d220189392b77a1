"""Who is asking: what a key, an account or a link makes of whoever holds it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core import signing

from fir.parties.models import Actor, ApiKey, DemoSignIn, Invitation, Party, User
from fir.parties.operations import issue_key, operator, revoke_key
from fir.parties.people import (
    INVITATIONS_LAST,
    invite_person,
    join_party,
    withdraw_invitation,
)
from fir.parties.permissions import MAY, Category, Permission
from fir.parties.queries import (
    Member,
    Standing,
    actor_of_key,
    actors_of_person,
    anything_stands,
    demo_sign_ins,
    emails_of,
    find_invitation,
    find_key,
    find_member,
    hash_of_key,
    holders_of,
    holds_identifier,
    invitation_of_token,
    invitation_token,
    open_invitations,
    party_of_slug,
    people_of,
    person_of_email,
    standing,
    suppliers,
)
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

P = Permission
END = make.AT + INVITATIONS_LAST


def standing_of(slug: str) -> tuple[list[ApiKey], list[Invitation]]:
    """What stands of the Party as it is by now."""
    found = standing(Party.objects.get(slug=slug), at=make.AT)
    return found.keys, found.invitations


def acting(key: str) -> Actor:
    found = actor_of_key(key)
    assert found
    return found


def key_of_person(party: Party, person: User) -> str:
    return issue_key(party=party, name="test", person=person, by=operator(), at=make.AT)


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "fir_", "fir_unknown", "\x00", "ü"])
def test_an_unknown_key_is_nobody(key: str) -> None:
    make.key(make.party())

    assert actor_of_key(key) is None


@pytest.mark.django_db
def test_a_key_with_a_letter_too_many_or_of_another_case_is_nobody() -> None:
    key = make.key(make.party())

    assert actor_of_key(key)
    assert [actor_of_key(wrong) for wrong in (key + "a", key[:-1], key.swapcase())] == [None] * 3


@pytest.mark.django_db
def test_the_stored_hash_is_no_key() -> None:
    key = make.key(make.party())

    assert actor_of_key(hash_of_key(key)) is None


@pytest.mark.django_db
def test_finding_out_who_asks_takes_one_query(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    key = key_of_person(make.party(), User.objects.create(email="ann@big-light.example"))

    with django_assert_num_queries(1):
        actor = acting(key)
        assert actor.party.slug == actor.author.party == "big-light"
        assert actor.author.actor == actor.actor_id


@pytest.mark.django_db
def test_a_key_loses_at_use_what_its_partys_category_no_longer_may_have() -> None:
    party = make.party()
    key = make.key(party)
    before = acting(key)

    Party.objects.filter(pk=party.pk).update(category=Category.NETWORK_PARTY)

    after = acting(key)
    assert before.may(Permission.LOAD_ESTATE)
    assert not after.may(Permission.LOAD_ESTATE)
    assert not after.may(Permission.VIEW_ESTATE)
    assert after.may(Permission.READ_FEED)
    assert after.permissions <= MAY[Category.NETWORK_PARTY]


@pytest.mark.django_db
def test_a_key_gains_nothing_by_a_change_of_category() -> None:
    party = make.party("wires", "NETWORK_PARTY")
    key = make.key(party)
    before = acting(key).permissions

    Party.objects.filter(pk=party.pk).update(category=Category.ADMINISTRATOR)

    assert acting(key).permissions == before


@pytest.mark.django_db
def test_the_key_of_a_person_who_left_is_nobody() -> None:
    ann = User.objects.create(email="ann@big-light.example")
    key = key_of_person(make.party(), ann)
    assert actor_of_key(key)

    User.objects.filter(pk=ann.pk).update(is_active=False)

    assert actor_of_key(key) is None


@pytest.mark.django_db
def test_for_a_key_that_a_person_made_the_person_answers() -> None:
    party, ann = make.party(), User.objects.create(email="ann@big-light.example")

    one, other = acting(key_of_person(party, ann)), acting(key_of_person(party, ann))

    assert one.answerable == other.answerable == ann.actor_id
    assert len({one.actor_id, other.actor_id, ann.actor_id}) == 3


@pytest.mark.django_db
def test_for_a_key_without_a_person_its_party_answers() -> None:
    party = make.party()

    one, other = make.actor(party), make.actor(party)

    assert one.answerable == other.answerable == party.actor_id
    assert one.actor_id != other.actor_id


@pytest.mark.django_db
def test_an_identifiers_holders_are_those_and_no_others() -> None:
    maker = make.maker("fine-meters", "F1A1")
    make.maker("other-meters", "F1A2")
    make.party("dcc", "DCC", manufacturer_identifiers=["F1A1"])

    assert {identifier: holders_of(identifier) for identifier in ("F1A1", "F1A2", "0000")} == {
        "F1A1": ["dcc", "fine-meters"],
        "F1A2": ["other-meters"],
        "0000": [],
    }
    assert holds_identifier(maker, "F1A1")
    assert not holds_identifier(maker, "F1A2")


@pytest.mark.django_db
def test_suppliers_are_the_large_and_the_small_ones() -> None:
    make.party("small-gas", "SMALL_SUPPLIER")
    make.party("big-light")
    make.party("wires", "NETWORK_PARTY")
    make.party("agent", "REGISTERED_SUPPLIER_AGENT")

    assert [party.slug for party in suppliers(admitted_by=make.AT)] == ["big-light", "small-gas"]
    assert all(party.is_supplier for party in suppliers(admitted_by=make.AT))


@pytest.mark.django_db
def test_a_database_is_empty_until_the_first_party_is_admitted() -> None:
    before = anything_stands()
    party = make.party()

    assert not before
    assert anything_stands()
    assert party_of_slug("big-light") == party
    assert party_of_slug("nobody") is None


# Keys


@pytest.mark.django_db
def test_a_partys_key_is_found_until_it_is_revoked_and_by_its_own_party_alone() -> None:
    party, other = make.party(), make.party("small-gas", "SMALL_SUPPLIER")
    make.key(other)
    actor = acting(make.key(party))

    found = find_key(party, actor.actor_id)
    assert found
    assert found.actor_id == actor.actor_id
    assert find_key(other, actor.actor_id) is None
    assert find_key(party, uuid.uuid4()) is None
    revoke_key(key=ApiKey.objects.get(pk=found.pk), by=operator(), at=make.AT)
    assert find_key(party, actor.actor_id) is None


@pytest.mark.django_db
@pytest.mark.parametrize("category", Category)
def test_a_key_and_an_invitation_offer_what_the_category_still_may_have(
    category: Category,
) -> None:
    party = make.party()
    make.key(party)
    make.invitation(party, "a@x.org")
    Party.objects.filter(pk=party.pk).update(category=category)

    ((key,), (invitation,)) = found = standing_of("big-light")

    usual = {P.READ_FEED, P.VIEW_RECORDS, P.VIEW_NOTICES, P.LOAD_ESTATE, P.VIEW_ESTATE}
    usual |= {P.DECIDE_RELEASES}
    assert key.offered == invitation.offered == usual & MAY[category]
    assert found[0][0].permissions == sorted(usual)


@pytest.mark.django_db
def test_what_stands_is_found_with_who_made_it(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    party, other = make.party(), make.party("small-gas", "SMALL_SUPPLIER")
    ann, bob = make.person(party), make.person(other)
    (by,) = actors_of_person(ann)
    issue_key(party=party, name="mine", by=by, at=make.AT)
    key_of_person(party, ann)  # made on the server, for a person
    make.key(party)
    invite_person(party=party, email="a@x.org", by=by, at=make.AT)
    make.invitation(party, "b@x.org")
    make.key(other)

    with django_assert_num_queries(3):
        found = standing(party, at=make.AT)
        keys = [key.maker for key in found.keys]
        invitations = [one.maker for one in found.invitations]
        emails = emails_of({*found.makers, bob.actor_id})

    nobody = operator().actor_id
    assert keys == [ann.actor_id, ann.actor_id, nobody]
    assert invitations == [ann.actor_id, nobody]
    assert emails == {ann.actor_id: ann.email, bob.actor_id: bob.email}
    of_ann = found.of(ann.actor_id)
    assert [key.name for key in of_ann.keys] == ["mine", "test"]
    assert [one.email for one in of_ann.invitations] == ["a@x.org"]
    assert of_ann
    assert not found.of(bob.actor_id)
    assert Standing([], found.invitations)
    assert standing(party, at=END) == Standing(found.keys, [])


# People


def with_two_parties() -> User:
    """Somebody who acts for Wires, where she only reads the feed, and for Big Light."""
    wires, big = make.party("wires", "NETWORK_PARTY"), make.party("big-light")
    ann = make.person(wires, "ann@wires.invalid", [Permission.READ_FEED])
    chosen = [Permission.LOAD_ESTATE, Permission.READ_FEED]
    join_party(invitation=make.invitation(big, ann.email, chosen), person=ann, at=make.AT)
    make.person(big, "bob@big-light.invalid")
    return ann


@pytest.mark.django_db
def test_a_person_acts_for_each_party_by_its_name_and_answers_in_person(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ann = with_two_parties()

    with django_assert_num_queries(1):
        actors = actors_of_person(ann)
        assert {a.party.slug: set(a.permissions) for a in actors} == {
            "big-light": {Permission.LOAD_ESTATE, Permission.READ_FEED},
            "wires": {Permission.READ_FEED},
        }
    assert [actor.party.name for actor in actors] == ["Big Light", "Wires"]
    assert {(a.actor_id, a.answerable) for a in actors} == {(ann.actor_id, ann.actor_id)}


@pytest.mark.django_db
def test_who_is_not_active_acts_for_nobody_and_is_none_of_the_people() -> None:
    ann = with_two_parties()
    wires = Party.objects.get(slug="wires")
    ann.is_active = False
    ann.save()

    assert actors_of_person(ann) == []
    assert people_of(wires) == []
    assert find_member(wires, ann.actor_id) is None


@pytest.mark.django_db
def test_a_person_loses_what_the_category_no_longer_may_have_and_then_the_party() -> None:
    party = make.party()
    ann = make.person(party, permissions=[Permission.LOAD_ESTATE, Permission.READ_FEED])
    bob = make.person(party, "bob@big-light.invalid", [Permission.LOAD_ESTATE])

    Party.objects.filter(pk=party.pk).update(category=Category.NETWORK_PARTY)
    party.refresh_from_db()

    assert [actor.permissions for actor in actors_of_person(ann)] == [{Permission.READ_FEED}]
    assert actors_of_person(bob) == []
    assert people_of(party) == [Member(ann, frozenset({Permission.READ_FEED}))]


@pytest.mark.django_db
def test_a_partys_people_are_its_own_by_email(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    ann = with_two_parties()
    big, wires = Party.objects.get(slug="big-light"), Party.objects.get(slug="wires")

    with django_assert_num_queries(1):
        people = people_of(big)
        assert [m.person.email for m in people] == ["ann@wires.invalid", "bob@big-light.invalid"]
    assert people[0].permissions == {Permission.LOAD_ESTATE, Permission.READ_FEED}
    assert find_member(wires, ann.actor_id) == Member(ann, frozenset({Permission.READ_FEED}))
    assert find_member(wires, people[1].person.actor_id) is None


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["ann@big-light.invalid", "Ann@Big-Light.INVALID"])
def test_a_person_is_found_by_email_in_any_case(email: str) -> None:
    ann = make.person(make.party())

    assert person_of_email(email) == User.objects.get_by_natural_key(email) == ann


@pytest.mark.django_db
def test_a_look_alike_address_is_another() -> None:
    ann = make.person(make.party(), "ink@big-light.invalid")
    twin = User.objects.create(email="ınk@big-light.invalid")

    assert person_of_email(ann.email) == User.objects.get_by_natural_key(ann.email) == ann
    assert person_of_email(twin.email) == User.objects.get_by_natural_key(twin.email) == twin
    assert person_of_email("nk@big-light.invalid") is None


# Invitations


@pytest.mark.django_db
def test_a_partys_open_invitations_are_its_own_by_email_until_they_expire() -> None:
    party, other = make.party(), make.party("small-gas", "SMALL_SUPPLIER")
    second, first = make.invitation(party, "b@x.org"), make.invitation(party, "a@x.org")
    foreign = make.invitation(other, "c@x.org")
    soon = END - timedelta(seconds=1)

    assert open_invitations(party, at=soon) == [first, second]
    assert open_invitations(party, at=END) == []
    assert find_invitation(party, first.pk, at=soon) == first
    assert find_invitation(party, first.pk, at=END) is None
    assert find_invitation(party, foreign.pk, at=soon) is None


@pytest.mark.django_db
def test_a_token_opens_its_invitation_while_that_is_open(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    party = make.party()
    made, withdrawn = make.invitation(party, "a@x.org"), make.invitation(party, "b@x.org")
    token, dead = invitation_token(made), invitation_token(withdrawn)
    withdraw_invitation(invitation=withdrawn, by=operator(), at=make.AT)

    with django_assert_num_queries(1):
        found = invitation_of_token(token, at=END - timedelta(seconds=1))
        assert found == made
        assert found.party == party
    assert invitation_of_token(token, at=END) is None
    assert invitation_of_token(dead, at=make.AT) is None


@pytest.mark.django_db
def test_a_token_that_was_not_signed_for_this_opens_nothing() -> None:
    made = make.invitation(make.party(), "a@x.org")
    token = invitation_token(made)
    wrong = [
        *("", "x", ":::", "\x00", "ü", str(made.pk), token[:-1], token + "A", token.swapcase()),
        signing.dumps(str(made.pk)),
        signing.dumps(str(made.pk), salt="another"),
        signing.dumps(str(made.pk), key="another", salt="fir.parties.invitation"),
    ]

    assert [invitation_of_token(text, at=make.AT) for text in wrong] == [None] * len(wrong)
    assert invitation_of_token(token, at=make.AT) == made


@pytest.mark.django_db
def test_the_demos_sign_ins_come_in_the_order_of_their_making(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    party = make.party()
    before = demo_sign_ins()
    for email in ("b@x.org", "a@x.org"):
        user = make.person(party, email)
        DemoSignIn.objects.create(user=user, about="reads", password=make.PASSWORD)

    assert before == []
    with django_assert_num_queries(1):
        assert [one.user.email for one in demo_sign_ins()] == ["b@x.org", "a@x.org"]
