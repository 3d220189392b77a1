"""Many descriptions are judged like one, in about as many queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fir.submissions.judging import check_release, check_releases, claim_of
from fir.submissions.models import Submission
from tests import make

pytestmark = pytest.mark.django_db
TODAY = make.AT.date()


def codes(said: dict[str, Any]) -> list[str]:
    return [fault.code for fault in check_release(said, today=TODAY)[1].faults]


def a_sheet() -> list[dict[str, Any]]:
    """Releases of two makers, some with faults, beside a list that some of them do not fit."""
    make.maker()
    make.maker("other-meters", "F1A2")
    other = {"manufacturer_identifier": "F1A2", "device_model": "00020101"}
    make.listed(make.row(1), make.row(2), make.row(3, **other, manufacturer_name="Other Meters"))
    return [
        make.release(9, predecessors=["CPL-000001", "CPL-000002"]),
        make.release(10, predecessors=["CPL-000003"]),
        make.release(11, gbcs_version="", predecessors=["CPL-9"]),
        make.release(12, **other, predecessors=["CPL-000003"]),
        make.release(2),
        make.release(13, manufacturer_image_hash=make.image_hash(3)),
        {"kind": "LEGACY_COMPLETION", "of_entry": "CPL-000001", "predecessors": "N/A"},
        {"kind": "WITHDRAWAL", "of_entry": "CPL-8", "reason": "Gone."},
        {},
    ]


def test_many_are_judged_as_each_would_be_alone() -> None:
    sheet = a_sheet()

    together = check_releases(sheet, today=TODAY)

    assert together == [check_release(said, today=TODAY) for said in sheet]
    assert [bool(judged.faults) for _, judged in together] == [
        *(False, True, True, False, True, True, False, True, True)
    ]


def test_many_take_no_more_queries_than_two() -> None:
    sheet = a_sheet()
    with CaptureQueriesContext(connection) as few:
        check_releases(sheet[:4], today=TODAY)
    many = [make.release(100 + n, predecessors=["CPL-000001"]) for n in range(300)]

    with CaptureQueriesContext(connection) as all_:
        check_releases([*sheet, *many], today=TODAY)

    assert len(all_) <= len(few)


def test_what_is_said_twice_is_a_fault_of_the_later() -> None:
    make.maker()
    first = make.release(9, further_device_models=["00010102"])
    second = make.release(9, device_model="00010102")

    judged = [one for _, one in check_releases([first, second, make.release(8)], today=TODAY)]

    assert [[fault.code for fault in one.faults] for one in judged] == [[], ["SAID_TWICE"], []]


def test_a_release_that_leaves_others_behind_is_warned_of() -> None:
    make.maker()
    make.listed(make.row(1), make.row(2), make.row(3))

    _, judged = check_release(make.release(9, predecessors=["CPL-000003"]), today=TODAY)

    (warning,) = (w for w in judged.warnings if w.code == "VERSIONS_STRANDED")
    assert "2 listed versions cannot reach this one: CPL-000001, CPL-000002" in warning.message
    assert judged.faults == []


def test_a_hash_without_a_certificate_is_found_for_every_hardware_version_once() -> None:
    make.maker()
    said = make.release(9, gbcs_version="9.9", further_device_models=["00010102"])

    _, judged = check_release(said, today=TODAY)

    (finding,) = (one for one in judged.waivable if one.code == "GBCS_UNKNOWN")
    assert finding.device_models == ("00010101", "00010102")


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"predecessors": "N/A", "purposes": ["SECURITY"], "image_size": 9},
        {"further_device_models": ["00010102"], "minimum_hardware_version": "0100"}
        | {"maximum_hardware_version": "01FF", "end_of_support": "2031-12-31"},
    ],
)
def test_a_submission_is_judged_by_what_was_claimed(changes: dict[str, Any]) -> None:
    make.submitted(make.actor(make.maker()), 9, **changes)
    claim, _ = check_release(make.release(9, **changes), today=TODAY)

    assert claim_of(Submission.objects.get()) == claim


def test_a_completion_is_judged_by_what_its_entry_says() -> None:
    make.maker()
    make.listed(make.row(1), make.row(2))
    said = {"kind": "LEGACY_COMPLETION", "of_entry": "CPL-000002"}

    claim, _ = check_release(said, today=TODAY)

    assert (claim.device_model, claim.firmware_version) == ("00010101", "00000002")
    assert claim.manufacturer_image_hash == make.image_hash(2)
    assert claim.predecessors is None
