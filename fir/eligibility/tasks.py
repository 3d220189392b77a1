"""What the workers do for eligibility."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from fir.eligibility.operations import read_news


@shared_task(name="eligibility.read_ledger")
def read_ledger(**_later: Any) -> None:
    """Assess whatever the ledger says has changed."""
    read_news(at=timezone.now())
