"""Who is asking, and which Parties hold or hear of what."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from fir.parties.models import Actor, ApiKey, ManufacturerHolding, Party
from fir.parties.permissions import MAY, SUPPLIERS, Category, Permission

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet


def hash_of_key(key: str) -> str:
    """What is stored of a key: its SHA-256 in hex."""
    return hashlib.sha256(key.encode()).hexdigest()


def actor_of_key(key: str) -> Actor | None:
    """The actor behind a key, or None when the key is unknown or revoked. One query.

    A permission that the Party's category no longer has is dropped here, whatever the key says.
    """
    held = ApiKey.objects.select_related("party", "made_for").filter(
        sha256=hash_of_key(key), revoked_at__isnull=True
    )
    found = held.first()
    if found is None:
        return None
    person = found.made_for
    if person is not None and not person.is_active:
        return None
    return Actor(
        party=found.party,
        actor_id=found.actor_id,
        answerable=person.actor_id if person else found.party.actor_id,
        permissions=frozenset(map(Permission, found.permissions))
        & MAY[Category(found.party.category)],
    )


def keys_in_use(party: Party) -> list[ApiKey]:
    """A Party's keys that were not revoked, oldest first."""
    return list(ApiKey.objects.filter(party=party, revoked_at__isnull=True).order_by("id"))


def party_of_slug(slug: str) -> Party | None:
    """The Party with this slug."""
    return Party.objects.filter(slug=slug).first()


def suppliers(*, admitted_by: datetime) -> QuerySet[Party]:
    """Every Party that may hold an estate and was admitted by then, in a stable order."""
    admitted = Party.objects.filter(category__in=SUPPLIERS, admitted_at__lte=admitted_by)
    return admitted.order_by("slug")


def holds_identifier(party: Party, manufacturer_identifier: str) -> bool:
    """Whether the Party may bring firmware under this Manufacturer Identifier."""
    return ManufacturerHolding.objects.filter(
        party=party, manufacturer__identifier=manufacturer_identifier
    ).exists()


def holds_any_identifier(party: Party) -> bool:
    """Whether the Party may bring firmware at all."""
    return ManufacturerHolding.objects.filter(party=party).exists()


def identifiers_of(party: Party) -> list[str]:
    """The Manufacturer Identifiers that the Party may bring firmware under."""
    held = ManufacturerHolding.objects.filter(party=party)
    return sorted(held.values_list("manufacturer__identifier", flat=True))


def holders_of(manufacturer_identifier: str) -> list[str]:
    """The slugs of the Parties that hold this identifier."""
    held = ManufacturerHolding.objects.filter(manufacturer__identifier=manufacturer_identifier)
    return sorted(held.values_list("party__slug", flat=True))


def anything_stands() -> bool:
    """Whether any Party was ever admitted: a database without one is empty."""
    return Party.objects.exists()
