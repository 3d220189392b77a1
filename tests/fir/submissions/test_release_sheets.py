"""The rows of a sheet become drafts; the good ones are brought at one go, the others stay."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fir.ledger.models import LedgerEvent
from fir.ledger.queries import last_seq
from fir.submissions.models import Draft, ReleaseSheet, Submission
from fir.submissions.operations import (
    MOST_SHEETS,
    BroughtRows,
    SheetRefused,
    bring_good_rows,
    bring_sheet,
    drop_sheet,
    sheets,
    submit_draft,
)
from fir.submissions.sheet_queries import rows_of, sheets_left
from fir.submissions.sheets import write_releases_workbook
from tests import make
from tests.fir.submissions.at_once import at_once
from tests.fir.submissions.releases_sheet import bring, codes_of, good, judged

if TYPE_CHECKING:
    from fir.parties.models import Actor

pytestmark = pytest.mark.django_db
LATER = make.AT + timedelta(hours=1)


@pytest.fixture
def maker() -> Actor:
    return make.actor(make.maker())


# Taking a sheet in


def test_each_row_becomes_a_draft_and_nothing_is_brought(maker: Actor) -> None:
    before = last_seq()

    sheet = bring(maker, good(1), {**good(2), "kind": "CORRECTION", "of_entry": "CPL-1"})

    first, second = rows_of(sheet)
    assert (sheet.rows, sheet.party, sheet.brought_by) == (2, maker.party, maker.actor_id)
    assert (first.line, first.kind, first.said) == (2, "NEW", good(1))
    assert (second.line, second.kind) == (3, "CORRECTION")
    assert "kind" not in second.said
    assert first.changed_by == maker.actor_id
    assert last_seq() == before
    assert not Submission.objects.exists()


def test_a_workbook_is_taken_as_a_csv_file_is(maker: Actor) -> None:
    content = write_releases_workbook([good(1)])

    sheet = bring_sheet(filename="r.xlsx", content=content, by=maker, at=make.AT)

    assert rows_of(sheet).get().said == good(1)


def test_a_file_that_cannot_be_read_is_refused_and_nothing_kept(maker: Actor) -> None:
    with pytest.raises(SheetRefused) as refusal:
        bring_sheet(filename="r.csv", content=b"colour\r\nred\r\n", by=maker, at=make.AT)

    assert refusal.value.faults[0].code == "HEADING_UNKNOWN"
    assert not ReleaseSheet.objects.exists()


def test_a_party_has_so_many_sheets_waiting_at_most(
    maker: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_SHEETS", 2)
    first, _ = bring(maker, good(1)), bring(maker, {"esme_variant": "A"})
    with pytest.raises(SheetRefused) as refusal:
        bring(maker, good(2))
    bring_good_rows(sheet_id=first.pk, by=maker, at=make.AT)  # nothing of it is left

    bring(maker, good(2))

    assert refusal.value.faults[0].code == "TOO_MANY_SHEETS"
    assert MOST_SHEETS == 50


def test_a_files_name_is_kept_as_far_as_it_can_be_shown(maker: Actor) -> None:
    assert bring(maker, good(1), filename="a\u202eb.csv" + "c" * 300).filename.startswith("ab.csvc")


# Judging its rows


def test_all_rows_are_judged_in_as_many_queries_as_one(maker: Actor) -> None:
    make.listed(*(make.row(n, device_model=f"{n:04X}0101") for n in range(1, 30)))
    few = bring(maker, make.release(100, predecessors=["CPL-000001"]))
    many = bring(
        maker,
        *(good(n, firmware_version=f"{n + 500:08X}") for n in range(1, 60)),
        make.release(100, predecessors=["CPL-000001"]),
        {"firmware_version": "x"},
    )

    with CaptureQueriesContext(connection) as one:
        judged(few)
    with CaptureQueriesContext(connection) as all_of_them:
        rows = judged(many)

    assert len(rows) == 61
    assert len(all_of_them) == len(one)


def test_a_row_for_somebody_elses_identifier_is_never_brought(maker: Actor) -> None:
    make.maker("other-meters", "F1A2")
    sheet = bring(maker, good(1, manufacturer_identifier="F1A2"))

    (row,) = judged(sheet)

    assert codes_of(row) == ["NOT_YOUR_MANUFACTURER"]
    assert row.faults[0].field == "manufacturer_identifier"
    assert "does not hold the Manufacturer Identifier F1A2" in row.faults[0].message
    assert bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT) == BroughtRows(0, 1)


# Bringing


def test_good_rows_are_brought_at_one_go_under_their_own_ids(maker: Actor) -> None:
    other = make.maker("other-meters", "F1A2")
    sheet = bring(maker, good(1), good(2), good(3, firmware_version="12"))
    ids = [draft.pk for draft in rows_of(sheet)]
    before = last_seq()

    done = bring_good_rows(sheet_id=sheet.pk, by=maker, at=LATER)

    events = LedgerEvent.objects.filter(seq__gt=before).order_by("seq")
    assert done == BroughtRows(brought=2, left=1)
    assert [s.pk for s in Submission.objects.order_by("device_model")] == ids[:2]
    assert [(e.kind, e.subject_id) for e in events] == [
        ("SUBMISSION_RECEIVED", str(one)) for one in ids[:2]
    ]
    assert {e.at for e in events} == {LATER}
    assert all(f"party:{other.slug}" not in e.audience for e in events)
    assert [draft.pk for draft in rows_of(sheet)] == ids[2:]
    brought = Submission.objects.get(pk=ids[0])
    assert (brought.submitted_by, brought.submitted_at) == (maker.actor_id, LATER)
    assert brought.predecessors == []


def test_of_a_thousand_rows_ten_are_brought_and_the_others_keep_their_faults(maker: Actor) -> None:
    bad = [good(n, manufacturer_image_hash="x", gbcs_version="") for n in range(11, 1001)]
    sheet = bring(maker, *(good(n) for n in range(1, 11)), *bad)

    with CaptureQueriesContext(connection) as ten:
        done = bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT)

    assert done == BroughtRows(10, 990)
    assert Submission.objects.count() == 10
    rows = judged(sheet)
    assert [row.draft.line for row in rows] == list(range(12, 1002))
    assert {frozenset(codes_of(row)) for row in rows} == {frozenset(("NOT_HEX", "FIELD_MISSING"))}
    assert len(ten) < 40


def test_bringing_twice_brings_nothing_twice(maker: Actor) -> None:
    sheet = bring(maker, good(1))
    bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT)
    before = last_seq()

    again = bring_good_rows(sheet_id=sheet.pk, by=maker, at=LATER)

    assert again == BroughtRows(0, 0)
    assert last_seq() == before


def test_of_a_release_that_stands_twice_the_first_is_brought(maker: Actor) -> None:
    sheet = bring(maker, good(1), good(1, release_notes="Once more."))
    assert [codes_of(row) for row in judged(sheet)] == [[], ["SAID_TWICE"]]

    assert bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT) == BroughtRows(1, 1)

    assert [codes_of(row) for row in judged(sheet)] == [["WAITING_ALREADY"]]
    assert bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT) == BroughtRows(0, 1)


def test_another_partys_sheet_is_not_there(maker: Actor) -> None:
    sheet = bring(maker, good(1))
    other = make.actor(make.maker("other-meters", "F1A2"))

    for act in (bring_good_rows, drop_sheet):
        for sheet_id in (sheet.pk, uuid.uuid4()):
            with pytest.raises(ReleaseSheet.DoesNotExist):
                act(sheet_id=sheet_id, by=other, at=make.AT)
    assert rows_of(sheet).count() == 1
    assert not sheets_left(other.party).exists()


@pytest.mark.django_db(transaction=True)
def test_a_sheet_brought_by_two_at_the_same_moment_is_brought_once() -> None:
    maker = make.actor(make.maker())
    sheet = bring(maker, *(good(n) for n in range(1, 6)))
    one = rows_of(sheet).first()
    assert one

    answers = at_once(
        lambda: bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT),
        lambda: bring_good_rows(sheet_id=sheet.pk, by=maker, at=make.AT),
        lambda: submit_draft(draft_id=one.pk, by=maker, at=make.AT),
    )

    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert Submission.objects.count() == 5
    assert LedgerEvent.objects.filter(kind="SUBMISSION_RECEIVED").count() == 5
    assert not Draft.objects.exists()
