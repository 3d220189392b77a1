"""The index of the list: what it finds depends neither on order nor on lines that cannot matter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from cpl.catalogue import Catalogue
from cpl.quality import findings_of, findings_of_list
from cpl.quality.index import ListIndex
from cpl.quality.near_hashes import MISTYPED_DIGITS, NearHashes
from tests import make

if TYPE_CHECKING:
    from cpl.sheet.row import SheetRow

TODAY = make.AT.date()
CATALOGUE = Catalogue({}, {})
HEX = "0123456789ABCDEF"
HASH = make.image_hash(1)
NEAR = f"0{HASH[1:30]}0{HASH[31:]}"
# Few values, so that entries meet in everything that a rule compares.
VALUES: dict[str, list[Any]] = {
    "device_type": ["ESME", "GSME"],
    "manufacturer_identifier": ["F1A1", "F1A2"],
    "manufacturer_name": ["Fine Meters", "FINE METERS", "Fine Meters Ltd", "Other Meters"],
    "device_model": ["00010101", "00010102", "00020101"],
    "firmware_version": ["00131585", "000202FF", "00020203", "0000000A", "00000001", "00000002"],
    "manufacturer_image_hash": [HASH, NEAR, make.image_hash(2), ""],
    "cpa_certificate_id": ["12", "0012", "CPA-1", ""],
    "cpa_renewal_date": [None, date(2030, 1, 1), date(2031, 1, 1)],
    "status": ["CURRENT", "CURRENT", "REMOVED"],
    "date_added": [date(2020, 1, 1), date(2020, 1, 2), TODAY],
}


def rows() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({name: st.sampled_from(of) for name, of in VALUES.items()})


def lists() -> st.SearchStrategy[list[SheetRow]]:
    drawn = st.lists(rows(), min_size=1, max_size=14)
    return drawn.map(lambda all_: [make.row(n, **one) for n, one in enumerate(all_, start=1)])


@given(sheet=lists(), data=st.data())
def test_what_is_found_does_not_depend_on_the_order_of_the_lines(
    sheet: list[SheetRow], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(sheet))

    assert findings_of_list(shuffled, CATALOGUE, TODAY, {}) == findings_of_list(
        sheet, CATALOGUE, TODAY, {}
    )


@given(sheet=lists(), to_come=rows())
def test_the_lines_of_its_manufacturer_and_of_its_hash_are_all_that_matters_to_a_line(
    sheet: list[SheetRow], to_come: dict[str, Any]
) -> None:
    whole = ListIndex(sheet)
    release = replace(make.row(99, **to_come), cpl_entry_id="", date_added=TODAY)

    for line in (*sheet, release):
        near_by = [
            other
            for other in sheet
            if other.manufacturer_identifier == line.manufacturer_identifier
            or other.manufacturer_image_hash == line.manufacturer_image_hash
        ]
        assert findings_of(line, ListIndex(near_by), CATALOGUE, TODAY, {}) == findings_of(
            line, whole, CATALOGUE, TODAY, {}
        )


@given(sheet=lists())
def test_a_line_is_judged_the_same_whether_or_not_it_is_among_the_lines(
    sheet: list[SheetRow],
) -> None:
    line, others = sheet[0], sheet[1:]

    def found(lines: list[SheetRow]) -> list[str]:
        all_ = findings_of(line, ListIndex(lines), CATALOGUE, TODAY, {})
        # Which spelling stands more often is the one thing that a line has a voice in.
        return [one.particulars for one in all_ if one.code != "MAKER_NAMED_TWICE"]

    assert found(sheet) == found(others)


def wrong(image_hash: str, digits: dict[int, str]) -> str:
    return "".join(digits.get(place, digit) for place, digit in enumerate(image_hash))


@given(
    typed=st.lists(
        st.dictionaries(st.integers(0, 63), st.sampled_from(HEX), max_size=6), max_size=8
    ),
    asked=st.dictionaries(st.integers(0, 63), st.sampled_from(HEX), max_size=6),
)
def test_near_hashes_are_those_that_comparing_each_with_each_finds(
    typed: list[dict[int, str]], asked: dict[int, str]
) -> None:
    hashes, mine = [wrong(HASH, digits) for digits in typed], wrong(HASH, asked)
    near_hashes = NearHashes()
    for one in hashes:
        near_hashes.add("family", one)
        near_hashes.add("another", make.image_hash(2))

    def differing(other: str) -> int:
        return sum(a != b for a, b in zip(mine, other, strict=True))

    found = list(near_hashes.near("family", mine))

    assert len(found) == len(set(found))
    assert set(found) == {one for one in hashes if 0 < differing(one) <= MISTYPED_DIGITS}
    assert list(near_hashes.near("another", mine)) == []
