"""Telling Suppliers that a release was recalled, archived, or stands again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.template.loader import render_to_string

from fir.eligibility.queries import assessed_parties
from fir.estates.queries import devices_by_version, holders_of_models
from fir.ledger.queries import payload_of
from fir.notifications.models import Notice
from fir.notifications.raising import raise_notices
from fir.notifications.wording import version_of
from fir.parties.queries import suppliers
from fir.records.queries import key_of, repository_entry_of

if TYPE_CHECKING:
    from datetime import datetime

    from fir.ledger.models import LedgerEvent

_OF = "{}: firmware {} for {} {}"
_RECALL_KINDS = frozenset({"FIRMWARE_RECALLED", "RECALL_LIFTED"})
_TOLD = {
    "FIRMWARE_RECALLED": (f"DO NOT DEPLOY {_OF}", "emails/record_recalled.txt"),
    "RECALL_LIFTED": (f"Recall lifted of {_OF}", "emails/recall_lifted.txt"),
    "FIRMWARE_ARCHIVED": (f"Archived: {_OF}", "emails/record_archived.txt"),
    "FIRMWARE_RESTORED": (f"In use again: {_OF}", "emails/record_archived.txt"),
}
STANDING_KINDS = frozenset(_TOLD)


def tell_of_standing(event: LedgerEvent, *, at: datetime) -> None:
    """Tell every Supplier with Devices of the Device Model; of a recall also those whose estate
    nobody knows, since it must not be missed."""
    entry = repository_entry_of(event.subject_id)
    holders = holders_of_models({key_of(entry)}).get(key_of(entry), set())
    assessed = assessed_parties() if event.kind in _RECALL_KINDS else None
    version = version_of(entry)
    devices = devices_by_version({version})
    title, template = _TOLD[event.kind]
    said: dict[str, Any] = {
        "entry": entry,
        "reason": payload_of(event)["reason"],
        "is_restored": event.kind == "FIRMWARE_RESTORED",
        "base_url": settings.BASE_URL,
    }
    notices = []
    for party in suppliers(admitted_by=event.at):
        is_holder = party.pk in holders
        if not is_holder and (assessed is None or party.pk in assessed):
            continue
        count = devices.get(party.pk, {}).get(version, 0)
        own = {"party": party, "is_holder": is_holder, "devices": count}
        notices.append(
            Notice(
                party=party,
                seq=event.seq,
                kind=event.kind,
                subject_id=entry.cpl_entry_id,
                title=title.format(
                    entry.cpl_entry_id,
                    entry.firmware_version,
                    entry.device_type,
                    entry.device_model,
                ),
                text=render_to_string(template, said | own),
                counts={"DEVICES": count},
                raised_at=at,
            )
        )
    raise_notices(notices, happened_at=event.at, at=at)
