"""A reception notes and counts every row, and takes in nothing that broke off or has no end."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fir.estates.faults import SourceFault
from fir.estates.reception import Reception, limits
from fir.estates.sources import read_parts
from tests import make

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEADINGS = (*make.CSV_HEADINGS.split(","), "ResponsibleRole")
HUB_ID = make.device_id(9)


def taken(data: bytes | Iterable[bytes], roles: str = "IS+GS") -> Reception:
    """A reception that took in everything."""
    reception = Reception(roles)
    pieces = [data] if isinstance(data, bytes) else data
    list(reception.rows(read_parts(reception.counted(pieces), limits())))
    return reception


def refusal(data: bytes | Iterable[bytes]) -> SourceFault:
    with pytest.raises(SourceFault) as fault:
        taken(data)
    return fault.value


def sheet(*devices: dict[str, str], headings: tuple[str, ...] = HEADINGS) -> bytes:
    """An inventory with the columns in this order, ended by no line break."""
    rows = [",".join(one[name] for name in headings) for one in devices]
    return "\n".join([",".join(headings), *rows]).encode()


def device(number: int, **changes: str) -> dict[str, str]:
    """A device without an empty cell."""
    return make.device(number, CHFDeviceID=HUB_ID, **changes) | {"ResponsibleRole": "IS+GS"}


# The last row


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("last", HEADINGS)
def test_a_cut_anywhere_in_the_last_row_is_refused_by_its_line(last: str, ends: bytes) -> None:
    order = (*(name for name in HEADINGS if name != last), last)
    whole = sheet(device(1), device(2), device(3), headings=order).replace(b"\n", ends)
    start = whole.rindex(b"\n") + 1

    for cut in range(start + 1, len(whole)):
        assert refusal(whole[:cut]).line == 4, whole[start:cut]
    assert taken(whole + ends).rows_read == 3


@given(pieces=st.lists(st.integers(1, 400), max_size=5))
def test_a_cut_is_met_however_the_pieces_come(pieces: list[int]) -> None:
    whole = sheet(device(1), device(2))
    cut = whole[: -len("IS+GS") - 3]
    edges = [0, *sorted(pieces), len(cut)]

    assert refusal(cut[a:b] for a, b in pairwise(edges)).line == 3


def test_a_last_row_whose_last_cell_is_complete_is_taken_without_a_line_break() -> None:
    whole = sheet(device(1), device(2), headings=HEADINGS[:-1])

    for rows in (whole, whole + b"\n", whole + b"\r"):
        assert (taken(rows).rows_read, taken(rows).rows_bad) == (2, 0)


@pytest.mark.parametrize(
    "odd",
    [
        {"DeviceID": "none"},
        {"DeviceType": "METER"},
        {"DeviceStatus": "two words"},
        {"DeviceManufacturer": "GFI"},
        {"DeviceModel": "9001"},
        {"DeviceFirmwareVersion": "1"},
        {"CHFDeviceID": HUB_ID[:-1]},
        {"DeviceID": f"{make.device_id(2)},{make.device_id(2)}"},
    ],
)
def test_a_last_row_with_any_note_must_be_ended(odd: dict[str, str]) -> None:
    rows = sheet(device(1), device(2) | odd, headings=HEADINGS[:-1])

    assert refusal(rows).line == 3
    assert sum(taken(rows + b"\n").reasons.values()) == 1


def test_a_row_that_is_not_the_last_may_have_any_note() -> None:
    rows = sheet(device(1, DeviceModel="9001"), device(2), headings=HEADINGS[:-1])

    assert taken(rows).reasons == {"WRONG_LENGTH": 1}


# Limits


def endless(row: str) -> Iterator[bytes]:
    yield f"{make.CSV_HEADINGS}\n".encode()
    for _ in range(1000):
        yield f"{row}\n".encode() * 1000
    pytest.fail("it went on reading")


@pytest.mark.parametrize("row", [",".join(make.device(1).values()), "x,ESME,,,,,", "short"])
def test_no_more_rows_are_taken_than_the_most_be_they_good_or_bad(row: str, settings: Any) -> None:
    settings.ESTATE_MOST_ROWS = 3

    fault = refusal(endless(row))

    assert fault.line == 5
    assert "More than 3 rows" in str(fault)


def test_as_many_rows_as_the_most_are_taken(settings: Any) -> None:
    settings.ESTATE_MOST_ROWS = 3

    assert taken(make.inventory(*map(make.device, (1, 2, 3)))).rows_read == 3


def test_no_more_configurations_are_taken_than_the_most(settings: Any) -> None:
    settings.ESTATE_MOST_CONFIGURATIONS = 2
    two = [make.device(n, DeviceFirmwareVersion=f"{n % 2:08}") for n in range(1, 9)]
    third = make.device(9, DeviceFirmwareVersion="00000007")

    assert len(taken(make.inventory(*two)).numbers) == 2
    fault = refusal(make.inventory(*two, third, *two))
    assert fault.line == 10
    assert "More than 2 different" in str(fault)


# Notes


def test_all_notes_are_counted_and_the_first_are_kept(settings: Any) -> None:
    settings.ESTATE_BAD_ROWS_REPORTED = 2
    rows = [make.device(n, DeviceStatus="two words") for n in range(1, 4)]

    reception = taken(make.inventory(*rows, make.device(4, DeviceID="none")))

    assert reception.reasons == {"STATUS_UNREADABLE": 3, "NOT_A_DEVICE_ID": 1}
    assert [note.line for note in reception.notes] == [2, 3]
    assert (reception.rows_read, reception.rows_bad) == (4, 1)


@pytest.mark.parametrize(("held", "left"), [("IS", "IS"), ("GS", "GS"), ("IS+GS", "IS+GS")])
def test_rows_speak_for_the_roles_that_the_supplier_holds(held: str, left: str) -> None:
    reception = taken(sheet(device(1)) + b"\n", roles=held)

    assert {one.responsible_roles for one in reception.numbers} == {left}
    assert reception.reasons == ({} if held == "IS+GS" else {"ROLE_NOT_HELD": 1})
    assert reception.rows_bad == 0
