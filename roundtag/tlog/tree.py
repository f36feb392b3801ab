"""The Merkle tree of RFC 9162, section 2.1: roots and proofs, made and checked; pure functions.

Hashes are the 32 raw bytes of SHA-256. `read(start, stop)` gives the leaf hashes of a range, so
that a tree of millions of leaves need never lie in memory as a whole.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

Read = Callable[[int, int], Sequence[bytes]]
EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(count: int) -> int:
    """The largest power of two smaller than `count` (at least 2): where a tree divides."""
    return 1 << ((count - 1).bit_length() - 1)


def root(hashes: Iterable[bytes]) -> bytes:
    """The root of the leaves in order."""
    frontier = Frontier()
    for one in hashes:
        frontier.add(one)
    return frontier.root()


class Frontier:
    """What must be kept of a tree to go on with it: the roots of its complete subtrees, the largest
    first; as many as `size` has ones in binary."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size, self.peaks = size, list(peaks)
        if len(self.peaks) != size.bit_count() or any(len(peak) != 32 for peak in self.peaks):
            raise ValueError(f"{len(self.peaks)} subtrees are no tree of {size} leaves")

    def add(self, leaf: bytes) -> None:
        """Adds the hash of the next leaf."""
        ending, self.size = self.size, self.size + 1
        while ending & 1:
            leaf = node_hash(self.peaks.pop(), leaf)
            ending >>= 1
        self.peaks.append(leaf)

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        *rest, found = self.peaks
        for peak in reversed(rest):
            found = node_hash(peak, found)
        return found


def inclusion_proof(read: Read, index: int, size: int) -> list[bytes]:
    """The path that shows leaf `index` in a tree of `size` leaves. Raises ValueError out of it."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    path: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + split(stop - start)
        if index < middle:
            path.append(_between(read, middle, stop))
            stop = middle
        else:
            path.append(_between(read, start, middle))
            start = middle
    return path[::-1]


def consistency_proof(read: Read, first: int, second: int) -> list[bytes]:
    """Shows that the tree of `first` leaves is the beginning of that of `second`."""
    if not 0 <= first <= second:
        raise ValueError(f"a tree of {first} is no beginning of one of {second}")
    if first in (0, second):
        return []
    path: list[bytes] = []
    start, stop = 0, second
    whole = True
    while stop != first:
        middle = start + split(stop - start)
        if first <= middle:
            path.append(_between(read, middle, stop))
            stop = middle
        else:
            path.append(_between(read, start, middle))
            start, whole = middle, False
    if not whole:
        path.append(_between(read, start, stop))
    return path[::-1]


def _between(read: Read, start: int, stop: int) -> bytes:
    return root(read(start, stop))


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes],
                     expected: bytes) -> bool:  # fmt: skip
    """RFC 9162, section 2.1.3.2."""
    if not 0 <= index < size or not _hashes([leaf, expected, *proof]):
        return False
    at, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == expected


def verify_consistency(first: int, first_root: bytes, second: int, second_root: bytes,
                       proof: Sequence[bytes]) -> bool:  # fmt: skip
    """RFC 9162, section 2.1.4.2. An empty tree is the beginning of every tree, but its own root
    must be named; two trees of one size need no proof and must have one root."""
    if first == second:
        known = first > 0 or first_root == EMPTY
        return known and not proof and first_root == second_root
    if not 0 <= first < second or not _hashes([first_root, second_root, *proof]):
        return False
    if first == 0:
        return not proof and first_root == EMPTY
    path = list(proof)
    if first & (first - 1) == 0:
        path = [first_root, *path]
    if not path:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, step)
        at, last = at >> 1, last >> 1
    return last == 0 and older == first_root and newer == second_root


def _hashes(values: Iterable[bytes]) -> bool:
    return all(len(value) == 32 for value in values)
