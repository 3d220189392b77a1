"""What the workers do for Parties."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from fir.parties import people


@shared_task(name="parties.forget_expired_invitations")
def forget_expired_invitations(**_later: Any) -> None:
    """Delete the invitations that nobody accepted in time."""
    people.forget_expired_invitations(at=timezone.now())
