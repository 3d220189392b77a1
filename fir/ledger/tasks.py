"""What the workers do for the ledger."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from fir.ledger import checkpoints


@shared_task(name="ledger.issue_checkpoint")
def issue_checkpoint(**_later: Any) -> None:
    """Sign the ledger, where it has grown or was not signed for a day."""
    checkpoints.issue_checkpoint(at=timezone.now())
