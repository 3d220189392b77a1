"""Blocks of plain lines, read many at a time, say what their rows say one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fir.estates.csv_rows import Block
from fir.estates.faults import SourceFault
from fir.estates.reception import Reception, limits
from fir.estates.sources import read_parts
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fir.estates.quick import Rows
    from fir.estates.rules import RawDevice

HEADINGS = [*make.CSV_HEADINGS.split(","), "ResponsibleRole", "Address"]
ODD = ["", " ", "GFI", "9001", "two words", "Söhne", "x\0y", "1" * 70, "0xF1A1", "f1a1"]
USUAL = {
    "DeviceID": [make.device_id(n) for n in range(9)] + ["00DB1234567890A0", "FF-" * 7 + "ff"],
    "DeviceType": ["ESME", "CHF", "PPMID", "esme"],
    "DeviceStatus": ["Commissioned", "Pending"],
    "DeviceManufacturer": ["F1A1", "F1A2"],
    "DeviceModel": ["00010101", "00010102"],
    "DeviceFirmwareVersion": ["00000001", "0000000A", "0000000a"],
    "CHFDeviceID": ["", make.device_id(1), make.device_id(2).lower(), "00:db"],
    "ResponsibleRole": ["", "IS", "GS+IS"],
    "Address": ["", "1 Nowhere Street"],
}
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\n\n", ",\n"])


def cell(heading: str) -> st.SearchStrategy[str]:
    usual = st.sampled_from(USUAL[heading])
    return st.one_of(usual, usual, usual, st.sampled_from([*ODD, '"quoted, cell"']))


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    """An inventory with columns in any order, most of it plain."""
    order = draw(st.permutations(HEADINGS))
    rows = draw(st.lists(st.tuples(*map(cell, order), ENDS), max_size=12))
    lines = [",".join(cells) + end for *cells, end in rows]
    return ("".join([",".join(order), "\n", *lines])).encode()


def one_by_one(parts: Iterable[Block | RawDevice]) -> Iterator[RawDevice]:
    for part in parts:
        if isinstance(part, Block):
            yield from part.rows()
        else:
            yield part


def told(data: bytes, *, quick: bool) -> Any:
    """Everything that a reception says of an inventory."""
    reception = Reception("IS+GS")
    parts = read_parts([data], limits())
    try:
        batches = list(reception.rows(parts if quick else one_by_one(parts)))
    except SourceFault as fault:
        return str(fault)
    configurations = list(reception.numbers)
    kept = sorted(
        (place, device, hub if has_hub else None, repr(configurations[number]))
        for rows in batches
        for place, device, hub, has_hub, number in lists(rows)
    )
    counts = (reception.rows_read, reception.rows_bad, dict(reception.reasons))
    return kept, reception.notes, counts


def lists(rows: Rows) -> Iterator[tuple[int, int, int, bool, int]]:
    columns = (rows.places, rows.devices, rows.hubs, rows.has_hub, rows.configurations)
    return zip(*(column.tolist() for column in columns), strict=True)


@given(sheets())
@settings(max_examples=400)
def test_both_ways_tell_the_same(data: bytes) -> None:
    assert told(data, quick=True) == told(data, quick=False)


def test_plain_rows_go_the_quick_way() -> None:
    data = make.inventory(*(make.device(n) for n in range(1, 200)))
    (block,) = read_parts([data], limits())

    assert isinstance(block, Block)
    kept, notes, counts = told(data, quick=True)
    assert (len(kept), notes, counts) == (199, [], (199, 0, {}))
