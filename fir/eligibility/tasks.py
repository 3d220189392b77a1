"""What the workers do for eligibility."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from fir.eligibility.operations import assess_new_day, read_news


@shared_task(name="eligibility.read_ledger")
def read_ledger(**_later: Any) -> None:
    """Assess whatever the ledger, or the calendar, says has changed."""
    at = timezone.now()
    read_news(at=at)
    assess_new_day(at=at)
