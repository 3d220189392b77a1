"""Recalling one's own release at once, and proposing that a release be archived or restored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cpl.models import CPLEntry
from cpl.operations import lock_list
from fir.ledger.operations import append_events
from fir.parties.queries import holds_identifier
from fir.records.models import ARCHIVE, CAUSES, RECALLED, RESTORE, Proposal, RepositoryEntry
from fir.records.proposals import propose, read_reason
from fir.records.standing import change_recall, require_archived

if TYPE_CHECKING:
    from datetime import datetime

    from fir.parties.models import Actor


class NotYourRelease(PermissionError):
    """A Party recalls only releases of the Manufacturer Identifiers that it holds."""


class UnknownCause(ValueError):
    """Nothing is archived for a cause that nobody knows."""


@transaction.atomic
def recall_release(*, cpl_entry_id: str, reason: str, by: Actor, at: datetime) -> RepositoryEntry:
    """Say that one's own release must not be deployed, at once and by one person: waiting for a
    second pair of eyes could cost more than a false alarm. Lifting it goes through review.

    Raises RepositoryEntry.DoesNotExist, NotYourRelease, AlreadyRecalled, and ReasonRefused.
    """
    lock_list()
    entry = RepositoryEntry.objects.get(cpl_entry_id=cpl_entry_id)
    if not holds_identifier(by.party, entry.manufacturer_identifier):
        raise NotYourRelease(
            f"{by.party.name} does not hold the Manufacturer Identifier "
            f"{entry.manufacturer_identifier}: only its holders recall {cpl_entry_id}."
        )
    told = change_recall(
        entry=entry, state=RECALLED, reason=read_reason(reason), by=by.actor_id, at=at
    )
    append_events([told], by=by.author, at=at)
    return entry


@transaction.atomic
def propose_archival(
    *, cpl_entry_id: str, cause: str, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose that a release be archived, for one of the `CAUSES`.

    Raises RepositoryEntry.DoesNotExist, UnknownCause, AlreadyArchived, AlreadyProposed, and
    ReasonRefused.
    """
    if cause not in CAUSES:
        raise UnknownCause(f"One of {', '.join(CAUSES)} is wanted as the cause.")
    require_archived(cpl_entry_id, wanted=False)
    entry = CPLEntry.objects.get(cpl_entry_id=cpl_entry_id)
    archival = Proposal(kind=ARCHIVE, entry=entry, code=cause, reason=read_reason(reason))
    return propose(archival, by=by, at=at)


@transaction.atomic
def propose_restoration(*, cpl_entry_id: str, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that an archived release be taken up again.

    Raises RepositoryEntry.DoesNotExist, NotArchived, AlreadyProposed, and ReasonRefused.
    """
    require_archived(cpl_entry_id, wanted=True)
    entry = CPLEntry.objects.get(cpl_entry_id=cpl_entry_id)
    return propose(Proposal(kind=RESTORE, entry=entry, reason=read_reason(reason)), by=by, at=at)
