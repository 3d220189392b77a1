"""Removing an entry, relisting it, waiving a finding: one person proposes, another confirms.

A removal is a further row of the entry and never an edit; what was removed by mistake is relisted
by another row. Nothing is published, and no event appended, before the second person has agreed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Exists
from django.utils.timezone import localdate

from cpl.identifiers import IdentifierFault
from cpl.models import CPLEntry, ListedEntry
from cpl.operations import change_status, lock_list
from cpl.quality.facts import Severity
from cpl.sheet.cells import parse_reason
from cpl.sheet.row import CURRENT, REMOVED
from fir.ledger.operations import NewEvent, append_events
from fir.parties.four_eyes import same_eyes
from fir.records.list_queries import standing_waivers, still_makes_sense
from fir.records.models import (
    ARCHIVE,
    CONFIRMED,
    DROPPED,
    RELIST,
    REMOVE,
    RESTORE,
    WAITING,
    WAIVE,
    Proposal,
    QualityFinding,
)
from fir.records.operations import status_event
from fir.records.standing import archive_as_proposed, restore_as_proposed

if TYPE_CHECKING:
    import uuid
    from datetime import datetime

    from fir.parties.models import Actor

WORDS = {
    REMOVE: "removal",
    RELIST: "relisting",
    WAIVE: "waiver",
    ARCHIVE: "archival",
    RESTORE: "restoration",
}


class ReasonRefused(ValueError):
    """The reason cannot be kept and published as given."""


class AlreadyRemoved(ValueError):
    """An entry is removed once; only a Current one can be."""


class NotRemoved(ValueError):
    """Only a removed entry can be relisted."""


class AlreadyProposed(ValueError):
    """The same thing waits already for a second person."""


class NoSuchFinding(ValueError):
    """The entry does not break this rule, or not in the way that was proposed to be waived."""


class NotWaivable(ValueError):
    """The finding has to be put right; nobody may waive it."""


class AlreadyWaived(ValueError):
    """Two people have waived this very finding before."""


class ProposalAlreadyDecided(ValueError):
    """Somebody confirmed or dropped this proposal before."""


class ProposedBySameEyes(PermissionError):
    """Whoever proposed a thing does not confirm it."""


@transaction.atomic
def propose_removal(*, cpl_entry_id: str, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that a Current entry be removed from the list (SEC Section F2).

    Raises CPLEntry.DoesNotExist, AlreadyRemoved, AlreadyProposed, and ReasonRefused.
    """
    entry = CPLEntry.objects.get(cpl_entry_id=cpl_entry_id)
    _require_status(entry, REMOVE)
    return propose(Proposal(kind=REMOVE, entry=entry, reason=read_reason(reason)), by=by, at=at)


@transaction.atomic
def propose_relisting(*, cpl_entry_id: str, reason: str, by: Actor, at: datetime) -> Proposal:
    """Propose that a removed entry stand again.

    Raises CPLEntry.DoesNotExist, NotRemoved, AlreadyProposed, and ReasonRefused.
    """
    entry = CPLEntry.objects.get(cpl_entry_id=cpl_entry_id)
    _require_status(entry, RELIST)
    return propose(Proposal(kind=RELIST, entry=entry, reason=read_reason(reason)), by=by, at=at)


@transaction.atomic
def propose_waiver(
    *, cpl_entry_id: str, code: str, reason: str, by: Actor, at: datetime
) -> Proposal:
    """Propose that an entry's finding be lived with, as the rule `code` words it now.

    Raises CPLEntry.DoesNotExist, NoSuchFinding, NotWaivable, AlreadyWaived, AlreadyProposed, and
    ReasonRefused.
    """
    entry = CPLEntry.objects.get(cpl_entry_id=cpl_entry_id)
    findings = QualityFinding.objects.annotate(is_waived=Exists(standing_waivers()))
    finding = findings.filter(entry=entry, code=code).first()
    if finding is None:
        raise NoSuchFinding(f"{cpl_entry_id} has no finding {code} now: there is nothing to waive.")
    if finding.severity != Severity.WAIVABLE:
        raise NotWaivable(f"{code} of {cpl_entry_id} cannot be waived: it has to be put right.")
    if finding.is_waived:
        raise AlreadyWaived(f"{code} of {cpl_entry_id} was waived before, and still is.")
    waiver = Proposal(kind=WAIVE, entry=entry, code=code, reason=read_reason(reason))
    waiver.particulars, waiver.about = finding.particulars, finding.about
    return propose(waiver, by=by, at=at)


def read_reason(said: str) -> str:
    """A reason as it is kept: one line, like the sheet's. Raises ReasonRefused."""
    try:
        reason = parse_reason(" ".join(said.split()))
    except IdentifierFault as fault:
        raise ReasonRefused(str(fault)) from fault
    if not reason:
        raise ReasonRefused("Say why: the reason is published with the entry.")
    return reason


def _require_status(entry: CPLEntry, kind: str) -> None:
    """Raise AlreadyRemoved or NotRemoved when the entry's status leaves nothing to do."""
    is_removed = ListedEntry.objects.get(entry=entry).status == REMOVED
    if kind == REMOVE and is_removed:
        raise AlreadyRemoved(f"{entry} is removed from the list already.")
    if kind == RELIST and not is_removed:
        raise NotRemoved(f"{entry} is Current: only a removed entry can be relisted.")


def propose(proposal: Proposal, *, by: Actor, at: datetime) -> Proposal:
    """Keep a proposal that makes sense, until it is decided. A step. Raises AlreadyProposed."""
    proposal.proposed_at, proposal.proposed_by = at, by.actor_id
    proposal.proposed_answerable, proposal.proposed_party = by.answerable, by.party.actor_id
    try:
        with transaction.atomic():
            proposal.save(force_insert=True)
    except IntegrityError as error:
        if "records_proposed_once" not in str(error):
            raise
        article = "An" if proposal.kind == ARCHIVE else "A"
        raise AlreadyProposed(
            f"{article} {WORDS[proposal.kind]} for {proposal.entry} waits already: confirm or drop "
            "that proposal first."
        ) from error
    return proposal


@transaction.atomic
def confirm_proposal(*, proposal_id: uuid.UUID, by: Actor, at: datetime) -> Proposal:
    """Let what another person proposed come about: it stands, and is told, from now on.

    A removal or relisting is dated today. Raises Proposal.DoesNotExist, ProposalAlreadyDecided,
    ProposedBySameEyes; and AlreadyRemoved, NotRemoved, NoSuchFinding, AlreadyArchived or
    NotArchived when what was proposed has lost its sense meanwhile.
    """
    proposal = _waiting(proposal_id)
    if same_eyes(answerable=proposal.proposed_answerable, party=proposal.proposed_party, by=by):
        raise ProposedBySameEyes(
            "Whoever proposed this does not confirm it: another person must. You can drop it."
        )
    lock_list()
    event = _COMES_ABOUT[proposal.kind](proposal, by, at)
    _decide(proposal, CONFIRMED, by=by, at=at)
    append_events([event], by=by.author, at=at)
    return proposal


@transaction.atomic
def drop_proposal(*, proposal_id: uuid.UUID, by: Actor, at: datetime) -> Proposal:
    """Let a proposal fall, one's own or another's: nothing comes of it, and it can be made anew.

    Raises Proposal.DoesNotExist and ProposalAlreadyDecided.
    """
    proposal = _waiting(proposal_id)
    _decide(proposal, DROPPED, by=by, at=at)
    return proposal


def _waiting(proposal_id: uuid.UUID) -> Proposal:
    """The proposal, locked against others who would decide it."""
    locked = Proposal.objects.select_for_update(of=("self",)).select_related("entry")
    proposal = locked.get(pk=proposal_id)
    if proposal.state != WAITING:
        raise ProposalAlreadyDecided(
            f"This {WORDS[proposal.kind]} is {proposal.state}; it was decided before."
        )
    return proposal


def _decide(proposal: Proposal, state: str, *, by: Actor, at: datetime) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by = state, at, by.actor_id
    proposal.decided_answerable, proposal.decided_party = by.answerable, by.party.actor_id
    proposal.save(
        update_fields=[
            "state", "decided_at", "decided_by", "decided_answerable", "decided_party"
        ]
    )  # fmt: skip


def _status_changed(proposal: Proposal, by: Actor, at: datetime) -> NewEvent:
    """The entry's new status, and the event that tells of it."""
    entry = proposal.entry
    today = max(localdate(at), entry.date_added)  # what is added ahead cannot be removed before
    _require_status(entry, proposal.kind)
    status = REMOVED if proposal.kind == REMOVE else CURRENT
    change_status([(entry.pk, status, today, proposal.reason)], by=by.actor_id, at=at)
    return status_event(
        entry.cpl_entry_id,
        status,
        today,
        reason=proposal.reason,
        proposed_by=proposal.proposed_by,
    )


def _waived(proposal: Proposal, _by: Actor, _at: datetime) -> NewEvent:
    """The event of a waiver, whose finding must still stand as it was proposed to be waived."""
    entry = proposal.entry
    if not still_makes_sense(proposal):
        raise NoSuchFinding(
            f"{entry} no longer has the finding {proposal.code} as it was when its waiver was "
            "proposed: drop the proposal, and make another if the finding stands in other words."
        )
    return waiver_event(proposal, entry.cpl_entry_id)


def waiver_event(proposal: Proposal, cpl_entry_id: str) -> NewEvent:
    """The event of a waiver that two people agreed on."""
    payload = {
        "cpl_entry_id": cpl_entry_id,
        "code": proposal.code,
        "particulars": proposal.particulars,
        "reason": proposal.reason,
        "proposed_by": str(proposal.proposed_by),
    }
    return NewEvent("QUALITY_FINDING_WAIVED", "cpl_entry", cpl_entry_id, payload)


_COMES_ABOUT = {
    WAIVE: _waived,
    REMOVE: _status_changed,
    RELIST: _status_changed,
    ARCHIVE: archive_as_proposed,
    RESTORE: restore_as_proposed,
}
