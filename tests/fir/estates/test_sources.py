"""An inventory is read whole in any of its forms, or refused with the line and the reason."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fir.estates.faults import SourceFault
from fir.estates.sources import read_source
from fir.estates.unpacking import Limits
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fir.estates.rules import RawDevice

RESPONSE = (Path(__file__).parents[2] / "data" / "read-inventory-response.xml").read_bytes()
CSV = make.inventory(
    make.device(1),
    make.device(2, DeviceType="PPMID", CHFDeviceID=make.device_id(9)),
    make.device(3, DeviceManufacturer='"GFI, Söhne"', DeviceModel='"two\nlines"'),
    make.device(9, DeviceType="CHF"),
)
WINDOWS = b"\xef\xbb\xbf" + make.inventory(make.device(1), make.device(2)).replace(b"\n", b"\r\n")


LIMITS = Limits(1 << 40, 1 << 40, 1000, 100, 100_000)


def packed(data: bytes) -> bytes:
    """The data as gzip writes it, the same at any time."""
    return gzip.compress(data, mtime=0)


FORMS = {"csv": CSV, "windows": WINDOWS, "gzip": packed(CSV), "response": RESPONSE,
         "packed response": packed(RESPONSE)}  # fmt: skip


def read(*pieces: bytes) -> list[RawDevice]:
    return list(read_source(pieces, LIMITS))


def refusal(*pieces: bytes) -> SourceFault:
    with pytest.raises(SourceFault) as fault:
        read(*pieces)
    assert str(fault.value).startswith(f"Line {fault.value.line}: ")
    return fault.value


def test_a_row_comes_out_with_its_contract_columns_and_its_line() -> None:
    first, second, third, fourth = read(CSV)

    assert [one.line for one in (first, second, third, fourth)] == [2, 3, 5, 6]
    assert first.device_id == make.device_id(1)
    assert (second.device_type, second.chf_device_id) == ("PPMID", make.device_id(9))
    assert (third.manufacturer, third.device_model) == ("GFI, Söhne", "two\nlines")
    assert (fourth.device_type, fourth.responsible_role) == ("CHF", "")


def test_headings_come_in_any_order_case_and_spacing_and_other_columns_stay_behind() -> None:
    rows = b"UPRN,chf device id,Device_Firmware-Version,DEVICEMODEL,Responsible Role,PostCode," \
           b"DeviceManufacturer,devicestatus,DeviceType,DeviceID\n" \
           b"100023336956,,00000001,00010101,GS,ZZ1 1ZZ,F1A1,Pending,ESME,01\n"  # fmt: skip

    (only,) = read(rows)

    assert (only.device_id, only.device_type, only.device_status) == ("01", "ESME", "Pending")
    assert (only.firmware_version, only.responsible_role) == ("00000001", "GS")
    assert "100023336956" not in repr(only)
    assert "ZZ1" not in repr(only)


@pytest.mark.parametrize("form", FORMS)
def test_single_bytes_give_the_same_rows(form: str) -> None:
    data = FORMS[form]

    assert read(*(data[i : i + 1] for i in range(len(data)))) == read(data)


@given(form=st.sampled_from(sorted(FORMS)), data=st.data())
def test_where_the_pieces_are_cut_makes_no_difference(form: str, data: st.DataObject) -> None:
    whole = FORMS[form]
    cuts = data.draw(st.lists(st.integers(0, len(whole)), max_size=20))

    edges = [0, *sorted(cuts), len(whole)]

    assert read(*(whole[a:b] for a, b in pairwise(edges))) == read(whole)


@given(st.lists(st.binary(max_size=60), max_size=4), st.booleans())
def test_arbitrary_bytes_raise_nothing_but_the_fault(pieces: list[bytes], headed: bool) -> None:
    opening = [make.CSV_HEADINGS.encode() + b"\n"] if headed else []

    with suppress(SourceFault):
        read(*opening, *pieces)


@pytest.mark.parametrize("nothing", [(), (b"",), (b"", b""), (packed(b""),)])
def test_nothing_at_all_is_refused(nothing: tuple[bytes, ...]) -> None:
    assert "empty" in str(refusal(*nothing))


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (CSV.replace(b"DeviceModel", b"Model"), "DeviceModel"),
        (b"DeviceID,DeviceType\n", "DeviceFirmwareVersion"),
        (CSV.replace(b"DeviceModel", b"DeviceType"), "DeviceModel"),
        (b"Device ID," + CSV, "stand twice: DeviceID"),
        (b"\xef\xbb\xbf", "DeviceID"),
        (b"\n" + CSV, "DeviceID"),
        (CSV.decode().encode("utf-16"), "UTF-8"),
        (CSV.decode().encode("utf-16-le"), "UTF-8"),
        (b"PK\x03\x04 and so on", "ZIP"),
        (packed(b"PK\x05\x06 and so on"), "ZIP"),
        (packed(packed(CSV)), "twice"),
        (b"<Request/>", "DUIS"),
    ],
)  # fmt: skip
def test_what_is_no_inventory_is_refused_with_its_reason(data: bytes, names: str) -> None:
    fault = refusal(data)

    assert fault.line == 1
    assert names in str(fault)


def test_a_heading_may_begin_like_a_zip_file() -> None:
    rows = b"PK," + CSV.replace(b"\n00-", b"\n7,00-")

    assert [one.device_id for one in read(rows)] == [one.device_id for one in read(CSV)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (make.inventory(make.device(1))[:-12], 2),
        (make.inventory(make.device(1), make.device(2))[: -len(",00000001,\n") - 3], 3),
        (make.inventory(make.device(1)) + b'00-00,"ESME', 3),
        (make.inventory(make.device(1)) + b'00-00,"ESME"x,', 3),
    ],
)
def test_a_csv_that_is_cut_off_names_the_line(text: bytes, line: int) -> None:
    for data in (text, packed(text)):
        fault = refusal(data)

        assert fault.line == line
        assert "cut off" in str(fault)


def test_the_last_row_alone_may_be_unended_and_says_so() -> None:
    unended = make.inventory(*(make.device(n, CHFDeviceID=make.device_id(9)) for n in (1, 2)))[:-1]

    assert [one.is_ended for one in read(unended)] == [True, False]
    assert [one.is_ended for one in read(packed(unended))] == [True, False]
    for ended in (unended + b"\n", unended + b"\r\n", unended + b"\n\n", RESPONSE):
        assert all(one.is_ended for one in read(ended))


@pytest.mark.parametrize("column", ["DeviceStatus", "ResponsibleRole", "PostCode"])
def test_a_last_cell_whose_part_reads_like_a_whole_must_be_ended(column: str) -> None:
    devices = [make.device(n) | {column: value} for n, value in enumerate(("IS", "GS"), start=1)]
    headings = [*(name for name in make.device() if name != column), column]
    lines = [",".join(one[name] for name in headings) for one in devices]
    rows = "\n".join([",".join(headings), *lines]).encode()

    fault = refusal(rows)

    assert fault.line == 3
    assert "end its last line with a line break" in str(fault)
    assert len(read(rows + b"\n")) == 2


def test_an_empty_cell_at_the_end_of_an_unended_row_is_refused_by_its_line() -> None:
    rows = make.inventory(make.device(1), make.device(2))

    assert len(read(rows)) == 2
    for end in (b"", b" ", b'""'):
        assert refusal(rows[:-1] + end).line == 3


def test_a_gzip_that_is_cut_off_anywhere_is_refused() -> None:
    whole = packed(CSV)

    for cut in range(4, len(whole)):
        assert "cut off" in str(refusal(whole[:cut]))


def test_a_response_that_is_cut_off_names_the_line() -> None:
    cut = RESPONSE.index(b"<sr:DeviceType>GSME")

    fault = refusal(RESPONSE[:cut])

    assert fault.line == RESPONSE[:cut].count(b"\n") + 1
    assert "cut off" in str(fault)


def test_a_gzip_that_was_damaged_is_refused() -> None:
    whole = packed(CSV)

    assert "damaged" in str(refusal(whole[:-8] + bytes(8)))


@pytest.mark.parametrize("cut", [-1, 0, 1, 10])
def test_a_second_part_of_a_gzip_is_never_dropped_in_silence(cut: int) -> None:
    first, second = packed(CSV), packed(make.inventory(make.device(7)))
    both, edge = first + second, len(first) + cut

    assert "more than one part" in str(refusal(both[:edge], both[edge:]))


def test_a_row_whose_columns_cannot_be_told_apart_gives_its_line_alone() -> None:
    short, long, good = (
        "00-01,ESME,1 High Street",
        "x,y,1 High Street,London,a,b,c,d",
        "1,2,3,4,5,6,7",
    )
    rows = "\n".join([make.CSV_HEADINGS, short, long, good, ""]).encode()

    first, second, third = read(rows)

    assert (first.line, first.fault) == (2, "CELLS_MISSING")
    assert (second.line, second.fault) == (3, "CELLS_TOO_MANY")
    assert (third.line, third.fault, third.device_id) == (4, "", "1")
    assert "High" not in repr([first, second])
    assert "London" not in repr([first, second])


def test_blank_lines_are_no_rows() -> None:
    assert [one.line for one in read(CSV.replace(b"\n00-", b"\n\n00-") + b"\n\n")] == [3, 5, 8, 10]


def test_a_nul_in_a_cell_is_one_rows_trouble() -> None:
    (only,) = read(make.inventory(make.device(1, DeviceStatus="a\0b")))

    assert only.device_status == "a\0b"


def test_a_huge_field_is_refused_by_its_line() -> None:
    rows = make.inventory(make.device(1), make.device(2, DeviceStatus="x" * 200_000))

    assert refusal(rows).line == 3


def endless(opening: bytes, filling: bytes) -> Iterator[bytes]:
    yield opening
    for taken in range(64):
        assert taken < 48, "it went on reading"
        yield filling


@pytest.mark.parametrize("opening", [b"", CSV, CSV + b'"'])
def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(opening: bytes) -> None:
    pieces = endless(opening, b"x" * (1 << 16))

    with pytest.raises(SourceFault):
        list(read_source(pieces, LIMITS))


def bomb() -> Iterable[bytes]:
    packer = zlib.compressobj(9, wbits=31)
    yield packer.compress(CSV)
    for _ in range(40):
        yield packer.compress((b"x" * 98_000 + b"\n") * 10)
    yield packer.flush()


def test_a_gzip_bomb_is_refused() -> None:
    assert "1,000 times" in str(refusal(*bomb()))


def test_a_fault_repeats_nothing_of_the_file() -> None:
    secret = "1 Secret Street"
    for data in (
        f'{make.CSV_HEADINGS}\n"{secret}'.encode(),
        f'{make.CSV_HEADINGS}\n"{secret}"{secret},'.encode(),
        f"{make.CSV_HEADINGS}\n{secret}".encode(),
        f"{secret},DeviceID\n".encode(),
        RESPONSE.replace(b"<sr:UPRN>", f"<sr:UPRN>{secret}<".encode()),
    ):
        assert "Secret" not in str(refusal(data))
