"""Files that would take down whoever reads them: each ends as one fault, and in good time."""

import io
import json
import logging
import os
import signal
import struct
import sys
import zipfile
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpl.sheet import read_sheet
from cpl.sheet.row import RowFault
from cpl.workbook import archive as workbook_archive
from cpl.workbook import opening
from cpl.workbook.archive import Refused, open_archive
from cpl.workbook.parts import NotReadable
from cpl.workbook.reading import read_rows
from cpl.workbook.writing import write_workbook
from tests.cpl.sheet.sheets import SAMPLE, list_in, workbook_of

WORKBOOK = write_workbook(read_sheet(SAMPLE).rows)
SHEET = "xl/worksheets/sheet1.xml"


def only_fault(data: bytes) -> RowFault:
    sheet = read_sheet(data)
    assert sheet.rows == ()
    (fault,) = sheet.faults
    return fault


def with_parts(
    parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED, data: bytes = WORKBOOK
) -> bytes:
    """The workbook with some of its parts replaced or added."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return file.getvalue()


def with_sheet_changed(change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with other XML for its worksheet."""
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive:
        return with_parts({SHEET: change(archive.read(SHEET))})


def declaring(size: int, data: bytes) -> bytes:
    """The archive with another size declared for its last part, in its directory and before it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = archive.infolist()[-1]
    lied = bytearray(data)
    struct.pack_into("<I", lied, part.header_offset + 22, size)
    struct.pack_into("<I", lied, data.rindex(b"PK\x01\x02") + 24, size)
    return bytes(lied)


@pytest.mark.parametrize("cut", [5, 100, len(WORKBOOK) // 2, len(WORKBOOK) - 1])
def test_a_cut_off_workbook_is_one_fault(cut: int) -> None:
    fault = only_fault(WORKBOOK[:cut])
    assert (fault.line, fault.code) == (1, "WORKBOOK_DAMAGED")
    assert "cut off" in fault.message


def test_a_damaged_part_is_one_fault() -> None:
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive:
        at = archive.getinfo(SHEET).header_offset + 60
    assert only_fault(WORKBOOK[:at] + b"\xff" * 50 + WORKBOOK[at + 50 :]).code in {
        "WORKBOOK_DAMAGED",
        "TOO_LARGE",
    }


@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_a_workbook_damaged_anywhere_never_raises(data: st.DataObject) -> None:
    at = data.draw(st.integers(min_value=4, max_value=len(WORKBOOK) - 1))
    junk = data.draw(st.binary(min_size=1, max_size=6))
    read_sheet(WORKBOOK[:at] + junk + WORKBOOK[at + len(junk) :])


@pytest.mark.parametrize(
    ("name", "content", "hint"),
    [
        ("list.csv", SAMPLE, "ZIP archive"),
        ("xl/workbook.bin", b"", "XLSB"),
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet", "ODS"),
    ],
)
def test_another_archive_is_refused_with_advice(name: str, content: bytes, hint: str) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    fault = only_fault(file.getvalue())
    assert fault.code == "NOT_A_WORKBOOK"
    assert hint in fault.message


def test_a_workbook_that_unpacks_to_too_much_is_not_unpacked() -> None:
    size = workbook_archive.MOST_INFLATED + 1
    file = io.BytesIO(WORKBOOK)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"")
    data = declaring(size, file.getvalue())
    assert len(data) < 50_000
    fault = only_fault(data)
    assert fault.code == "TOO_LARGE"
    assert "200 MB" in fault.message


def test_a_part_that_unpacks_to_more_than_it_declares_is_refused() -> None:
    data = with_parts({"xl/bomb.xml": b" " * 5_000_000})
    assert len(read_sheet(data).rows) == 13
    assert only_fault(declaring(100, data)).code == "TOO_LARGE"


def test_a_part_that_unpacks_to_less_than_it_declares_is_damaged() -> None:
    data = with_parts({"xl/bomb.xml": b" " * 100})
    assert only_fault(declaring(101, data)).code == "WORKBOOK_DAMAGED"


def test_a_stored_part_is_as_large_as_it_is() -> None:
    data = with_parts({"xl/bomb.xml": b" " * 100}, zipfile.ZIP_STORED)
    assert len(read_sheet(data).rows) == 13
    assert only_fault(declaring(99, data)).code == "TOO_LARGE"


def test_another_compression_is_refused() -> None:
    assert only_fault(with_parts({}, zipfile.ZIP_BZIP2)).code == "WORKBOOK_DAMAGED"


def test_too_many_parts_are_refused() -> None:
    parts = {f"xl/{n}.xml": b"" for n in range(workbook_archive.MOST_PARTS)}
    assert only_fault(with_parts(parts)).code == "TOO_LARGE"


def test_a_part_under_a_password_is_refused() -> None:
    with zipfile.ZipFile(io.BytesIO(WORKBOOK)) as archive:
        part = archive.infolist()[0]
    locked = bytearray(WORKBOOK)
    locked[part.header_offset + 6] |= 1
    locked[WORKBOOK.index(b"PK\x01\x02") + 8] |= 1
    assert only_fault(bytes(locked)).code == "WORKBOOK_LOCKED"


def test_entities_are_never_expanded() -> None:
    entities = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><worksheet'
    data = with_sheet_changed(lambda xml: xml.replace(b"<worksheet", entities, 1))
    with pytest.raises(NotReadable):
        list(read_rows(data))
    assert only_fault(data).code == "WORKBOOK_UNREADABLE"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</sheetData>", b""),  # no XML
        (b'r="A1"', b'r="\xc3\x89 1"'),  # no place
        (b'r="A1"', b'r="A"'),
        (b'r="A1"', b'r="A99999999999999999999"'),
    ],
)
def test_a_worksheet_that_is_none_is_one_fault(old: bytes, new: bytes) -> None:
    data = with_sheet_changed(lambda xml: xml.replace(old, new, 1))
    assert only_fault(data).code in {"WORKBOOK_UNREADABLE", "TOO_LARGE"}


def test_a_workbook_without_its_relations_is_one_fault() -> None:
    assert only_fault(with_parts({"xl/_rels/workbook.xml.rels": b"<a/>"})).code == "EMPTY"
    assert only_fault(with_parts({"xl/workbook.xml": b"no XML"})).code == "WORKBOOK_UNREADABLE"


def test_prefixes_and_places_left_out_change_nothing() -> None:
    def change(xml: bytes) -> bytes:
        for name in (b"worksheet", b"sheetData", b"row", b"c", b"is", b"t"):
            for end in (b">", b" "):
                xml = xml.replace(b"<" + name + end, b"<x:" + name + end)
            xml = xml.replace(b"</" + name + b">", b"</x:" + name + b">")
        return xml.replace(b"xmlns=", b"xmlns:x=").replace(b' r="A2"', b"").replace(b' r="B2"', b"")

    rows = list(read_rows(WORKBOOK))
    # Without prefixes the elements below are of no namespace, which neither reader asks for.
    assert list(read_rows(with_sheet_changed(change))) == rows


def test_merged_cells_all_over_are_one_fault() -> None:
    def fill(book: object) -> None:
        sheet = list_in(book)
        sheet.write_string(9_999, 18, "x")
        sheet.merge_range(2, 0, 9_998, 18, "")

    assert only_fault(workbook_of(fill)).code == "MERGED"


def test_text_that_many_cells_share_counts_in_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(book: object) -> None:
        list_in(book).write_column(5, 20, ["x" * 1_000] * 6)

    monkeypatch.setattr("cpl.workbook.reading.LARGEST_SHEET", 5_000)
    with pytest.raises(Refused, match="TOO_LARGE"):
        list(read_rows(workbook_of(fill)))


def process_that_does(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets these lines stand for the process that reads a workbook."""
    monkeypatch.setattr(opening, "_COMMAND", (sys.executable, "-c", code))


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.abort()",
        "raise MemoryError",
        "print('[1, [], {}]'); raise SystemExit(3)",
        "",
        f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})",
    ],
)
def test_however_the_process_fails_it_is_one_fault_and_a_line_in_the_log(
    code: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    process_that_does(code, monkeypatch)
    with caplog.at_level(logging.WARNING):
        fault = only_fault(WORKBOOK)
    assert (fault.line, fault.code) == (1, "WORKBOOK_UNREADABLE")
    assert "Copy the list alone" in fault.message
    assert f"{len(WORKBOOK)} bytes" in caplog.text


def test_a_process_that_never_ends_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    process_that_does("import sys, time; sys.stdin.read(); time.sleep(600)", monkeypatch)
    monkeypatch.setattr(opening, "MOST_SECONDS", 0.2)
    assert only_fault(WORKBOOK).code == "WORKBOOK_UNREADABLE"


def test_a_process_that_cannot_start_is_one_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_COMMAND", ("/nowhere/python",))
    assert only_fault(WORKBOOK).code == "WORKBOOK_UNREADABLE"


def test_the_process_learns_nothing_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIR_SECRET_KEY", "a-secret-for-tests")
    end = json.dumps({"code": "SEEN", "message": ""})
    process_that_does(
        f"import os; print('{end}' if 'FIR_SECRET_KEY' in os.environ else '{{}}')", monkeypatch
    )
    assert "FIR_SECRET_KEY" in os.environ
    assert only_fault(WORKBOOK).code == "EMPTY"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's addresses")
def test_the_process_limits_its_memory_and_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    process_that_does(
        "import json, resource; from cpl.workbook import process; process._write = "
        "lambda _: print(json.dumps({'code': str([resource.getrlimit(kind)[0] for kind in "
        "(resource.RLIMIT_AS, resource.RLIMIT_CPU)]), 'message': ''})); process.main()",
        monkeypatch,
    )
    assert only_fault(b"PK\x03\x04").code == str([1 << 30, 20])


def test_an_archive_within_its_limits_is_opened() -> None:
    assert SHEET in open_archive(WORKBOOK).namelist()
