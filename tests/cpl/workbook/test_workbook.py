"""A workbook: every cell of it comes to its value, or to a fault that says why not."""

import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpl.sheet import read_sheet
from cpl.sheet.row import COLUMNS, RowFault, SheetRow
from cpl.workbook.reading import read_rows
from cpl.workbook.writing import write_workbook
from tests.cpl.sheet.sheets import GOOD, SAMPLE, list_in, rows_of_a_sheet, sheet_of, workbook_of

FAR = 1_048_575  # the last row of a worksheet, from 0


def with_cell(column: str, write: Callable[[Any, Any, int, int], object]) -> bytes:
    """A list with one good row, of which `write` writes one cell anew."""

    def fill(workbook: Any) -> None:
        sheet = list_in(workbook)
        write(workbook, sheet, 1, COLUMNS.index(column))

    return workbook_of(fill)


def fault_of(column: str, write: Callable[[Any, Any, int, int], object]) -> RowFault:
    """The one fault of a list of which `write` writes a cell anew."""
    sheet = read_sheet(with_cell(column, write))
    assert sheet.rows == ()
    (fault,) = sheet.faults
    assert (fault.line, fault.column) == (2, column)
    return fault


def row_of(column: str, write: Callable[[Any, Any, int, int], object]) -> SheetRow:
    """The one row of a list of which `write` writes a cell anew."""
    sheet = read_sheet(with_cell(column, write))
    assert sheet.faults == ()
    return sheet.rows[0]


def number(value: float, form: str = "General") -> Callable[[Any, Any, int, int], object]:
    """Writes a number, shown in this form."""
    return lambda workbook, sheet, row, column: sheet.write_number(
        row, column, value, workbook.add_format({"num_format": form})
    )


def day(value: date, form: str = "dd/mm/yyyy") -> Callable[[Any, Any, int, int], object]:
    """Writes a date or a time, shown in this form."""
    return lambda workbook, sheet, row, column: sheet.write_datetime(
        row, column, value, workbook.add_format({"num_format": form})
    )


def formula(text: str, value: object) -> Callable[[Any, Any, int, int], object]:
    """Writes a formula that last gave a value."""
    return lambda _workbook, sheet, row, column: sheet.write_formula(row, column, text, None, value)


def test_a_workbook_reads_as_the_same_list_in_csv() -> None:
    rows = read_sheet(SAMPLE).rows
    assert read_sheet(write_workbook(rows)) == read_sheet(SAMPLE)


@settings(max_examples=15, deadline=None)
@given(
    rows=st.lists(rows_of_a_sheet(), min_size=1, max_size=4, unique_by=lambda row: row.cpl_entry_id)
)
def test_what_is_written_as_a_workbook_reads_back(rows: list[SheetRow]) -> None:
    sheet = read_sheet(write_workbook(rows))
    assert sheet.faults == ()
    assert [replace(row, line=0) for row in sheet.rows] == rows


def test_text_that_workbooks_write_in_a_way_of_their_own_comes_back() -> None:
    name = "_x000D_ a & <b> '=x"
    (row,) = read_sheet(sheet_of(GOOD | {"manufacturer_name": name})).rows
    assert row.manufacturer_name == name
    assert read_sheet(write_workbook([row])).rows == (row,)


def test_a_character_that_no_workbook_holds_is_refused_and_what_stands_of_it_replaced() -> None:
    (fault,) = read_sheet(sheet_of(GOOD | {"gbcs_version": "4\uffff2"})).faults
    assert (fault.column, fault.code) == ("gbcs_version", "CONTROL_CHARACTER")
    (row,) = read_sheet(sheet_of(GOOD)).rows
    from_before = replace(row, gbcs_version="4\uffff2")
    assert read_sheet(write_workbook([from_before])).rows[0].gbcs_version == "4�2"


def test_the_written_workbook_holds_text_alone_below_a_frozen_header() -> None:
    (row,) = read_sheet(sheet_of(GOOD | {"manufacturer_name": "=1+1"})).rows
    with zipfile.ZipFile(io.BytesIO(write_workbook([row]))) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'state="frozen"' in xml
    assert "<f>" not in xml
    assert "<v>" not in xml  # no number, date or formula's result: every cell is a string in place
    assert "<t>38040404</t>" in xml


def test_a_number_in_a_hexadecimal_column_is_its_digits() -> None:
    assert row_of("firmware_version", number(38040404)).firmware_version == "38040404"
    assert row_of("firmware_version", number(38040404, "@")).firmware_version == "38040404"
    assert row_of("gbcs_version", number(3.2)).gbcs_version == "3.2"
    assert row_of("gbcs_version", number(0.1 + 0.2)).gbcs_version == "0.3"


def test_a_number_that_lost_its_leading_zeros_says_so() -> None:
    fault = fault_of("device_model", number(90100))
    assert (fault.value, fault.code) == ("90100", "WRONG_LENGTH")
    assert "8 hexadecimal digits" in fault.message
    assert "leading zeros" in fault.message


@pytest.mark.parametrize(
    ("column", "value", "form"),
    [
        ("manufacturer_identifier", 1000, "0.00E+00"),  # what a spreadsheet makes of 10E2
        ("device_model", 90100, "00000000"),
        ("gbcs_version", 4, "0.0"),
        ("cpa_certificate_id", 0.1, "0%"),
        ("cpa_certificate_id", 1234567890123456789, "0"),
    ],
)
def test_a_number_that_is_shown_otherwise_than_it_is_kept_is_a_fault(
    column: str, value: float, form: str
) -> None:
    fault = fault_of(column, number(value, form))
    assert fault.code == "NUMBER"
    assert f"‘{value:.15g}’" in fault.message
    assert "format the column as text" in fault.message


def test_a_date_in_a_column_of_dates_is_that_date() -> None:
    when = date(2026, 11, 20)
    assert row_of("cpa_expiry_date", day(when)).cpa_expiry_date == when
    assert row_of("date_added", day(when, "d mmm yy")).date_added == when
    assert row_of("date_added", day(datetime(2026, 11, 20), "dd/mm/yy hh:mm")).date_added == when  # noqa: DTZ001


def test_a_date_counted_from_1904_is_that_date() -> None:
    def fill(workbook: Any) -> None:
        shown = workbook.add_format({"num_format": "yyyy-mm-dd"})
        list_in(workbook).write_datetime(1, COLUMNS.index("date_added"), date(2026, 11, 20), shown)

    data = workbook_of(fill, date_1904=True)
    assert read_sheet(data).rows[0].date_added == date(2026, 11, 20)


def test_a_date_with_a_time_of_day_is_a_fault_that_says_so() -> None:
    fault = fault_of("date_added", day(datetime(2026, 11, 20, 9, 30), "dd/mm/yy hh:mm"))  # noqa: DTZ001
    assert (fault.code, fault.value) == ("NOT_A_DATE", "2026-11-20T09:30:00")
    assert "time of day" in fault.message


def test_a_number_of_a_day_is_no_date() -> None:
    fault = fault_of("date_added", number(46346))
    assert fault.code == "NOT_A_DATE"
    assert "day number" in fault.message


def test_a_date_elsewhere_is_blamed_on_the_spreadsheet() -> None:
    in_hex = fault_of("firmware_version", day(date(2026, 11, 20)))
    assert (in_hex.value, in_hex.code) == ("2026-11-20", "NOT_HEX")
    assert "made a date of it" in in_hex.message
    in_text = fault_of("gbcs_version", day(date(2026, 2, 3)))
    assert (in_text.value, in_text.code) == ("2026-02-03", "DATE")
    assert "made a date of the value" in in_text.message


def test_yes_and_no_are_the_words_that_people_see() -> None:
    row = row_of("esme_variant", lambda _, sheet, row, column: sheet.write_boolean(row, column, 1))
    assert row.esme_variant == "TRUE"


@pytest.mark.parametrize("column", ["gbcs_version", "firmware_version", "cpa_expiry_date"])
def test_an_error_of_the_spreadsheet_is_never_an_empty_cell(column: str) -> None:
    fault = fault_of(column, formula("=NA()", "#N/A"))
    assert fault.value == "#N/A"
    assert "‘#N/A’" in fault.message


@pytest.mark.parametrize(
    ("column", "value", "shown"),
    [
        ("firmware_version", "38040404", "‘38040404’"),
        ("firmware_version", 38040404, "‘38040404’"),
        ("gbcs_version", "", "nothing"),
        ("device_type", "", "nothing"),
        ("removal_reason", "gone", "‘gone’"),
    ],
)
def test_a_formula_is_a_fault_that_shows_its_last_result(
    column: str, value: object, shown: str
) -> None:
    fault = fault_of(column, formula("=A1", value))
    assert fault.code == "FORMULA"
    assert f"last gave {shown}" in fault.message


def test_a_row_of_formulas_without_results_is_no_blank_row() -> None:
    def fill(workbook: Any) -> None:
        list_in(workbook).write_formula(3, 0, "=A2", None, "")

    faults = read_sheet(workbook_of(fill)).faults
    assert (4, "cpl_entry_id", "FORMULA") in [(f.line, f.column, f.code) for f in faults]


def test_a_column_of_formulas_without_results_is_no_missing_column() -> None:
    def fill(workbook: Any) -> None:
        sheet = workbook.add_worksheet()
        for column, text in GOOD.items():
            sheet.write_string(0, 1 + COLUMNS.index(column), text)
        sheet.write_formula(0, 0, "=B2", None, "")
        sheet.write_formula(0, 25, "=B2", None, "")

    (row,) = read_rows(workbook_of(fill))
    assert (len(row[1]), row[2]) == (26, {0: "FORMULA", 25: "FORMULA"})


def test_merged_cells_are_faults_in_each_row_that_they_reach() -> None:
    def fill(workbook: Any) -> None:
        sheet = list_in(workbook)
        for column, text in (GOOD | {"cpl_entry_id": "CPL-2"}).items():
            sheet.write_string(2, COLUMNS.index(column), text)
        place = COLUMNS.index("gbcs_version")
        sheet.merge_range(1, place, 2, place, "4.2")

    sheet = read_sheet(workbook_of(fill))
    assert sheet.rows == ()
    told = [(fault.line, fault.column, fault.code) for fault in sheet.faults]
    assert told == [(2, "gbcs_version", "MERGED"), (3, "gbcs_version", "MERGED")]
    assert "Unmerge" in sheet.faults[0].message


def test_what_stands_in_columns_of_no_heading_of_ours_is_ignored() -> None:
    def fill(workbook: Any) -> None:
        sheet = list_in(workbook)
        sheet.write_string(0, 19, "Remark")
        sheet.write_formula(1, 19, "=1/0", None, "#DIV/0!")
        sheet.merge_range(1, 20, 2, 21, "beside the list")

    sheet = read_sheet(workbook_of(fill))
    assert sheet.faults == ()
    assert [row.line for row in sheet.rows] == [2]


def test_a_line_is_the_row_that_people_see() -> None:
    def fill(workbook: Any) -> None:
        sheet = workbook.add_worksheet()
        sheet.write_row(3, 2, COLUMNS)
        for column, text in GOOD.items():
            sheet.write_string(6, 2 + COLUMNS.index(column), text)
        sheet.write_string(8, 2, "?")

    sheet = read_sheet(workbook_of(fill))
    assert [row.line for row in sheet.rows] == [7]
    assert {fault.line for fault in sheet.faults} == {9}


def test_missing_and_double_headings_of_a_workbook_are_named_on_their_row() -> None:
    def fill(workbook: Any) -> None:
        headings = ["Device Model" if c == "status" else c for c in COLUMNS]
        workbook.add_worksheet().write_row(1, 0, headings)

    told = [(f.line, f.column, f.code) for f in read_sheet(workbook_of(fill)).faults]
    assert told == [(2, "status", "HEADING_MISSING"), (2, "device_model", "HEADING_TWICE")]


def test_the_first_worksheet_that_is_visible_and_filled_is_read() -> None:
    def fill(workbook: Any) -> None:
        workbook.add_worksheet("Empty").activate()
        hidden = workbook.add_worksheet("Hidden")
        hidden.write_string(0, 0, "not this")
        hidden.hide()
        list_in(workbook)
        workbook.add_worksheet("Notes").write_string(0, 0, "nor this")

    assert [row.cpl_entry_id for row in read_sheet(workbook_of(fill)).rows] == ["CPL-1"]


def test_a_workbook_without_anything_is_empty() -> None:
    (fault,) = read_sheet(workbook_of(lambda workbook: workbook.add_worksheet())).faults
    assert fault.code == "EMPTY"


def test_formatted_cells_without_anything_in_them_are_not_read() -> None:
    def fill(workbook: Any) -> None:
        sheet = list_in(workbook)
        sheet.write_blank(FAR, 16_383, None, workbook.add_format({"bold": True}))

    assert len(read_sheet(workbook_of(fill)).rows) == 1


def test_a_cell_far_from_the_list_is_a_fault_that_says_how_far() -> None:
    def fill(workbook: Any) -> None:
        list_in(workbook).write_string(FAR, 16_383, "x")

    (fault,) = read_sheet(workbook_of(fill)).faults
    assert fault.code == "TOO_LARGE"
    assert "row 1,048,576 and across 16,384 columns" in fault.message


def test_reading_works_in_any_folder_and_loads_no_django(tmp_path: Path) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    checkout = Path(__file__).parents[3]
    data = write_workbook(read_sheet(SAMPLE).rows)
    code = (
        "import sys; from cpl.workbook.reading import read_rows; "
        "rows = list(read_rows(sys.stdin.buffer.read())); "
        "assert not [name for name in sys.modules if name.startswith('django')]; print(len(rows))"
    )
    environment = {"PYTHONPATH": str(checkout), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        input=data,
        capture_output=True,
        cwd=tmp_path,
        env=environment,
        check=True,
    )
    assert done.stdout.strip() == b"14"


def test_a_process_started_in_another_folder_reads_workbooks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')")
    (tmp_path / "cpl").mkdir()
    monkeypatch.chdir(tmp_path)
    assert len(read_sheet(write_workbook(read_sheet(SAMPLE).rows)).rows) == 13
