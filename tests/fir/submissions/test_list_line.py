"""The line that an approval puts on the list: London's day, and the maker as the list names it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from cpl.queries import listed_entries
from fir.ledger.models import LedgerEvent
from fir.ledger.queries import payload_of
from fir.submissions.operations import SubmissionRefused, approve_submission, submit_firmware
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


@pytest.fixture
def decider() -> Actor:
    return make.actor(make.administrator())


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2027, 7, 1, 22, 59, 59, tzinfo=UTC), date(2027, 7, 1)),
        (datetime(2027, 7, 1, 23, 0, tzinfo=UTC), date(2027, 7, 2)),
        (datetime(2027, 1, 1, 23, 59, 59, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_an_entry_is_added_on_londons_day(
    maker: Actor, decider: Actor, at: datetime, day: date
) -> None:
    submission = make.submitted(maker)

    approve_submission(submission_id=submission.pk, by=decider, at=at)

    assert listed_entries().get().date_added == day
    event = LedgerEvent.objects.get(kind="FIRMWARE_PUBLISHED")
    assert payload_of(event)["date_added"] == day.isoformat()


def test_a_certificate_lapses_by_londons_day(maker: Actor, decider: Actor) -> None:
    said = make.release(9, cpa_renewal_date="2027-07-01")
    evening = datetime(2027, 7, 1, 22, 59, tzinfo=UTC)
    night = datetime(2027, 7, 1, 23, 1, tzinfo=UTC)

    submission = submit_firmware(said=said, by=maker, at=evening).submission
    for late in (
        lambda: submit_firmware(said=said | {"firmware_version": "0000000A"}, by=maker, at=night),
        lambda: approve_submission(submission_id=submission.pk, by=decider, at=night),
    ):
        with pytest.raises(SubmissionRefused) as refusal:
            late()
        assert "CERTIFICATE_LAPSED" in [fault.code for fault in refusal.value.faults]


def approved_name(maker: Actor, decider: Actor) -> str:
    """The maker's name on the line of a release approved now."""
    submission = make.published(maker, decider)
    return listed_entries().get(cpl_entry_id=submission.cpl_entry_id).manufacturer_name


def test_a_maker_is_named_as_it_was_admitted_where_the_list_never_named_it(
    maker: Actor, decider: Actor
) -> None:
    assert approved_name(maker, decider) == maker.party.name


def test_a_maker_is_named_as_the_list_named_it_last(maker: Actor, decider: Actor) -> None:
    make.maker("other-meters", "F1A2")
    make.listed(make.row(1, manufacturer_name="Fine Metering"), make.row(2))
    make.listed(
        make.row(1, manufacturer_name="Finest Meters"),
        make.row(3, manufacturer_identifier="F1A2", manufacturer_name="Other Meters"),
    )

    assert approved_name(maker, decider) == "Finest Meters"


def test_a_line_that_says_nothing_new_names_nobody_anew(maker: Actor, decider: Actor) -> None:
    make.listed(make.row(1, manufacturer_name="Fine Metering"))
    make.listed(make.row(2, manufacturer_name="Finest Meters"))
    make.listed(make.row(1, manufacturer_name="Fine Metering"))  # as it stands already

    assert approved_name(maker, decider) == "Finest Meters"
