"""What the list says of Device Models, and findings counted, as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fir.eligibility.queries import findings_of, totals_of
from fir.eligibility.summaries import listed_models, tally_of
from fir.parties.scopes import Scope
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Party

KEY = ("ESME", make.MAKER, "00010101")


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
