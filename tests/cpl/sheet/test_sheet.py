"""The CPL sheet: read whole or refused with every fault named; what is written reads back."""

import csv
import io
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpl import sheet as sheet_module
from cpl.sheet import file as sheet_file
from cpl.sheet import read_records, read_sheet, write_sheet
from cpl.sheet.cells import neutralise, without_apostrophe
from cpl.sheet.limits import LARGEST_SHEET, LONGEST_RECORD, MOST_FAULTS, MOST_ROWS
from cpl.sheet.row import COLUMNS, Record, RowFault, SheetRow
from tests.cpl.sheet.sheets import GOOD, SAMPLE, TEXTS, rows_of_a_sheet, sheet_of


def faults_of(**changed: str) -> list[tuple[str, str]]:
    """Column and code of every fault of one good row with some cells changed."""
    return [(f.column, f.code) for f in read_sheet(sheet_of(GOOD | changed)).faults]


def only_fault(data: bytes) -> RowFault:
    sheet = read_sheet(data)
    assert sheet.rows == ()
    (fault,) = sheet.faults
    return fault


def test_the_sample_is_read_whole() -> None:
    sheet = read_sheet(SAMPLE)
    assert sheet.faults == ()
    assert len(sheet.rows) == 13
    assert [row.line for row in sheet.rows] == list(range(2, 15))
    first = sheet.rows[0]
    assert (first.cpl_entry_id, first.device_model) == ("CPL-900001", "57310102")
    assert (first.status, first.date_removed) == ("REMOVED", date(2025, 1, 31))
    assert (first.cpa_expiry_date, first.cpa_renewal_date) == (None, date(2028, 8, 30))


def test_the_contract_columns_are_the_fields_of_a_row() -> None:
    assert ("line", *COLUMNS) == tuple(field.name for field in fields(SheetRow))


def test_a_sheet_of_headings_alone_is_no_list() -> None:
    (fault,) = read_sheet(write_sheet([]).encode()).faults
    assert (fault.line, fault.code) == (1, "NO_ROWS")


def test_headings_that_were_not_read_are_named_beside_those_that_are_missing() -> None:
    headings = ["CPL ID", *COLUMNS[1:]]
    (fault,) = read_sheet(sheet_of(GOOD, headings=headings)).faults
    assert (fault.column, fault.code) == ("cpl_entry_id", "HEADING_MISSING")
    assert "‘CPL ID’" in fault.message


def test_the_exported_sample_is_the_sample() -> None:
    assert write_sheet(read_sheet(SAMPLE).rows).encode() == SAMPLE


@given(
    rows=st.lists(rows_of_a_sheet(), min_size=1, max_size=4, unique_by=lambda row: row.cpl_entry_id)
)
def test_export_then_import_changes_nothing(rows: list[SheetRow]) -> None:
    sheet = read_sheet(write_sheet(rows).encode())
    assert sheet.faults == ()
    assert [replace(row, line=0) for row in sheet.rows] == rows


@given(text=st.one_of(st.text(), TEXTS))
def test_neutralised_text_is_no_formula_and_comes_back(text: str) -> None:
    cell = neutralise(text)
    assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert without_apostrophe(cell) == text


@pytest.mark.parametrize("text", ["=1+1", "+44", "-2", "@x", "\tx", "\rx", " =1", "'=x"])
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    assert neutralise(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "'quoted'", "O'Neill", "a=b"])
def test_other_text_is_left_alone(text: str) -> None:
    assert neutralise(text) == without_apostrophe(text) == text


def test_headings_match_whatever_their_case_spaces_punctuation_and_order() -> None:
    rows = [line.split(",") for line in SAMPLE.decode().splitlines()]
    rows[0] = [f" {heading.replace('_', ' - ').title()}* " for heading in rows[0]]
    text = "\n".join(",".join(reversed(row)) for row in rows) + "\n"
    assert read_sheet(text.encode()) == read_sheet(SAMPLE)


def test_unknown_columns_are_ignored() -> None:
    headings = ["Remark", *COLUMNS, "Remark", ""]
    sheet = read_sheet(sheet_of(GOOD | {"Remark": "\x07 anything"}, headings=headings))
    assert sheet.faults == ()
    assert len(sheet.rows) == 1


def test_three_columns_may_stand_for_the_device_model() -> None:
    parts = {"model_identifier": "0005", "hardware_version": "02", "hardware_revision": "0x03"}
    headings = [*parts, *(column for column in COLUMNS if column != "device_model")]
    assert read_sheet(sheet_of(GOOD | parts, headings=headings)).rows[0].device_model == "00050203"
    short = parts | {"model_identifier": "5", "hardware_revision": "3"}
    faults = read_sheet(sheet_of(GOOD | short, headings=headings)).faults
    assert [f.column for f in faults] == ["model_identifier", "hardware_revision"]


def test_three_columns_that_contradict_the_device_model_are_a_fault() -> None:
    parts = {"model_identifier": "0005", "hardware_version": "02", "hardware_revision": "04"}
    data = sheet_of(GOOD | parts, headings=[*COLUMNS, *parts])
    assert only_fault(data).code == "MODEL_CONTRADICTED"


def test_all_missing_and_double_headings_are_named_on_line_1() -> None:
    headings = [c for c in COLUMNS if c not in ("status", "gbcs_version")] + ["Device-Type"]
    sheet = read_sheet(sheet_of(GOOD, headings=headings))
    assert sheet.rows == ()
    assert [(f.line, f.column, f.code) for f in sheet.faults] == [
        (1, "gbcs_version", "HEADING_MISSING"),
        (1, "status", "HEADING_MISSING"),
        (1, "device_type", "HEADING_TWICE"),
    ]


def test_two_headings_that_mean_the_same_are_a_fault_that_names_the_column() -> None:
    fault = only_fault(sheet_of(GOOD, headings=[*COLUMNS, "Device Model"]))
    assert (fault.line, fault.column, fault.code) == (1, "device_model", "HEADING_TWICE")


def test_a_missing_part_of_the_device_model_is_named_by_itself() -> None:
    headings = [c for c in COLUMNS if c != "device_model"]
    assert only_fault(sheet_of(GOOD, headings=headings)).column == "device_model"
    headings += ["model_identifier", "hardware_version"]
    assert only_fault(sheet_of(GOOD, headings=headings)).column == "hardware_revision"


def test_every_bad_cell_of_every_row_is_named_at_once() -> None:
    bad = GOOD | {
        "cpl_entry_id": "CPL 2",
        "device_type": "toaster",
        "manufacturer_identifier": "GFI",
        "manufacturer_name": "",
        "device_model": "90100",
        "firmware_version": "1E+05",
        "manufacturer_image_hash": "12",
        "cpa_expiry_date": "soon",
        "status": "Gone",
        "date_added": "",
    }
    sheet = read_sheet(sheet_of(GOOD, bad, GOOD | {"cpl_entry_id": "CPL-3", "date_added": "x"}))
    assert [row.cpl_entry_id for row in sheet.rows] == ["CPL-1"]
    named = {column for column in bad if bad[column] != GOOD.get(column)}
    assert {fault.column for fault in sheet.faults if fault.line == 3} == named
    assert [fault.column for fault in sheet.faults if fault.line == 4] == ["date_added"]
    assert [fault.line for fault in sheet.faults] == [3] * len(named) + [4]


def test_a_fault_says_where_what_and_the_likely_cause() -> None:
    fault = only_fault(sheet_of(GOOD | {"device_model": "90100"}))
    assert (fault.line, fault.column, fault.value) == (2, "device_model", "90100")
    assert str(fault).startswith("Line 2, device_model: ‘90100’ is not a Device Model")
    assert "leading zeros" in fault.message


def test_one_entry_on_two_lines_is_a_fault_naming_both() -> None:
    twice = GOOD | {"cpl_entry_id": "cpl-1"}
    sheet = read_sheet(sheet_of(GOOD, GOOD | {"cpl_entry_id": "CPL-2"}, twice))
    (fault,) = sheet.faults
    assert (fault.line, fault.column, fault.code) == (4, "cpl_entry_id", "ENTRY_TWICE")
    assert "line 2" in fault.message
    assert "line 4" in fault.message


def test_a_date_of_removal_goes_with_the_status_removed_alone() -> None:
    assert faults_of(status="Removed") == [("date_removed", "DATE_REMOVED_MISSING")]
    assert faults_of(date_removed="2025-01-31") == [("date_removed", "DATE_REMOVED_UNWANTED")]
    assert faults_of(status="removed", date_removed="31/01/2025") == []
    assert faults_of(status="Removed", date_removed="2022-04-15") == []
    early = faults_of(status="Removed", date_removed="2022-04-14")
    assert early == [("date_removed", "REMOVED_BEFORE_ADDED")]
    assert faults_of(status="Removed", date_removed="x") == [("date_removed", "NOT_A_DATE")]


def test_only_a_removed_entry_may_lack_its_hash() -> None:
    assert faults_of(manufacturer_image_hash="") == [("manufacturer_image_hash", "EMPTY")]
    removed = {"status": "Removed", "date_removed": "2025-01-31"}
    assert faults_of(manufacturer_image_hash="", **removed) == []


def test_a_gas_proxy_function_is_never_an_entry() -> None:
    assert faults_of(device_type="gpf") == [("device_type", "GPF_NOT_LISTED")]


@pytest.mark.parametrize("character", ["\x07", "\n", "\x7f", "\x85", "\u202e", "\u200b", "\u2028"])
def test_characters_that_cannot_be_seen_are_refused(character: str) -> None:
    assert faults_of(gbcs_version=f"3{character}2") == [("gbcs_version", "CONTROL_CHARACTER")]


def test_text_has_a_greatest_length() -> None:
    assert faults_of(manufacturer_name="x" * 200, removal_reason="x" * 500) == []
    assert faults_of(manufacturer_name="x" * 201, removal_reason="x" * 501) == [
        ("manufacturer_name", "TOO_LONG"),
        ("removal_reason", "TOO_LONG"),
    ]


def test_lines_are_counted_through_line_breaks_inside_cells_and_blank_rows() -> None:
    data = sheet_of(GOOD | {"manufacturer_name": "a\nb"}) + b"\r\n" + b"," * 18 + b"\r\n"
    data += sheet_of(GOOD | {"cpl_entry_id": "?"}).split(b"\r\n", 1)[1]
    assert [fault.line for fault in read_sheet(data).faults] == [2, 6]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_and_a_byte_order_mark_are_taken(ending: str) -> None:
    data = b"\xef\xbb\xbf" + SAMPLE.replace(b"\r\n", ending.encode())
    assert read_sheet(data) == read_sheet(SAMPLE)


def test_a_whole_last_row_needs_no_line_break() -> None:
    assert read_sheet(SAMPLE.rstrip(b"\r\n")) == read_sheet(SAMPLE)


@pytest.mark.parametrize(
    ("data", "code", "hint"),
    [
        (b"", "EMPTY", "empty"),
        (b"\xef\xbb\xbf\r\n  \r\n", "EMPTY", "empty"),
        (SAMPLE.decode().encode("utf-16"), "NOT_UTF_8", "UTF-16"),
        (SAMPLE.decode().encode("utf-16-be"), "NOT_UTF_8", "UTF-16"),
        (SAMPLE.decode().encode("utf-32"), "NOT_UTF_8", "UTF-16"),
        (b"PK\x03\x04rest", "WORKBOOK_DAMAGED", "XLSX"),
        (b"\xd0\xcf\x11\xe0rest", "NOT_CSV", "XLS"),
        (b"%PDF-1.7", "NOT_CSV", "PDF"),
        (b"\x1f\x8brest", "NOT_CSV", "gzip"),
        (SAMPLE.replace(b",", b";"), "WRONG_SEPARATOR", "semicolons"),
        (SAMPLE.replace(b",", b"\t"), "WRONG_SEPARATOR", "tabs"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_advice(data: bytes, code: str, hint: str) -> None:
    fault = only_fault(data)
    assert (fault.line, fault.code) == (1, code)
    assert hint in fault.message


def test_another_encoding_and_a_nul_are_refused_with_their_line() -> None:
    windows = SAMPLE.replace(b"Sample maker 1063", "Münster".encode("cp1252"))
    assert (only_fault(windows).code, only_fault(windows).line) == ("NOT_UTF_8", 5)
    nul = SAMPLE.replace(b"CPL-900002", b"CPL\x00900002")
    assert (only_fault(nul).code, only_fault(nul).line) == ("NUL_CHARACTER", 3)


def test_rows_with_too_few_or_too_many_cells_are_faults_and_the_rest_is_read() -> None:
    lines = SAMPLE.splitlines(keepends=True)
    lines[2] = b"CPL-900002,CHF\r\n"
    lines[3] = lines[3].replace(b"Sample maker", b"Sample, maker")
    lines[4] = lines[4].replace(b"Sample maker 1063", b'"Sample" maker')
    sheet = read_sheet(b"".join(lines))
    codes = [(fault.line, fault.code) for fault in sheet.faults]
    assert codes == [(3, "TOO_FEW_CELLS"), (4, "TOO_MANY_CELLS"), (5, "NOT_CSV")]
    assert len(sheet.rows) == 10


def test_empty_removal_cells_that_excel_leaves_out_are_no_fault() -> None:
    short = SAMPLE.replace(b",,\r\n", b"\r\n")
    assert short != SAMPLE
    assert read_sheet(short) == read_sheet(SAMPLE)
    assert read_sheet(short.removesuffix(b"\r\n")).faults[0].code == "CUT_OFF"
    removed = SAMPLE.replace(b",2025-01-31,Replaced", b"", 1)
    assert read_sheet(removed).faults[0].code == "TOO_FEW_CELLS"


def test_an_empty_cell_too_many_at_the_end_is_no_fault() -> None:
    lines = SAMPLE.split(b"\r\n", 1)
    data = lines[0] + b"\r\n" + lines[1].replace(b"\r\n", b",\r\n")
    assert read_sheet(data) == read_sheet(SAMPLE)


def test_a_header_that_is_not_csv_is_the_one_fault() -> None:
    assert only_fault(b'"a" b,c\r\n' + SAMPLE).code == "NOT_CSV"


def test_a_quotation_mark_that_never_closes_names_the_line_where_it_opens() -> None:
    fault = read_sheet(SAMPLE.replace(b"CPL-900012", b'"CPL-900012')).faults[-1]
    assert (fault.code, fault.line) == ("CUT_OFF", 13)
    assert "cut off at line 13" in fault.message


def test_a_sheet_cut_off_anywhere_but_between_rows_is_never_accepted() -> None:
    whole = read_sheet(SAMPLE).rows
    for cut in range(len(SAMPLE)):
        sheet = read_sheet(SAMPLE[:cut])
        between_rows = SAMPLE[cut : cut + 1] in (b"\r", b"\n") or SAMPLE[:cut].endswith(b"\n")
        assert sheet.faults or between_rows, SAMPLE[:cut][-30:]
        assert sheet.rows == whole[: len(sheet.rows)]


def without_idle_reason(row: SheetRow) -> SheetRow:
    return row if row.status == "REMOVED" else replace(row, removal_reason="")


@given(
    cut=st.integers(min_value=0),
    rows=st.lists(rows_of_a_sheet().map(without_idle_reason), min_size=1, max_size=2),
)
def test_no_cut_sheet_gives_a_row_that_the_whole_does_not(cut: int, rows: list[SheetRow]) -> None:
    data = write_sheet(rows).encode()
    assert set(read_sheet(data[: cut % len(data)]).rows) <= set(read_sheet(data).rows)


def test_a_cut_sheet_says_at_which_line() -> None:
    lines = SAMPLE.splitlines(keepends=True)
    for ending in (b"CPL-900006,ESME,10", b"CPL-900006,ESME\r\n"):
        fault = read_sheet(b"".join(lines[:6]) + ending).faults[-1]
        assert (fault.code, fault.line) == ("CUT_OFF", 7)
        assert "cut off at line 7" in fault.message


@given(data=st.binary(max_size=300))
def test_arbitrary_bytes_are_read_or_named_as_faults(data: bytes) -> None:
    sheet = read_sheet(data)
    assert sheet.rows == ()
    assert sheet.faults


@given(data=st.data())
def test_a_damaged_sheet_never_raises(data: st.DataObject) -> None:
    at = data.draw(st.integers(min_value=0, max_value=len(SAMPLE)))
    junk = data.draw(st.one_of(st.binary(max_size=6), st.sampled_from([b'"', b",", b"\n", b'""'])))
    read_sheet(SAMPLE[:at] + junk + SAMPLE[at + data.draw(st.integers(0, 9)) :])


def test_an_enormous_cell_is_a_fault_of_its_line() -> None:
    fault = read_sheet(SAMPLE.replace(b"Sample maker AB01", b"x" * 200_000)).faults[0]
    assert (fault.line, fault.code) == (13, "NOT_CSV")


def test_what_is_longer_than_any_record_is_a_fault_and_the_rest_is_read() -> None:
    lines = SAMPLE.splitlines(keepends=True)
    lines[2] = b"," * (3 * LONGEST_RECORD) + b"\r\n"
    lines[4] = b'"",' * 40_000 + b'"\r\n'  # goes on in the next lines, and closes in none
    lines[5] = b'"' + b',""' * 40_000 + b"\r\n"
    sheet = read_sheet(b"".join(lines))
    assert [(fault.line, fault.code) for fault in sheet.faults] == [(3, "NOT_CSV"), (5, "NOT_CSV")]
    assert [row.line for row in sheet.rows] == [2, 4, *range(7, 15)]


@pytest.mark.parametrize("opening", [b"", b"PK\x03\x04", b"\xff\xfe"])
def test_a_sheet_that_is_too_large_is_not_looked_at(opening: bytes) -> None:
    fault = only_fault(opening.ljust(LARGEST_SHEET + 1, b"x"))
    assert (fault.line, fault.code) == (1, "TOO_LARGE")
    assert "50 MB" in fault.message


def test_faults_beyond_the_limit_are_counted_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_FAULTS >= 1_000
    monkeypatch.setattr(sheet_module, "MOST_FAULTS", 3)
    bad = GOOD | {"status": "?", "date_added": "?"}
    other = GOOD | {"cpl_entry_id": "CPL-2"}
    sheet = read_sheet(sheet_of(bad, other, *[bad | {"cpl_entry_id": f"B-{n}"} for n in range(3)]))
    assert [fault.line for fault in sheet.faults] == [2, 2, 4]
    assert sheet.faults_left_out == 5
    assert len(sheet.rows) == 1


def test_rows_beyond_the_limit_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_ROWS >= 20_000
    monkeypatch.setattr(sheet_module, "MOST_ROWS", 13)
    assert read_sheet(SAMPLE).faults == ()
    monkeypatch.setattr(sheet_module, "MOST_ROWS", 12)
    sheet = read_sheet(SAMPLE)
    (fault,) = sheet.faults
    assert (fault.line, fault.code) == (14, "TOO_MANY_ROWS")
    assert len(sheet.rows) == 12


def test_blank_lines_are_no_rows() -> None:
    sheet = read_sheet(SAMPLE + b"\r\n" * (MOST_ROWS + 1))
    assert (len(sheet.rows), sheet.faults) == (13, ())


def test_lines_without_end_are_not_read_even_when_blank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_file, "MOST_LINES", 16)
    assert read_sheet(SAMPLE + b"\r\n" * 2).faults == ()
    sheet = read_sheet(SAMPLE + b"\r\n" * 3)
    (fault,) = sheet.faults
    assert (fault.line, fault.code) == (17, "TOO_MANY_ROWS")
    assert len(sheet.rows) == 13


def test_records_of_a_workbook_go_the_same_way() -> None:
    cells = list(csv.reader(io.StringIO(SAMPLE.decode(), newline="")))
    records = [Record(line, row) for line, row in enumerate(cells, start=1)]
    assert read_records(records) == read_sheet(SAMPLE)
