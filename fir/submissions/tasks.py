"""What the workers do for submissions."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from fir.submissions import operations


@shared_task(name="submissions.publish_due")
def publish_due(**_later: Any) -> None:
    """Publish what was approved for a time that has come."""
    operations.publish_due(at=timezone.now())


@shared_task(name="submissions.forget_sheets")
def forget_sheets(**_later: Any) -> None:
    """Drop the sheets of releases that nobody mended for too long, or of which nothing is left."""
    operations.forget_sheets(at=timezone.now())
