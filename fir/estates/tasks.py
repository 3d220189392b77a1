"""What the workers do for estates."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from fir.estates import census
from fir.estates.sweep import sweep_loads as sweep


@shared_task(name="estates.sweep_loads")
def sweep_loads(**_later: Any) -> None:
    """Finish waiting loads and clear away what is left over."""
    sweep(at=timezone.now())


@shared_task(name="estates.take_census")
def take_census(**_later: Any) -> None:
    """Count what runs in the field, once a week."""
    census.take_census(at=timezone.now())
