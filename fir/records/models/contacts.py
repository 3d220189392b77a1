"""Whom to ask for a Manufacturer's images, and since when nobody said that it is still right."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from cpl.models import Manufacturer


class ManufacturerContact(models.Model):
    """Whom to ask for a Manufacturer's images: a role mailbox rather than a person. Open: joined
    when read, never written into a record or an event.

    A change confirms the card as well. One from before cards were confirmed may have no day.
    """

    manufacturer = models.OneToOneField(Manufacturer, on_delete=models.PROTECT)
    role = models.CharField(max_length=200)
    email = models.EmailField()
    telephone = models.CharField(max_length=40, blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.UUIDField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="records_contact_confirmed_at_and_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manufacturer}: {self.role}"
