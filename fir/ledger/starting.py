"""What must be so before FIR starts: a key to sign with, and locks that hold for its own role."""

from __future__ import annotations

import logging
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection

from fir.ledger.notes import Signer, SigningKeyRefused

NOT_LOCKED_TO_IT = (Path(__file__).parent / "sql" / "not_locked_to_it.sql").read_text()

logger = logging.getLogger(__name__)


def why_not() -> str:
    """The sentence that says why FIR must not start here; '' when it may."""
    try:
        Signer.of(settings.LEDGER_ORIGIN, settings.SIGNING_KEY)
    except SigningKeyRefused as error:
        return (
            f"FIR cannot start: FIR_SIGNING_KEY is no seed of a key. {error} Make one: "
            "openssl rand -base64 32."
        )
    return _unlocked()


def _unlocked() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute(NOT_LOCKED_TO_IT)
            found = cursor.fetchone()
    except OperationalError as error:
        # Whoever is restarted while the database is away must come back by itself.
        logger.warning("Nobody could say what the database's role owns: %s", error)
        return ""
    finally:
        connection.close()
    if found is None:
        return ""
    role, table = found
    return (
        f"FIR cannot start: DATABASE_URL names the role {role}, which owns {table} and could lift "
        "its locks. Name the application role, which owns nothing but its load tables "
        "(deploy/RUNBOOK.md, 'Two database roles')."
    )
