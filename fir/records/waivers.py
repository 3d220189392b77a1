"""Waivers that begin with a submission, before there is an entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fir.ledger.operations import require_transaction
from fir.records.models import CONFIRMED, WAITING, WAIVE, Proposal
from fir.records.proposals import waiver_event

if TYPE_CHECKING:
    from fir.ledger.operations import NewEvent
    from fir.parties.four_eyes import Act


def carry_waiver(
    *,
    entry: int,
    cpl_entry_id: str,
    code: str,
    particulars: str,
    about: str,
    reason: str,
    proposed: Act,
    confirmed: Act,
) -> NewEvent | None:
    """Let the waiver of a finding about a submission go with its published entry. A step.

    It is confirmed where whoever approved is another pair of eyes than whoever proposed it, and
    then told by the event that is returned; else it waits for such another.
    """
    require_transaction()
    are_others = not proposed.same_eyes_as(confirmed)
    waiting = Proposal.objects.filter(entry_id=entry, kind=WAIVE, code=code, state=WAITING)
    if not are_others and waiting.exists():
        return None  # somebody proposed the same of the entry itself
    proposal = Proposal(
        kind=WAIVE,
        entry_id=entry,
        code=code,
        particulars=particulars,
        about=about,
        reason=reason,
        proposed_at=proposed.at,
        proposed_by=proposed.actor,
        proposed_answerable=proposed.answerable,
        proposed_party=proposed.party,
    )
    if are_others:
        proposal.state, proposal.decided_at = CONFIRMED, confirmed.at
        proposal.decided_by, proposal.decided_answerable = confirmed.actor, confirmed.answerable
        proposal.decided_party = confirmed.party
    proposal.save(force_insert=True)
    return waiver_event(proposal, cpl_entry_id) if are_others else None
