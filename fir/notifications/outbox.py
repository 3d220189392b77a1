"""The folder into which a demo's emails go, read back so that they can be looked at."""

from __future__ import annotations

import email.policy
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

from django.conf import settings

FOLDER_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
MOST_LETTERS = 200
BETWEEN_LETTERS = b"\n" + b"-" * 79 + b"\n"  # what Django's file backend writes after each


@dataclass(frozen=True, slots=True)
class Letter:
    """An email as it was written."""

    to: str
    date: str
    title: str
    text: str


def outbox_letters() -> list[Letter] | None:
    """The newest emails in the folder, newest first; None where emails do not go to a folder."""
    if settings.EMAIL_BACKEND != FOLDER_BACKEND:
        return None
    folder = Path(str(getattr(settings, "EMAIL_FILE_PATH", "")))
    # Several files of one second have names in no order.
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    files = files[:MOST_LETTERS]
    found = [letter for file in files for letter in reversed(_letters_in(file.read_bytes()))]
    return found[:MOST_LETTERS]


def _letters_in(written: bytes) -> list[Letter]:
    parts = [part for part in written.split(BETWEEN_LETTERS) if part.strip()]
    return [_letter(part) for part in parts]


def _letter(written: bytes) -> Letter:
    message = message_from_bytes(written.strip(), policy=email.policy.default)
    body = message.get_body(("plain",))
    return Letter(
        to=str(message["to"]),
        date=str(message["date"]),
        title=str(message["subject"]),
        text=str(body.get_content()) if body else "",
    )
