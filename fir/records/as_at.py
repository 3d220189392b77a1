"""The repository as it stood at an earlier moment, told by the ledger up to its last event then.

What an entry said is folded from its events, in their order. Contacts and catalogues are open
things, of which only today's state is known.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from cpl.models import CPLEntry
from cpl.sheet.row import CURRENT, REMOVED
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import Moment, payload_of
from fir.records.models import RepositoryEntry
from fir.records.queries import RECORD_KINDS, entries_of_models
from fir.records.rules import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from django.db.models import QuerySet

    from cpl.identifiers import ModelKey

_DATES = ("date_added", "cpa_expiry_date", "cpa_renewal_date", "end_of_support")
_IDS = ("record_id", "supersedes_id")
_LINE_KINDS = frozenset({"CPL_ENTRY_LISTED", "CPL_ENTRY_REVISED", "CPL_ENTRY_CORRECTED"})
# What an entry says before anything is told of it.
_NOTHING: Mapping[str, Any] = {
    "status": CURRENT,
    "date_removed": None,
    "removal_reason": "",
    "loaded_on": None,
    "record_id": None,
    "supersedes_id": None,
    "pathway": UNKNOWN,
    "predecessors": [],
    "release_notes": "",
    "purposes": [],
    "security_relevant": None,
    "interrupts_hub_power": None,
    "minimum_hardware_version": "",
    "maximum_hardware_version": "",
    "image_size": None,
    "end_of_support": None,
    "activation_advice": "",
    "carries_updates": None,
    "published_at": None,
    "archived_at": None,
    "archive_cause": "",
    "archive_reason": "",
    "recalled_at": None,
    "recall_reason": "",
}
_COLUMNS = frozenset(field.attname for field in RepositoryEntry._meta.concrete_fields)


def models_then(moment: Moment, keys: Collection[ModelKey]) -> list[RepositoryEntry]:
    """Every entry of these Device Models as it stood then, oldest first."""
    now = [one for listed in entries_of_models(keys).values() for one in listed]
    then = _folded([entry.cpl_entry_id for entry in now], moment.seq)
    return [then[entry.cpl_entry_id] for entry in now if entry.cpl_entry_id in then]


def listed_then(entries: QuerySet[RepositoryEntry], moment: Moment) -> QuerySet[RepositoryEntry]:
    """Those of the entries that were listed by then; what they said then is not in the rows."""
    told = LedgerEvent.objects.filter(kind="CPL_ENTRY_LISTED", seq__lte=moment.seq)
    return entries.filter(cpl_entry_id__in=told.values("subject_id"))


def _folded(cpl_entry_ids: Collection[str], seq: int) -> dict[str, RepositoryEntry]:
    """The entries as the events up to a seq tell them. Two queries."""
    numbers = CPLEntry.objects.filter(cpl_entry_id__in=cpl_entry_ids)
    rows = numbers.values_list("cpl_entry_id", "pk", "device_model_id")
    told: dict[str, list[LedgerEvent]] = defaultdict(list)
    events = LedgerEvent.objects.filter(
        subject_type="cpl_entry", subject_id__in=cpl_entry_ids, seq__lte=seq
    )
    for event in events.order_by("seq"):
        told[event.subject_id].append(event)
    return {
        entry_id: _entry(number, model, told[entry_id])
        for entry_id, number, model in rows
        if any(event.kind == "CPL_ENTRY_LISTED" for event in told[entry_id])
    }


def _entry(number: int, model: int, events: Iterable[LedgerEvent]) -> RepositoryEntry:
    said = dict(_NOTHING)
    for event in events:
        said |= what_it_changes(event.kind, payload_of(event), event.at)
    said |= {name: _day(said.get(name)) for name in _DATES}
    said |= {name: said[name] and uuid.UUID(said[name]) for name in _IDS}
    known = {name: value for name, value in said.items() if name in _COLUMNS}
    return RepositoryEntry(entry_id=number, model_id=model, **known)


def what_it_changes(kind: str, told: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """What an entry says anew after an event of this kind with this payload, at that time. Pure."""
    if kind in _LINE_KINDS:
        return dict(told)
    if kind in RECORD_KINDS:
        said = {**told, "supersedes_id": told.get("supersedes"), "published_at": at}
        if said["carries_updates"] is None:
            del said["carries_updates"]  # what was said of the hub before still stands
        return said
    reason = told.get("reason", "")
    if kind == "CPL_ENTRY_REMOVED":
        return {
            "status": REMOVED,
            "date_removed": _day(told["date_removed"]),
            "removal_reason": reason,
        }
    if kind == "CPL_ENTRY_RELISTED":
        return {"status": CURRENT, "date_removed": None, "removal_reason": ""}
    changes = _OTHERS.get(kind)
    return dict(changes(told, at)) if changes else {}


_OTHERS: Mapping[str, Any] = {
    "CPL_LOAD_CONFIRMED": lambda told, _at: {"loaded_on": _day(told["loaded_on"])},
    "HUB_CAPABILITY_DECLARED": lambda told, _at: {"carries_updates": told["carries_updates"]},
    "FIRMWARE_ARCHIVED": lambda told, at: {
        "archived_at": at,
        "archive_cause": told["cause"],
        "archive_reason": told["reason"],
    },
    "FIRMWARE_RESTORED": lambda _told, _at: {
        "archived_at": None,
        "archive_cause": "",
        "archive_reason": "",
    },
    "FIRMWARE_RECALLED": lambda told, at: {"recalled_at": at, "recall_reason": told["reason"]},
    "RECALL_LIFTED": lambda _told, _at: {"recalled_at": None, "recall_reason": ""},
}


def _day(said: Any) -> date | None:
    return date.fromisoformat(said) if isinstance(said, str) else said
