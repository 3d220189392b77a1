"""Admitting Parties, and giving their systems keys. People come in by `people.py`."""

from __future__ import annotations

import re
import secrets
import uuid
from typing import TYPE_CHECKING

from django.db import transaction

from cpl.identifiers import IdentifierFault, parse_manufacturer_identifier
from cpl.operations import ensure_manufacturer
from cpl.sheet.cells import parse_text
from fir.ledger.models import MACHINE
from fir.ledger.operations import NewEvent, append_events
from fir.parties.models import Actor, ApiKey, ManufacturerHolding, Party
from fir.parties.permissions import (
    MAY,
    USER_ROLES,
    Category,
    Permission,
    usual_permissions,
)
from fir.parties.queries import hash_of_key, holds_any_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from fir.parties.models import User

OPERATOR_SLUG = "operator"
RESERVED_SLUGS = (OPERATOR_SLUG, MACHINE.party)
LONGEST_NAME = 200
LONGEST_KEY_NAME = 80
SLUG_FORM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class PartyRefused(ValueError):
    """The Party cannot be admitted as described; the message says what to change."""


class PermissionNotForCategory(ValueError):
    """A Party of this category may not be given the permission."""


class KeyRefused(ValueError):
    """The key cannot be made as described; the message says what to change."""


class KeyAlreadyRevoked(ValueError):
    """The key was revoked before."""


def operator() -> Actor:
    """Whoever runs management commands on the server: no Party, but events must name somebody."""
    nobody = uuid.UUID(int=0)
    party = Party(
        slug=OPERATOR_SLUG, name="Operator", category=Category.ADMINISTRATOR, actor_id=nobody
    )
    return Actor(party=party, actor_id=nobody, answerable=nobody, permissions=frozenset(Permission))


@transaction.atomic
def admit_party(
    *,
    slug: str,
    name: str,
    category: str,
    by: Actor,
    at: datetime,
    user_roles: Sequence[str] = (),
    manufacturer_identifiers: Sequence[str] = (),
) -> Party:
    """Admit a Party, with its User Roles and the Manufacturer Identifiers it may bring for.

    Raises PartyRefused when the slug, category, a role or an identifier is not as it must be.
    """
    name = _read_name(name)
    identifiers = _checked_party(slug, category, user_roles, manufacturer_identifiers)
    party = Party.objects.create(
        slug=slug,
        name=name,
        category=category,
        user_roles=list(user_roles),
        admitted_at=at,
        admitted_by=by.actor_id,
    )
    for identifier in identifiers:
        manufacturer = ensure_manufacturer(identifier=identifier, name=name)
        ManufacturerHolding.objects.create(
            party=party, manufacturer=manufacturer, given_at=at, given_by=by.actor_id
        )
    payload = {
        "party": slug,
        "category": str(category),
        "user_roles": list(user_roles),
        "manufacturer_identifiers": identifiers,
    }
    event = NewEvent("PARTY_ADMITTED", "party", slug, payload, parties=[slug])
    append_events([event], by=by.author, at=at)
    return party


@transaction.atomic
def give_identifier(*, party: Party, manufacturer_identifier: str, by: Actor, at: datetime) -> str:
    """Let a Party bring firmware under a further Manufacturer Identifier; the identifier.

    Raises PartyRefused when it is none, and when the Party holds it already.
    """
    try:
        identifier = parse_manufacturer_identifier(manufacturer_identifier)
    except IdentifierFault as fault:
        raise PartyRefused(str(fault)) from fault
    manufacturer = ensure_manufacturer(identifier=identifier, name=party.name)
    _, is_new = ManufacturerHolding.objects.get_or_create(
        party=party,
        manufacturer=manufacturer,
        defaults={"given_at": at, "given_by": by.actor_id},
    )
    if not is_new:
        raise PartyRefused(f"{party.name} holds the Manufacturer Identifier {identifier} already.")
    payload = {"party": party.slug, "manufacturer_identifier": identifier}
    event = NewEvent("IDENTIFIER_GIVEN", "party", party.slug, payload, parties=[party.slug])
    append_events([event], by=by.author, at=at)
    return identifier


def _read_name(said: str) -> str:
    """A name in one line of plain text: a Manufacturer's is published with its entries."""
    try:
        name = parse_text(" ".join(said.split()), LONGEST_NAME)
    except IdentifierFault as fault:
        raise PartyRefused(f"The name will not do: {fault}") from fault
    if not name:
        raise PartyRefused(f"The Party needs a name of at most {LONGEST_NAME} characters.")
    return name


def _checked_party(
    slug: str, category: str, user_roles: Sequence[str], identifiers: Sequence[str]
) -> list[str]:
    if not SLUG_FORM.fullmatch(slug) or slug in RESERVED_SLUGS or len(slug) > 64:
        raise PartyRefused(
            f"The slug {slug!r} will not do: lower-case letters, digits and single hyphens, "
            f"at most 64, and none of {', '.join(RESERVED_SLUGS)}."
        )
    if Party.objects.filter(slug=slug).exists():
        raise PartyRefused(f"A Party with the slug {slug!r} was admitted already.")
    if category not in Category.__members__:
        raise PartyRefused(f"The category {category!r} is none of {', '.join(Category)}.")
    unknown = sorted(set(user_roles) - set(USER_ROLES))
    if unknown:
        raise PartyRefused(f"No such User Role: {', '.join(unknown)}; use {', '.join(USER_ROLES)}.")
    try:
        return sorted({parse_manufacturer_identifier(text) for text in identifiers})
    except IdentifierFault as fault:
        raise PartyRefused(str(fault)) from fault


@transaction.atomic
def issue_key(
    *,
    party: Party,
    name: str,
    by: Actor,
    at: datetime,
    permissions: Iterable[Permission] | None = None,
    person: User | None = None,
) -> str:
    """Make a key for the Party and return it; it can never be shown again.

    Without `permissions` it carries everything its Party may read, bring or decide. `person` is
    who answers for what the key does; without one the Party itself answers.

    Raises KeyRefused, and PermissionNotForCategory.
    """
    if not name.strip() or len(name) > LONGEST_KEY_NAME:
        raise KeyRefused(f"The key needs a name of at most {LONGEST_KEY_NAME} characters.")
    chosen = chosen_permissions(permissions, party)
    key = f"fir_{secrets.token_urlsafe(32)}"
    made = ApiKey.objects.create(
        party=party,
        name=name,
        sha256=hash_of_key(key),
        permissions=sorted(chosen),
        made_for=person,
        made_at=at,
        made_by=by.actor_id,
    )
    append_events([grant_changed(party, made.actor_id, "key", chosen)], by=by.author, at=at)
    return key


def chosen_permissions(
    permissions: Iterable[Permission] | None, party: Party
) -> frozenset[Permission]:
    """A step: what somebody is to be given; None stands for the Party's usual permissions.

    Raises PermissionNotForCategory.
    """
    category = Category(party.category)
    if permissions is None:
        return usual_permissions(category, holds_identifier=holds_any_identifier(party))
    chosen = frozenset(permissions)
    if beyond := chosen - MAY[category]:
        names = ", ".join(sorted(permission.name for permission in beyond))
        raise PermissionNotForCategory(
            f"{party.name} is a {party.category}, which may not have {names}."
        )
    return chosen


def grant_changed(
    party: Party, holder: uuid.UUID, holder_type: str, permissions: Iterable[Permission]
) -> NewEvent:
    """The event that tells all that a person or a key may do for the Party from now on."""
    payload = {
        "party": party.slug,
        "holder": str(holder),
        "holder_type": holder_type,
        "permissions": sorted(permission.name for permission in permissions),
    }
    return NewEvent("GRANT_CHANGED", "party", party.slug, payload, parties=[party.slug])


@transaction.atomic
def revoke_key(*, key: ApiKey, by: Actor, at: datetime) -> None:
    """Revoke a key at once and for good.

    Raises KeyAlreadyRevoked.
    """
    held = ApiKey.objects.select_for_update().select_related("party").get(pk=key.pk)
    if held.revoked_at is not None:
        raise KeyAlreadyRevoked(f"The key {held.name!r} was revoked at {held.revoked_at}.")
    held.revoked_at, held.revoked_by = at, by.actor_id
    held.save(update_fields=["revoked_at", "revoked_by"])
    append_events([grant_changed(held.party, held.actor_id, "key", [])], by=by.author, at=at)
