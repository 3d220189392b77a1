"""A Supplier's own word on a release: it is testing it, has approved it, or holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from cpl.identifiers import IdentifierFault, shown
from cpl.models import CPLEntry
from cpl.sheet.cells import parse_reason
from fir.eligibility.models import OWN_STATES, SupplierDecision
from fir.ledger.operations import NewEvent, append_events
from fir.parties.delegation_queries import agents_seeing
from fir.parties.models import Party
from fir.submissions.claims import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fir.parties.models import Actor


class OwnDecisionRefused(ValueError):
    """The decision cannot be kept as given; `faults` says what is to be mended."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(fault.message for fault in self.faults))


class OnlySuppliersDecide(PermissionError):
    """Only a Supplier deploys releases, so only a Supplier decides of one for itself."""


@transaction.atomic
def decide_release(
    *, cpl_entry_id: str, state: str, reason: str, by: Actor, at: datetime
) -> SupplierDecision:
    """Say for one's own Supplier that it is `TESTING`, has `APPROVED` or has `HELD` a release, and
    why. What is held is blocked for its own Devices until it says otherwise; nobody else but its
    agents learns of it. Saying the same twice is saying it once.

    Raises CPLEntry.DoesNotExist, OnlySuppliersDecide, and OwnDecisionRefused.
    """
    if not by.party.is_supplier:
        raise OnlySuppliersDecide("Only a Supplier decides of a release for itself.")
    entry = CPLEntry.objects.select_related("device_model__manufacturer").get(
        cpl_entry_id=cpl_entry_id
    )
    faults: list[Fault] = []
    chosen, why = _read_state(state, faults), _read_reason(reason, faults)
    if faults:
        raise OwnDecisionRefused(faults)
    # One at a time for each Supplier, so that the newest row is what was said last.
    Party.objects.select_for_update(no_key=True).get(pk=by.party.pk)
    newest = SupplierDecision.objects.filter(party=by.party, entry=entry).order_by("-pk").first()
    if newest and (newest.state, newest.reason) == (chosen, why):
        return newest
    decision = SupplierDecision.objects.create(
        party=by.party,
        entry=entry,
        state=chosen,
        reason=why,
        decided_at=at,
        decided_by=by.actor_id,
    )
    append_events([_decided(decision)], by=by.author, at=at)
    return decision


def _decided(decision: SupplierDecision) -> NewEvent:
    """What the Supplier reads in the feed, and the agents that see such Devices at that time."""
    entry, model = decision.entry, decision.entry.device_model
    key = (model.device_type, model.manufacturer.identifier, model.device_model)
    agents = agents_seeing(decision.party, key, at=decision.decided_at)
    payload = {
        "cpl_entry_id": entry.cpl_entry_id,
        "state": decision.state,
        "reason": decision.reason,
    }
    readers = [decision.party.slug, *agents]
    return NewEvent("SUPPLIER_DECIDED", "cpl_entry", entry.cpl_entry_id, payload, parties=readers)


def _read_state(said: str, faults: list[Fault]) -> str:
    """One of the states, in either case."""
    state = said.strip().upper()
    if state not in OWN_STATES:
        wanted = f"one of {', '.join(OWN_STATES)}"
        wrong = f"‘{shown(said)}’ is not {wanted}." if state else f"Choose {wanted}."
        faults.append(Fault("state", "NOT_A_STATE", wrong))
    return state


def _read_reason(said: str, faults: list[Fault]) -> str:
    """One line of plain text."""
    reason = ""
    try:
        reason = parse_reason(" ".join(said.split()))
    except IdentifierFault as fault:
        faults.append(Fault("reason", fault.code, str(fault)))
    else:
        if not reason:
            message = "Say why: whoever is to obey the decision should understand it."
            faults.append(Fault("reason", "REASON_NEEDED", message))
    return reason
