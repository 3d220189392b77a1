"""What the timetable does for the portal."""

from typing import Any

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore


@shared_task(name="portal.forget_sessions")
def forget_sessions(**_later: Any) -> None:
    """Delete what ended sessions left behind, with whatever was kept in them."""
    SessionStore.clear_expired()
