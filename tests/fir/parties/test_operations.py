"""Admitting Parties, and what keys are given and lose again."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from psycopg.sql import SQL, Identifier

from cpl.models import Manufacturer
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq, payload_of
from fir.parties.models import ApiKey, ManufacturerHolding, Party, User
from fir.parties.operations import (
    KeyAlreadyRevoked,
    PartyRefused,
    PermissionNotForCategory,
    admit_party,
    give_identifier,
    issue_key,
    operator,
    revoke_key,
)
from fir.parties.people import set_permissions
from fir.parties.permissions import Category, Permission
from fir.parties.queries import actor_of_key, holders_of, identifiers_of
from tests import make

P = Permission
GOOD = {"slug": "big-light", "name": "Big Light", "category": "LARGE_SUPPLIER"}


def admitted(**changes: Any) -> Party:
    return admit_party(**{**GOOD, **changes}, by=operator(), at=make.AT)


def person(email: str = "ann@big-light.example") -> User:
    return User.objects.create(email=email)


def newest(kind: str) -> tuple[LedgerEvent, dict[str, object]]:
    """The newest event of a kind with its payload."""
    event = LedgerEvent.objects.filter(kind=kind).order_by("-seq")[0]
    return event, payload_of(event)


@pytest.mark.django_db
def test_a_party_is_admitted_with_its_roles_and_identifiers_and_everybody_concerned_hears() -> None:
    party = admitted(user_roles=["IS", "GS"], manufacturer_identifiers=["0x10e0", "10E0", "0001"])

    event, payload = newest("PARTY_ADMITTED")
    assert identifiers_of(party) == ["0001", "10E0"]
    assert payload == {
        "party": "big-light",
        "category": "LARGE_SUPPLIER",
        "user_roles": ["IS", "GS"],
        "manufacturer_identifiers": ["0001", "10E0"],
    }
    assert event.audience == ["category:ADMINISTRATOR", "party:big-light"]
    assert (event.subject_type, event.subject_id) == ("party", "big-light")


@pytest.mark.django_db
@pytest.mark.parametrize("category", Category)
def test_every_category_can_be_admitted_by_its_name_and_by_its_value(category: Category) -> None:
    by_name = admitted(slug="by-name", category=category.name)
    by_value = admitted(slug="by-value", category=category)

    assert by_name.category == by_value.category == category


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"slug": ""},
        {"slug": "Big-Light"},
        {"slug": "big_light"},
        {"slug": "-light"},
        {"slug": "light-"},
        {"slug": "big--light"},
        {"slug": "big light"},
        {"slug": "bïg"},
        {"slug": "big-light\n"},
        {"slug": "x" * 65},
        {"name": ""},
        {"name": "  "},
        {"category": "SUPPLIER"},
        {"category": "large_supplier"},
        {"category": ""},
        {"user_roles": ["IS", "XX"]},
        {"manufacturer_identifiers": ["10E"]},
        {"manufacturer_identifiers": ["10E0", "maker"]},
    ],
    ids=repr,
)
def test_a_party_that_is_not_as_it_must_be_is_refused_and_nothing_is_kept(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(PartyRefused):
        admitted(**changes)

    assert not Party.objects.exists()
    assert not Manufacturer.objects.exists()
    assert last_seq() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["operator", "fir"])
def test_no_party_takes_the_name_by_which_events_tell_the_operator_or_the_machine(
    slug: str,
) -> None:
    with pytest.raises(PartyRefused, match=slug):
        admitted(slug=slug)


@pytest.mark.django_db
def test_a_slug_is_given_once() -> None:
    admitted()

    with pytest.raises(PartyRefused, match="already"):
        admitted(name="Another")

    assert Party.objects.get().name == "Big Light"


@pytest.mark.django_db
def test_two_parties_may_hold_one_identifier_and_the_maker_keeps_its_first_name() -> None:
    admitted(slug="maker", name="Maker", manufacturer_identifiers=["10E0"])
    admitted(slug="dcc", name="DCC", category="DCC", manufacturer_identifiers=["10E0"])

    assert ManufacturerHolding.objects.count() == 2
    assert Manufacturer.objects.get().name == "Maker"


@pytest.mark.django_db
def test_a_party_that_was_given_an_identifier_brings_for_it_and_everybody_concerned_hears() -> None:
    maker = admitted(slug="maker", name="Maker", manufacturer_identifiers=["10E0"])
    actor = make.actor(maker)

    given = give_identifier(
        party=maker, manufacturer_identifier="0xf1a1", by=operator(), at=make.AT
    )

    assert given == "F1A1"
    assert identifiers_of(maker) == ["10E0", "F1A1"]
    event = LedgerEvent.objects.get(kind="IDENTIFIER_GIVEN")
    assert payload_of(event) == {"party": "maker", "manufacturer_identifier": "F1A1"}
    assert set(event.audience) == {"category:ADMINISTRATOR", "party:maker"}
    assert make.submitted(actor).manufacturer_identifier == "F1A1"


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["10E0", "0x10e0", "10E", "", "10E00", "ZZZZ"])
def test_an_identifier_that_is_none_or_held_already_is_refused_and_nothing_is_kept(
    wrong: str,
) -> None:
    maker = admitted(slug="maker", name="Maker", manufacturer_identifiers=["10E0"])
    before = last_seq()

    with pytest.raises(PartyRefused):
        give_identifier(party=maker, manufacturer_identifier=wrong, by=operator(), at=make.AT)

    assert identifiers_of(maker) == ["10E0"]
    assert (Manufacturer.objects.count(), last_seq()) == (1, before)


@pytest.mark.django_db
def test_a_makers_identifier_that_another_party_is_given_keeps_its_name() -> None:
    admitted(slug="maker", name="Maker", manufacturer_identifiers=["10E0"])
    dcc = admitted(slug="dcc", name="DCC", category="DCC")

    give_identifier(party=dcc, manufacturer_identifier="10E0", by=operator(), at=make.AT)

    assert holders_of("10E0") == ["dcc", "maker"]
    assert Manufacturer.objects.get().name == "Maker"


@pytest.mark.django_db
def test_a_key_stands_in_no_column_of_the_database() -> None:
    key = make.key(make.party())
    secret = key.removeprefix("fir_")

    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            for text in (secret, secret[:12], secret[-12:]):
                query = SQL("SELECT count(*) FROM {} AS line WHERE position(%s IN line::text) > 0")
                cursor.execute(query.format(Identifier(table)), [text])
                found[table, text] = cursor.fetchone()[0]

    assert len(secret) >= 43, "256 bits in base64"
    assert ApiKey.objects.count() == 1
    assert not any(found.values())


@pytest.mark.django_db
def test_two_keys_of_one_party_are_two_actors() -> None:
    party = make.party()
    one, other = actor_of_key(make.key(party)), actor_of_key(make.key(party))

    assert one
    assert other
    assert one.actor_id != other.actor_id


@pytest.mark.django_db
def test_a_key_is_told_of_without_its_text() -> None:
    party = make.party()

    key = issue_key(party=party, name="feed", permissions=[P.READ_FEED], by=operator(), at=make.AT)

    event, payload = newest("GRANT_CHANGED")
    made = ApiKey.objects.get()
    assert payload == {
        "party": "big-light",
        "holder": str(made.actor_id),
        "holder_type": "key",
        "permissions": ["READ_FEED"],
    }
    assert event.audience == ["category:ADMINISTRATOR", "party:big-light"]
    assert key not in event.canonical


@pytest.mark.django_db
def test_a_key_without_chosen_permissions_carries_the_usual_ones() -> None:
    holder, other = make.maker(), make.maker("other-meters", "F1A2")
    ManufacturerHolding.objects.filter(party=other).delete()

    assert P.SUBMIT_FIRMWARE in make.actor(holder).permissions
    assert P.SUBMIT_FIRMWARE not in make.actor(other).permissions
    assert P.MANAGE_PEOPLE not in make.actor(holder).permissions


@pytest.mark.django_db
def test_a_key_made_for_nothing_may_nothing() -> None:
    actor = actor_of_key(make.key(make.party(), permissions=[]))

    assert actor
    assert not actor.permissions


@pytest.mark.django_db
def test_a_key_beyond_its_partys_category_is_refused_and_not_made() -> None:
    party = make.party()
    before = last_seq()

    with pytest.raises(PermissionNotForCategory, match="REVIEW_SUBMISSIONS"):
        make.key(party, permissions=[P.READ_FEED, P.REVIEW_SUBMISSIONS])

    assert not ApiKey.objects.exists()
    assert last_seq() == before


@pytest.mark.django_db
def test_a_revoked_key_no_longer_works_and_its_holder_has_nothing_left() -> None:
    key = make.key(make.party())
    made = ApiKey.objects.get()

    revoke_key(key=made, by=operator(), at=make.AT)

    assert actor_of_key(key) is None
    _, payload = newest("GRANT_CHANGED")
    assert payload["holder"] == str(made.actor_id)
    assert payload["permissions"] == []


@pytest.mark.django_db
def test_a_key_is_revoked_once() -> None:
    make.key(make.party())
    made = ApiKey.objects.get()
    revoke_key(key=made, by=operator(), at=make.AT)
    before = last_seq()

    with pytest.raises(KeyAlreadyRevoked):
        revoke_key(key=made, by=operator(), at=make.AT + timedelta(hours=1))

    assert ApiKey.objects.get().revoked_at == make.AT
    assert last_seq() == before


@pytest.mark.django_db
def test_a_revoked_key_leaves_the_partys_other_keys_alone() -> None:
    party = make.party()
    make.key(party)
    first = ApiKey.objects.get()
    second = make.key(party)

    revoke_key(key=first, by=operator(), at=make.AT)

    assert actor_of_key(second) is not None


@pytest.mark.django_db
def test_events_name_nobody_but_by_an_opaque_id() -> None:
    party, ann = make.party(), person()
    key = issue_key(party=party, name="Ann's key", person=ann, by=operator(), at=make.AT)
    actor = actor_of_key(key)
    assert actor
    set_permissions(person=ann, party=party, permissions=[P.READ_FEED], by=actor, at=make.AT)
    make.person(party, "annabel@big-light.example")

    told = " ".join(LedgerEvent.objects.values_list("canonical", flat=True))

    assert not re.search(r"ann", told, re.IGNORECASE)
    authors = LedgerEvent.objects.filter(kind="GRANT_CHANGED").values_list("by_actor", flat=True)
    assert actor.actor_id in authors
    assert operator().actor_id == uuid.UUID(int=0)
