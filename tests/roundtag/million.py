"""G8: the root of a million leaves by the product's tree and by the stand-alone verifier, in
seconds of processor: `python -m tests.roundtag.million`."""

import sys
import time

from roundtag.tlog import tree
from tests.roundtag.tamper import alone

LEAVES, SIZE = 1_000_000, 600
"""A leaf of a fault is some 600 bytes."""


def main() -> None:
    texts = [f"{n:0{SIZE}d}".encode() for n in range(LEAVES)]
    began = time.process_time()
    ours = tree.root(map(tree.leaf_hash, texts))
    mine = time.process_time() - began
    found, count = alone.checker().roots(texts, [LEAVES])
    theirs = time.process_time() - began - mine
    assert (found[LEAVES], count) == (ours, LEAVES)
    sys.stdout.write(f"{LEAVES} leaves: product {mine:.1f} s, stand-alone {theirs:.1f} s\n")


if __name__ == "__main__":
    main()
