"""Firmware files that somebody held against the list: two digests of each are kept, and no byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cpl.models import KnownFile

if TYPE_CHECKING:
    from datetime import datetime

    from fir.parties.models import Actor


@transaction.atomic
def remember_file(*, file_hash: str, image_hash: str, by: Actor, at: datetime) -> None:
    """Keep the hash of a whole OTA file and that of the Manufacturer Image in it, both as stored,
    to find out later whether the list carries the one in place of the other.

    What was said of a file first stays. Nothing is published, so nothing is told.
    """
    file = KnownFile(file_hash=file_hash, image_hash=image_hash, seen_at=at, seen_by=by.actor_id)
    KnownFile.objects.bulk_create([file], ignore_conflicts=True)
