"""A release is published whole; hubs' capabilities are declared."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from cpl.models import CPLEntry
from cpl.operations import lock_list
from cpl.sheet.row import COLUMNS, SheetRow
from fir.ledger.models import LedgerEvent
from fir.ledger.operations import NotInTransaction
from fir.ledger.queries import last_seq, payload_of
from fir.parties.operations import operator
from fir.records.models import FirmwareRecord, HubCapability
from fir.records.operations import (
    NotACommunicationsHub,
    Release,
    declare_hub_capability,
    publish_release,
)
from fir.records.queries import repository_entry_of
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party


def told_since(seq: int) -> list[tuple[str, str]]:
    """Kind and subject of the events after a number."""
    events = LedgerEvent.objects.filter(seq__gt=seq).order_by("seq")
    return [(event.kind, event.subject_id) for event in events]


def line() -> SheetRow:
    return make.row(9, line=0, cpl_entry_id="CPL-000009")


def release(**changes: Any) -> Release:
    usual = Release(
        pathway="NAMED",
        predecessors=("CPL-000002", "CPL-000001"),
        release_notes="Mends the clock.",
        carries_updates=None,
        submission_id=uuid.uuid4(),
    )
    return replace(usual, **changes)


@pytest.mark.django_db(transaction=True)
def test_publishing_is_a_step_and_refused_outside_an_operation() -> None:
    with pytest.raises(NotInTransaction):
        publish_release(row=line(), release=release(), makers=[], by=operator(), at=make.AT)

    assert not CPLEntry.objects.exists()


@pytest.mark.django_db
def test_publishing_lists_the_line_and_locks_the_record_and_appends_nothing_itself() -> None:
    make.listed(make.row(1), make.row(2))
    before = last_seq()

    lock_list()
    record, events = publish_release(
        row=line(), release=release(), makers=["fine-meters"], by=operator(), at=make.AT
    )

    entry = repository_entry_of("CPL-000009")
    assert (entry.record_id, entry.published_at) == (record.pk, make.AT)
    assert (entry.pathway, entry.predecessors) == ("NAMED", ["CPL-000001", "CPL-000002"])
    assert entry.release_notes == "Mends the clock."
    assert entry.carries_updates is None
    assert last_seq() == before
    assert [event.kind for event in events] == ["CPL_ENTRY_LISTED", "FIRMWARE_PUBLISHED"]
    assert events[1].parties == ["fine-meters"]


@pytest.mark.django_db
def test_the_event_of_a_publication_carries_every_fact_of_line_and_record() -> None:
    make.listed(make.row(1))
    make.published(
        make.actor(make.maker()),
        make.actor(make.administrator()),
        2,
        predecessors=["CPL-000001"],
        release_notes="Mends the ©lock.",
    )

    event = LedgerEvent.objects.get(kind="FIRMWARE_PUBLISHED")
    told, shown = payload_of(event), repository_entry_of("CPL-000002")
    assert told.pop("record_id") == str(shown.record_id)
    for field, value in told.items():
        held = getattr(shown, field)
        assert value == (held.isoformat() if isinstance(held, date) else held), field
    assert set(COLUMNS) - told.keys() == {"status", "date_removed", "removal_reason"}
    assert "party:fine-meters" in event.audience


@pytest.mark.django_db
def test_a_record_may_be_superseded_once_and_the_newest_record_is_shown() -> None:
    make.listed(make.row(1))
    make.published(make.actor(make.maker()), make.actor(make.administrator()), 2)
    old = FirmwareRecord.objects.get()

    new = FirmwareRecord.objects.create(
        entry=old.entry,
        supersedes=old,
        submission_id=uuid.uuid4(),
        pathway="NONE",
        release_notes="Says it better.",
        published_at=make.AT + timedelta(days=1),
        published_by=uuid.uuid4(),
    )

    shown = repository_entry_of("CPL-000002")
    assert (shown.record_id, shown.release_notes) == (new.pk, "Says it better.")


@pytest.mark.django_db
def test_a_second_first_record_of_an_entry_is_refused_by_the_database() -> None:
    make.listed(make.row(1))
    make.published(make.actor(make.maker()), make.actor(make.administrator()), 2)
    twin = FirmwareRecord.objects.get()
    twin.pk, twin.submission_id = uuid.uuid4(), uuid.uuid4()

    with (
        pytest.raises(IntegrityError, match="records_one_first_record_each"),
        transaction.atomic(),
    ):
        twin.save(force_insert=True)

    assert FirmwareRecord.objects.count() == 1


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
