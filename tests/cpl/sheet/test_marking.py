"""A sheet given back with its faults: nothing of it is lost, and mended in place it reads."""

import csv
import io
from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpl import sheet as sheet_module
from cpl.sheet import marking as sheet_marking
from cpl.sheet import read_sheet
from cpl.sheet.cells import content, neutralise, without_apostrophe
from cpl.sheet.marking import MARK_COLUMN, marked_sheet
from cpl.sheet.row import COLUMNS
from cpl.workbook.writing import write_workbook
from tests.cpl.sheet.sheets import GOOD, SAMPLE, TEXTS, sheet_of

LINES = SAMPLE.splitlines(keepends=True)


@dataclass(frozen=True)
class Conflict:
    """Something that only the list knows of a row."""

    line: int
    column: str
    message: str


def records(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def marks(text: str) -> list[str]:
    """The last cell of every row."""
    return [record[-1] if record else "" for record in records(text)]


def test_a_faultless_sheet_gets_an_empty_column_and_reads_as_before() -> None:
    text = marked_sheet(SAMPLE)
    assert marks(text) == [MARK_COLUMN, *[""] * 13]
    assert [record[:-1] for record in records(text)] == records(SAMPLE.decode())
    assert read_sheet(text.encode()) == read_sheet(SAMPLE)


def test_all_faults_of_a_row_stand_beside_it_with_their_columns() -> None:
    bad = GOOD | {"device_model": "90100", "status": "Gone"}
    header, good, marked = records(marked_sheet(sheet_of(GOOD, bad | {"cpl_entry_id": "CPL-2"})))
    assert (header[-1], good[-1]) == (MARK_COLUMN, "")
    first, second = marked[-1].split(" | ")
    assert first.startswith("device_model: ‘90100’ is not a Device Model")
    assert second.startswith("status: ‘Gone’ is not a status")
    assert marked[COLUMNS.index("device_model")] == "90100"


def test_a_sheet_mended_in_place_reads() -> None:
    marked = marked_sheet(sheet_of(GOOD | {"device_model": "90100"}))
    mended = marked.replace(",90100,", ",00090100,")
    assert mended != marked
    sheet = read_sheet(mended.encode())
    assert (len(sheet.rows), sheet.faults) == (1, ())
    again = marked_sheet(mended.encode())
    assert marks(again) == [MARK_COLUMN, ""]
    assert len(records(again)[0]) == len(COLUMNS) + 1


def test_what_the_list_says_of_a_row_stands_beside_it_too() -> None:
    further = [Conflict(3, "gbcs_version", "It was 4.1."), Conflict(3, "", "See there.")]
    text = marked_sheet(sheet_of(GOOD, GOOD | {"cpl_entry_id": "CPL-2"}), further)
    assert marks(text) == [MARK_COLUMN, "", "gbcs_version: It was 4.1. | See there."]


def test_what_is_of_the_whole_file_stands_in_the_heading() -> None:
    headings = [*(column for column in COLUMNS if column != "status"), "Device Model"]
    text = marked_sheet(sheet_of(GOOD, headings=headings), [Conflict(99, "", "No such line.")])
    heading, row = marks(text)
    assert heading.startswith(f"{MARK_COLUMN}: status: There is no column status.")
    assert "The heading device_model stands twice, as ‘device_model’ and ‘Device Model’." in heading
    assert heading.endswith("No such line.")
    assert row == ""
    codes = {fault.code for fault in read_sheet(text.encode()).faults}
    assert codes == {"HEADING_MISSING", "HEADING_TWICE"}


def test_faults_left_out_are_told_in_the_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_module, "MOST_FAULTS", 1)
    bad = GOOD | {"cpl_entry_id": "?", "status": "?"}
    heading, first, second = marks(marked_sheet(sheet_of(bad, bad)))
    assert heading.startswith(f"{MARK_COLUMN}: 3 further faults are not named here.")
    assert (first.count(" | "), second) == (0, "")
    assert first.startswith("cpl_entry_id: ")


@pytest.mark.parametrize("data", [b"%PDF-1.7", b"PK\x03\x04", b"", b"\xff\xfea\0"])
def test_a_file_without_rows_gives_the_heading_alone(data: bytes) -> None:
    (fault,) = read_sheet(data).faults
    assert records(marked_sheet(data)) == [[f"{MARK_COLUMN}: {fault.message}"]]


def test_rows_after_the_one_too_many_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_module, "MOST_ROWS", 11)
    monkeypatch.setattr(sheet_marking, "MOST_ROWS", 11)
    said = marks(marked_sheet(SAMPLE))
    assert said[:-1] == [MARK_COLUMN, *[""] * 11]
    assert said[-1].startswith("The sheet has more than 11 rows")


def test_a_line_that_is_no_csv_is_kept_as_it_is() -> None:
    broken = LINES[4].replace(b"Sample maker 1063", b'"Sample" maker')
    text = marked_sheet(b"".join([*LINES[:4], broken, *LINES[5:]]))
    row = records(text)[4]
    assert row[0] == broken.decode().strip()
    assert row[-1].startswith("Text follows a closing quotation mark.")
    assert len(row) == len(COLUMNS) + 1
    assert read_sheet(text.encode()).faults[0].line == 5


def test_a_header_that_is_no_csv_is_kept_and_told() -> None:
    text = marked_sheet(b'"a" b,c\r\n' + SAMPLE)
    assert records(text)[0][0] == '"a" b,c'
    assert records(text)[0][-1].startswith(f"{MARK_COLUMN}: Text follows")


def test_a_row_with_too_many_cells_stays_so_until_it_is_mended() -> None:
    line = LINES[3].replace(b"Sample maker", b"Sample, maker")
    text = marked_sheet(b"".join([*LINES[:3], line, *LINES[4:]]))
    assert len(records(text)[3]) == len(COLUMNS) + 2
    faults = read_sheet(text.encode()).faults
    assert [(fault.line, fault.code) for fault in faults] == [(4, "TOO_MANY_CELLS")]
    again = records(marked_sheet(text.encode()))[3]
    assert again[: len(COLUMNS) + 1] == records(text)[3][: len(COLUMNS) + 1]


def test_an_empty_cell_too_many_is_left_out() -> None:
    data = LINES[0] + b"".join(LINES[1:]).replace(b"\r\n", b",\r\n")
    text = marked_sheet(data, [Conflict(2, "", "It was removed.")])
    assert read_sheet(text.encode()) == read_sheet(SAMPLE)


def test_rows_stay_on_their_lines() -> None:
    data = sheet_of(GOOD | {"manufacturer_name": "a\nb"}) + b"\r\n" + b"," * 18 + b"\r\n"
    data += sheet_of(GOOD | {"cpl_entry_id": "?"}).split(b"\r\n", 1)[1]
    faults = read_sheet(data).faults
    assert [fault.line for fault in faults] == [2, 6]
    assert read_sheet(marked_sheet(data).encode()).faults == faults


def test_what_a_spreadsheet_would_run_is_marked_in_every_column() -> None:
    headings = ["=1+1", *COLUMNS]
    data = sheet_of(GOOD | {"=1+1": "=2+2", "gbcs_version": "'=3+3"}, headings=headings)
    header, row = records(marked_sheet(data, [Conflict(2, "", "=4+4")]))
    assert header[0] == "'=1+1"
    assert row[0] == "'=2+2"
    assert row[1 + COLUMNS.index("gbcs_version")] == "'=3+3"  # as it came: it has its mark
    assert row[-1] == "'=4+4"


@given(cell=st.one_of(st.text(), TEXTS, st.text(alphabet="' =\t\n-a")))
def test_a_cell_given_back_says_what_it_said(cell: str) -> None:
    given_back = neutralise(without_apostrophe(cell.strip()))
    assert content(given_back) == content(cell)


def test_a_workbook_is_given_back_as_csv_with_rows_on_their_lines() -> None:
    rows = list(read_sheet(SAMPLE).rows)
    rows[4] = replace(rows[4], cpl_entry_id=rows[0].cpl_entry_id)
    text = marked_sheet(write_workbook(rows))
    said = marks(text)
    assert [line for line, mark in enumerate(said, start=1) if mark] == [1, 6]
    assert "stands on line 2 and again on line 6" in said[5]
    assert len(read_sheet(text.encode()).rows) == 12
