"""What the workers do for submissions."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from fir.submissions import operations


@shared_task(name="submissions.publish_due")
def publish_due(**_later: Any) -> None:
    """Publish what was approved for a time that has come."""
    operations.publish_due(at=timezone.now())
