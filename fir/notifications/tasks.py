"""What the workers do for notifications."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from fir.notifications import operations


@shared_task(name="notifications.read_ledger")
def read_ledger(**_later: Any) -> None:
    """Raise the notices that the ledger calls for, and send them."""
    at = timezone.now()
    operations.read_news(at=at)
    operations.sweep_deliveries(at=at)


@shared_task(name="notifications.sweep_deliveries")
def sweep_deliveries(**_later: Any) -> None:
    """Send what is due."""
    operations.sweep_deliveries(at=timezone.now())
