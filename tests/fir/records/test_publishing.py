"""A release is published whole, and what corrects it stands beside it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from cpl.models import CPLEntry
from cpl.operations import lock_list
from cpl.sheet.row import COLUMNS, SheetRow
from fir.ledger.models import LedgerEvent
from fir.ledger.operations import NotInTransaction
from fir.ledger.queries import last_seq, payload_of
from fir.records.models import FirmwareRecord
from fir.records.publishing import Release, ReleaseFacts, publish_release
from fir.records.queries import repository_entry_of
from tests import make


def line() -> SheetRow:
    return make.row(9, line=0, cpl_entry_id="CPL-000009")


def release(**changes: Any) -> Release:
    usual = Release(
        pathway="NAMED",
        predecessors=("CPL-000002", "CPL-000001"),
        facts=ReleaseFacts(release_notes="Mends the clock.", purposes=("DEFECT",)),
        carries_updates=None,
        submission_id=uuid.uuid4(),
        makers=["fine-meters"],
        published_by=uuid.uuid4(),
    )
    return replace(usual, **changes)


@pytest.mark.django_db(transaction=True)
def test_publishing_is_a_step_and_refused_outside_an_operation() -> None:
    with pytest.raises(NotInTransaction):
        publish_release(rows=[line()], release=release(), at=make.AT)

    assert not CPLEntry.objects.exists()


@pytest.mark.django_db
def test_publishing_lists_the_line_and_locks_the_record_and_appends_nothing_itself() -> None:
    make.listed(make.row(1), make.row(2))
    before = last_seq()

    lock_list()
    entries, events = publish_release(rows=[line()], release=release(), at=make.AT)

    entry = repository_entry_of("CPL-000009")
    assert entries == {"CPL-000009": entry.pk}
    assert entry.published_at == make.AT
    assert (entry.pathway, entry.predecessors) == ("NAMED", ["CPL-000001", "CPL-000002"])
    assert (entry.release_notes, entry.purposes) == ("Mends the clock.", ["DEFECT"])
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
        purposes=["SECURITY"],
        end_of_support="2031-12-31",
        minimum_hardware_version="0100",
        maximum_hardware_version="01FF",
        image_size=123456,
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
        reason="It was said badly.",
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
def test_a_correction_without_a_reason_is_refused_by_the_database() -> None:
    make.published(make.actor(make.maker()), make.actor(make.administrator()), 1)
    old = FirmwareRecord.objects.get()
    silent = FirmwareRecord.objects.get()
    silent.pk, silent.submission_id, silent.supersedes = uuid.uuid4(), uuid.uuid4(), old

    with (
        pytest.raises(IntegrityError, match="records_correction_has_reason"),
        transaction.atomic(),
    ):
        silent.save(force_insert=True)


@pytest.mark.django_db
def test_a_submission_publishes_one_record_of_an_entry() -> None:
    make.published(make.actor(make.maker()), make.actor(make.administrator()), 1)
    old = FirmwareRecord.objects.get()
    twin = FirmwareRecord.objects.get()
    twin.pk, twin.supersedes, twin.reason = uuid.uuid4(), old, "Again."

    with pytest.raises(IntegrityError, match="one_of_a_submission"), transaction.atomic():
        twin.save(force_insert=True)
