"""Declaring hub capabilities; and what events say of an entry."""

from __future__ import annotations

from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.db import transaction

from cpl.facts import CERTIFICATE_FACTS, IDENTITY_FACTS, NAME_FACTS, PUBLISHED_FACTS
from cpl.models import CPLEntry
from cpl.operations import lock_list
from cpl.sheet.row import CURRENT, REMOVED
from fir.ledger.operations import NewEvent, append_events
from fir.parties.queries import holders_of
from fir.records.models import HubCapability

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from cpl.sheet.row import SheetRow
    from fir.parties.models import Actor

TOLD_FACTS = (
    "cpl_entry_id",
    *IDENTITY_FACTS,
    *PUBLISHED_FACTS,
    *NAME_FACTS,
    *CERTIFICATE_FACTS,
)
_told_of = attrgetter(*TOLD_FACTS)
# The kind of event, and what its payload calls the day.
_TOLD_OF_STATUS = {
    REMOVED: ("CPL_ENTRY_REMOVED", "date_removed"),
    CURRENT: ("CPL_ENTRY_RELISTED", "date_relisted"),
}


class NotACommunicationsHub(ValueError):
    """Only a Communications Hub's entry has a hub capability."""


def entry_event(kind: str, row: SheetRow) -> NewEvent:
    """An event about an entry that carries the facts of its line."""
    return NewEvent(kind, "cpl_entry", row.cpl_entry_id, entry_facts(row))


def status_event(
    cpl_entry_id: str,
    status: str,
    day: date,
    *,
    reason: str,
    proposed_by: uuid.UUID | None = None,
    import_id: str | None = None,
) -> NewEvent:
    """The event of a removal or a relisting, dated that day: by two people, or by an import."""
    kind, dated = _TOLD_OF_STATUS[status]
    payload = {
        "cpl_entry_id": cpl_entry_id,
        dated: day.isoformat(),
        "reason": reason,
        "proposed_by": str(proposed_by) if proposed_by else None,
        "import_id": import_id,
    }
    return NewEvent(kind, "cpl_entry", cpl_entry_id, payload)


def entry_facts(row: SheetRow) -> dict[str, Any]:
    """The facts of a line as events carry them: the sheet's columns, dates in ISO form."""
    return {
        column: value.isoformat() if isinstance(value, date) else value
        for column, value in zip(TOLD_FACTS, _told_of(row), strict=True)
    }


@transaction.atomic
def declare_hub_capability(
    *, cpl_entry_id: str, carries_updates: bool, by: Actor, at: datetime
) -> None:
    """Say whether a hub's firmware carries updates to PPMID and HCALCS (SECMP0007).

    Raises CPLEntry.DoesNotExist, and NotACommunicationsHub.
    """
    lock_list()
    entries = CPLEntry.objects.select_related("device_model__manufacturer")
    entry = entries.get(cpl_entry_id=cpl_entry_id)
    if entry.device_model.device_type != "CHF":
        raise NotACommunicationsHub(
            f"{cpl_entry_id} lists a {entry.device_model.device_type}; only a CHF has a capability."
        )
    HubCapability.objects.create(
        entry=entry, carries_updates=carries_updates, declared_at=at, declared_by=by.actor_id
    )
    payload = {"cpl_entry_id": cpl_entry_id, "carries_updates": carries_updates}
    makers = holders_of(entry.device_model.manufacturer.identifier)
    event = NewEvent("HUB_CAPABILITY_DECLARED", "cpl_entry", cpl_entry_id, payload, makers)
    append_events([event], by=by.author, at=at)
