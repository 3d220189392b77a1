"""Findings follow the ledger: for whom, when, how far, and always the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fir.eligibility import operations
from fir.eligibility.models import Finding
from fir.eligibility.operations import assess_new_day, read_news
from fir.eligibility.queries import (
    estate_by_version,
    findings_of,
    standing_of,
    suppliers_with,
    totals_of,
)
from fir.estates.operations import finish_loads, receive_load
from fir.estates.queries import standing_loads
from fir.ledger.models import Bookmark, LedgerEvent, ReaderFault
from fir.ledger.queries import last_seq, payload_of
from fir.parties.operations import operator
from fir.records.catalogue import Version, set_version
from fir.records.loading import confirm_loaded
from fir.records.operations import declare_hub_capability
from fir.records.reconciling import reconcile_list
from tests import make

if TYPE_CHECKING:
    from collections.abc import Callable

    from fir.estates.models import EstateLoad
    from fir.parties.models import Party

pytestmark = pytest.mark.django_db
HUB_MODEL, DISPLAY_MODEL = "00090101", "00030101"
HUB = make.device(9, DeviceType="CHF", DeviceModel=HUB_MODEL, DeviceFirmwareVersion="00000004")
DISPLAY = make.device(
    3, DeviceType="PPMID", DeviceModel=DISPLAY_MODEL, DeviceFirmwareVersion="00000005",
    CHFDeviceID=make.device_id(9),
)  # fmt: skip


@pytest.fixture
def supplier() -> Party:
    return make.party()


@pytest.fixture
def publish() -> Callable[..., str]:
    """Publishes a release and answers its entry id."""
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())

    def published(number: int = 9, **changes: Any) -> str:
        return make.published(maker, administrator, number, **changes).cpl_entry_id

    return published


def found(of: Party) -> dict[str, tuple[str, list[str]]]:
    """Outcome and reasons for the latest release, by installed version."""
    return {
        finding.cohort.firmware_version: (finding.outcome, finding.reasons)
        for finding in findings_of(of)
    }


def rows() -> list[tuple[Any, ...]]:
    return sorted(Finding.objects.values_list(), key=lambda row: str(row[0]))


def ids(of: Party) -> set[Any]:
    return set(Finding.objects.visible_to(of).values_list("id", flat=True))


def assessed() -> list[LedgerEvent]:
    return list(LedgerEvent.objects.filter(kind="ELIGIBILITY_ASSESSED").order_by("seq"))


def display_on_hub(carries: bool | None) -> None:
    """A display's model with a declared step, and the hub's entry."""
    make.listed(
        make.row(4, device_type="CHF", device_model=HUB_MODEL),
        make.row(5, device_type="PPMID", device_model=DISPLAY_MODEL),
    )
    if carries is not None:
        declare_hub_capability(
            cpl_entry_id="CPL-000004", carries_updates=carries, by=operator(), at=make.AT
        )


def test_a_release_changes_what_is_found_of_its_model(
    supplier: Party, publish: Callable[..., str]
) -> None:
    make.listed(make.row(1), make.row(2))
    make.estate(supplier, make.device(1), make.device(2, DeviceFirmwareVersion="00000002"))
    assert found(supplier) == {
        "00000001": ("UNCONFIRMED", ["PATHWAY_UNKNOWN"]),
        "00000002": ("UP_TO_DATE", []),
    }

    entry_id = publish(9, predecessors=["CPL-000002"])
    read_news(at=make.AT)

    assert found(supplier) == {
        "00000001": ("UNCONFIRMED", ["PATHWAY_UNKNOWN"]),
        "00000002": ("ELIGIBLE", []),
    }
    assert suppliers_with(entry_id) == {supplier.pk: {"UNCONFIRMED": 1, "ELIGIBLE": 1}}
    (finding,) = findings_of(supplier, target=entry_id, outcome="ELIGIBLE")
    assert finding.route == [entry_id]


def test_totals_count_devices_and_not_cohorts(supplier: Party) -> None:
    make.listed(make.row(1))
    make.estate(
        supplier,
        *(make.device(number) for number in range(1, 6)),
        make.device(6, DeviceStatus="Pending"),
        make.device(7, DeviceFirmwareVersion="00000008"),
    )

    totals = totals_of(findings_of(supplier))

    assert totals == {
        "UP_TO_DATE": 6,
        "NOT_LISTED": 1,
        "ELIGIBLE": 0,
        "ELIGIBLE_IN_STEPS": 0,
        "UNCONFIRMED": 0,
        "BLOCKED": 0,
    }


def test_a_release_is_told_as_assessed_once_and_without_counts(
    supplier: Party, publish: Callable[..., str]
) -> None:
    make.listed(make.row(1))
    make.estate(supplier, make.device(1))
    first, second = publish(8, predecessors=["CPL-000001"]), publish(9, predecessors=["CPL-000001"])
    published = LedgerEvent.objects.filter(kind="FIRMWARE_PUBLISHED").order_by("seq")

    read_news(at=make.AT)
    read_news(at=make.AT)

    assert [payload_of(event) for event in assessed()] == [
        {"cpl_entry_id": entry_id, "published_seq": event.seq}
        for entry_id, event in zip((first, second), published, strict=True)
    ]


def test_reading_again_from_any_bookmark_gives_the_same_findings_and_tells_nothing_twice(
    supplier: Party, publish: Callable[..., str]
) -> None:
    make.listed(make.row(1))
    make.estate(supplier, make.device(1), HUB, DISPLAY)
    publish(8, predecessors=["CPL-000001"])
    publish(9, predecessors=["CPL-000001"])
    read_news(at=make.AT)
    before, head = rows(), last_seq()

    for seq in (0, head // 2, head - 1):
        Bookmark.objects.filter(reader="eligibility").update(seq=seq)
        read_news(at=make.AT)

        assert rows() == before
        assert len(assessed()) == 2
        assert last_seq() == head


def test_an_import_tells_nobody_that_anything_was_assessed(supplier: Party) -> None:
    make.listed(make.row(1))
    make.estate(supplier, make.device(1))
    make.listed(make.row(1), make.row(2))

    read_news(at=make.AT)

    assert assessed() == []
    assert found(supplier) == {"00000001": ("UNCONFIRMED", ["PATHWAY_UNKNOWN"])}


def test_only_the_models_cohorts_are_worked_out_again(
    supplier: Party, publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.listed(make.row(1), make.row(2, device_model="00010102"))
    elsewhere = make.device(2, DeviceModel="00010102", DeviceFirmwareVersion="00000002")
    make.estate(supplier, make.device(1), elsewhere)
    make.estate(other, elsewhere)
    touched: list[tuple[str, str]] = []
    write = operations._write_findings

    def watched(cohorts: Any, loads: Any, **more: Any) -> None:
        touched.extend((cohort.load.party.slug, cohort.device_model) for cohort in cohorts)
        write(cohorts, loads, **more)

    monkeypatch.setattr(operations, "_write_findings", watched)
    publish(9, predecessors=["CPL-000001"])
    read_news(at=make.AT)

    assert touched == [("big-light", "00010101")]
    assert found(supplier)["00000001"] == ("ELIGIBLE", [])


def test_many_models_at_once_are_worked_out_as_a_whole(
    supplier: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.listed(make.row(1), make.row(2, device_model="00010102"))
    make.estate(supplier, make.device(1), HUB, DISPLAY)
    before = rows()
    monkeypatch.setattr(operations, "MANY_MODELS", 1)

    Bookmark.objects.filter(reader="eligibility").update(seq=0)
    read_news(at=make.AT)

    assert rows() == before


@pytest.mark.parametrize("work", ["release", "estate", "day"])
def test_the_number_of_devices_costs_no_query_and_none_of_them_is_read(
    supplier: Party, publish: Callable[..., str], work: str
) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.listed(make.row(1), make.row(2))
    costs = []
    for turn, devices in ((3, 2), (4, 400)):
        for party in (supplier, other):
            make.estate(party, *(make.device(100 + n) for n in range(devices)), DISPLAY, HUB)
        publish(turn, predecessors=["CPL-000001"], cpa_renewal_date="2026-11-20")
        if work != "release":
            read_news(at=make.AT)
        with CaptureQueriesContext(connection) as asked:
            if work == "release":
                read_news(at=make.AT)
            elif work == "estate":
                operations.assess_estates(standing_loads(), at=make.AT)
            else:
                assert assess_new_day(at=make.AT + timedelta(days=1)) == 2
        assert sum(f.cohort.device_count for f in findings_of(supplier)) == devices + 2
        assert not [one["sql"] for one in asked if "loads." in one["sql"].replace('"', "")]
        costs.append(len(asked))

    assert costs[0] == costs[1]


def test_no_payload_is_fetched_to_assess_what_happened(
    supplier: Party, publish: Callable[..., str]
) -> None:
    make.listed(make.row(1))
    make.estate(supplier, make.device(1))
    publish(9, predecessors=["CPL-000001"])

    with CaptureQueriesContext(connection) as asked:
        read_news(at=make.AT)

    events = [one["sql"] for one in asked if 'FROM "ledger_ledgerevent"' in one["sql"]]
    fetched = [sql for sql in events if '"canonical"' in sql.partition("FROM")[0]]
    assert len(fetched) == 1  # whether the release was told as assessed before
    assert "ELIGIBILITY_ASSESSED" in fetched[0]


@pytest.mark.parametrize(
    ("carries", "found_of_it"),
    [
        (True, ("ELIGIBLE", [])),
        (False, ("BLOCKED", ["HUB_TOO_OLD"])),
        (None, ("UNCONFIRMED", ["HUB_CAPABILITY_UNKNOWN"])),
    ],
)
def test_what_the_hub_can_carry_decides_for_its_display(
    supplier: Party,
    publish: Callable[..., str],
    carries: bool | None,
    found_of_it: tuple[str, list[str]],
) -> None:
    display_on_hub(carries)
    publish(6, device_type="PPMID", device_model=DISPLAY_MODEL, predecessors=["CPL-000005"])

    make.estate(supplier, HUB, DISPLAY)

    assert found(supplier)["00000005"] == found_of_it


def test_a_hubs_capability_declared_later_reaches_the_displays_behind_it(
    supplier: Party, publish: Callable[..., str]
) -> None:
    display_on_hub(None)
    publish(6, device_type="PPMID", device_model=DISPLAY_MODEL, predecessors=["CPL-000005"])
    make.estate(supplier, HUB, DISPLAY)
    assert found(supplier)["00000005"] == ("UNCONFIRMED", ["HUB_CAPABILITY_UNKNOWN"])

    declare_hub_capability(
        cpl_entry_id="CPL-000004", carries_updates=True, by=operator(), at=make.AT
    )
    assert not standing_of(supplier, at=make.AT).complete
    read_news(at=make.AT)

    assert found(supplier)["00000005"] == ("ELIGIBLE", [])
    assert standing_of(supplier, at=make.AT).complete


def test_a_display_without_its_hub_in_the_estate_is_left_open(
    supplier: Party, publish: Callable[..., str]
) -> None:
    display_on_hub(carries=True)
    publish(6, device_type="PPMID", device_model=DISPLAY_MODEL, predecessors=["CPL-000005"])

    make.estate(supplier, DISPLAY)

    assert found(supplier)["00000005"] == ("UNCONFIRMED", ["HUB_CAPABILITY_UNKNOWN"])


def test_an_import_supplier_alone_may_not_update_gas(publish: Callable[..., str]) -> None:
    supplier = make.party("only-light", user_roles=["IS"])
    make.listed(make.row(1), make.row(2, device_type="GSME", device_model="00020101"))
    publish(8, predecessors=["CPL-000001"])
    publish(
        9, device_type="GSME", device_model="00020101", predecessors=["CPL-000002"], esme_variant=""
    )
    gas = make.device(
        2, DeviceType="GSME", DeviceModel="00020101", DeviceFirmwareVersion="00000002"
    )

    make.estate(supplier, make.device(1), gas)

    assert found(supplier) == {
        "00000001": ("ELIGIBLE", []),
        "00000002": ("BLOCKED", ["NOT_RESPONSIBLE"]),
    }


def test_two_current_entries_with_different_hashes_block(
    supplier: Party, publish: Callable[..., str]
) -> None:
    twin = make.row(3, firmware_version="00000001")
    make.listed(make.row(1))
    make.estate(supplier, make.device(1))
    publish(9, predecessors=["CPL-000001"])
    read_news(at=make.AT)
    assert found(supplier)["00000001"] == ("ELIGIBLE", [])

    make.listed(make.row(1), twin)
    read_news(at=make.AT)
    assert found(supplier)["00000001"] == ("BLOCKED", ["ENTRY_AMBIGUOUS"])

    make.listed(replace(twin, status="REMOVED", date_removed=date(2026, 11, 20)))
    read_news(at=make.AT)
    assert found(supplier)["00000001"] == ("ELIGIBLE", [])


def test_what_the_dcc_has_not_loaded_is_warned_of_until_it_has(
    supplier: Party, publish: Callable[..., str]
) -> None:
    make.listed(make.row(1))
    make.estate(supplier, make.device(1))
    entry_id = publish(9, predecessors=["CPL-000001"])
    read_news(at=make.AT)

    def warned() -> tuple[str, list[str]]:
        finding = findings_of(supplier).get()
        return finding.outcome, finding.warnings

    assert warned() == ("ELIGIBLE", ["NOT_LOADED_BY_DCC"])
    for day, expected in ((make.AT.date(), []), (None, ["NOT_LOADED_BY_DCC"])):
        confirm_loaded(cpl_entry_ids=[entry_id], loaded_on=day, by=operator(), at=make.AT)
        assert not standing_of(supplier, at=make.AT).complete
        read_news(at=make.AT)

        assert warned() == ("ELIGIBLE", expected)


def test_what_is_not_loaded_on_the_way_is_warned_of_to_whoever_must_pass_there(
    supplier: Party, publish: Callable[..., str]
) -> None:
    way(publish)
    today = make.AT.date()
    confirm_loaded(cpl_entry_ids=["CPL-000003"], loaded_on=today, by=operator(), at=make.AT)

    make.estate(supplier, *on_the_way())

    warnings = {one.cohort.firmware_version: one.warnings for one in findings_of(supplier)}
    expected = ["NOT_LOADED_BY_DCC", "PENDING_IMAGE_REPLACED"]
    assert warnings == {"00000001": expected, "00000008": []}


def test_a_corrected_entry_is_assessed_anew(supplier: Party, publish: Callable[..., str]) -> None:
    twin = make.row(3, firmware_version="00000001")
    make.listed(make.row(1), twin)
    make.estate(supplier, make.device(1))
    publish(9, predecessors=["CPL-000001"])
    read_news(at=make.AT)
    assert found(supplier)["00000001"] == ("BLOCKED", ["ENTRY_AMBIGUOUS"])

    corrected = replace(twin, manufacturer_image_hash=make.image_hash(1))
    reconcile_list(
        rows=[corrected], corrections={"CPL-000003": "Mistyped."}, by=operator(), at=make.AT
    )
    assert not standing_of(supplier, at=make.AT).complete
    read_news(at=make.AT)

    assert found(supplier)["00000001"] == ("ELIGIBLE", [])


def test_an_import_is_assessed_once_however_long_it_is(
    supplier: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.estate(supplier, make.device(1, DeviceModel="00010102"))
    make.listed(*(make.row(n, device_model=f"0001{n:04X}") for n in range(1, 601)))
    assessed_models: list[int] = []
    assess = operations.assess_models

    def watched(models: Any, *standing: Any, **more: Any) -> None:
        assessed_models.append(len(models))
        assess(models, *standing, **more)

    monkeypatch.setattr(operations, "assess_models", watched)

    # 600 lines; that the list was imported is nothing to assess.
    assert read_news(at=make.AT) == 600
    assert assessed_models == [600]


# The way to a release


def say_in_effect(version: str, begins: str | None, ends: str | None) -> None:
    """Let the catalogue hold these days, ISO, of a version of GBCS."""
    says = Version(
        kind="GBCS",
        version=version,
        in_effect_from=date.fromisoformat(begins) if begins else None,
        in_effect_until=date.fromisoformat(ends) if ends else None,
        source="Read it",
        is_assumption=False,
    )
    set_version(says=says, by=operator(), at=make.AT)


def way(publish: Callable[..., str], **changes: Any) -> None:
    """CPL-000002 over CPL-000001, and CPL-000003 over that; `changes` are of the one between."""
    make.listed(make.row(1))
    publish(8, predecessors=["CPL-000001"], **changes)
    publish(9, predecessors=["CPL-000002"])


def on_the_way() -> list[dict[str, str]]:
    """A device at the beginning and one in the middle."""
    return [make.device(1), make.device(2, DeviceFirmwareVersion="00000008")]


def test_a_way_over_an_earlier_release_is_eligible_in_steps(
    supplier: Party, publish: Callable[..., str]
) -> None:
    way(publish)

    make.estate(supplier, *on_the_way())

    assert found(supplier) == {"00000001": ("ELIGIBLE_IN_STEPS", []), "00000008": ("ELIGIBLE", [])}


def test_a_lapsed_certificate_on_the_way_blocks_whoever_must_pass_there_and_nobody_else(
    supplier: Party, publish: Callable[..., str]
) -> None:
    way(publish, cpa_renewal_date="2026-11-20")
    make.estate(supplier, *on_the_way())
    assert found(supplier)["00000001"] == ("ELIGIBLE_IN_STEPS", [])

    assess_new_day(at=make.AT + timedelta(days=1))

    assert found(supplier) == {
        "00000001": ("BLOCKED", ["CERTIFICATE_LAPSED"]),
        "00000008": ("ELIGIBLE", []),
    }


def test_an_ambiguous_entry_on_the_way_blocks_whoever_must_pass_there(
    supplier: Party, publish: Callable[..., str]
) -> None:
    way(publish)
    make.estate(supplier, make.device(1))

    make.listed(make.row(1), make.row(7, firmware_version="00000008"))
    read_news(at=make.AT)

    assert found(supplier) == {"00000001": ("BLOCKED", ["ENTRY_AMBIGUOUS"])}


def test_a_way_through_a_removed_entry_is_left_open(
    supplier: Party, publish: Callable[..., str]
) -> None:
    way(publish)
    make.estate(supplier, *on_the_way())
    between = make.row(
        2,
        firmware_version="00000008",
        manufacturer_image_hash=make.image_hash(8),
        date_added=make.AT.date(),
        status="REMOVED",
        date_removed=make.AT.date(),
        removal_reason="Withdrawn.",
    )

    make.listed(between)
    read_news(at=make.AT)

    assert found(supplier) == {
        "00000001": ("UNCONFIRMED", ["ROUTE_THROUGH_REMOVED"]),
        "00000008": ("ELIGIBLE", []),
    }
    (finding,) = findings_of(supplier, outcome="UNCONFIRMED")
    assert finding.route == ["CPL-000002", "CPL-000003"]


def test_what_runs_the_version_before_is_n_1_though_the_latest_is_listed_twice(
    supplier: Party,
) -> None:
    make.listed(
        make.row(1),
        make.row(2),
        make.row(3, firmware_version="00000002", manufacturer_image_hash=make.image_hash(2)),
    )

    make.estate(supplier, *[make.device(n, DeviceFirmwareVersion=f"{n:08X}") for n in (1, 2)])

    versions = {one.firmware_version: one.position for one in estate_by_version(supplier)}
    assert versions == {"00000001": "N-1", "00000002": "N"}


# Targets


def test_findings_are_kept_for_the_latest_and_for_other_declared_branches_and_nothing_else(
    supplier: Party, publish: Callable[..., str]
) -> None:
    make.listed(make.row(1), make.row(2, device_model="00010102"))
    first = publish(7, predecessors=["CPL-000001"])
    branch = publish(8, predecessors=["CPL-000001"])
    latest = publish(9, predecessors=[first])
    elsewhere = make.device(2, DeviceModel="00010102")

    make.estate(supplier, make.device(1), elsewhere)

    kept = {f.target.cpl_entry_id for f in Finding.objects.all() if f.target}
    assert kept == {latest, branch, "CPL-000002"}  # the last is another model's latest, undeclared


def test_a_removed_target_is_one_no_longer(supplier: Party) -> None:
    make.listed(make.row(1), make.row(2))
    make.estate(supplier, make.device(1))
    gone = [
        make.row(number, status="REMOVED", date_removed=date(2026, 11, 20)) for number in (1, 2)
    ]

    make.listed(gone[1])
    read_news(at=make.AT)
    assert found(supplier) == {"00000001": ("UP_TO_DATE", [])}

    make.listed(*gone)
    read_news(at=make.AT)
    assert found(supplier) == {"00000001": ("BLOCKED", ["NO_CURRENT_ENTRY"])}
    assert Finding.objects.get().target is None

    make.listed(make.row(1), gone[1])
    read_news(at=make.AT)
    assert found(supplier) == {"00000001": ("UP_TO_DATE", [])}


def test_findings_are_incomplete_from_a_publication_to_its_assessment(
    supplier: Party, publish: Callable[..., str]
) -> None:
    make.listed(make.row(1))
    load = make.estate(supplier, make.device(1))
    assert standing_of(supplier, at=make.AT).complete

    publish(9, predecessors=["CPL-000001"])
    between = standing_of(supplier, at=make.AT)
    read_news(at=make.AT)
    after = standing_of(supplier, at=make.AT)

    assert (between.load_id, between.complete) == (load.pk, False)
    assert (after.load_id, after.complete) == (load.pk, True)
    assert after.seq > between.seq


def test_findings_are_incomplete_from_a_swap_to_its_assessment(supplier: Party) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.listed(make.row(1))
    first, theirs = make.estate(supplier, make.device(1)), make.estate(other, make.device(1))
    second = receive_load(
        party=supplier, pieces=[make.inventory(make.device(2))], by=make.actor(supplier), at=make.AT
    )
    finish_loads(at=make.AT)

    between, elsewhere = standing_of(supplier, at=make.AT), standing_of(other, at=make.AT)
    read_news(at=make.AT)

    assert (between.load_id, between.complete) == (first.pk, False)
    assert (elsewhere.load_id, elsewhere.complete) == (theirs.pk, True)
    assert (
        standing_of(supplier, at=make.AT).load_id,
        standing_of(supplier, at=make.AT).complete,
    ) == (second.pk, True)


def test_a_supplier_without_an_estate_has_no_findings_and_nothing_waits(supplier: Party) -> None:
    read_news(at=make.AT)

    standing = standing_of(supplier, at=make.AT)

    assert (standing.load_id, standing.complete) == (None, True)
    assert not findings_of(supplier)


def test_a_release_between_a_swap_and_its_assessment_is_in_the_new_findings(
    supplier: Party, publish: Callable[..., str]
) -> None:
    make.listed(make.row(1))
    make.estate(supplier, make.device(1))
    make.listed(make.row(1), make.row(2, device_model="00010102"))
    receive_load(
        party=supplier,
        pieces=[make.inventory(make.device(1), make.device(2))],
        by=make.actor(supplier),
        at=make.AT,
    )
    entry_id = publish(9, predecessors=["CPL-000001"])
    finish_loads(at=make.AT)

    read_news(at=make.AT)

    assert suppliers_with(entry_id) == {supplier.pk: {"ELIGIBLE": 2}}
    assert Finding.objects.count() == 1


def test_a_release_that_is_read_before_a_loads_own_event_finds_the_new_load_as_a_whole(
    supplier: Party, publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make.listed(make.row(1), make.row(2, device_model="00010102"))
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.estate(supplier, make.device(1))
    make.estate(other, make.device(1))
    elsewhere = make.device(3, DeviceModel="00010102", DeviceFirmwareVersion="00000002")
    load = receive_load(
        party=supplier,
        pieces=[make.inventory(make.device(1), make.device(2), elsewhere)],
        by=make.actor(supplier),
        at=make.AT,
    )
    entry_id = publish(9, predecessors=["CPL-000001"])
    finish_loads(at=make.AT)

    # Of what waits, the release alone is read.
    monkeypatch.setattr(operations, "ELIGIBILITY_KINDS", {"FIRMWARE_PUBLISHED"})
    read_news(at=make.AT)

    assert suppliers_with(entry_id) == {supplier.pk: {"ELIGIBLE": 2}, other.pk: {"ELIGIBLE": 1}}
    assert found(supplier) == {"00000001": ("ELIGIBLE", []), "00000002": ("UP_TO_DATE", [])}
    assert standing_of(supplier, at=make.AT).load_id == load.pk
    before = rows()

    monkeypatch.undo()
    Bookmark.objects.filter(reader="eligibility").update(seq=0)
    read_news(at=make.AT)
    assert rows() == before


def test_findings_are_incomplete_while_an_event_the_supplier_reads_is_set_aside(
    supplier: Party,
) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.listed(make.row(1))
    make.estate(supplier, make.device(1))
    make.estate(other, make.device(1))
    loaded = LedgerEvent.objects.get(kind="ESTATE_LOADED", subject_id="big-light")
    fault = {"error": "Poisoned", "failed_at": make.AT}

    ReaderFault.objects.create(reader="notifications", seq=loaded.seq, **fault)
    assert standing_of(supplier, at=make.AT).complete

    ReaderFault.objects.create(reader="eligibility", seq=loaded.seq, **fault)
    assert (
        standing_of(supplier, at=make.AT).complete,
        standing_of(other, at=make.AT).complete,
    ) == (False, True)

    everyones = LedgerEvent.objects.get(kind="CPL_ENTRY_LISTED")
    ReaderFault.objects.create(reader="eligibility", seq=everyones.seq, **fault)
    assert not standing_of(other, at=make.AT).complete

    ReaderFault.objects.all().delete()
    assert standing_of(supplier, at=make.AT).complete
    assert standing_of(other, at=make.AT).complete


def test_a_new_loads_findings_replace_the_old_and_keep_their_ids(supplier: Party) -> None:
    make.listed(make.row(1), make.row(2))
    make.estate(supplier, make.device(1), make.device(2, DeviceFirmwareVersion="00000002"))
    before = {f.cohort.firmware_version: f.id for f in findings_of(supplier)}

    load = make.estate(supplier, make.device(7), make.device(8))

    (finding,) = findings_of(supplier)
    assert finding.id == before["00000001"]
    assert finding.cohort.load == load
    assert ids(supplier) == {finding.id}


def test_a_finding_has_another_id_for_another_supplier_another_target_or_other_facts(
    supplier: Party, publish: Callable[..., str]
) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.listed(make.row(1))
    make.estate(supplier, make.device(1), make.device(2, DeviceStatus="Pending"))
    make.estate(other, make.device(1))
    assert len(ids(supplier) | ids(other)) == 3
    before = ids(supplier)

    publish(9, predecessors=["CPL-000001"])
    read_news(at=make.AT)

    assert not ids(supplier) & before


def test_what_is_found_does_not_depend_on_who_else_has_what(supplier: Party) -> None:
    odd = make.device(1, DeviceFirmwareVersion="9001")
    make.listed(make.row(1))
    make.estate(supplier, odd)
    alone = ids(supplier)

    make.estate(supplier, odd, make.device(2))

    assert alone < ids(supplier)
    assert Finding.objects.get(pk=alone.pop()).outcome == "NOT_LISTED"


def test_suppliers_see_their_own_findings_alone(supplier: Party) -> None:
    other = make.party("small-gas", "SMALL_SUPPLIER")
    make.listed(make.row(1))
    make.estate(supplier, make.device(1))

    assert len(findings_of(supplier)) == 1
    assert not findings_of(other)

    make.estate(other, make.device(1))

    assert len(findings_of(supplier)) == len(findings_of(other)) == 1
    assert not ids(supplier) & ids(other)


# The calendar


def lapsing(supplier: Party, publish: Callable[..., str], last_day: str) -> None:
    make.listed(make.row(1))
    make.estate(supplier, make.device(1))
    publish(9, predecessors=["CPL-000001"], cpa_renewal_date=last_day)


def test_a_certificate_lapses_with_the_day(supplier: Party, publish: Callable[..., str]) -> None:
    lapsing(supplier, publish, "2026-11-20")
    read_news(at=make.AT)
    assert assess_new_day(at=make.AT) == 0
    assert found(supplier) == {"00000001": ("ELIGIBLE", [])}

    assert assess_new_day(at=make.AT + timedelta(days=1)) == 1

    assert found(supplier) == {"00000001": ("BLOCKED", ["CERTIFICATE_LAPSED"])}
    assert assess_new_day(at=make.AT + timedelta(days=1)) == 0


def test_a_day_on_which_nothing_ends_works_out_nothing_and_is_assessed_all_the_same(
    supplier: Party, publish: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lapsing(supplier, publish, "2026-11-21")
    make.listed(make.row(5, device_model="00010102"))
    make.estate(supplier, make.device(1), make.device(2, DeviceModel="00010102"))
    touched: list[list[str]] = []
    write = operations._write_findings

    def watched(cohorts: Any, loads: Any, **more: Any) -> None:
        touched.append([cohort.device_model for cohort in cohorts])
        write(cohorts, loads, **more)

    monkeypatch.setattr(operations, "_write_findings", watched)
    for days, expected in ((1, []), (2, ["00010101"]), (3, [])):
        touched.clear()
        day = make.AT + timedelta(days=days)

        assert assess_new_day(at=day) == 1

        assert [model for cohorts in touched for model in cohorts] == expected
        assert standing_of(supplier, at=day).complete


def test_a_day_that_several_passed_before_decides_for_all_of_them(
    supplier: Party, publish: Callable[..., str]
) -> None:
    lapsing(supplier, publish, "2026-11-21")
    read_news(at=make.AT)

    assess_new_day(at=make.AT + timedelta(days=9))

    assert found(supplier) == {"00000001": ("BLOCKED", ["CERTIFICATE_LAPSED"])}


@pytest.mark.parametrize(
    ("begins", "ends", "outcomes"),
    [
        ("2026-11-22", None, ["BLOCKED", "BLOCKED", "ELIGIBLE"]),
        (None, "2026-11-21", ["ELIGIBLE", "ELIGIBLE", "BLOCKED"]),
    ],
)
def test_a_version_of_gbcs_comes_and_goes_with_the_days(
    supplier: Party,
    publish: Callable[..., str],
    begins: str | None,
    ends: str | None,
    outcomes: list[str],
) -> None:
    make.listed(make.row(1))
    publish(9, predecessors=["CPL-000001"], gbcs_version="4.2")
    make.estate(supplier, make.device(1))
    assert found(supplier) == {"00000001": ("ELIGIBLE", [])}

    say_in_effect("4.2", begins, ends)
    assert not standing_of(supplier, at=make.AT).complete
    read_news(at=make.AT)

    told = [found(supplier)["00000001"][0]]
    for days in (1, 2):
        assess_new_day(at=make.AT + timedelta(days=days))
        told.append(found(supplier)["00000001"][0])
    assert told == outcomes


def test_a_summer_night_is_one_day_and_not_two(publish: Callable[..., str]) -> None:
    # In London the day ends at 23:00 UTC.
    supplier = make.party()
    late, early = datetime(2027, 6, 1, 22, 30, tzinfo=UTC), datetime(2027, 6, 1, 23, 10, tzinfo=UTC)
    make.listed(make.row(1))
    publish(9, predecessors=["CPL-000001"], cpa_renewal_date="2027-06-01")
    receive_load(party=supplier, pieces=[make.inventory(make.device(1))], by=operator(), at=late)
    finish_loads(at=late)
    read_news(at=late)
    assert found(supplier) == {"00000001": ("ELIGIBLE", [])}

    assert assess_new_day(at=early) == 1

    assert found(supplier) == {"00000001": ("BLOCKED", ["CERTIFICATE_LAPSED"])}
    assert assess_new_day(at=datetime(2027, 6, 2, 0, 10, tzinfo=UTC)) == 0


def test_what_is_found_in_a_summer_night_is_found_for_londons_day(
    publish: Callable[..., str],
) -> None:
    supplier = make.party()
    make.listed(make.row(1))
    publish(9, predecessors=["CPL-000001"], cpa_renewal_date="2027-06-01")
    at = datetime(2027, 6, 1, 23, 30, tzinfo=UTC)
    receive_load(party=supplier, pieces=[make.inventory(make.device(1))], by=operator(), at=at)
    finish_loads(at=at)

    read_news(at=at)

    assert found(supplier) == {"00000001": ("BLOCKED", ["CERTIFICATE_LAPSED"])}


@pytest.mark.django_db
def test_yesterdays_findings_are_not_called_complete() -> None:
    supplier = make.party("big-light")
    make.estate(supplier, make.device(1))
    tomorrow = make.AT + timedelta(days=1)

    assert standing_of(supplier, at=make.AT).complete
    assert not standing_of(supplier, at=tomorrow).complete

    assess_new_day(at=tomorrow)
    assert standing_of(supplier, at=tomorrow).complete


@pytest.mark.django_db
def test_one_estates_trouble_keeps_the_new_day_from_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    troubled, other = make.party("big-light"), make.party("small-gas", "SMALL_SUPPLIER")
    for number, supplier in enumerate((troubled, other), start=1):
        make.estate(supplier, make.device(number))
    assess, tomorrow = operations.assess_models, make.AT + timedelta(days=1)

    def fails_for_one(models: Any, loads: list[EstateLoad], *, at: datetime) -> None:
        if any(load.party == troubled for load in loads):
            raise RuntimeError("a rule divides by zero")
        assess(models, loads, at=at)

    monkeypatch.setattr(operations, "assess_models", fails_for_one)

    assert assess_new_day(at=tomorrow) == 1
    assert standing_of(other, at=tomorrow).complete
    assert not standing_of(troubled, at=tomorrow).complete
