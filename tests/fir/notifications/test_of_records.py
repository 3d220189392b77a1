"""Suppliers with Devices of a Device Model hear that a record of it was corrected, or completed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fir.ledger.models import Bookmark, LedgerEvent
from fir.notifications.models import Delivery, Notice
from fir.notifications.operations import read_news, subscribe
from fir.parties.operations import operator
from fir.submissions.operations import approve_submission, submit_firmware
from tests import make

if TYPE_CHECKING:
    from fir.parties.models import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def two() -> tuple[Actor, Actor]:
    """Who brings, and who decides."""
    return make.actor(make.maker()), make.actor(make.administrator())


@pytest.fixture(autouse=True)
def _estates(two: tuple[Actor, Actor]) -> None:
    """CPL-000001 from before the repository, CPL-000002 with a record; and Suppliers."""
    make.listed(make.row(1))
    make.published(*two, 2, predecessors=["CPL-000001"])
    on_two = {"DeviceFirmwareVersion": "00000002"}
    holder = make.party("has-it")
    make.estate(holder, make.device(1, **on_two), make.device(2, **on_two))
    make.estate(make.party("has-the-model"), make.device(3, DeviceFirmwareVersion="0000FFFF"))
    make.estate(make.party("has-another"), make.device(4, DeviceModel="00010102", **on_two))
    make.estate(make.party("has-another-makers"), make.device(5, DeviceManufacturer="F1A2"))
    make.party("has-no-estate")
    subscribe(party=holder, email="desk@has-it.invalid", by=operator(), at=make.AT)
    make.party("wires", "NETWORK_PARTY")
    read_news(at=make.AT)


def published(two: tuple[Actor, Actor], **said: Any) -> None:
    """Something about an entry is brought, approved and read of."""
    submission = submit_firmware(said=said, by=two[0], at=make.AT).submission
    approve_submission(submission_id=submission.pk, by=two[1], at=make.AT)
    read_news(at=make.AT)


def corrected(two: tuple[Actor, Actor]) -> None:
    said = make.release(2, predecessors=["CPL-000001"], release_notes="Mends the display.")
    published(two, **said, kind="CORRECTION", of_entry="CPL-000002", reason="Notes & size mixed.")


def told(kind: str) -> dict[str, Notice]:
    """The notices of a kind by Party, of which each has one at most."""
    notices = list(Notice.objects.filter(kind=kind).select_related("party"))
    assert len({notice.party_id for notice in notices}) == len(notices)
    return {notice.party.slug: notice for notice in notices}


def test_a_correction_is_told_to_whoever_has_the_model_with_its_reason(
    two: tuple[Actor, Actor], settings: Any
) -> None:
    settings.BASE_URL = "https://fir.example.org"
    corrected(two)

    notices = told("FIRMWARE_SUPERSEDED")
    assert {slug: notice.counts for slug, notice in notices.items()} == {
        "has-it": {"DEVICES": 2},
        "has-the-model": {"DEVICES": 0},
    }
    notice = notices["has-it"]
    assert notice.title == (
        "The record of CPL-000002 was corrected: firmware 00000002 for ESME 00010101"
    )
    assert (notice.subject_id, notice.cpl_entry_id) == ("CPL-000002", "CPL-000002")
    for expected in (
        "The reason given: Notes & size mixed.",
        "2 of them run this firmware.",
        "https://fir.example.org/firmware/CPL-000002\n",
    ):
        assert expected in notice.text
    assert "None of them runs this firmware yet." in notices["has-the-model"].text


@pytest.mark.parametrize(
    ("predecessors", "expected"),
    [
        (["CPL-000000"], "may be decided now"),
        ("N/A", "may be installed over none"),
        (None, "is still not known"),
    ],
)
def test_a_completion_says_whether_unconfirmed_devices_may_be_decided(
    two: tuple[Actor, Actor], predecessors: Any, expected: str
) -> None:
    make.listed(make.row(0))
    said = {"predecessors": predecessors} if predecessors else {"release_notes": "Old."}
    published(two, kind="LEGACY_COMPLETION", of_entry="CPL-000001", **said)

    notices = told("PATHWAY_COMPLETED")
    assert set(notices) == {"has-it", "has-the-model"}
    assert notices["has-it"].title == (
        "CPL-000001 has a record now: firmware 00000001 for ESME 00010101"
    )
    assert expected in notices["has-it"].text


def test_a_withdrawal_is_told_as_a_removal_to_whoever_has_devices_on_it(
    two: tuple[Actor, Actor],
) -> None:
    published(two, kind="WITHDRAWAL", of_entry="CPL-000002", reason="A fault.")

    assert set(told("CPL_ENTRY_REMOVED")) == {"has-it"}


def test_read_again_it_gives_the_same_notices_and_emails(two: tuple[Actor, Actor]) -> None:
    corrected(two)
    before = list(Notice.objects.values()), list(Delivery.objects.values())
    assert len(before[1]) == 2  # of the release, and of the correction

    for event in LedgerEvent.objects.order_by("seq"):
        Bookmark.objects.filter(reader="notifications").update(seq=event.seq - 1)
        read_news(at=make.AT)
        assert (list(Notice.objects.values()), list(Delivery.objects.values())) == before
