"""Asking whoever holds a Manufacturer Identifier whether its card is still right."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cpl.queries import manufacturer_name
from fir.ledger.queries import payload_of
from fir.notifications.models import Notice
from fir.notifications.raising import raise_notices
from fir.notifications.wording import unconfirmed_text, unconfirmed_title
from fir.parties.queries import admitted_parties

if TYPE_CHECKING:
    from datetime import datetime

    from fir.ledger.models import LedgerEvent


def tell_of_contact(event: LedgerEvent, *, at: datetime) -> None:
    """Ask every holder of the identifier to confirm its card, or to give one. Nobody else is told,
    and no Supplier as such."""
    identifier = event.subject_id
    name = manufacturer_name(identifier)
    said = payload_of(event)["confirmed_on"]
    confirmed_on = date.fromisoformat(str(said)) if said else None
    holders = admitted_parties(by=event.at).filter(manufacturers__identifier=identifier)
    notices = [
        Notice(
            party=party,
            seq=event.seq,
            kind=event.kind,
            subject_id=identifier,
            title=unconfirmed_title(name, identifier, confirmed_on),
            text=unconfirmed_text(name, identifier, confirmed_on, party),
            counts={},
            raised_at=at,
        )
        for party in holders
    ]
    raise_notices(notices, happened_at=event.at, at=at)
