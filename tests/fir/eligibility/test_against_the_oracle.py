"""Findings by cohort agree, device by device, with an oracle that knows nothing of cohorts."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.sql import SQL

from cpl.device_ids import device_id_to_number
from cpl.operations import lock_list
from fir.eligibility.asking import findings_asked
from fir.eligibility.models import Finding
from fir.eligibility.operations import read_news
from fir.eligibility.queries import standing_of
from fir.estates.operations import finish_loads, receive_load
from fir.estates.queries import standing_load_of
from fir.estates.tables import device_table
from fir.ledger.models import Bookmark
from fir.ledger.operations import append_events
from fir.parties.operations import operator
from fir.parties.scopes import Scope
from fir.records.loading import confirm_loaded
from fir.records.models import RECALLED
from fir.records.operations import declare_hub_capability
from fir.records.publishing import Release, ReleaseFacts, publish_release
from fir.records.queries import repository_entry_of
from fir.records.standing import archive_entry, change_recall
from tests import make
from tests.fir.eligibility.oracle import Answer, Line, Thing, answer_about, answers

if TYPE_CHECKING:
    from cpl.sheet.row import SheetRow
    from fir.parties.models import Party

MODELS = {"ESME": "00010101", "GSME": "00020101", "PPMID": "00030101", "HCALCS": "00040101",
          "CHF": "00090101", "GPF": "00090101", "IHD": "00050101"}  # fmt: skip
LISTED = ["ESME", "PPMID", "CHF"]
VERSIONS = ["00000001", "00000002", "00000003"]
RARELY = st.sampled_from([False] * 9 + [True])
STATUSES = ["Commissioned", "COMMISSIONED", "Suspended", "Pending", "Decommissioned", ""]


@st.composite
def lists(draw: st.DrawFn) -> list[Line]:
    """Lines of three Device Models: imported or published over earlier ones, current or not."""
    lines: list[Line] = []
    for number in range(1, draw(st.integers(1, 8)) + 1):
        kind = draw(st.sampled_from(LISTED))
        earlier = [line.number for line in lines if line.kind == kind]
        named = st.sets(st.sampled_from(earlier), min_size=1) if earlier else st.just(set[int]())
        over = draw(st.none() | st.just(set[int]()) | named | named)
        lines.append(
            Line(
                number=number,
                kind=kind,
                version=draw(st.sampled_from(VERSIONS)),
                image=draw(st.sampled_from([number, 100 + LISTED.index(kind), number, 0])),
                day=draw(st.integers(1, 2)),
                lapsed=draw(st.sampled_from([False, False, False, True])),
                over=None if over is None else tuple(sorted(over)),
                carries=draw(st.none() | st.booleans()) if kind == "CHF" else None,
                current=draw(st.sampled_from([True, True, True, False])),
                loaded=draw(st.sampled_from([True, True, False])),
                archived=draw(RARELY),
                recalled=draw(RARELY),
                fits=over is None or not draw(RARELY),
                ended=draw(RARELY),
                first_generation=kind != "CHF" and draw(RARELY),
                cuts_power=over is not None and draw(RARELY),
            )
        )
    return lines


@st.composite
def estates(draw: st.DrawFn) -> list[Thing]:
    """Devices of every kind, some of listed versions, some of others, some behind a hub."""
    count = draw(st.integers(1, 9))
    return [
        Thing(
            number=number,
            kind=draw(st.sampled_from([*MODELS, *LISTED])),
            version=draw(st.sampled_from([*VERSIONS, *VERSIONS, "00000009", "9001"])),
            status=draw(st.sampled_from([*STATUSES, "Commissioned"])),
            roles=draw(st.sampled_from(["IS+GS", "IS+GS", "IS", "GS"])),
            hub=draw(st.none() | st.integers(1, count)),
        )
        for number in range(1, count + 1)
    ]


def row_of(line: Line) -> SheetRow:
    return make.row(
        line.number,
        device_type=line.kind,
        device_model=MODELS[line.kind],
        firmware_version=line.version,
        manufacturer_image_hash=make.image_hash(line.image) if line.image else "",
        gbcs_version="GBCS 1.0" if line.ended else "4.2",
        smets_chts_version="SMETS1 V1.2" if line.first_generation else "V4.2",
        cpa_renewal_date=date(2026, 11, 19 if line.lapsed else 20),
        date_added=date(2026, 1, line.day),
    )


def put_on_the_list(line: Line) -> None:
    """Import the line, or publish it with its pathway."""
    by = operator()
    if line.over is None:
        make.listed(row_of(line))
        if line.carries is not None:
            declare_hub_capability(
                cpl_entry_id=line.name, carries_updates=line.carries, by=by, at=make.AT
            )
        return
    with transaction.atomic():
        lock_list()
        release = Release(
            pathway="NAMED" if line.over else "NONE",
            predecessors=tuple(f"CPL-{number:06d}" for number in line.over),
            facts=ReleaseFacts(
                interrupts_hub_power=line.cuts_power or None,
                minimum_hardware_version="0100" if line.fits else "0102",
                maximum_hardware_version="0200",
            ),
            carries_updates=line.carries,
            submission_id=uuid.uuid4(),
            makers=[],
            published_by=by.actor_id,
        )
        _, events = publish_release(rows=[row_of(line)], release=release, at=make.AT)
        append_events(events, by=by.author, at=make.AT)


def remove(lines: list[Line]) -> None:
    gone = [
        replace(row_of(line), status="REMOVED", date_removed=date(2026, 2, 1))
        for line in lines
        if not line.current
    ]
    make.listed(*gone)


def retire(lines: list[Line]) -> None:
    """Archive and recall, as was drawn."""
    by = operator()
    with transaction.atomic():
        events = []
        for line in lines:
            if line.archived:
                events.append(
                    archive_entry(
                        cpl_entry_id=line.name,
                        cause="END_OF_SUPPORT",
                        reason="Too old.",
                        proposed_by=by.actor_id,
                        by=by.actor_id,
                        at=make.AT,
                    )
                )
            if line.recalled:
                entry = repository_entry_of(line.name)
                events.append(
                    change_recall(
                        entry=entry, state=RECALLED, reason="Bad.", by=by.actor_id, at=make.AT
                    )
                )
        if events:
            append_events(events, by=by.author, at=make.AT)


def load(lines: list[Line]) -> None:
    """The DCC is said to have loaded those of the lines that it has."""
    names = [line.name for line in lines if line.loaded]
    confirm_loaded(cpl_entry_ids=names, loaded_on=make.AT.date(), by=operator(), at=make.AT)


def bring(party: Party, devices: list[Thing]) -> None:
    rows = [
        {
            **make.device(
                one.number,
                DeviceType=one.kind,
                DeviceStatus=one.status,
                DeviceModel=MODELS[one.kind],
                DeviceFirmwareVersion=one.version,
                CHFDeviceID=make.device_id(one.hub) if one.hub else "",
            ),
            "ResponsibleRole": one.roles,
        }
        for one in devices
    ]
    headed = make.inventory(*rows).replace(b"CHFDeviceID\n", b"CHFDeviceID,ResponsibleRole\n")
    receive_load(party=party, pieces=[headed], by=operator(), at=make.AT)
    finish_loads(at=make.AT)
    read_news(at=make.AT)


def found_for(party: Party, devices: list[Thing]) -> dict[int, set[Answer]]:
    """What FIR found, told of each device."""
    load = standing_load_of(party)
    assert load is not None
    with connection.cursor() as cursor:
        cursor.execute(SQL("SELECT device_id, cohort_id FROM {}").format(device_table(load.pk)))
        cohort_of = dict(cursor.fetchall())
    found: dict[int, list[Answer]] = {}
    for finding in Finding.objects.visible_to(Scope(party)).select_related("target"):
        found.setdefault(finding.cohort_id, []).append(answer_in(finding))
    assert all(len(one) == len(set(one)) for one in found.values())
    assert set(found) == set(cohort_of.values())
    return {
        one.number: set(found[cohort_of[device_id_to_number(make.device_id(one.number))]])
        for one in devices
    }


def answer_in(finding: Finding) -> Answer:
    return Answer(
        target=finding.target.cpl_entry_id if finding.target else "",
        latest=finding.target_is_latest,
        position=finding.position,
        outcome=finding.outcome,
        reasons=frozenset(finding.reasons),
        warnings=frozenset(finding.warnings),
    )


def found_about(party: Party, target: Line) -> set[Answer]:
    """What FIR finds where it is asked about any line as the target."""
    return set(
        map(answer_in, findings_asked(Scope(party), target=target.name, at=make.AT).findings)
    )


def everything() -> list[tuple[Any, ...]]:
    return sorted(Finding.objects.values_list(), key=lambda row: str(row[0]))


@pytest.mark.django_db
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lines=lists(), devices=estates(), first=st.integers(0, 8))
def test_findings_agree_with_the_oracle_device_by_device(
    supplier: Party, lines: list[Line], devices: list[Thing], first: int
) -> None:
    with transaction.atomic():
        try:
            for line in lines[:first]:
                put_on_the_list(line)
            bring(supplier, devices)
            for line in lines[first:]:
                put_on_the_list(line)
                read_news(at=make.AT)
            remove(lines)
            retire(lines)
            load(lines)
            read_news(at=make.AT)

            assert standing_of(supplier, at=make.AT).complete
            expected = {one.number: answers(one, devices, lines) for one in devices}
            assert found_for(supplier, devices) == expected

            for line in lines:
                own = [one for one in devices if listed_kind(one) == line.kind]
                now = {answer_about(one, devices, lines, line) for one in own}
                assert found_about(supplier, line) == now

            piecewise = everything()
            Bookmark.objects.filter(reader="eligibility").update(seq=0)
            read_news(at=make.AT)
            assert everything() == piecewise
        finally:
            transaction.set_rollback(True)


def listed_kind(device: Thing) -> str:
    return "CHF" if device.kind == "GPF" else device.kind


@pytest.fixture
def supplier() -> Party:
    return make.party()
