"""Inviting people, and what they may do for their Parties."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from fir.celery import app as application
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq, payload_of
from fir.parties import tasks
from fir.parties.models import Invitation, Party, PartyUserGrant, User
from fir.parties.operations import PermissionNotForCategory, operator
from fir.parties.people import (
    INVITATIONS_LAST,
    AccountExists,
    InvitationNotOpen,
    InvitationRefused,
    LastManager,
    NotInvited,
    PasswordRefused,
    accept_invitation,
    forget_expired_invitations,
    invite_person,
    join_party,
    set_permissions,
    withdraw_invitation,
)
from fir.parties.permissions import MAY, Category, Permission
from fir.parties.queries import actors_of_person, find_member, people_of
from tests import make
from tests.fir.submissions.at_once import at_once

if TYPE_CHECKING:
    from collections.abc import Iterable

P = Permission
EMAIL = "ann@big-light.invalid"
END = make.AT + INVITATIONS_LAST
SECOND = timedelta(seconds=1)


def accepted(invitation: Invitation, **changes: Any) -> User:
    said: dict[str, Any] = {"password": make.PASSWORD, "at": make.AT, **changes}
    return accept_invitation(invitation=invitation, **said)


def given(person: User, party: Party, permissions: Iterable[Permission]) -> None:
    set_permissions(person=person, party=party, permissions=permissions, by=operator(), at=make.AT)


def may(person: User, party: Party) -> set[Permission]:
    member = find_member(party, person.actor_id)
    return set(member.permissions) if member else set()


def newest(kind: str) -> tuple[LedgerEvent, dict[str, object]]:
    """The newest event of a kind with its payload."""
    event = LedgerEvent.objects.filter(kind=kind).order_by("-seq")[0]
    return event, payload_of(event)


# Inviting


@pytest.mark.django_db
def test_an_invitation_is_told_to_its_party_and_the_administrator_without_the_address() -> None:
    party = make.party()
    by = make.actor(party)

    made = invite_person(party=party, email=EMAIL, permissions=[P.READ_FEED], by=by, at=make.AT)

    event, payload = newest("PERSON_INVITED")
    assert payload == {
        "party": "big-light",
        "invitation": str(made.pk),
        "permissions": ["READ_FEED"],
    }
    assert event.audience == ["category:ADMINISTRATOR", "party:big-light"]
    assert event.by_actor == made.made_by == by.actor_id
    assert "ann" not in event.canonical
    assert (made.made_at, made.expires_at) == (make.AT, END)
    assert made.expires_at - made.made_at == timedelta(days=14)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("party", "unasked"),
    [
        ({"slug": "big-light"}, {P.LOAD_ESTATE, P.VIEW_ESTATE, P.DECIDE_RELEASES}),
        (
            {
                "slug": "fine-meters",
                "category": "DEVICE_MANUFACTURER",
                "manufacturer_identifiers": ["F1A1"],
            },
            {P.SUBMIT_FIRMWARE},
        ),
        ({"slug": "wires", "category": "NETWORK_PARTY"}, set()),
    ],
)
def test_without_a_choice_the_usual_permissions_are_offered(
    party: dict[str, Any], unasked: set[Permission]
) -> None:
    made = make.invitation(make.party(**party), EMAIL)

    assert made.offered == {P.READ_FEED, P.VIEW_RECORDS, P.VIEW_NOTICES} | unasked


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email",
    [
        *("", "ann", "ann@", "@x.org", "a b@x.org", "ann@x.org, bob@x.org"),
        "ann@x.org\nBcc: b@x.org",
        f"{'a' * 64}@{'.'.join(['b' * 60] * 4)}.org",
    ],
)
def test_what_is_no_address_is_not_invited(email: str) -> None:
    party = make.party()
    before = last_seq()

    with pytest.raises(InvitationRefused):
        make.invitation(party, email)

    assert not Invitation.objects.exists()
    assert last_seq() == before


@pytest.mark.django_db
def test_an_invitation_to_nothing_is_refused() -> None:
    with pytest.raises(InvitationRefused, match="permission"):
        make.invitation(make.party(), EMAIL, permissions=[])


@pytest.mark.django_db
def test_nobody_is_invited_to_what_the_partys_category_may_not_have() -> None:
    party = make.party("wires", "NETWORK_PARTY")

    with pytest.raises(PermissionNotForCategory, match="LOAD_ESTATE"):
        make.invitation(party, EMAIL, [P.READ_FEED, P.LOAD_ESTATE])

    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_one_of_a_partys_people_is_not_invited_again_but_another_party_may_invite() -> None:
    party, other = make.party(), make.party("small-gas", "SMALL_SUPPLIER")
    make.person(party, EMAIL)

    with pytest.raises(InvitationRefused, match="already"):
        make.invitation(party, EMAIL.upper())

    assert make.invitation(other, EMAIL).email == EMAIL


@pytest.mark.django_db
def test_inviting_again_replaces_the_open_invitation_in_any_case() -> None:
    party, other = make.party(), make.party("small-gas", "SMALL_SUPPLIER")
    elsewhere = make.invitation(other, EMAIL)
    first = make.invitation(party, " Ann@Big-Light.invalid ", [P.READ_FEED])

    second = make.invitation(party, "ann@big-light.INVALID", [P.VIEW_RECORDS])

    assert set(Invitation.objects.values_list("pk", flat=True)) == {elsewhere.pk, second.pk}
    assert first.email == second.email == EMAIL
    with pytest.raises(InvitationNotOpen):
        accepted(first)
    assert may(accepted(second), party) == {P.VIEW_RECORDS}


@pytest.mark.django_db
def test_the_database_holds_one_invitation_an_address_and_one_account() -> None:
    made = make.invitation(make.party(), EMAIL)
    accepted(make.invitation(make.party("small-gas", "SMALL_SUPPLIER"), EMAIL))
    twin = Invitation.objects.get(pk=made.pk)
    twin.pk, twin.email = None, EMAIL.upper()

    with pytest.raises(IntegrityError, match="parties_one_invitation_each"), transaction.atomic():
        twin.save()
    with pytest.raises(IntegrityError, match="parties_one_account_each"), transaction.atomic():
        User.objects.create(email=EMAIL.upper())


# Withdrawing


@pytest.mark.django_db
def test_a_withdrawn_invitation_is_gone_and_told() -> None:
    party = make.party()
    made, by = make.invitation(party, EMAIL), make.actor(party)

    withdraw_invitation(invitation=made, by=by, at=make.AT)

    event, payload = newest("INVITATION_WITHDRAWN")
    assert payload == {"party": "big-light", "invitation": str(made.pk)}
    assert event.audience == ["category:ADMINISTRATOR", "party:big-light"]
    assert event.by_actor == by.actor_id
    assert not Invitation.objects.exists()
    with pytest.raises(InvitationNotOpen):
        accepted(made)
    with pytest.raises(InvitationNotOpen):
        withdraw_invitation(invitation=made, by=by, at=make.AT)
    assert LedgerEvent.objects.filter(kind="INVITATION_WITHDRAWN").count() == 1


# Accepting


@pytest.mark.django_db
def test_accepting_makes_an_account_that_may_what_was_offered_and_keeps_no_invitation() -> None:
    party, other = make.party(), make.party("small-gas", "SMALL_SUPPLIER")
    made = make.invitation(party, "Ann@big-light.invalid", [P.READ_FEED, P.LOAD_ESTATE])

    ann = accepted(made)

    assert ann == User.objects.get(email=EMAIL)
    assert ann.check_password(make.PASSWORD)
    assert make.PASSWORD not in ann.password
    assert may(ann, party) == {P.READ_FEED, P.LOAD_ESTATE}
    assert ann.has_perm("load_estate", party)
    assert not ann.has_perm("load_estate", other)
    assert not ann.is_superuser
    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_accepting_is_told_as_the_persons_own_act_by_an_opaque_id() -> None:
    ann = accepted(make.invitation(make.party(), EMAIL, [P.READ_FEED, P.LOAD_ESTATE]))

    event, payload = newest("GRANT_CHANGED")
    assert payload == {
        "party": "big-light",
        "holder": str(ann.actor_id),
        "holder_type": "person",
        "permissions": ["LOAD_ESTATE", "READ_FEED"],
    }
    assert (event.by_party, event.by_actor) == ("big-light", ann.actor_id)
    assert event.audience == ["category:ADMINISTRATOR", "party:big-light"]
    told = " ".join(LedgerEvent.objects.values_list("canonical", flat=True))
    assert not re.search(r"\bann\b", told, re.IGNORECASE)


@pytest.mark.django_db
def test_an_invitation_is_accepted_until_its_last_second() -> None:
    party = make.party()

    accepted(make.invitation(party, "early@x.org"), at=END - SECOND)
    with pytest.raises(InvitationNotOpen):
        accepted(make.invitation(party, "late@x.org"), at=END)

    assert [member.person.email for member in people_of(party)] == ["early@x.org"]
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_an_invitation_is_accepted_once() -> None:
    made = make.invitation(make.party(), EMAIL)
    accepted(made)

    with pytest.raises(InvitationNotOpen):
        accepted(made, password="another-good-password")

    assert User.objects.get().check_password(make.PASSWORD)


@pytest.mark.django_db
def test_a_password_that_will_not_do_is_refused_in_sentences_and_the_invitation_stays() -> None:
    made = make.invitation(make.party(), EMAIL)
    before = last_seq()

    with pytest.raises(PasswordRefused) as refusal:
        accepted(made, password="password")

    assert refusal.value.messages
    assert all(message.endswith(".") for message in refusal.value.messages)
    assert not User.objects.exists()
    assert last_seq() == before
    assert accepted(made)


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["another-good-password", "password"])
def test_an_account_is_not_taken_over_by_a_second_invitation(password: str) -> None:
    ann = make.person(make.party(), EMAIL)
    made = make.invitation(make.party("small-gas", "SMALL_SUPPLIER"), EMAIL)

    with pytest.raises(AccountExists):
        accepted(made, password=password)

    assert User.objects.get().check_password(make.PASSWORD)
    assert Invitation.objects.get() == made
    assert [actor.party.slug for actor in actors_of_person(ann)] == ["big-light"]


@pytest.mark.django_db
def test_accepting_gives_nothing_that_the_category_lost_meanwhile() -> None:
    party = make.party()
    made = make.invitation(party, EMAIL, [P.READ_FEED, P.LOAD_ESTATE])
    Party.objects.filter(pk=party.pk).update(category=Category.NETWORK_PARTY)

    ann = accepted(made)

    codes = PartyUserGrant.objects.filter(user=ann).values_list("permission__codename", flat=True)
    assert list(codes) == ["read_feed"]
    assert newest("GRANT_CHANGED")[1]["permissions"] == ["READ_FEED"]


@pytest.mark.django_db(transaction=True)
def test_of_several_acceptances_at_once_one_makes_the_account() -> None:
    party = make.party()
    made = make.invitation(party, EMAIL)

    outcomes = at_once(*[lambda: accepted(made)] * 4)

    refused = [outcome for outcome in outcomes if not isinstance(outcome, User)]
    assert [type(outcome) for outcome in refused] == [InvitationNotOpen] * 3
    assert len(people_of(party)) == User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_parties_invitations_accepted_at_once_one_makes_the_account() -> None:
    parties = [make.party(), make.party("small-gas", "SMALL_SUPPLIER")]
    made = [make.invitation(party, EMAIL) for party in parties]

    outcomes = at_once(lambda: accepted(made[0]), lambda: accepted(made[1]))

    assert {type(outcome) for outcome in outcomes} == {User, AccountExists}
    assert User.objects.count() == Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_is_invited_several_times_at_once_has_one_invitation() -> None:
    party = make.party()

    outcomes = at_once(*[lambda: make.invitation(party, EMAIL)] * 4)

    assert [type(outcome) for outcome in outcomes] == [Invitation] * 4
    assert Invitation.objects.count() == 1


# Joining


@pytest.mark.django_db
def test_who_has_an_account_joins_another_party_and_keeps_the_first() -> None:
    party, other = make.party(), make.party("small-gas", "SMALL_SUPPLIER")
    ann = make.person(party, EMAIL, [P.READ_FEED])
    made = make.invitation(other, EMAIL.title(), [P.VIEW_RECORDS])

    join_party(invitation=made, person=ann, at=make.AT)

    assert may(ann, party) == {P.READ_FEED}
    assert may(ann, other) == {P.VIEW_RECORDS}
    event, payload = newest("GRANT_CHANGED")
    assert (event.by_party, event.by_actor) == ("small-gas", ann.actor_id)
    assert (payload["party"], payload["permissions"]) == ("small-gas", ["VIEW_RECORDS"])
    with pytest.raises(InvitationNotOpen):
        join_party(invitation=made, person=ann, at=make.AT)


@pytest.mark.django_db
def test_joining_takes_nothing_away_and_tells_all_there_is() -> None:
    party = make.party()
    made = make.invitation(party, EMAIL, [P.VIEW_RECORDS])
    ann = make.person(make.party("small-gas", "SMALL_SUPPLIER"), EMAIL)
    given(ann, party, [P.READ_FEED])

    join_party(invitation=made, person=ann, at=make.AT)

    assert may(ann, party) == {P.READ_FEED, P.VIEW_RECORDS}
    assert newest("GRANT_CHANGED")[1]["permissions"] == ["READ_FEED", "VIEW_RECORDS"]


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["bob@big-light.invalid", "annı@big-light.invalid"])
def test_nobody_joins_on_somebody_elses_invitation(email: str) -> None:
    bob = make.person(make.party("small-gas", "SMALL_SUPPLIER"), "bob@small-gas.invalid")
    User.objects.filter(pk=bob.pk).update(email=email)
    bob.refresh_from_db()
    party = make.party()
    made = make.invitation(party, "anni@big-light.invalid")

    with pytest.raises(NotInvited):
        join_party(invitation=made, person=bob, at=make.AT)

    assert Invitation.objects.get() == made
    assert people_of(party) == []


@pytest.mark.django_db
def test_nobody_joins_on_an_expired_invitation() -> None:
    ann = make.person(make.party("small-gas", "SMALL_SUPPLIER"), EMAIL)
    made = make.invitation(make.party(), EMAIL)

    with pytest.raises(InvitationNotOpen):
        join_party(invitation=made, person=ann, at=END)


# What they may do


@pytest.mark.django_db
def test_a_person_may_exactly_what_was_said_last_for_that_party_alone() -> None:
    party, other = make.party(), make.party("small-gas", "SMALL_SUPPLIER")
    ann, by = make.person(party, EMAIL, [P.READ_FEED, P.VIEW_RECORDS]), make.actor(party)
    join_party(invitation=make.invitation(other, EMAIL, [P.READ_FEED]), person=ann, at=make.AT)

    chosen = [P.VIEW_RECORDS, P.LOAD_ESTATE]
    set_permissions(person=ann, party=party, permissions=chosen, by=by, at=make.AT)

    assert may(ann, party) == {P.VIEW_RECORDS, P.LOAD_ESTATE}
    assert may(ann, other) == {P.READ_FEED}
    event, payload = newest("GRANT_CHANGED")
    assert payload == {
        "party": "big-light",
        "holder": str(ann.actor_id),
        "holder_type": "person",
        "permissions": ["LOAD_ESTATE", "VIEW_RECORDS"],
    }
    assert event.by_actor == by.actor_id
    assert "ann" not in event.canonical


@pytest.mark.django_db
def test_who_may_nothing_is_no_longer_one_of_the_people() -> None:
    party = make.party()
    ann = make.person(party, EMAIL, [P.READ_FEED])

    given(ann, party, [])

    assert people_of(party) == []
    assert not PartyUserGrant.objects.exists()
    assert newest("GRANT_CHANGED")[1]["permissions"] == []
    assert make.invitation(party, EMAIL)


@pytest.mark.django_db
def test_what_changes_nothing_is_not_told() -> None:
    party = make.party()
    ann = make.person(party, EMAIL, [P.READ_FEED, P.MANAGE_PEOPLE])
    before = last_seq()

    given(ann, party, [P.MANAGE_PEOPLE, P.READ_FEED])

    assert last_seq() == before


@pytest.mark.django_db
def test_a_person_is_given_nothing_beyond_the_partys_category() -> None:
    party = make.party("wires", "NETWORK_PARTY")
    ann = make.person(party, EMAIL, [P.READ_FEED])
    before = last_seq()

    with pytest.raises(PermissionNotForCategory, match="LOAD_ESTATE"):
        given(ann, party, [P.VIEW_RECORDS, P.LOAD_ESTATE])

    assert may(ann, party) == {P.READ_FEED}
    assert last_seq() == before


@pytest.mark.django_db
@pytest.mark.parametrize("left", [[], [P.READ_FEED]])
def test_the_last_who_may_manage_the_people_goes_on_doing_so(left: list[Permission]) -> None:
    party, other = make.party(), make.party("small-gas", "SMALL_SUPPLIER")
    ann = make.person(party, EMAIL)
    bob = make.person(party, "bob@big-light.invalid", [P.READ_FEED])
    gone = make.person(party, "gone@big-light.invalid")
    User.objects.filter(pk=gone.pk).update(is_active=False)
    make.person(other)

    with pytest.raises(LastManager):
        given(ann, party, left)
    assert may(ann, party) == MAY[Category.LARGE_SUPPLIER] - {P.SUBMIT_FIRMWARE}

    given(ann, party, [P.MANAGE_PEOPLE])
    given(bob, party, [P.MANAGE_PEOPLE])
    given(ann, party, left)
    assert may(ann, party) == set(left)


@pytest.mark.django_db
def test_where_nobody_manages_anybody_may_go() -> None:
    party = make.party()
    ann = make.person(party, EMAIL, [P.READ_FEED])

    given(ann, party, [])

    assert people_of(party) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_who_go_at_once_one_stays() -> None:
    party = make.party()
    people = [make.person(party, f"{name}@big-light.invalid") for name in ("ann", "bob")]

    outcomes = at_once(lambda: given(people[0], party, []), lambda: given(people[1], party, []))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["LastManager", "NoneType"]
    assert len(people_of(party)) == 1


# Forgetting


@pytest.mark.django_db
def test_what_has_expired_is_forgotten_and_nothing_else() -> None:
    party = make.party()
    make.invitation(party, "early@x.org")
    invite_person(party=party, email="late@x.org", by=operator(), at=make.AT + SECOND)
    before = last_seq()

    assert forget_expired_invitations(at=END - SECOND) == 0
    assert forget_expired_invitations(at=END) == 1

    assert Invitation.objects.get().email == "late@x.org"
    assert last_seq() == before


@pytest.mark.django_db
def test_a_worker_forgets_what_has_expired() -> None:
    party, now = make.party(), timezone.now()
    for email, at in (("early@x.org", now - INVITATIONS_LAST), ("late@x.org", now)):
        invite_person(party=party, email=email, by=operator(), at=at)

    tasks.forget_expired_invitations()

    assert tasks.forget_expired_invitations.name in application.conf.beat_schedule
    assert Invitation.objects.get().email == "late@x.org"
