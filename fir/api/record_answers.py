"""What answers say of records: as they stand, or as they stood at an earlier moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fir.api.answers import entry_answer, moment, own_decision_answer
from fir.eligibility.decision_queries import own_decisions
from fir.ledger.queries import event_body, payload_of
from fir.parties.scopes import Scope
from fir.records.as_at import models_then
from fir.records.queries import (
    contact_answer,
    contacts_of,
    entry_events,
    key_of,
    positions_of,
    positions_then,
)
from fir.submissions.claims import RELEASE_FACTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fir.ledger.queries import Moment
    from fir.parties.models import Party
    from fir.records.models import RepositoryEntry
    from fir.records.rules import Position

# What a record says as it is today, whatever moment is asked for: a card keeps nothing of what it
# said before, and of its own decisions a Supplier wants the one that stands.
OF_TODAY = ("contact", "own_decision")


def record_answers(entries: Sequence[RepositoryEntry], party: Party) -> list[dict[str, Any]]:
    """Records in a list: facts, pathway, place in the order of their model, whom to ask, and what
    the asking Supplier itself decided."""
    return _records(entries, positions_of(entries), party)


def record_answers_then(
    entries: Sequence[RepositoryEntry], party: Party, then: Moment
) -> list[dict[str, Any]]:
    """The same as they stood at a moment; those that were not listed by then are left out."""
    listed = models_then(then, {key_of(entry) for entry in entries})
    stood = {entry.cpl_entry_id: entry for entry in listed}
    found = [stood[entry.cpl_entry_id] for entry in entries if entry.cpl_entry_id in stood]
    return _records(found, positions_then(listed), party)


def _records(
    entries: Sequence[RepositoryEntry], positions: Mapping[str, Position], party: Party
) -> list[dict[str, Any]]:
    contacts = contacts_of({entry.manufacturer_identifier for entry in entries})
    named = {entry.cpl_entry_id for entry in entries}
    decided = own_decisions(Scope(party), named) if party.is_supplier else {}
    return [
        {
            **_record(entry, positions[entry.cpl_entry_id]),
            "contact": contact_answer(contacts.get(entry.manufacturer_identifier)),
            "own_decision": own_decision_answer(decided.get(entry.cpl_entry_id)),
        }
        for entry in entries
    ]


def _record(entry: RepositoryEntry, position: Position) -> dict[str, Any]:
    archived = {
        "at": moment(entry.archived_at),
        "cause": entry.archive_cause,
        "reason": entry.archive_reason,
    }
    recalled = {"at": moment(entry.recalled_at), "reason": entry.recall_reason}
    return {
        **entry_answer(entry),
        "position": position,
        "latest": position == "N",
        "pathway": {"declared": entry.pathway, "predecessors": sorted(entry.predecessors)},
        "record_id": entry.record_id,
        "published_at": moment(entry.published_at),
        "supersedes": entry.supersedes_id,
        "archived": archived if entry.archived_at else None,
        "recalled": recalled if entry.recalled_at else None,
        **{name: getattr(entry, name) for name in RELEASE_FACTS},
    }


def record_answer(
    entry: RepositoryEntry, party: Party, *, then: Moment | None = None
) -> dict[str, Any]:
    """One record, with the events of its entry that the asker may read as its history; both as
    they were at a moment, where one is given."""
    (said,) = record_answers_then([entry], party, then) if then else record_answers([entry], party)
    events = entry_events(entry.cpl_entry_id, party.tags)
    history = [
        {**event_body(event, payload_of(event)), "leaf_hash": event.leaf_hash}
        for event in events
        if then is None or event.seq <= then.seq
    ]
    return {**said, "history": history, "as_at": as_at_answer(then)}


def as_at_answer(then: Moment | None) -> dict[str, Any] | None:
    """As at which moment an answer speaks; null where it speaks of now."""
    if then is None:
        return None
    return {
        "asked": moment(then.asked),
        "seq": then.seq,
        "at": moment(then.at),
        "of_today": list(OF_TODAY),
    }
