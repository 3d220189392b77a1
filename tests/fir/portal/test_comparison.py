"""A submission beside what stands: every fact, and what differs, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fir.portal.comparison import LABELS, compare, compare_predecessors, shown
from fir.records.models import RepositoryEntry
from fir.submissions.claims import READERS
from fir.submissions.models import Submission

SAID = {
    "kind": "NEW",
    "device_type": "ESME",
    "device_model": "00010101",
    "firmware_version": "00000002",
    "gbcs_version": "4.2",
    "purposes": ["SECURITY", "DEFECT"],
    "security_relevant": True,
    "image_size": 1234567,
    "end_of_support": date(2036, 1, 31),
    "predecessors": ["CPL-000001"],
}


def submission(**changes: Any) -> Submission:
    return Submission(**{**SAID, **changes})


def entry(**facts: Any) -> RepositoryEntry:
    usual = {"cpl_entry_id": "CPL-000001", "pathway": "NAMED", "predecessors": []}
    return RepositoryEntry(**{**usual, **facts})


def rows(of: Submission, beside: RepositoryEntry | None) -> dict[str, tuple[str, str, str]]:
    return {row.label: (row.submitted, row.previous, row.in_words) for row in compare(of, beside)}


def test_every_fact_that_can_be_said_has_a_row_or_a_place_of_its_own() -> None:
    elsewhere = {"kind", "of_entry", "reason", "predecessors"}
    assert set(READERS) - elsewhere == set(LABELS)


def test_differences_are_said_in_words() -> None:
    found = rows(
        submission(esme_variant=""),
        entry(device_type="ESME", gbcs_version="4.1", esme_variant="A", purposes=["DEFECT"]),
    )

    assert found["Device Type"] == ("ESME", "ESME", "Same")
    assert found["GBCS version"] == ("4.2", "4.1", "Changed")
    assert found["ESME variant"] == ("", "A", "Left out")
    assert found["Why it was made"] == ("Security, A defect", "A defect", "Changed")
    assert found["Relevant to security"] == ("Yes", "", "Added")
    assert found["Size of the OTA Upgrade Image"] == ("1,234,567 bytes", "", "Added")
    assert found["End of support"] == ("31 January 2036", "", "Added")
    assert "Release notes" not in found  # neither says any


def test_an_answer_of_no_is_an_answer() -> None:
    assert rows(submission(security_relevant=False), None)["Relevant to security"][0] == "No"


@pytest.mark.parametrize(
    ("kind", "of_entry", "words"), [("CORRECTION", "CPL-000001", "Stays"), ("NEW", "", "Left out")]
)
def test_a_hubs_capability_stays_where_a_correction_does_not_speak_of_it(
    kind: str, of_entry: str, words: str
) -> None:
    found = rows(submission(kind=kind, of_entry=of_entry), entry(carries_updates=True))

    assert found["Carries updates to PPMID and HCALCS"] == ("", "Yes", words)


def test_of_a_withdrawal_only_the_line_of_the_list_is_shown() -> None:
    found = rows(submission(kind="WITHDRAWAL", of_entry="CPL-000001"), None)

    assert "GBCS version" in found
    assert "Why it was made" not in found


def test_predecessors_are_added_kept_or_gone() -> None:
    named = compare_predecessors(
        submission(predecessors=["CPL-000002", "CPL-000003"]),
        entry(predecessors=["CPL-000001", "CPL-000002"]),
    )

    assert named
    assert (named.added, named.kept, named.gone) == (["CPL-000003"], ["CPL-000002"], ["CPL-000001"])
    assert named.differs


@pytest.mark.parametrize(
    ("said", "before", "differs"),
    [
        ([], "NONE", False),
        ([], "UNKNOWN", True),
        (None, "UNKNOWN", False),
        (None, "NONE", True),
    ],
)
def test_none_and_unknown_are_different_answers(
    said: list[str] | None, before: str, *, differs: bool
) -> None:
    named = compare_predecessors(submission(predecessors=said), entry(pathway=before))

    assert named
    assert named.differs == differs


def test_nothing_differs_beside_nothing_and_a_withdrawal_has_no_predecessors() -> None:
    first = compare_predecessors(submission(), None)

    assert first
    assert not first.differs
    assert compare_predecessors(submission(kind="WITHDRAWAL"), entry()) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), ("", ""), ([], ""), (["00010102", "DEADBEEF"], "00010102, DEADBEEF")],
)
def test_a_fact_is_shown_as_people_read_it(value: object, text: str) -> None:
    assert shown(value) == text
