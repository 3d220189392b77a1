"""Who is asking: what a key makes of whoever holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fir.parties.models import Actor, Party, User
from fir.parties.operations import issue_key, operator
from fir.parties.permissions import MAY, Category, Permission
from fir.parties.queries import (
    actor_of_key,
    anything_stands,
    hash_of_key,
    holders_of,
    holds_identifier,
    party_of_slug,
    suppliers,
)
from tests import make

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


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
