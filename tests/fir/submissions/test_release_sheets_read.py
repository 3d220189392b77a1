"""A sheet of releases comes to what each row says, and what is wrong with it beside that."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fir.submissions.claims import PURPOSES, READERS, REQUIRED, Fault, Kind, read_claim
from fir.submissions.sheets import (
    COLUMNS,
    read_releases,
    write_releases,
    write_releases_workbook,
)
from fir.submissions.sheets.writing import write_with_faults
from tests import make
from tests.cpl.sheet.sheets import DATES, TEXTS, hexadecimal, workbook_of
from tests.fir.submissions.releases_sheet import NEW, only_row, sheet, table, with_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

ENTRIES = st.from_regex(r"CPL-[0-9]{6}", fullmatch=True)
NOTES = st.text(
    alphabet=st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn"))
    | st.sampled_from("\n\t='\",;"),
    max_size=60,
).map(str.strip)
ANSWERS: Mapping[str, st.SearchStrategy[Any]] = {
    "kind": st.sampled_from([kind.value for kind in Kind]),
    "of_entry": ENTRIES,
    "reason": TEXTS,
    "device_type": st.sampled_from(["ESME", "GSME", "CHF"]),
    "manufacturer_identifier": hexadecimal(4),
    "device_model": hexadecimal(8),
    "further_device_models": st.lists(hexadecimal(8), min_size=1, max_size=4),
    "firmware_version": hexadecimal(8),
    "manufacturer_image_hash": hexadecimal(64),
    "predecessors": st.just("N/A") | st.lists(ENTRIES, min_size=1, max_size=5),
    "release_notes": NOTES,
    "activation_advice": NOTES,
    "carries_updates": st.booleans(),
    "security_relevant": st.booleans(),
    "interrupts_hub_power": st.booleans(),
    "purposes": st.lists(st.sampled_from(PURPOSES), min_size=1),
    "minimum_hardware_version": hexadecimal(4),
    "maximum_hardware_version": hexadecimal(4),
    "image_size": st.integers(1, 4_000_000),
    **dict.fromkeys(
        ("cpa_expiry_date", "cpa_renewal_date", "end_of_support"), DATES.map(date.isoformat)
    ),
    **dict.fromkeys(
        (
            *("smets_chts_version", "gbcs_version", "esme_variant", "cpa_certificate_id"),
            *("zigbee_certificate_id", "dlms_certificate_id"),
        ),
        TEXTS,
    ),
}
RELEASES = st.fixed_dictionaries({}, optional=ANSWERS)


# What is written reads back


@given(st.lists(RELEASES, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_what_is_written_says_the_same_claim_when_read_back(said: list[dict[str, Any]]) -> None:
    filled = [one for one in said if any(value not in ("", []) for value in one.values())]
    # A sheet may lack columns that its rows must say; one that was written lacks none.
    read = read_releases(write_releases(filled).encode())

    assert read.faults == () or [f.code for f in read.faults] == ["NO_ROWS"] * (not filled)
    assert [read_claim(row.said) for row in read.rows] == [read_claim(one) for one in filled]
    assert all(row.faults == () for row in read.rows)


@given(RELEASES.filter(lambda said: "firmware_version" in said))
@settings(max_examples=8, deadline=None)
def test_so_does_a_workbook(said: dict[str, Any]) -> None:
    row = only_row(write_releases_workbook([said]))

    assert read_claim(row.said) == read_claim(said)
    assert row.faults == ()


# What a fault says is FIR's own words: whatever it repeats of a value can be shown.
SENTENCES = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=40)


@given(RELEASES.filter(lambda said: "firmware_version" in said), SENTENCES)
@settings(max_examples=40, deadline=None)
def test_a_column_of_faults_is_passed_over(said: dict[str, Any], message: str) -> None:
    marked = write_with_faults([(said, [Fault("firmware_version", "X", message)])])

    assert only_row(marked.encode()) == only_row(write_releases([said]).encode())


def test_no_cell_runs_as_a_formula() -> None:
    said = {"release_notes": "=HYPERLINK(1)", "esme_variant": "@A", "reason": "-1"}

    cells = next(csv.DictReader(io.StringIO(write_releases([said]))))

    assert [cells[name] for name in said] == ["'=HYPERLINK(1)", "'@A", "'-1"]


def test_every_field_of_a_claim_has_a_column() -> None:
    assert sorted(COLUMNS) == sorted(READERS)
    assert set(ANSWERS) == set(READERS)


# How a cell is said


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("predecessors", "CPL-000123 CPL-000124", ["CPL-000123", "CPL-000124"]),
        ("predecessors", "CPL-1, CPL-2;CPL-3\nCPL-4", ["CPL-1", "CPL-2", "CPL-3", "CPL-4"]),
        ("predecessors", " n/a ", "N/A"),
        ("predecessors", "N/A CPL-1", ["N/A", "CPL-1"]),
        ("purposes", "security, Defect", ["security", "Defect"]),
        ("further_device_models", "00010102; 00010103", ["00010102", "00010103"]),
        ("carries_updates", "Yes", True),
        ("carries_updates", "n", False),
        ("security_relevant", "TRUE", True),
        ("interrupts_hub_power", "False", False),
        ("security_relevant", "perhaps", "perhaps"),
        ("release_notes", "'=1+1", "=1+1"),
        ("image_size", "262,144", "262,144"),
    ],
)
def test_a_cell_says(column: str, text: str, said: Any) -> None:
    assert with_cell(column, text).said[column] == said


def test_an_empty_cell_says_nothing() -> None:
    row = only_row(sheet({**make.release(1), "release_notes": "  "}))

    assert "release_notes" not in row.said
    assert row.faults == ()


@pytest.mark.parametrize("change", [str.upper, str.title, lambda h: h.replace("_", " "),
                                    lambda h: f" {h.replace('_', '-')}: "])  # fmt: skip
def test_headings_are_matched_loosely(change: Callable[[str], str]) -> None:
    data = table([change(h) for h in NEW], [str(v) for v in make.release(1).values()])

    assert only_row(data).said == make.release(1)


def test_columns_that_need_not_be_said_may_be_absent() -> None:
    row = only_row(sheet(make.release(1), headings=REQUIRED[Kind.NEW]))

    assert set(row.said) == set(REQUIRED[Kind.NEW])


def test_lines_are_those_of_the_file() -> None:
    releases = [[str(value) for value in make.release(n).values()] for n in (1, 2, 3)]
    data = table(NEW, releases[0], [], [""] * len(NEW), releases[1], releases[2])

    assert [row.line for row in read_releases(data).rows] == [2, 5, 6]


def test_a_kind_is_read_and_one_that_there_is_not_is_a_fault_of_its_row() -> None:
    said = {**make.release(1), "kind": "legacy completion", "of_entry": "CPL-1"}
    assert only_row(sheet(said, headings=said)).said["kind"] == "LEGACY_COMPLETION"

    row = with_cell("kind", "Improvement")

    assert "kind" not in row.said
    assert [(fault.field, fault.code) for fault in row.faults] == [("kind", "NOT_A_CHOICE")]
    assert "‘Improvement’" in row.faults[0].message


# What is wrong with one row alone


def test_a_cell_under_no_heading_is_a_fault_of_its_row() -> None:
    cells = [str(value) for value in make.release(1).values()]
    read = read_releases(table([*NEW, ""], [*cells, "over"], [*cells, ""], [*cells, "", "x"]))

    assert [[fault.code for fault in row.faults] for row in read.rows] == [
        ["TOO_MANY_CELLS"],
        [],
        ["TOO_MANY_CELLS"],
    ]
    assert "‘over’" in read.rows[0].faults[0].message


def test_empty_cells_left_out_at_a_rows_end_are_no_fault() -> None:
    names = REQUIRED[Kind.NEW]
    said = make.release(1)
    data = table([*names, "esme_variant", "end_of_support"], [str(said[name]) for name in names])

    # The last cell that is there is the predecessors', and they may go on in the next line.
    assert [fault.code for fault in only_row(data).faults] == ["TOO_FEW_CELLS"]
    ordered = ("predecessors", *(name for name in names if name != "predecessors"))
    data = table([*ordered, "esme_variant"], [str(said[name]) for name in ordered])
    assert only_row(data).faults == ()


def test_a_row_broken_by_a_line_break_is_not_taken_for_whole() -> None:
    headings = ["release_notes" if h == "esme_variant" else h for h in NEW if h != "release_notes"]
    said = {**make.release(1), "release_notes": "First.\nSecond."}
    whole = sheet(said, headings=headings)

    broken = read_releases(whole.replace(b'"', b""))

    assert only_row(whole).faults == ()
    assert [f.code for row in broken.rows for f in row.faults] == ["TOO_FEW_CELLS"] * 2


@pytest.mark.parametrize(
    ("column", "write", "code"),
    [
        ("esme_variant", lambda s, at: s.write_formula(*at, '="A"', None, "A"), "FORMULA"),
        ("esme_variant", lambda s, at: s.write_formula(*at, "=NA()", None, "#N/A"), "CELL_ERROR"),
        ("gbcs_version", lambda s, at, d=None: s.write_datetime(*at, date(2026, 2, 4), d), "DATE"),
        ("cpa_certificate_id", lambda s, at: s.write_number(*at, 12345678901234567890), "NUMBER"),
    ],
)
def test_a_spoilt_cell_is_a_fault_of_its_row(
    column: str, write: Callable[..., object], code: str
) -> None:
    def fill(workbook: Any) -> None:
        made = workbook.add_worksheet()
        made.write_row(0, 0, NEW)
        for place, text in enumerate(make.release(1).values()):
            made.write_string(1, place, str(text))
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        more = {"d": day} if code == "DATE" else {}
        write(made, (1, NEW.index(column)), **more)

    (fault,) = only_row(workbook_of(fill)).faults

    assert (fault.field, fault.code) == (column, code)


def test_dates_and_sizes_of_a_workbook_are_what_they_say() -> None:
    def fill(workbook: Any) -> None:
        made = workbook.add_worksheet()
        made.write_row(0, 0, [*NEW, "end_of_support", "image_size", "security_relevant"])
        for place, text in enumerate(make.release(1).values()):
            made.write_string(1, place, str(text))
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        made.write_datetime(1, len(NEW), date(2030, 1, 31), day)
        made.write_number(1, len(NEW) + 1, 262144, workbook.add_format({"num_format": "#,##0"}))
        made.write_boolean(1, len(NEW) + 2, True)

    row = only_row(workbook_of(fill))

    claim, faults = read_claim(row.said)
    assert row.faults == ()
    assert faults == []
    assert claim.end_of_support == date(2030, 1, 31)
    assert (claim.image_size, claim.security_relevant) == (262144, True)


def test_what_no_database_can_hold_is_a_fault_of_its_row() -> None:
    def fill(workbook: Any) -> None:
        made = workbook.add_worksheet()
        made.write_row(0, 0, NEW)
        for place, text in enumerate(make.release(1, release_notes="a_x0000_b").values()):
            made.write_string(1, place, str(text))

    row = only_row(workbook_of(fill))

    assert "\0" not in str(row.said)


def test_what_is_endless_is_kept_only_as_far_as_it_is_refused() -> None:
    row = with_cell("release_notes", "x" * 100_000)

    assert len(row.said["release_notes"]) == 20_000
    assert [fault.code for fault in read_claim(row.said)[1]] == ["TOO_LONG"]
