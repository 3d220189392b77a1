"""Steps by which a release is retired and taken up again, recalled and let go again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.ledger.operations import NewEvent, require_transaction
from fir.parties.queries import holders_of
from fir.records.models import (
    ARCHIVED,
    LIFTED,
    RECALLED,
    RESTORED,
    Archival,
    Recall,
    RepositoryEntry,
)

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from fir.parties.models import Actor
    from fir.records.models import Proposal


class AlreadyArchived(ValueError):
    """A release is archived once, until it is restored."""


class NotArchived(ValueError):
    """Only an archived release can be restored."""


class AlreadyRecalled(ValueError):
    """A release is recalled once, until the recall is lifted."""


class NotRecalled(ValueError):
    """Only of a recalled release can the recall be lifted."""


def require_archived(cpl_entry_id: str, *, wanted: bool) -> RepositoryEntry:
    """The entry, if it is archived or not, as is wanted. Raises RepositoryEntry.DoesNotExist,
    AlreadyArchived and NotArchived."""
    entry = RepositoryEntry.objects.get(cpl_entry_id=cpl_entry_id)
    if wanted and entry.archived_at is None:
        raise NotArchived(f"{entry} is not archived: only what is archived can be restored.")
    if not wanted and entry.archived_at is not None:
        raise AlreadyArchived(f"{entry} is archived already.")
    return entry


def archive_entry(
    *, cpl_entry_id: str, cause: str, reason: str, proposed_by: uuid.UUID, by: uuid.UUID,
    at: datetime
) -> NewEvent:  # fmt: skip
    """Retire a release: what it said stays, but it is no release to go to any more. A step.

    Raises AlreadyArchived.
    """
    require_transaction()
    entry = require_archived(cpl_entry_id, wanted=False)
    Archival.objects.create(
        entry_id=entry.pk,
        state=ARCHIVED,
        cause=cause,
        reason=reason,
        recorded_at=at,
        recorded_by=by,
    )
    payload = {
        "cpl_entry_id": cpl_entry_id,
        "cause": cause,
        "reason": reason,
        "proposed_by": str(proposed_by),
    }
    makers = holders_of(entry.manufacturer_identifier)
    return NewEvent("FIRMWARE_ARCHIVED", "cpl_entry", cpl_entry_id, payload, makers)


def archive_as_proposed(proposal: Proposal, by: Actor, at: datetime) -> NewEvent:
    """Archive what one person proposed to, and another agreed. A step. Raises AlreadyArchived."""
    return archive_entry(
        cpl_entry_id=proposal.entry.cpl_entry_id,
        cause=proposal.code,
        reason=proposal.reason,
        proposed_by=proposal.proposed_by,
        by=by.actor_id,
        at=at,
    )


def restore_as_proposed(proposal: Proposal, by: Actor, at: datetime) -> NewEvent:
    """Take up again what was archived, as two people agreed. A step. Raises NotArchived."""
    require_transaction()
    entry = require_archived(proposal.entry.cpl_entry_id, wanted=True)
    Archival.objects.create(
        entry_id=entry.pk,
        state=RESTORED,
        reason=proposal.reason,
        recorded_at=at,
        recorded_by=by.actor_id,
    )
    payload = {
        "cpl_entry_id": entry.cpl_entry_id,
        "reason": proposal.reason,
        "proposed_by": str(proposal.proposed_by),
    }
    makers = holders_of(entry.manufacturer_identifier)
    return NewEvent("FIRMWARE_RESTORED", "cpl_entry", entry.cpl_entry_id, payload, makers)


def change_recall(
    *, entry: RepositoryEntry, state: str, reason: str, by: uuid.UUID, at: datetime
) -> NewEvent:
    """Recall a release, or lift its recall. A step. Raises AlreadyRecalled and NotRecalled."""
    require_transaction()
    if state == RECALLED and entry.recalled_at is not None:
        raise AlreadyRecalled(f"{entry} is recalled already.")
    if state == LIFTED and entry.recalled_at is None:
        raise NotRecalled(f"{entry} is not recalled: there is nothing to lift.")
    Recall.objects.create(
        entry_id=entry.pk, state=state, reason=reason, recorded_at=at, recorded_by=by
    )
    kind = "FIRMWARE_RECALLED" if state == RECALLED else "RECALL_LIFTED"
    payload = {"cpl_entry_id": entry.cpl_entry_id, "reason": reason}
    makers = holders_of(entry.manufacturer_identifier)
    return NewEvent(kind, "cpl_entry", entry.cpl_entry_id, payload, makers)
