"""Hubs' capabilities are declared."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cpl.models import CPLEntry
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq
from fir.parties.operations import operator
from fir.records.models import HubCapability
from fir.records.operations import (
    NotACommunicationsHub,
    declare_hub_capability,
)
from fir.records.queries import repository_entry_of
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party


def told_since(seq: int) -> list[tuple[str, str]]:
    """Kind and subject of the events after a number."""
    events = LedgerEvent.objects.filter(seq__gt=seq).order_by("seq")
    return [(event.kind, event.subject_id) for event in events]


@pytest.mark.django_db
def test_only_a_hub_has_a_hub_capability() -> None:
    make.listed(make.row(1))
    before = last_seq()

    with pytest.raises(NotACommunicationsHub, match="ESME"):
        declare_hub_capability(
            cpl_entry_id="CPL-000001", carries_updates=True, by=operator(), at=make.AT
        )

    assert not HubCapability.objects.exists()
    assert last_seq() == before


@pytest.mark.django_db
def test_the_capability_of_an_entry_that_is_not_listed_cannot_be_declared() -> None:
    with pytest.raises(CPLEntry.DoesNotExist):
        declare_hub_capability(
            cpl_entry_id="CPL-000001", carries_updates=True, by=operator(), at=make.AT
        )


@pytest.mark.django_db
def test_the_newest_capability_counts_and_each_is_told() -> None:
    make.listed(make.row(1, device_type="CHF", esme_variant=""))
    before = last_seq()
    shown = [repository_entry_of("CPL-000001").carries_updates]

    # Declared with a clock that goes backwards: what was said last counts all the same.
    for days, carries in enumerate((True, False, True)):
        declare_hub_capability(
            cpl_entry_id="CPL-000001",
            carries_updates=carries,
            by=operator(),
            at=make.AT - timedelta(days=days),
        )
        shown.append(repository_entry_of("CPL-000001").carries_updates)

    assert shown == [None, True, False, True]
    assert told_since(before) == [("HUB_CAPABILITY_DECLARED", "CPL-000001")] * 3


@pytest.mark.django_db
def test_a_declared_capability_is_read_by_the_holders_of_its_identifier_and_no_other_maker() -> (
    None
):
    first, second = make.maker(), make.maker("hub-works", make.MAKER)
    other = make.maker("other-meters", "F1A2")
    make.listed(make.row(1, device_type="CHF", esme_variant=""))

    declare_hub_capability(
        cpl_entry_id="CPL-000001", carries_updates=True, by=operator(), at=make.AT
    )

    event = LedgerEvent.objects.get(kind="HUB_CAPABILITY_DECLARED")
    assert [readable(event, party) for party in (first, second, other)] == [True, True, False]
    assert readable(event, make.party())


def readable(event: LedgerEvent, party: Party) -> bool:
    return not set(party.tags).isdisjoint(event.audience)
