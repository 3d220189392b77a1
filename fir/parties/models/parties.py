"""Parties, their people and keys, and the Actor that every operation takes as `by`."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from cpl.models import Manufacturer
from fir.ledger.audiences import tags_of
from fir.ledger.models import Author
from fir.parties.permissions import MAY, SUPPLIERS, USER_ROLES, Category, Permission

if TYPE_CHECKING:
    from collections.abc import Iterable


def choices(values: type[Category] | tuple[str, ...]) -> list[tuple[str, str]]:
    """Django's choices for an enum or a tuple of stored values."""
    return [(str(value), str(value)) for value in values]


class Party(models.Model):
    """A Party to the Code, or another organisation that the Administrator admitted."""

    slug = models.SlugField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=32, choices=choices(Category))
    user_roles = ArrayField(
        models.CharField(max_length=4, choices=choices(USER_ROLES)), default=list
    )
    # Stands for the Party itself where no person answers: see Actor.answerable.
    actor_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    manufacturers = models.ManyToManyField(Manufacturer, through="ManufacturerHolding")
    admitted_at = models.DateTimeField()
    admitted_by = models.UUIDField()

    class Meta:
        permissions = [(permission.value, permission.sentence) for permission in Permission]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category__in=[c.value for c in Category]),
                name="parties_category_known",
            ),
            models.CheckConstraint(
                condition=models.Q(slug__regex=r"^[a-z0-9]+(-[a-z0-9]+)*$"),
                name="parties_slug_form",
            ),
            models.CheckConstraint(
                condition=models.Q(user_roles__contained_by=list(USER_ROLES)),
                name="parties_user_roles_known",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def is_supplier(self) -> bool:
        """Whether the Party may hold an estate."""
        return self.category in SUPPLIERS

    @property
    def tags(self) -> list[str]:
        """The audience tags this Party reads by."""
        return tags_of(slug=self.slug, category=self.category)


def still_had(permissions: Iterable[str], party: Party) -> frozenset[Permission]:
    """Those of the permissions that the Party's category may have by now."""
    return frozenset(map(Permission, permissions)) & MAY[Category(party.category)]


class ManufacturerHolding(models.Model):
    """A Party may bring firmware under a Manufacturer Identifier. Several Parties may hold one."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    manufacturer = models.ForeignKey(Manufacturer, on_delete=models.PROTECT)
    given_at = models.DateTimeField()
    given_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party", "manufacturer"], name="parties_one_holding_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} holds {self.manufacturer}"


class UserManager(BaseUserManager["User"]):
    """Finds people by email, in any case."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The person with this email; raises User.DoesNotExist."""
        # Compared as the constraint compares: upper-casing makes one letter of several others.
        return self.alias(lower=Lower("email")).get(lower=(username or "").lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Events name it by `actor_id` alone, so that erasing it empties only this row."""

    email = models.EmailField(unique=True)
    actor_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="parties_one_account_each"),
        ]

    def __str__(self) -> str:
        return self.email


class DemoSignIn(models.Model):
    """An account of the demo world, with a password that is public on purpose: the home page shows
    it to everybody. The `demo` command alone writes these, into an empty database."""

    user = models.OneToOneField(User, on_delete=models.CASCADE)
    about = models.TextField()
    password = models.TextField()

    def __str__(self) -> str:
        return f"{self.user}, who {self.about}"


class Invitation(models.Model):
    """A person is asked to act for a Party. The row stands while the invitation is open and no
    longer: accepting, withdrawing or expiring deletes it, and with it the address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party = models.ForeignKey(Party, on_delete=models.CASCADE)
    email = models.EmailField()
    permissions = ArrayField(models.CharField(max_length=40))
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint("party", Lower("email"), name="parties_one_invitation_each"),
        ]

    def __str__(self) -> str:
        return f"{self.party} invites {self.email}"

    @property
    def offered(self) -> frozenset[Permission]:
        """What accepting gives: the chosen permissions that the Party's category still may have."""
        return still_had(self.permissions, self.party)

    @property
    def maker(self) -> uuid.UUID:
        """Whom to ask about the invitation: whoever made it."""
        return self.made_by


class PartyUserGrant(UserObjectPermissionBase):
    """A person may do this for this Party (guardian, direct foreign keys: fast, and real ones)."""

    content_object = models.ForeignKey(Party, on_delete=models.CASCADE)


class PartyGroupGrant(GroupObjectPermissionBase):
    """Guardian's counterpart for groups; FIR grants to persons only, so it stays empty."""

    content_object = models.ForeignKey(Party, on_delete=models.CASCADE)


class ApiKey(models.Model):
    """A machine's key. Only its SHA-256 is kept: 256 random bits need no slower hash."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT)
    name = models.CharField(max_length=80)
    actor_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    permissions = ArrayField(models.CharField(max_length=40))
    made_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True)
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="parties_key_revoked_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.name}"

    @property
    def offered(self) -> frozenset[Permission]:
        """What the key lets do: the chosen permissions that the Party's category still may have."""
        return still_had(self.permissions, self.party)

    @property
    def maker(self) -> uuid.UUID:
        """Whom to ask about the key: the person it was made for, or else whoever made it."""
        return self.made_for.actor_id if self.made_for else self.made_by


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a person or a key, for one Party, with what it may do.

    `actor_id` is the opaque id that events carry. `answerable` is who must not decide what it
    brought: the person (for a key, the person who made it), or, where no person stands behind a
    key, the Party itself.
    """

    party: Party
    actor_id: uuid.UUID
    answerable: uuid.UUID
    permissions: frozenset[Permission]

    @property
    def author(self) -> Author:
        """How events name this actor."""
        return Author(party=self.party.slug, actor=self.actor_id)

    @property
    def is_authenticated(self) -> bool:
        """True: the REST framework asks every user this."""
        return True

    def may(self, permission: Permission) -> bool:
        """Whether this actor holds the permission for its Party."""
        return permission in self.permissions
