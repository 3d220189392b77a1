"""Inviting people to act for a Party, and saying what they may do for it.

Operations take the Party's row before the invitation's, so that no two of them wait for each other.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from guardian.shortcuts import assign_perm, get_user_perms, remove_perm

from fir.ledger.models import Author
from fir.ledger.operations import NewEvent, append_events
from fir.parties.models import Invitation, Party, PartyUserGrant, User
from fir.parties.operations import chosen_permissions, grant_changed
from fir.parties.permissions import Permission
from fir.parties.queries import person_of_email

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from fir.parties.models import Actor

INVITATIONS_LAST = timedelta(days=14)
LONGEST_EMAIL = 254


class InvitationRefused(ValueError):
    """The invitation cannot be made as described; the message says what to change."""


class InvitationNotOpen(ValueError):
    """The invitation was accepted, withdrawn or replaced, or has expired."""


class AccountExists(ValueError):
    """Somebody has an account with the invited address: that person signs in and joins."""


class NotInvited(ValueError):
    """The invitation is for another address than this person's."""


class LastManager(ValueError):
    """Nobody would be left who may manage the Party's people."""


class PasswordRefused(ValueError):
    """The password will not do; `messages` say why, a sentence each."""

    def __init__(self, messages: list[str]) -> None:
        self.messages = messages
        super().__init__(" ".join(messages))


@transaction.atomic
def invite_person(
    *,
    party: Party,
    email: str,
    by: Actor,
    at: datetime,
    permissions: Iterable[Permission] | None = None,
) -> Invitation:
    """Invite somebody to act for the Party; an email with the link follows.

    Without `permissions` the Party's usual ones are offered. An earlier invitation of the same
    address is replaced, and its link opens nothing any more.

    Raises InvitationRefused, and PermissionNotForCategory.
    """
    address = _checked_address(email)
    chosen = chosen_permissions(permissions, party)
    if not chosen:
        raise InvitationRefused("Choose at least one permission.")
    _lock(party)
    if PartyUserGrant.objects.filter(content_object=party, user__email=address).exists():
        raise InvitationRefused(f"{address} acts for {party.name} already.")
    Invitation.objects.filter(party=party, email=address).delete()
    invitation = Invitation.objects.create(
        party=party,
        email=address,
        permissions=sorted(chosen),
        made_at=at,
        made_by=by.actor_id,
        expires_at=at + INVITATIONS_LAST,
    )
    payload = {
        "party": party.slug,
        "invitation": str(invitation.pk),
        "permissions": sorted(permission.name for permission in chosen),
    }
    event = NewEvent("PERSON_INVITED", "party", party.slug, payload, parties=[party.slug])
    append_events([event], by=by.author, at=at)
    return invitation


def _checked_address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as fault:
        raise InvitationRefused(f"{email!r} is not an email address.") from fault
    if len(address) > LONGEST_EMAIL:
        raise InvitationRefused(f"An email address has at most {LONGEST_EMAIL} characters.")
    return address


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: Actor, at: datetime) -> None:
    """Withdraw an invitation: its link opens nothing from now on.

    Raises InvitationNotOpen.
    """
    held = _locked(invitation, at=at)
    payload = {"party": held.party.slug, "invitation": str(held.pk)}
    held.delete()
    slug = held.party.slug
    event = NewEvent("INVITATION_WITHDRAWN", "party", slug, payload, parties=[slug])
    append_events([event], by=by.author, at=at)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, password: str, at: datetime) -> User:
    """Make an account for whoever holds the link, with what the invitation offers; the account.

    Raises InvitationNotOpen, AccountExists when the address has one already, and PasswordRefused.
    """
    held = _locked(invitation, at=at)
    if person_of_email(held.email):
        raise AccountExists(f"{held.email} has an account already.")
    person = User(email=held.email)
    try:
        validate_password(password, person)
    except ValidationError as fault:
        raise PasswordRefused(fault.messages) from fault
    person.set_password(password)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as fault:  # another Party's invitation was accepted this very moment
        raise AccountExists(f"{held.email} has an account already.") from fault
    _join(held, person, at=at)
    return person


@transaction.atomic
def join_party(*, invitation: Invitation, person: User, at: datetime) -> None:
    """Accept an invitation with an account that there is already, beside what it holds.

    Raises InvitationNotOpen, and NotInvited when the person's address is another.
    """
    held = _locked(invitation, at=at)
    if person.email.lower() != held.email:
        raise NotInvited(f"The invitation is for another address than {person.email}.")
    _join(held, person, at=at)


def _lock(party: Party) -> None:
    """One at a time for what is done about a Party's people; rows may refer to it meanwhile."""
    Party.objects.select_for_update(no_key=True).get(pk=party.pk)


def _locked(invitation: Invitation, *, at: datetime) -> Invitation:
    """The invitation as it stands, which nobody else accepts or withdraws until the end.

    Raises InvitationNotOpen.
    """
    _lock(invitation.party)
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("party")
    held = rows.filter(pk=invitation.pk, expires_at__gt=at).first()
    if held is None:
        raise InvitationNotOpen("The invitation is no longer open; ask for another.")
    return held


def _join(held: Invitation, person: User, *, at: datetime) -> None:
    """Give what the invitation offers, delete it, and tell of it as the person's own act."""
    party = held.party
    for permission in held.offered:
        assign_perm(permission.value, person, party)
    held.delete()
    event = grant_changed(party, person.actor_id, "person", _granted(person, party))
    append_events([event], by=Author(party.slug, person.actor_id), at=at)


def _granted(person: User, party: Party) -> frozenset[Permission]:
    return frozenset(map(Permission, get_user_perms(person, party)))


@transaction.atomic
def set_permissions(
    *, person: User, party: Party, permissions: Iterable[Permission], by: Actor, at: datetime
) -> None:
    """Let a person do exactly this for a Party from now on; nothing ends its acting for it.

    Nothing is told when nothing changes.

    Raises PermissionNotForCategory, and LastManager when nobody who may manage the Party's people
    would be left although there is somebody.
    """
    chosen = chosen_permissions(permissions, party)
    _lock(party)
    granted = _granted(person, party)
    if chosen == granted:
        return
    if Permission.MANAGE_PEOPLE not in chosen and _managers(party) == {person.pk}:
        raise LastManager(
            f"Nobody else may manage the people of {party.name}: let somebody else do so first."
        )
    for permission in chosen - granted:
        assign_perm(permission.value, person, party)
    for permission in granted - chosen:
        remove_perm(permission.value, person, party)
    append_events([grant_changed(party, person.actor_id, "person", chosen)], by=by.author, at=at)


def _managers(party: Party) -> set[int]:
    grants = PartyUserGrant.objects.filter(
        content_object=party,
        permission__codename=Permission.MANAGE_PEOPLE,
        user__is_active=True,
    )
    return set(grants.values_list("user_id", flat=True))


@transaction.atomic
def forget_expired_invitations(*, at: datetime) -> int:
    """Delete the invitations that nobody accepted in time; how many. Nothing is told: they opened
    nothing any more."""
    expired = Invitation.objects.select_for_update(skip_locked=True).filter(expires_at__lte=at)
    ids = list(expired.values_list("pk", flat=True))
    Invitation.objects.filter(pk__in=ids).delete()
    return len(ids)
