"""The estate by Device Model, and findings counted, as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fir.eligibility.queries import VersionCount, findings_of, totals_of
from fir.eligibility.summaries import counted_by_model, listed_models, tally_of
from fir.parties.scopes import Scope
from fir.records.rules import Position
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party

KEY = ("ESME", make.MAKER, "00010101")


def version(
    position: str, devices: int, model: str = "00010101", kind: str = "ESME"
) -> VersionCount:
    return VersionCount(kind, make.MAKER, model, "00000001", position, devices, 0)


def test_versions_of_one_model_are_added_up_by_where_they_stand() -> None:
    first, second = counted_by_model(
        [
            version("N", 5),
            version("N-1", 3),
            version("OLDER", 2),
            version("OLDER", 4),
            version("UNLISTED", 1),
            version("N", 7, model="00020101"),
        ]
    )

    assert list(first.by_position.items()) == [
        (Position.N, 5),
        (Position.N_1, 3),
        (Position.OLDER, 6),
        (Position.UNLISTED, 1),
    ]
    assert (first.device_model, first.devices) == ("00010101", 15)
    assert (second.device_model, second.devices) == ("00020101", 7)


def test_models_that_differ_in_type_or_maker_alone_are_not_added_up() -> None:
    other = VersionCount("ESME", "F1A2", "00010101", "00000001", "N", 1, 0)

    models = counted_by_model([version("N", 1), version("N", 1, kind="GSME"), other])

    assert [model.devices for model in models] == [1, 1, 1]
    assert counted_by_model([]) == []


def test_a_gas_proxy_function_is_listed_as_its_hub() -> None:
    (proxy,) = counted_by_model([version("N", 1, kind="GPF")])

    assert proxy.listed_as == ("CHF", make.MAKER, "00010101")
    assert proxy.device_type == "GPF"


@pytest.mark.django_db
def test_a_model_has_its_makers_newest_name_and_its_latest_release() -> None:
    make.listed(make.row(1), make.row(2, manufacturer_name="Finer Meters"))

    listed = listed_models([KEY, ("ESME", make.MAKER, "00990101")])

    assert set(listed) == {KEY}
    assert listed[KEY].manufacturer_name == "Finer Meters"
    assert str(listed[KEY].latest) == "CPL-000002"


@pytest.mark.django_db
def test_a_model_of_which_all_was_removed_has_no_latest_release() -> None:
    make.listed(make.row(1, status="REMOVED", date_removed=make.AT.date()))

    listed = listed_models([KEY])

    assert (listed[KEY].manufacturer_name, listed[KEY].latest) == ("Fine Meters", None)


@pytest.fixture
def supplier() -> Party:
    """A Supplier with two devices up to date, one that is eligible and two that are blocked."""
    supplier = make.party("big-light")
    make.listed(make.row(1))
    maker, administrator = make.actor(make.maker()), make.actor(make.administrator())
    make.published(maker, administrator, 2, predecessors=["CPL-000001"])
    make.estate(
        supplier,
        make.device(1, DeviceFirmwareVersion="00000002"),
        make.device(2, DeviceFirmwareVersion="00000002"),
        make.device(3),
        make.device(4, DeviceStatus="Decommissioned"),
        make.device(5, DeviceStatus="Gone"),
    )
    return supplier


@pytest.mark.django_db
def test_a_tally_says_in_one_query_what_totals_and_reasons_say(supplier: Party) -> None:
    findings = findings_of(Scope(supplier))

    with CaptureQueriesContext(connection) as held:
        tally = tally_of(findings)

    assert len(held) == 1
    assert tally.totals == totals_of(findings)
    assert tally.reasons == {"STATUS_FORBIDS": 2}
    assert (tally.findings, tally.devices) == (4, 5)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "findings", "reasons"),
    [("BLOCKED", 2, {"STATUS_FORBIDS": 2}), ("ELIGIBLE", 1, {}), ("NOT_LISTED", 0, {})],
)
def test_an_outcome_narrows_what_is_said_beside_the_totals(
    supplier: Party, outcome: str, findings: int, reasons: dict[str, int]
) -> None:
    tally = tally_of(findings_of(Scope(supplier)), outcome=outcome)

    assert tally.devices == 5
    assert (tally.findings, tally.reasons) == (findings, reasons)
