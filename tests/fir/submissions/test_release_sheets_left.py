"""What is left of a sheet is mended, dropped or forgotten; and the sheet that is filled in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from fir.celery import TIMETABLE
from fir.submissions.models import Draft, ReleaseSheet, Submission
from fir.submissions.operations import (
    SHEETS_WAIT,
    BroughtRows,
    SubmissionRefused,
    bring_good_rows,
    bring_sheet,
    drop_sheet,
    forget_sheets,
    rewrite_draft,
    save_draft,
    submit_draft,
)
from fir.submissions.sheet_queries import next_releases, rows_of
from fir.submissions.sheets import read_releases, write_releases
from fir.submissions.tasks import forget_sheets as forget_task
from tests import make
from tests.cpl.sheet.sheets import workbook_of
from tests.fir.submissions.releases_sheet import bring, codes_of, good, judged

if TYPE_CHECKING:
    from fir.parties.models import Actor

pytestmark = pytest.mark.django_db
LATER = make.AT + timedelta(hours=1)


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


# What a row has wrong beside what it says


def spoilt(by: Actor) -> ReleaseSheet:
    """A sheet with one row, whose hardware was worked out by a formula."""
    said = good(1)

    def fill(workbook: Any) -> None:
        made = workbook.add_worksheet()
        made.write_row(0, 0, list(said))
        for place, text in enumerate(said.values()):
            made.write_string(1, place, text)
        made.write_formula(1, list(said).index("esme_variant"), '="A"', None, "A")

    return bring_sheet(filename="r.xlsx", content=workbook_of(fill), by=by, at=make.AT)


def test_a_formula_keeps_its_row_until_the_answer_is_given_anew(maker: Actor) -> None:
    sheet = spoilt(maker)
    draft = rows_of(sheet).get()
    assert [codes_of(row) for row in judged(sheet)] == [["FORMULA"]]
    assert bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT) == BroughtRows(0, 1)
    with pytest.raises(SubmissionRefused) as refusal:
        submit_draft(draft_id=draft.pk, by=maker, at=make.AT)
    assert [fault.code for fault in refusal.value.faults] == ["FORMULA"]

    for field, left in (("release_notes", ["FORMULA"]), ("esme_variant", [])):
        answer = {field: draft.said[field]}
        save_draft(draft_id=draft.pk, changes=answer, by=maker, at=make.AT)
        assert [codes_of(row) for row in judged(sheet)] == [left]
    submit_draft(draft_id=draft.pk, by=maker, at=make.AT)


def test_a_row_that_is_written_anew_has_only_the_faults_of_what_it_says(maker: Actor) -> None:
    sheet = spoilt(maker)
    draft = rows_of(sheet).get()

    rewrite_draft(draft_id=draft.pk, said=draft.said, by=maker, at=make.AT)

    assert bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT) == BroughtRows(1, 0)


# Dropping and forgetting


def test_what_is_left_is_dropped_and_what_was_brought_stays(maker: Actor) -> None:
    sheet, other = bring(maker, good(1), {"firmware_version": "x"}), bring(maker, good(2))
    bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT)

    assert drop_sheet(sheet_id=sheet.pk, by=maker, at=make.AT) == 1

    assert list(ReleaseSheet.objects.all()) == [other]
    assert Draft.objects.get().sheet == other
    assert Submission.objects.count() == 1


def test_sheets_that_are_done_with_or_lie_too_long_are_forgotten(maker: Actor) -> None:
    done, lying = bring(maker, good(1)), bring(maker, good(2))
    mended, fresh = bring(maker, good(3), good(4)), bring(maker, good(5), at=LATER)
    bring_good_rows(sheet_id=done.pk, by=maker, at=make.AT)
    touched = rows_of(mended).first()
    assert touched
    save_draft(draft_id=touched.pk, changes={"esme_variant": "B"}, by=maker, at=LATER)

    assert forget_sheets(at=make.AT) == 1  # of which nothing is left
    assert forget_sheets(at=make.AT + SHEETS_WAIT + timedelta(minutes=1)) == 1

    assert set(ReleaseSheet.objects.all()) == {mended, fresh}
    assert not Draft.objects.filter(sheet=lying).exists()
    forget_task()
    assert "submissions.forget_sheets" in TIMETABLE


# The template


def test_the_template_says_what_is_known_of_each_device_model() -> None:
    party = make.maker()
    maker, decider = make.actor(party), make.actor(make.administrator())
    make.maker("other-meters", "F1A2")
    make.listed(
        make.row(1),
        make.row(2, device_model="00020101", status="CURRENT", gbcs_version="4.1"),
        make.row(3, device_model="00030101", manufacturer_identifier="F1A2"),
    )
    make.published(maker, decider, 9, predecessors=["CPL-000001"])

    first, second = next_releases(party)

    assert (first["device_model"], first["predecessors"]) == ("00010101", ["CPL-000004"])
    assert (second["gbcs_version"], second["predecessors"]) == ("4.1", ["CPL-000002"])
    assert first["cpa_renewal_date"] == "2099-01-31"
    for said in (first, second):
        assert {"firmware_version", "manufacturer_image_hash", "release_notes"}.isdisjoint(said)


def test_the_template_filled_in_is_brought(maker: Actor) -> None:
    make.listed(*(make.row(n, device_model=f"{n:04X}0101") for n in range(1, 4)))
    template = read_releases(write_releases(next_releases(maker.party)).encode()).rows
    filled = [
        {**row.said, "firmware_version": f"{n:08X}", "manufacturer_image_hash": make.image_hash(n)}
        for n, row in enumerate(template, start=50)
    ]

    sheet = bring(maker, *filled)

    assert bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT) == BroughtRows(3, 0)


def test_a_party_without_devices_has_a_template_of_headings_alone() -> None:
    assert next_releases(make.maker()) == []
