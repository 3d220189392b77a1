"""Telling Suppliers that what is published of firmware for their Devices was corrected, or that an
entry from before the repository got its record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string

from fir.estates.queries import devices_by_version, holders_of_models
from fir.ledger.queries import payload_of
from fir.notifications.models import Notice
from fir.notifications.raising import raise_notices
from fir.parties.queries import suppliers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fir.ledger.models import LedgerEvent
    from fir.parties.models import Party

TITLES = {
    "FIRMWARE_SUPERSEDED": "The record of {} was corrected: firmware {} for {} {}",
    "PATHWAY_COMPLETED": "{} has a record now: firmware {} for {} {}",
}
RECORD_KINDS = frozenset(TITLES)
_TEMPLATES = {
    "FIRMWARE_SUPERSEDED": "emails/record_corrected.txt",
    "PATHWAY_COMPLETED": "emails/record_completed.txt",
}


def tell_of_record(event: LedgerEvent, *, at: datetime) -> None:
    """Tell every Supplier with Devices of the Device Model, with how many run this very version."""
    said: Mapping[str, Any] = payload_of(event)
    model = (said["device_type"], said["manufacturer_identifier"], said["device_model"])
    version = (*model, said["firmware_version"])
    holders = holders_of_models({model}).get(model, set())
    devices = devices_by_version({version})
    notices = [
        _notice(event, said, party, devices.get(party.pk, {}).get(version, 0), at=at)
        for party in suppliers(admitted_by=event.at)
        if party.pk in holders
    ]
    raise_notices(notices, happened_at=event.at, at=at)


def _notice(
    event: LedgerEvent, said: Mapping[str, Any], party: Party, devices: int, *, at: datetime
) -> Notice:
    context = {
        "entry": said,
        "devices": devices,
        "party": party,
        "base_url": settings.BASE_URL,
    }
    return Notice(
        party=party,
        seq=event.seq,
        kind=event.kind,
        subject_id=event.subject_id,
        title=TITLES[event.kind].format(
            event.subject_id, said["firmware_version"], said["device_type"], said["device_model"]
        ),
        text=render_to_string(_TEMPLATES[event.kind], context),
        counts={"DEVICES": devices},
        raised_at=at,
    )
