"""The tree that everybody can recompute: grown here leaf by leaf, and by the outside verifier."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fir.client.tree import leaf_hash as outside_leaf_hash
from fir.client.tree import root_of
from fir.ledger.rules import leaf_hash
from fir.ledger.tree import Tree

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

    assert Tree().grown(leaves).root == ROOTS[size - 1]
    assert root_of(leaves) == ROOTS[size - 1]
    assert recursive_root(LEAVES[:size]) == ROOTS[size - 1]


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    assert Tree().root == root_of([]) == hashlib.sha256(b"").hexdigest()


@given(texts=st.lists(st.text(max_size=5), max_size=70))
def test_a_tree_of_any_size_is_the_one_that_its_definition_gives(texts: list[str]) -> None:
    leaves = [leaf_hash(text) for text in texts]
    expected = recursive_root([text.encode() for text in texts])

    assert Tree().grown(leaves).root == expected
    assert root_of(leaves) == expected


@given(size=st.integers(2, 40), data=st.data())
def test_no_two_leaves_change_places_unnoticed(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(str(number)) for number in range(size)]
    one, other = data.draw(st.lists(st.integers(0, size - 1), min_size=2, max_size=2, unique=True))
    swapped = list(leaves)
    swapped[one], swapped[other] = leaves[other], leaves[one]

    assert Tree().grown(swapped).root != Tree().grown(leaves).root


@given(sizes=st.lists(st.integers(0, 20), max_size=6))
def test_a_tree_grown_in_pieces_is_the_tree_grown_at_once(sizes: list[int]) -> None:
    leaves = [leaf_hash(str(number)) for number in range(sum(sizes))]
    tree, rest = Tree(), list(leaves)
    for size in sizes:
        tree = tree.grown(rest[:size])
        rest = rest[size:]

    assert tree == Tree().grown(leaves)
    assert len(tree.frontier) == len(leaves).bit_count()


@given(st.text())
def test_inside_and_outside_hash_a_text_alike(text: str) -> None:
    assert outside_leaf_hash(text) == leaf_hash(text)
