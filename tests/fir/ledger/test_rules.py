"""What may stand in an event, and the tree that everybody can recompute."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from fir.ledger.rules import PayloadRefused, canonical_text, check_payload, leaf_hash, tree_root

REMOVED = {
    "cpl_entry_id": "CPL-000001",
    "date_removed": "2026-11-20",
    "reason": "",
    "proposed_by": None,
    "import_id": None,
}
ADMITTED = {"party": "p", "category": "DCC", "user_roles": [], "manufacturer_identifiers": []}
LOADED = {"load_id": 1, "devices": 7, "rows_bad": 0}

# The reference leaves of Certificate Transparency, and the root of the first one, two, … of them.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def recursive_root(entries: list[bytes]) -> str:
    """The tree's definition (RFC 9162 2.1.1), word for word and without a thought for speed."""

    def mth(part: list[bytes]) -> bytes:
        if not part:
            return hashlib.sha256(b"").digest()
        if len(part) == 1:
            return hashlib.sha256(b"\x00" + part[0]).digest()
        k = 1
        while k * 2 < len(part):
            k *= 2
        return hashlib.sha256(b"\x01" + mth(part[:k]) + mth(part[k:])).digest()

    return mth(entries).hex()


@pytest.mark.parametrize("size", range(1, 9))
def test_the_tree_has_the_published_roots(size: int) -> None:
    leaves = [leaf_hash(leaf.decode()) for leaf in LEAVES[:size]]

    assert tree_root(leaves) == ROOTS[size - 1]
    assert recursive_root(LEAVES[:size]) == ROOTS[size - 1]


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert tree_root([]) == hashlib.sha256(b"").hexdigest()


@given(texts=st.lists(st.text(max_size=5), max_size=70))
def test_a_tree_of_any_size_is_the_one_that_its_definition_gives(texts: list[str]) -> None:
    root = tree_root(map(leaf_hash, texts))

    assert root == recursive_root([text.encode() for text in texts])


@given(size=st.integers(2, 40), data=st.data())
def test_no_two_leaves_change_places_unnoticed(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(str(number)) for number in range(size)]
    one, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
    swapped = list(leaves)
    swapped[one], swapped[other] = leaves[other], leaves[one]

    assert tree_root(swapped) != tree_root(leaves)


@pytest.mark.parametrize("payload", [ADMITTED, ADMITTED | {"user_roles": ["IS", "GS"]}])
def test_a_payload_as_its_kind_says_is_taken(payload: dict[str, Any]) -> None:
    check_payload("PARTY_ADMITTED", payload)


@pytest.mark.parametrize("missing", ADMITTED)
def test_a_payload_without_one_of_its_fields_is_refused_by_name(missing: str) -> None:
    payload = {name: value for name, value in ADMITTED.items() if name != missing}

    with pytest.raises(PayloadRefused, match=missing):
        check_payload("PARTY_ADMITTED", payload)


def test_a_payload_with_a_field_of_no_kind_is_refused_by_name() -> None:
    with pytest.raises(PayloadRefused, match="email"):
        check_payload("PARTY_ADMITTED", ADMITTED | {"email": "someone@example.org"})


@pytest.mark.parametrize("value", [None, 1, True, ["x"], {"a": "x"}, 1.5, b"x"])
def test_a_text_field_holds_text_alone(value: object) -> None:
    with pytest.raises(PayloadRefused, match="reason"):
        check_payload("CPL_ENTRY_REMOVED", REMOVED | {"reason": value})


@pytest.mark.parametrize("value", [None, "1", True, 1.0, [1]])
def test_a_number_field_holds_whole_numbers_alone(value: object) -> None:
    with pytest.raises(PayloadRefused, match="devices"):
        check_payload("ESTATE_LOADED", LOADED | {"devices": value})


@pytest.mark.parametrize("value", [2**53, -(2**53), 2**63])
def test_a_number_that_a_reader_could_take_for_its_neighbour_is_refused(value: int) -> None:
    with pytest.raises(PayloadRefused, match="devices"):
        check_payload("ESTATE_LOADED", LOADED | {"devices": value})


@pytest.mark.parametrize("value", [2**53 - 1, -(2**53) + 1, 0])
def test_whatever_number_is_taken_can_be_written(value: int) -> None:
    payload = LOADED | {"devices": value}

    check_payload("ESTATE_LOADED", payload)

    assert f'"devices":{value},' in canonical_text(payload)


@pytest.mark.parametrize(
    "value",
    [
        [1.5],
        [float("nan")],
        [[0.1]],
        [{"share": 0.5}],
        [2**53],
        [{"a": [{"b": -(2**53)}]}],
        [{"größe": 1}],
        [{"a": {"ключ": None}}],
        [{1: "a"}],
        [b"bytes"],
        [{"of one"}],
        [("a", "tuple")],
    ],
    ids=repr,
)
def test_what_json_readers_read_apart_is_refused_however_deep_it_stands(value: list[Any]) -> None:
    with pytest.raises(PayloadRefused, match="user_roles"):
        check_payload("PARTY_ADMITTED", ADMITTED | {"user_roles": value})


@pytest.mark.parametrize("value", [[], [None], [True, False], [{"a": [{"b": "ü€😀"}]}], [-1]])
def test_lists_and_objects_of_plain_values_are_taken(value: list[Any]) -> None:
    check_payload("PARTY_ADMITTED", ADMITTED | {"user_roles": value})


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.text(st.characters(max_codepoint=127)), inside, max_size=3)
    ),
    max_leaves=12,
)


@given(event=st.dictionaries(st.text(st.characters(max_codepoint=127)), PLAIN, max_size=6))
def test_the_canonical_text_is_the_one_of_the_standard(event: dict[str, Any]) -> None:
    assert canonical_text(event) == rfc8785.dumps(event).decode()
