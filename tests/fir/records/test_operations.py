"""The list is brought to what a sheet says, all or nothing; a release is published whole."""

from __future__ import annotations

import uuid
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from cpl.models import CPLEntry, EntryCertificates, EntryRevision, ListedEntry, StatusChange
from cpl.operations import lock_list
from cpl.sheet import read_sheet, write_sheet
from cpl.sheet_row import COLUMNS, SheetRow
from fir.ledger.models import LedgerEvent
from fir.ledger.operations import NotInTransaction
from fir.ledger.queries import last_seq, payload_of
from fir.parties.operations import operator
from fir.records.comparison import Reconciliation, compare_list
from fir.records.models import FirmwareRecord, HubCapability, ManufacturerContact
from fir.records.operations import (
    ContactRefused,
    ListInConflict,
    NotACommunicationsHub,
    Release,
    change_contact,
    declare_hub_capability,
    publish_release,
    reconcile_list,
)
from fir.records.queries import contacts_of, repository_entry_of
from tests import make
from tests.cpl.test_sheet import rows_of_a_sheet

if TYPE_CHECKING:
    from fir.parties.models import Party

REMOVED: dict[str, Any] = {
    "status": "REMOVED",
    "date_removed": date(2026, 11, 1),
    "removal_reason": "Withdrawn.",
}


def reconciled(*rows: SheetRow) -> Reconciliation:
    return reconcile_list(rows=rows, by=operator(), at=make.AT)


def listed(cpl_entry_id: str = "CPL-000001") -> ListedEntry:
    return ListedEntry.objects.get(cpl_entry_id=cpl_entry_id)


def told_since(seq: int) -> list[tuple[str, str]]:
    """Kind and subject of the events after a number."""
    events = LedgerEvent.objects.filter(seq__gt=seq).order_by("seq")
    return [(event.kind, event.subject_id) for event in events]


def newest_payload() -> dict[str, object]:
    return payload_of(LedgerEvent.objects.order_by("-seq")[0])


def exported() -> bytes:
    """The list as it stands, as a sheet."""
    entries = ListedEntry.objects.order_by("cpl_entry_id").values(*COLUMNS)
    return write_sheet(SheetRow(line=0, **entry) for entry in entries).encode()


def everything() -> list[Any]:
    """Every row that the list consists of."""
    tables = (CPLEntry, EntryRevision, EntryCertificates, StatusChange)
    return [list(table._default_manager.order_by("pk").values_list()) for table in tables]


def counts(**some: int) -> dict[str, int]:
    none = dict.fromkeys(("new", "removed", "relisted", "revised", "unchanged", "absent"), 0)
    return none | some


@pytest.mark.django_db
def test_a_new_row_is_listed_as_it_stands_and_told_with_all_its_facts() -> None:
    row = make.row(1, cpa_expiry_date=date(2030, 1, 1))

    outcome = reconciled(row)

    shown = listed()
    assert outcome.counts() == counts(new=1)
    assert all(getattr(shown, column) == getattr(row, column) for column in COLUMNS)
    assert told_since(0) == [("CPL_ENTRY_LISTED", "CPL-000001")]
    facts = {k: v for k, v in asdict(row).items() if k in newest_payload()}
    assert newest_payload() == facts | {
        "date_added": "2020-01-01",
        "cpa_expiry_date": "2030-01-01",
        "cpa_renewal_date": "2099-01-31",
    }


@pytest.mark.django_db
def test_a_new_row_that_is_removed_already_is_listed_and_removed() -> None:
    reconciled(make.row(1, **REMOVED, manufacturer_image_hash=""))

    shown = listed()
    assert (shown.status, shown.date_removed) == ("REMOVED", date(2026, 11, 1))
    assert told_since(0) == [
        ("CPL_ENTRY_LISTED", "CPL-000001"),
        ("CPL_ENTRY_REMOVED", "CPL-000001"),
    ]


@pytest.mark.django_db
def test_a_row_now_removed_is_removed_with_its_date_and_reason() -> None:
    make.listed(make.row(1), make.row(2))
    before = last_seq()

    outcome = reconciled(make.row(1, **REMOVED), make.row(2))

    assert outcome.counts() == counts(removed=1, unchanged=1)
    shown = listed()
    assert (shown.status, shown.date_removed) == ("REMOVED", date(2026, 11, 1))
    assert shown.removal_reason == "Withdrawn."
    assert told_since(before) == [("CPL_ENTRY_REMOVED", "CPL-000001")]
    assert newest_payload() == {
        "cpl_entry_id": "CPL-000001",
        "date_removed": "2026-11-01",
        "reason": "Withdrawn.",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "date_removed", "reason"),
    [
        ({"date_removed": date(2026, 11, 2)}, "2026-11-02", "Withdrawn."),
        ({"removal_reason": "Withdrawn: it stops the clock."}, "2026-11-01",
         "Withdrawn: it stops the clock."),
        ({"removal_reason": ""}, "2026-11-01", ""),
        ({"date_removed": date(2026, 10, 1), "removal_reason": "Lapsed."}, "2026-10-01", "Lapsed."),
    ],
    ids=repr,
)  # fmt: skip
def test_a_removal_with_another_date_or_reason_is_said_again_and_once(
    said: dict[str, Any], date_removed: str, reason: str
) -> None:
    make.listed(make.row(1, **REMOVED), make.row(2))
    before = last_seq()
    again = [make.row(1, **{**REMOVED, **said}), make.row(2)]

    outcome = reconciled(*again)

    assert outcome.counts() == counts(removed=1, unchanged=1)
    shown = listed()
    assert (shown.status, shown.removal_reason) == ("REMOVED", reason)
    assert shown.date_removed == date.fromisoformat(date_removed)
    assert StatusChange.objects.count() == 2
    assert EntryRevision.objects.filter(entry__cpl_entry_id="CPL-000001").count() == 1
    assert told_since(before) == [("CPL_ENTRY_REMOVED", "CPL-000001")]
    assert newest_payload() == {
        "cpl_entry_id": "CPL-000001",
        "date_removed": date_removed,
        "reason": reason,
    }

    rows, seq = everything(), last_seq()
    assert reconciled(*again).counts() == counts(unchanged=2)
    assert (everything(), last_seq()) == (rows, seq)


@pytest.mark.django_db
def test_what_is_relisted_in_a_summer_night_stands_again_from_londons_day() -> None:
    make.listed(make.row(1, **REMOVED))
    night = datetime(2027, 6, 1, 23, 30, tzinfo=UTC)

    reconcile_list(rows=[make.row(1)], by=operator(), at=night)

    assert newest_payload()["date_relisted"] == "2027-06-02"
    assert StatusChange.objects.latest("pk").status_date == date(2027, 6, 2)


@pytest.mark.django_db
def test_a_row_current_again_is_relisted_and_shows_nothing_of_its_removal() -> None:
    make.listed(make.row(1, **REMOVED))
    before = last_seq()

    outcome = reconciled(make.row(1))

    shown = listed()
    assert outcome.counts() == counts(relisted=1)
    assert (shown.status, shown.date_removed, shown.removal_reason) == ("CURRENT", None, "")
    assert told_since(before) == [("CPL_ENTRY_RELISTED", "CPL-000001")]


@pytest.mark.django_db
def test_the_newest_status_counts_however_often_it_changed() -> None:
    statuses = []
    for row in (make.row(1), make.row(1, **REMOVED)) * 3:
        reconciled(row)
        statuses.append(listed().status)

    assert statuses == ["CURRENT", "REMOVED"] * 3
    assert StatusChange.objects.count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "renewed",
    [
        {"manufacturer_name": "Finer Meters"},
        {"cpa_certificate_id": "CPA-NEW"},
        {"cpa_renewal_date": date(2035, 1, 31)},
        {"cpa_renewal_date": None, "cpa_expiry_date": date(2031, 6, 30)},
        {"zigbee_certificate_id": ""},
        {"dlms_certificate_id": "DLMS-NEW"},
    ],
    ids=repr,
)
def test_a_renewed_certificate_or_makers_name_is_a_revision_and_the_newest_counts(
    renewed: dict[str, Any],
) -> None:
    make.listed(make.row(1))
    before = last_seq()

    outcome = reconciled(make.row(1, **renewed))

    assert outcome.counts() == counts(revised=1)
    assert {column: getattr(listed(), column) for column in renewed} == renewed
    assert told_since(before) == [("CPL_ENTRY_REVISED", "CPL-000001")]
    assert CPLEntry.objects.count() == 1
    assert EntryRevision.objects.count() == EntryCertificates.objects.count() == 2
    assert EntryRevision.objects.earliest("pk").manufacturer_name == "Fine Meters"


@pytest.mark.django_db
def test_a_row_may_be_renewed_and_removed_at_once() -> None:
    make.listed(make.row(1))
    before = last_seq()

    outcome = reconciled(make.row(1, **REMOVED, cpa_certificate_id="CPA-NEW"))

    assert outcome.counts() == counts(revised=1, removed=1)
    assert (listed().status, listed().cpa_certificate_id) == ("REMOVED", "CPA-NEW")
    assert [kind for kind, _ in told_since(before)] == ["CPL_ENTRY_REVISED", "CPL_ENTRY_REMOVED"]


@pytest.mark.django_db
def test_an_entry_that_the_sheet_lacks_is_reported_and_left() -> None:
    make.listed(make.row(1), make.row(2), make.row(3))
    before = everything()

    outcome = reconciled(make.row(2))

    assert outcome.absent == ["CPL-000001", "CPL-000003"]
    assert everything() == before


@pytest.mark.django_db
def test_the_same_sheet_twice_changes_nothing_and_tells_nobody() -> None:
    sheet = (make.row(1), make.row(2, **REMOVED), make.row(3, cpa_expiry_date=date(2030, 1, 1)))
    reconciled(*sheet)
    before, seq = everything(), last_seq()

    outcome = reconciled(*sheet)

    assert outcome.counts() == counts(unchanged=3)
    assert everything() == before
    assert last_seq() == seq


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("manufacturer_image_hash", make.image_hash("another")),
        ("manufacturer_image_hash", ""),
        ("smets_chts_version", "SMETS V4.2"),
        ("gbcs_version", "9.9"),
        ("esme_variant", "AD"),
        ("device_type", "GSME"),
        ("manufacturer_identifier", "F1A2"),
        ("device_model", "00010102"),
        ("firmware_version", "000000FF"),
        ("date_added", date(2021, 1, 1)),
    ],
)
def test_a_row_that_contradicts_what_is_published_refuses_the_whole_sheet(
    column: str, value: object
) -> None:
    make.listed(make.row(1), make.row(2))
    before, seq = everything(), last_seq()
    sheet = [make.row(1, **REMOVED), make.row(2, **{column: value}), make.row(3)]

    with pytest.raises(ListInConflict) as refusal:
        reconciled(*sheet)

    (conflict,) = refusal.value.conflicts
    assert (conflict.line, conflict.column, conflict.cpl_entry_id) == (3, column, "CPL-000002")
    assert "CPL-000002" in conflict.message
    assert everything() == before
    assert last_seq() == seq


@pytest.mark.django_db
def test_every_conflict_of_every_row_is_named_at_once() -> None:
    make.listed(make.row(1), make.row(2), make.row(3))

    with pytest.raises(ListInConflict) as refusal:
        reconciled(
            make.row(1, gbcs_version="9.9", firmware_version="000000FF"),
            make.row(2),
            make.row(3, manufacturer_image_hash=""),
        )

    assert [(conflict.line, conflict.column) for conflict in refusal.value.conflicts] == [
        (2, "firmware_version"),
        (2, "gbcs_version"),
        (4, "manufacturer_image_hash"),
    ]


@pytest.mark.django_db
def test_a_comparison_changes_nothing() -> None:
    make.listed(make.row(1), make.row(2))
    before, seq = everything(), last_seq()

    outcome = compare_list([make.row(1, **REMOVED), make.row(3), make.row(2, gbcs_version="9.9")])

    assert (len(outcome.new), len(outcome.removed), len(outcome.conflicts)) == (1, 1, 1)
    assert everything() == before
    assert last_seq() == seq


@pytest.mark.django_db
def test_a_published_release_that_is_exported_and_imported_changes_nothing() -> None:
    make.listed(make.row(1))
    make.published(make.actor(make.maker()), make.actor(make.administrator()), 2)
    seq = last_seq()

    outcome = reconciled(*read_sheet(exported()).rows)

    assert outcome.counts() == counts(unchanged=2)
    assert last_seq() == seq


@pytest.mark.django_db
@settings(max_examples=30, deadline=None)
@given(rows=st.lists(rows_of_a_sheet(), max_size=4, unique_by=lambda row: row.cpl_entry_id))
def test_the_exported_list_imported_again_changes_nothing(rows: list[SheetRow]) -> None:
    with transaction.atomic():
        reconciled(*rows)
        before, seq, text = everything(), last_seq(), exported()
        sheet = read_sheet(text)

        outcome = reconciled(*sheet.rows)

        assert sheet.faults == ()
        assert outcome.counts() == counts(unchanged=len(rows))
        assert (everything(), last_seq(), exported()) == (before, seq, text)
        transaction.set_rollback(True)


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


def contact(**changes: Any) -> None:
    usual = {"manufacturer_identifier": make.MAKER, "role": "Firmware images"}
    said = {**usual, "email": "images@fine-meters.example", **changes}
    change_contact(**said, by=operator(), at=make.AT)


@pytest.mark.django_db
def test_a_contact_is_one_card_per_manufacturer_and_the_newest_stands() -> None:
    make.maker()
    contact(telephone="+44 20 7946 0000")
    contact(manufacturer_identifier="0xf1a1", email="firmware@fine-meters.example")

    card = contacts_of([make.MAKER])[make.MAKER]
    assert ManufacturerContact.objects.count() == 1
    assert (card.email, card.telephone) == ("firmware@fine-meters.example", "")


@pytest.mark.django_db
def test_a_change_of_contact_is_told_without_the_contact() -> None:
    make.maker()

    contact(role="Release desk", telephone="+44 20 7946 0000")

    event = LedgerEvent.objects.get(kind="CONTACT_CHANGED")
    assert payload_of(event) == {"manufacturer_identifier": make.MAKER}
    assert not any(word in event.canonical for word in ("Release", "images@", "7946"))


@pytest.mark.django_db
def test_a_change_of_contact_is_read_by_the_identifiers_holders_and_no_other_maker() -> None:
    first, second = make.maker(), make.maker("fine-gas", make.MAKER)
    other = make.maker("other-meters", "F1A2")

    contact()

    event = LedgerEvent.objects.get(kind="CONTACT_CHANGED")
    assert [readable(event, party) for party in (first, second, other)] == [True, True, False]
    assert readable(event, make.party())


@pytest.mark.django_db
def test_the_contact_of_a_maker_that_nobody_holds_is_told_to_those_who_read_records() -> None:
    make.listed(make.row(1))

    contact()

    event = LedgerEvent.objects.get(kind="CONTACT_CHANGED")
    assert not [tag for tag in event.audience if tag.startswith("party:")]
    assert readable(event, make.party())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"email": ""},
        {"email": "images"},
        {"email": "images@fine-meters.example\n"},
        {"manufacturer_identifier": "0000"},
        {"manufacturer_identifier": "maker"},
    ],
    ids=repr,
)
def test_a_contact_that_reaches_nobody_is_refused(changes: dict[str, Any]) -> None:
    make.maker()
    before = last_seq()

    with pytest.raises(ContactRefused):
        contact(**changes)

    assert not ManufacturerContact.objects.exists()
    assert last_seq() == before
