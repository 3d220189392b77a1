"""The Merkle tree over the ledger's leaf hashes (RFC 9162 2.1), grown leaf by leaf. Pure.

A tree of any size is known by its frontier: the roots of the perfect trees that it consists of, the
largest first, as many as its size has binary ones. A further leaf touches a few of them, so that
appending never looks back, and the root follows from the frontier alone.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

EMPTY_ROOT = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree of `size` leaves by its frontier; hashes are in hex."""

    size: int = 0
    frontier: tuple[str, ...] = ()

    def grown(self, leaf_hashes: Iterable[str]) -> "Tree":
        """The tree with these leaves after its own."""
        size, frontier = self.size, list(self.frontier)
        for leaf in leaf_hashes:
            node, full = leaf, size
            while full & 1:  # two perfect trees of one size become one
                node, full = parent(frontier.pop(), node), full >> 1
            frontier.append(node)
            size += 1
        return Tree(size, tuple(frontier))

    @property
    def root(self) -> str:
        """The root, in hex; that of an empty tree is the hash of nothing."""
        if not self.frontier:
            return EMPTY_ROOT
        *others, root = self.frontier
        for node in reversed(others):
            root = parent(node, root)
        return root


def parent(left: str, right: str) -> str:
    """The hash of a node over two others, all in hex (RFC 9162 2.1.1)."""
    joined = b"\x01" + bytes.fromhex(left) + bytes.fromhex(right)
    return hashlib.sha256(joined).hexdigest()
