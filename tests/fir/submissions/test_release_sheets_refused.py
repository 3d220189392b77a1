"""A sheet of releases that cannot be taken is refused with every fault of it; nothing raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fir.submissions.claims import REQUIRED, Kind, read_claim
from fir.submissions.sheets import (
    COLUMNS,
    LARGEST_SHEET,
    MOST_RELEASES,
    read_releases,
)
from fir.submissions.sheets.reading import MOST_FAULTS
from tests import make
from tests.cpl.sheet.sheets import workbook_of
from tests.fir.submissions.releases_sheet import NEW, codes, only_row, sheet, table

# What is refused as a whole


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "EMPTY"),
        (b"\r\n \r\n", "EMPTY"),
        (sheet(), "NO_ROWS"),
        (sheet(make.release(1)).decode().encode("utf-16"), "NOT_UTF_8"),
        (sheet(make.release(1)).replace(b"clock", b"cl\xf6ck"), "NOT_UTF_8"),
        (sheet(make.release(1), end=""), "CUT_OFF"),
        (sheet(make.release(1))[:-30], "CUT_OFF"),
        (sheet(make.release(1)).replace(b"Mends", b'"Mends'), "CUT_OFF"),
        (sheet(make.release(1)).replace(b",", b";"), "WRONG_SEPARATOR"),
        (sheet(make.release(1)).replace(b"Mends", b'"Mends"x'), "NOT_CSV"),
        (b"%PDF-1.7", "NOT_CSV"),
        (b"PK\x03\x04 is no archive", "WORKBOOK_DAMAGED"),
        (b"x" * (LARGEST_SHEET + 1), "TOO_LARGE"),
        (b"x" * 50_000_000, "TOO_LARGE"),
        (sheet(*[make.release(1)] * (MOST_RELEASES + 1)), "TOO_MANY_ROWS"),
    ],
)
def test_a_file_is_refused(data: bytes, code: str) -> None:
    assert codes(data) == [code]


def test_a_workbook_that_inflates_without_end_is_refused() -> None:
    def fill(workbook: Any) -> None:
        made = workbook.add_worksheet()
        made.write_row(0, 0, COLUMNS)
        for line in range(1, 6000):
            made.write_row(line, 0, ["x" * 9000] * 4)

    data = workbook_of(fill)
    assert len(data) < LARGEST_SHEET

    assert set(codes(data)) <= {"TOO_LARGE", "WORKBOOK_UNREADABLE", "TOO_MANY_ROWS"}


def test_a_thousand_releases_are_taken() -> None:
    assert len(read_releases(sheet(*[make.release(1)] * MOST_RELEASES)).rows) == MOST_RELEASES


def test_an_unknown_heading_is_named_with_the_nearest_that_is_known() -> None:
    headings = [{"firmware_version": "Firmware verson"}.get(h, h) for h in NEW] + ["Colour"]
    read = read_releases(table(headings, ["x"] * len(headings)))

    near, far, missing = read.faults
    assert (near.code, far.code, missing.code) == (*["HEADING_UNKNOWN"] * 2, "HEADING_MISSING")
    assert "‘Firmware verson’" in near.message
    assert "Did you mean firmware_version?" in near.message
    assert "‘Colour’" in far.message
    assert "Did you mean" not in far.message
    assert missing.column == "firmware_version"


def test_a_heading_that_stands_twice_is_named() -> None:
    assert codes(table([*NEW, "Device Type"], ["x"] * 12)) == ["HEADING_TWICE"]


@pytest.mark.parametrize("column", REQUIRED[Kind.NEW])
def test_a_required_column_that_is_missing_is_named(column: str) -> None:
    headings = [heading for heading in NEW if heading != column]
    read = read_releases(sheet(make.release(1), headings=headings))

    (fault,) = read.faults
    assert (fault.code, fault.column, fault.line) == ("HEADING_MISSING", column, 1)


def test_which_columns_are_required_depends_on_the_kinds_of_the_rows() -> None:
    row = {"kind": "WITHDRAWAL", "of_entry": "CPL-1", "reason": "Wrong."}
    headings = ("kind", "of_entry", "reason")

    alone = only_row(sheet(row, headings=headings))
    beside_a_release = read_releases(sheet(row, {**row, "kind": ""}, headings=headings))

    assert alone.said == row
    assert {fault.column for fault in beside_a_release.faults} == set(REQUIRED[Kind.NEW])


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted() -> None:
    read = read_releases(table([f"heading {n}" for n in range(200)], ["x"] * 200))

    assert len(read.faults) == MOST_FAULTS
    assert read.faults_left_out > 0


# Nothing raises


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_arbitrary_bytes_are_read_or_refused(data: bytes) -> None:
    read = read_releases(data)

    assert bool(read.rows) != bool(read.faults)


CELLS = st.one_of(
    st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20),
    st.sampled_from([*COLUMNS, "what_is_wrong", "N/A", "yes", "NEW", "CPL-1", "=1", "'"]),
)


@given(st.lists(st.lists(CELLS, max_size=12), max_size=6), st.booleans())
@settings(max_examples=200, deadline=None)
def test_arbitrary_tables_are_read_or_refused(rows: list[list[str]], is_headed: bool) -> None:
    read = read_releases(table(*([[*COLUMNS]] if is_headed else []), *rows))

    assert bool(read.rows) != bool(read.faults)
    for row in read.rows:
        read_claim(row.said)
