"""Who is asking, and which Parties hold or hear of what."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.core import signing
from django.db.models.functions import Lower

from fir.parties.models import (
    Actor,
    ApiKey,
    DemoSignIn,
    Invitation,
    ManufacturerHolding,
    Party,
    PartyUserGrant,
    User,
    still_had,
)
from fir.parties.permissions import SUPPLIERS

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from fir.parties.permissions import Permission

INVITATION_SALT = "fir.parties.invitation"


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
        permissions=found.offered,
    )


def keys_in_use(party: Party) -> list[ApiKey]:
    """A Party's keys that were not revoked, oldest first."""
    held = ApiKey.objects.select_related("party", "made_for")
    return list(held.filter(party=party, revoked_at__isnull=True).order_by("id"))


def find_key(party: Party, actor_id: uuid.UUID) -> ApiKey | None:
    """The key of this Party that acts as `actor_id`, unless it was revoked."""
    held = ApiKey.objects.filter(party=party, actor_id=actor_id, revoked_at__isnull=True)
    return held.first()


def party_of_slug(slug: str) -> Party | None:
    """The Party with this slug."""
    return Party.objects.filter(slug=slug).first()


def admitted_parties(*, by: datetime) -> QuerySet[Party]:
    """Every Party that was admitted by then, in a stable order."""
    return Party.objects.filter(admitted_at__lte=by).order_by("slug")


def suppliers(*, admitted_by: datetime) -> QuerySet[Party]:
    """Every Party that may hold an estate and was admitted by then, in a stable order."""
    return admitted_parties(by=admitted_by).filter(category__in=SUPPLIERS)


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


def held_identifiers() -> dict[int, set[str]]:
    """The Manufacturer Identifiers that each Party (by its number) holds; who holds none is
    absent."""
    found: dict[int, set[str]] = {}
    held = ManufacturerHolding.objects.values_list("party_id", "manufacturer__identifier")
    for party_id, identifier in held:
        found.setdefault(party_id, set()).add(identifier)
    return found


def anything_stands() -> bool:
    """Whether any Party was ever admitted: a database without one is empty."""
    return Party.objects.exists()


def _effective(grants: Iterable[PartyUserGrant], party: Party) -> frozenset[Permission]:
    """What the grants come to: a permission that the category no longer has counts for nothing."""
    return still_had((grant.permission.codename for grant in grants), party)


def actors_of_person(user: User) -> list[Actor]:
    """Whom a person acts as: once for each Party that lets it do anything, by the Party's name.

    Nobody, when the person is no longer active. One query.
    """
    if not user.is_active:
        return []
    grants = PartyUserGrant.objects.filter(user=user).select_related("content_object", "permission")
    actors = []
    for _, group in groupby(
        grants.order_by("content_object__name", "content_object_id"),
        key=lambda grant: grant.content_object_id,
    ):
        held = list(group)
        party = held[0].content_object
        if permissions := _effective(held, party):
            actors.append(Actor(party, user.actor_id, user.actor_id, permissions))
    return actors


@dataclass(frozen=True, slots=True)
class Member:
    """One of a Party's people, with what the person may do for it."""

    person: User
    permissions: frozenset[Permission]


def people_of(party: Party) -> list[Member]:
    """The active people who may do anything for the Party, by email. One query."""
    return _members(PartyUserGrant.objects.filter(content_object=party), party)


def find_member(party: Party, actor_id: uuid.UUID) -> Member | None:
    """The one of the Party's people whom events name by this id."""
    grants = PartyUserGrant.objects.filter(content_object=party, user__actor_id=actor_id)
    return next(iter(_members(grants, party)), None)


def _members(grants: QuerySet[PartyUserGrant], party: Party) -> list[Member]:
    active = grants.filter(user__is_active=True).select_related("user", "permission")
    members = []
    for _, group in groupby(active.order_by("user__email"), key=lambda grant: grant.user_id):
        held = list(group)
        if permissions := _effective(held, party):
            members.append(Member(held[0].user, permissions))
    return members


def emails_of(actor_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The email of each of these actors that is a person. One query."""
    people = User.objects.filter(actor_id__in=list(actor_ids))
    return dict(people.values_list("actor_id", "email"))


def emails_shown_to(
    party: Party, acts: Mapping[str, tuple[uuid.UUID | None, uuid.UUID | None]]
) -> dict[str, str]:
    """The emails of who answers for each act, given with the Party that it was done for: of the
    acts for this Party alone, as nobody elsewhere is shown who its people are. '' where a key
    answers. One query."""
    asked = {name: person for name, (person, of) in acts.items() if person and of == party.actor_id}
    emails = emails_of(asked.values())
    return {name: emails.get(person, "") for name, person in asked.items()}


def person_of_email(email: str) -> User | None:
    """The person with this email, in any case, whether active or not."""
    return User.objects.alias(lower=Lower("email")).filter(lower=email.lower()).first()


def open_invitations(party: Party, *, at: datetime) -> list[Invitation]:
    """The Party's invitations that can be accepted, by email."""
    held = Invitation.objects.select_related("party").filter(party=party, expires_at__gt=at)
    return list(held.order_by("email"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What lets others act for a Party until somebody ends it: its keys in use, and its open
    invitations."""

    keys: list[ApiKey]
    invitations: list[Invitation]

    def __bool__(self) -> bool:
        return bool(self.keys or self.invitations)

    @property
    def makers(self) -> set[uuid.UUID]:
        """Who made any of it."""
        return {key.maker for key in self.keys} | {one.maker for one in self.invitations}

    def of(self, actor_id: uuid.UUID) -> Standing:
        """What of it this actor made."""
        return Standing(
            keys=[key for key in self.keys if key.maker == actor_id],
            invitations=[one for one in self.invitations if one.maker == actor_id],
        )


def standing(party: Party, *, at: datetime) -> Standing:
    """The Party's keys in use and its open invitations. Two queries."""
    return Standing(keys_in_use(party), open_invitations(party, at=at))


def find_invitation(party: Party, invitation_id: uuid.UUID, *, at: datetime) -> Invitation | None:
    """The Party's open invitation with this id."""
    held = Invitation.objects.select_related("party").filter(party=party, expires_at__gt=at)
    return held.filter(pk=invitation_id).first()


def invitations_to_send(ids: Iterable[str], *, at: datetime) -> list[Invitation]:
    """Those of the invitations that are open, held so until the caller's transaction ends.

    Without the hold, an invitation that is accepted meanwhile could not be deleted: its email
    would be queued behind its back.
    """
    held = Invitation.objects.select_for_update(of=("self",)).select_related("party")
    return list(held.filter(pk__in=list(ids), expires_at__gt=at).order_by("pk"))


def invitation_token(invitation: Invitation) -> str:
    """What opens an invitation, for a link. It is made by signing and stands nowhere."""
    return signing.dumps(str(invitation.pk), salt=INVITATION_SALT)


def invitation_of_token(token: str, *, at: datetime) -> Invitation | None:
    """The open invitation that a token opens, with its Party; None for a token that FIR did not
    sign, and once the invitation was accepted, withdrawn or replaced, or has expired."""
    try:
        invitation_id = signing.loads(token, salt=INVITATION_SALT)
    except signing.BadSignature:
        return None
    held = Invitation.objects.select_related("party").filter(expires_at__gt=at)
    return held.filter(pk=invitation_id).first()


def demo_sign_ins() -> list[DemoSignIn]:
    """The accounts of the demo world in the order of their making; none anywhere else."""
    return list(DemoSignIn.objects.select_related("user").order_by("pk"))
