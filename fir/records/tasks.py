"""What the workers do for the list."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from fir.records import certificates, contacts, importing, quality


@shared_task(name="records.tell_of_certificates")
def tell_of_certificates(**_later: Any) -> None:
    """Tell of the CPA certificates whose end comes near or is past."""
    certificates.tell_of_certificates(at=timezone.now())


@shared_task(name="records.remind_of_contacts")
def remind_of_contacts(**_later: Any) -> None:
    """Ask for the cards of Manufacturers that nobody has confirmed for too long."""
    contacts.remind_of_contacts(at=timezone.now())


@shared_task(name="records.judge_list")
def judge_list(**_later: Any) -> None:
    """Judge the list by the rules about its quality, where it, the catalogue or the day changed."""
    quality.read_news(at=timezone.now())


@shared_task(name="records.forget_sheets")
def forget_sheets(**_later: Any) -> None:
    """Drop the sheets that nobody applied for too long."""
    importing.forget_sheets(at=timezone.now())
