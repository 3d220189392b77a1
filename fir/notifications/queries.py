"""Reads of notices and of deliveries that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.notifications.models import DUE, Delivery, Notice

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from fir.parties.models import Party


def notices_of(party: Party) -> QuerySet[Notice]:
    """A Party's notices."""
    return Notice.objects.visible_to(party)


def due_deliveries(*, at: datetime) -> QuerySet[Delivery]:
    """Deliveries whose next try is due, oldest first; those another worker holds are passed by."""
    due = Delivery.objects.select_for_update(skip_locked=True, of=("self",))
    return due.select_related("notice").filter(state=DUE, next_try_at__lte=at).order_by("id")
