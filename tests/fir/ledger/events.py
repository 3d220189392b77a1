"""Events for the ledger's tests, and the one hand that can change what is locked."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

import psycopg
from django.db import connection, transaction

from fir.ledger.models import MACHINE, LedgerEvent
from fir.ledger.operations import NewEvent, append_events
from tests import make
from tests.cloning import url_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


def for_everyone(reason: str = "Withdrawn.") -> NewEvent:
    """An event that every Party reads."""
    payload = {
        "cpl_entry_id": "CPL-000001",
        "date_removed": "2026-11-20",
        "reason": reason,
        "proposed_by": None,
        "import_id": None,
    }
    return NewEvent("CPL_ENTRY_REMOVED", "cpl_entry", "CPL-000001", payload)


def for_record_readers(identifier: str = make.MAKER, parties: Sequence[str] = ()) -> NewEvent:
    """An event that the categories which read records read."""
    payload = {"manufacturer_identifier": identifier}
    return NewEvent("CONTACT_CHANGED", "manufacturer", identifier, payload, parties)


def for_one_party(slug: str, load: int = 1) -> NewEvent:
    """An event that one Party alone reads."""
    payload = {"load_id": load, "devices": 7, "rows_bad": 0}
    return NewEvent("ESTATE_LOADED", "party", slug, payload, [slug])


def for_the_administrator(slug: str) -> NewEvent:
    """An event that the Administrator and one Party read."""
    payload = {"party": slug, "category": "DCC", "user_roles": [], "manufacturer_identifiers": []}
    return NewEvent("PARTY_ADMITTED", "party", slug, payload, [slug])


def appended(*events: NewEvent, at: datetime = make.AT) -> list[LedgerEvent]:
    """Events appended in a transaction of their own."""
    with transaction.atomic():
        seqs = append_events(events, by=MACHINE, at=at)
    return list(LedgerEvent.objects.filter(seq__in=seqs).order_by("seq"))


def tamper(*statements: LiteralString) -> None:
    """Change what is locked, as only a superuser can who puts the triggers to sleep."""
    database = connection.settings_dict["NAME"]
    with psycopg.connect(url_of("FIR_TEST_SUPERUSER_URL", database)) as hand:
        hand.execute("SET session_replication_role = replica")
        for statement in statements:
            assert hand.execute(statement).rowcount > 0, f"changed nothing: {statement}"
