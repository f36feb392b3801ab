"""The Merkle tree against transparency-dev's public vectors, and against itself at every size."""

import base64
import json
import random
from pathlib import Path
from typing import Any

import pytest

from roundtag.tlog import tree

VECTORS = Path(__file__).resolve().parent.parent / "vectors" / "log"


def vectors(kind: str) -> list[Any]:
    files = sorted((VECTORS / kind).rglob("*.json"))
    return [pytest.param(json.loads(path.read_text("utf-8")),
                         id=str(path.relative_to(VECTORS / kind))) for path in files]  # fmt: skip


def raw(text: str | None) -> bytes:
    return base64.b64decode(text or "")


def test_all_vectors_are_here() -> None:
    assert len(vectors("inclusion")) + len(vectors("consistency")) == 196


@pytest.mark.parametrize("one", vectors("inclusion"))
def test_an_inclusion_vector(one: dict[str, Any]) -> None:
    proof = [raw(step) for step in one["proof"] or []]
    good = tree.verify_inclusion(one["leafIdx"], one["treeSize"], raw(one["leafHash"]), proof,
                                 raw(one["root"]))  # fmt: skip
    assert good is not one["wantErr"]


@pytest.mark.parametrize("one", vectors("consistency"))
def test_a_consistency_vector(one: dict[str, Any]) -> None:
    proof = [raw(step) for step in one["proof"] or []]
    good = tree.verify_consistency(one["size1"], raw(one["root1"]), one["size2"],
                                   raw(one["root2"]), proof)  # fmt: skip
    assert good is not one["wantErr"]


def plain_root(hashes: list[bytes]) -> bytes:
    """The definition of RFC 9162 word for word, to compare with."""
    if len(hashes) < 2:
        return hashes[0] if hashes else tree.EMPTY
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    return tree.node_hash(plain_root(hashes[:middle]), plain_root(hashes[middle:]))


LEAVES = [tree.leaf_hash(str(n).encode()) for n in range(70)]


def read(start: int, stop: int) -> list[bytes]:
    return LEAVES[start:stop]


def test_every_root_every_inclusion_and_every_consistency_up_to_seventy() -> None:
    roots = [plain_root(LEAVES[:size]) for size in range(71)]
    assert [tree.root(LEAVES[:size]) for size in range(71)] == roots
    for size in range(1, 71):
        for index in range(size):
            proof = tree.inclusion_proof(read, index, size)
            assert tree.verify_inclusion(index, size, LEAVES[index], proof, roots[size])
        for first in range(size + 1):
            proof = tree.consistency_proof(read, first, size)
            assert tree.verify_consistency(first, roots[first], size, roots[size], proof)


def test_a_frontier_goes_on_where_it_was_left() -> None:
    whole = tree.Frontier()
    for leaf in LEAVES:
        whole.add(leaf)
        again = tree.Frontier(whole.size, whole.peaks)
        assert again.root() == tree.root(LEAVES[: whole.size])
    with pytest.raises(ValueError, match="no tree"):
        tree.Frontier(3, LEAVES[:1])


def test_a_proof_with_one_bit_turned_proves_nothing() -> None:
    rng = random.Random(9162)
    for _ in range(300):
        size = rng.randrange(2, 71)
        index, first = rng.randrange(size), rng.randrange(1, size)
        top = tree.root(LEAVES[:size])
        path = tree.inclusion_proof(read, index, size)
        assert not tree.verify_inclusion(index, size, LEAVES[index], turned(rng, path), top)
        path = tree.consistency_proof(read, first, size)
        before = tree.root(LEAVES[:first])
        assert not tree.verify_consistency(first, before, size, top, turned(rng, path))


def turned(rng: random.Random, path: list[bytes]) -> list[bytes]:
    at, bit = rng.randrange(len(path)), rng.randrange(256)
    wrong = (int.from_bytes(path[at]) ^ (1 << bit)).to_bytes(32)
    return [*path[:at], wrong, *path[at + 1 :]]


@pytest.mark.parametrize(("index", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_for_what_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        tree.inclusion_proof(read, index, size)
    assert not tree.verify_inclusion(index, size, LEAVES[0], [], LEAVES[0])
