"""Which of a Supplier's Devices a Registered Supplier Agent may see, and who asked in vain."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import localdate

from fir.parties.models.parties import Party
from fir.parties.permissions import SUPPLIERS, Category

if TYPE_CHECKING:
    from datetime import date, datetime

NOT_YET, LIVE, ENDED, REVOKED = "NOT_YET", "LIVE", "ENDED", "REVOKED"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Reads of delegations."""

    def visible_to(self, party: Party) -> Self:
        """Those that this Party gave, and those that it was given."""
        return self.filter(Q(supplier=party) | Q(agent=party))

    def live(self, *, at: datetime) -> Self:
        """Those that let somebody see something at a time. A Party that is no Supplier any more
        lets nobody see anything, and one that is no agent any more sees nothing."""
        today = localdate(at)
        return self.filter(
            revoked_at__isnull=True,
            first_day__lte=today,
            last_day__gte=today,
            supplier__category__in=SUPPLIERS,
            agent__category=Category.REGISTERED_SUPPLIER_AGENT,
        )


class Delegation(models.Model):
    """A Supplier lets an agent see some of its Devices, from one day to another, both included
    (MP207). Locked but for its revocation, which comes once and stays.

    No `device_models` stands for all of the Device Types; a Device Model is written as its maker,
    a stroke, and its eight digits.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    supplier = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="delegations_given")
    agent = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="delegations_held")
    device_types = ArrayField(models.CharField(max_length=8))
    device_models = ArrayField(models.CharField(max_length=13), default=list)
    first_day = models.DateField()
    last_day = models.DateField()
    given_at = models.DateTimeField()
    given_by = models.UUIDField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.UUIDField(null=True)

    objects: ClassVar[DelegationQuerySet] = DelegationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [
            models.Index(fields=["agent", "supplier"], name="parties_delegation_of_agent"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="parties_delegation_ends_after"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="parties_delegation_revoked_at_and_by",
            ),
            models.CheckConstraint(
                condition=~Q(supplier=F("agent")), name="parties_delegation_to_another"
            ),
            models.CheckConstraint(
                condition=~Q(device_types=[]), name="parties_delegation_names_types"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supplier} to {self.agent}"

    def state(self, today: date) -> str:
        """How the delegation stands on a day."""
        if self.revoked_at is not None:
            return REVOKED
        if today < self.first_day:
            return NOT_YET
        return LIVE if today <= self.last_day else ENDED


class AgentRefusal(models.Model):
    """How often an agent asked on one day for a Supplier's Devices without a live delegation. The
    first is told to the Supplier by an event, the others are counted here."""

    supplier = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="refusals")
    agent = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="refused")
    day = models.DateField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supplier", "agent", "day"], name="parties_one_refusal_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent} asked {self.supplier} {self.times} times on {self.day}"
