"""Who sees which record, and where each entry of a Device Model stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cpl.models import Manufacturer
from fir.ledger.audiences import RECORD_READERS
from fir.parties.models import ManufacturerHolding
from fir.parties.operations import operator
from fir.parties.permissions import Category
from fir.records.models import RepositoryEntry
from fir.records.queries import (
    contact_answer,
    contacts_of,
    entries_of_models,
    entry_events,
    find_repository_entry,
    models_of_entries,
    path_entry,
    record_faults,
    repository_entries,
    versions_of,
)
from fir.records.reconciling import reconcile_list
from fir.records.rules import Position, positions_in_model
from tests import make
from tests.fir.ledger.events import tamper

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

ESME = ("ESME", make.MAKER, "00010101")


def visible(slug: str, category: str, **more: object) -> list[str]:
    """The ids of the entries that a new Party sees."""
    party = make.party(slug, category, **more)
    entries = repository_entries(party).order_by("cpl_entry_id")
    return list(entries.values_list("cpl_entry_id", flat=True))


def positions() -> dict[str, Position]:
    entries = entries_of_models([ESME])[ESME]
    return positions_in_model(map(path_entry, entries))


@pytest.mark.django_db
@pytest.mark.parametrize("category", Category)
def test_a_category_sees_all_records_or_none_but_its_own(category: Category) -> None:
    make.listed(make.row(1), make.row(2, manufacturer_identifier="F1A2"))

    seen = visible("anybody", category.value)
    holding = visible("holder", category.value, manufacturer_identifiers=["F1A2"])

    reads_all = category in RECORD_READERS
    assert seen == (["CPL-000001", "CPL-000002"] if reads_all else [])
    assert holding == (["CPL-000001", "CPL-000002"] if reads_all else ["CPL-000002"])


@pytest.mark.django_db
def test_a_maker_sees_the_records_of_each_identifier_it_holds_once() -> None:
    make.listed(
        make.row(1),
        make.row(2, manufacturer_identifier="F1A2"),
        make.row(3, manufacturer_identifier="F1A3"),
    )
    make.maker("other-holder", "F1A2")

    seen = visible("maker", "DEVICE_MANUFACTURER", manufacturer_identifiers=["F1A2", "F1A3"])

    assert seen == ["CPL-000002", "CPL-000003"]


@pytest.mark.django_db
def test_who_loses_an_identifier_no_longer_sees_its_records() -> None:
    make.listed(make.row(1))
    maker = make.maker()
    before = find_repository_entry(maker, "CPL-000001")

    ManufacturerHolding.objects.filter(party=maker).delete()

    assert before
    assert find_repository_entry(maker, "CPL-000001") is None


@pytest.mark.django_db
def test_a_record_that_may_not_be_seen_is_as_absent_as_one_that_does_not_exist() -> None:
    make.listed(make.row(1))
    other = make.maker("other-meters", "F1A2")

    assert find_repository_entry(other, "CPL-000001") is None
    assert find_repository_entry(other, "CPL-999999") is None


@pytest.mark.django_db
def test_an_entry_from_before_the_repository_has_no_record_and_an_unknown_pathway() -> None:
    make.listed(make.row(1))

    entry = RepositoryEntry.objects.get()

    assert (entry.record_id, entry.published_at) == (None, None)
    assert (entry.pathway, entry.predecessors, entry.release_notes) == ("UNKNOWN", [], "")


@pytest.mark.django_db
def test_named_none_and_unknown_are_three_different_pathways() -> None:
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors="N/A")
    make.published(maker, administrator, 3, predecessors=["CPL-000001"])

    entries = RepositoryEntry.objects.order_by("cpl_entry_id")

    assert [entry.pathway for entry in entries] == ["UNKNOWN", "NONE", "NAMED"]
    assert [entry.predecessors for entry in entries] == [[], [], ["CPL-000001"]]


@pytest.mark.django_db
def test_the_declared_successor_is_the_latest_and_a_removed_entry_is_older() -> None:
    make.listed(make.row(1), make.row(2))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 3, predecessors=["CPL-000002"])
    before = positions()

    make.listed(
        make.row(2, status="REMOVED", date_removed=make.AT.date(), removal_reason="Withdrawn.")
    )

    assert before == {
        "CPL-000001": Position.OLDER,
        "CPL-000002": Position.N_1,
        "CPL-000003": Position.N,
    }
    assert positions() == {
        "CPL-000001": Position.N_1,
        "CPL-000002": Position.OLDER,
        "CPL-000003": Position.N,
    }


@pytest.mark.django_db
def test_another_entry_of_the_latest_version_is_not_the_one_before_it() -> None:
    make.listed(make.row(1), make.row(2), make.row(3, firmware_version="00000002"))

    assert positions() == {
        "CPL-000001": Position.N_1,
        "CPL-000002": Position.OLDER,
        "CPL-000003": Position.N,
    }


@pytest.mark.django_db
def test_a_version_may_be_listed_twice_and_both_entries_are_found() -> None:
    make.listed(make.row(1), make.row(2, firmware_version="00000001"))

    entries = entries_of_models([ESME])[ESME]

    assert [entry.cpl_entry_id for entry in entries] == ["CPL-000001", "CPL-000002"]


@pytest.mark.django_db
def test_the_entries_of_any_number_of_models_take_one_query_and_are_exactly_theirs(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make.listed(
        make.row(1),
        make.row(2, device_model="00010102"),
        make.row(3, manufacturer_identifier="F1A2"),
        make.row(4, manufacturer_identifier="F1A2", device_model="00010102"),
        make.row(5, device_type="GSME", esme_variant=""),
    )
    wanted = [ESME, ("ESME", "F1A2", "00010102")]

    with django_assert_num_queries(1):
        found = entries_of_models(wanted)

    assert {key: [e.cpl_entry_id for e in entries] for key, entries in found.items()} == {
        ESME: ["CPL-000001"],
        ("ESME", "F1A2", "00010102"): ["CPL-000004"],
    }
    assert models_of_entries(["CPL-000001", "CPL-000004", "CPL-000009"]) == set(wanted)


@pytest.mark.django_db
def test_versions_are_found_by_entry_with_their_newest_hash() -> None:
    make.listed(make.row(1))

    assert versions_of(["CPL-000001", "CPL-000009"]) == {
        "CPL-000001": ("00000001", make.image_hash(1))
    }


@pytest.mark.django_db
def test_the_events_of_an_entry_are_those_its_reader_may_read_oldest_first() -> None:
    maker = make.maker()
    make.published(make.actor(maker), make.actor(make.administrator()), 1)
    other = make.maker("other-meters", "F1A2")

    def kinds(tags: list[str]) -> list[str]:
        return [event.kind for event in entry_events("CPL-000001", tags)]

    assert kinds(maker.tags) == ["CPL_ENTRY_LISTED", "FIRMWARE_PUBLISHED"]
    assert kinds(other.tags) == ["CPL_ENTRY_LISTED"]


@pytest.mark.django_db
def test_a_maker_without_a_card_has_no_contact() -> None:
    make.maker()

    assert Manufacturer.objects.get().identifier not in contacts_of([make.MAKER])
    assert contact_answer(None) is None


@pytest.mark.django_db
def test_what_was_published_through_the_house_has_no_fault() -> None:
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.listed(
        make.row(
            2,
            date_added=make.AT.date(),
            manufacturer_name="Finer Meters",
            status="REMOVED",
            date_removed=make.AT.date(),
            removal_reason="Withdrawn.",
        )
    )

    assert list(record_faults()) == []


@pytest.mark.django_db(transaction=True)
def test_a_published_fact_that_was_corrected_is_held_against_its_newest_correction() -> None:
    make.listed(make.row(1))
    make.published(make.actor(make.maker()), make.actor(make.administrator()), 2)
    line = make.row(2, date_added=make.AT.date(), zigbee_certificate_id="", dlms_certificate_id="")
    for variant in ("AD", "ADE"):
        reconcile_list(
            rows=[replace(line, esme_variant=variant)],
            corrections={"CPL-000002": "Mistyped."},
            by=operator(),
            at=make.AT,
        )

    assert list(record_faults()) == []

    tamper(
        "UPDATE cpl_entryrevision SET esme_variant = 'B' WHERE id IN "
        "(SELECT max(id) FROM cpl_entryrevision)"
    )
    (fault,) = record_faults()
    assert "esme_variant" in fault
