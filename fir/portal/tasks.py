"""What the timetable does for the portal."""

from typing import Any

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection


@shared_task(name="portal.forget_sessions")
def forget_sessions(**_later: Any) -> None:
    """Delete what ended sessions left behind, with whatever was kept in them."""
    SessionStore.clear_expired()


@shared_task(name="portal.forget_tries")
def forget_tries(**_later: Any) -> None:
    """Delete the counts of tries that are over: they carry network addresses, and Django itself
    deletes them only when there are very many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM portal_cache WHERE expires < now()")
