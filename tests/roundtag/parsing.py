"""Bytes gone wrong: every reader of what comes from elsewhere says so in its own words.

`python -m tests.roundtag.parsing --seeds 0:10000` tries that many of each kind and prints a line.
"""

import argparse
import gzip
import hashlib
import io
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from roundtag.backups import checking, packing
from roundtag.backups import manifest as manifests
from roundtag.backups import sealed as sealing
from roundtag.backups.manifest import NoBackup
from roundtag.backups.sealed import NotOpened
from roundtag.backups.store import Found
from roundtag.tlog import checkpoint, tree
from tests.roundtag.tamper import alone

ORIGIN = "roundtag/0123456789abcdef/1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
LEAVES = [tree.leaf_hash(bytes([n])) for n in range(21)]
HEAD = checkpoint.Checkpoint(ORIGIN, 21, tree.root(LEAVES))
NOTE = checkpoint.sign(HEAD, KEY)


def read_range(start: int, stop: int) -> list[bytes]:
    return LEAVES[start:stop]


def corrupt(data: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, cut out, doubled or put in; never the same as before."""
    made = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 8])):
        at = rng.randrange(len(made) + 1)
        end = min(len(made), at + rng.choice([1, 1, 4, 64]))
        part = rng.choice(
            [b"", rng.randbytes(end - at), bytes(made[at:end]) * 2, b"\xff", b"9" * 30]
        )
        made[at:end] = part
    return bytes(made) if bytes(made) != data else data + b"\0"


def note(data: bytes) -> None:
    for one in [data.decode("utf-8", "replace"), *checkpoint.notes(data.decode("latin-1"))]:
        said = checkpoint.read(one, ORIGIN, PUBLIC)
        assert said == HEAD, "an altered head was believed"


def verifier(data: bytes) -> None:
    name, public = checkpoint.read_verifier(data.decode("utf-8", "replace"))
    assert (name, public) == (ORIGIN, PUBLIC), "an altered key was believed"


def proof(data: bytes) -> None:
    """An inclusion and a consistency proof, as runs of 32 bytes; a false one is only False."""
    path = [data[at : at + 32] for at in range(0, len(data), 32)]
    if path == PROOF:
        return
    assert not tree.verify_inclusion(7, 21, LEAVES[7], path, HEAD.root)
    assert not tree.verify_consistency(13, tree.root(LEAVES[:13]), 21, HEAD.root, path)


PROOF = tree.inclusion_proof(read_range, 7, 21)


def alone_note(data: bytes) -> None:
    checker = alone.checker()
    for one in checker.notes(data.decode("utf-8", "replace")):
        said = checker.read_head(one, [(ORIGIN, PUBLIC)])
        assert said == (ORIGIN, 21, HEAD.root), "an altered head was believed"


def alone_key(data: bytes) -> None:
    found = alone.checker().read_key(data.decode("utf-8", "replace"))
    assert found == (ORIGIN, PUBLIC), "an altered key was believed"


def alone_export(data: bytes) -> None:
    """As its `main` does: a refusal is one of those it has words for."""
    checker = alone.checker()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        list(checker.check(archive, checkpoint.verifier(ORIGIN, PUBLIC), [NOTE]))


def export() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.json", '{"defaults": {}}')
        leaf = b'{"changes":[],"deed":"x","id":"1"}\n'
        archive.writestr("leaves.jsonl", leaf * 21)
        archive.writestr("heads.txt", NOTE)
        archive.writestr("rows.jsonl", b"")
    return target.getvalue()


def packed(passphrase: bytes | None) -> bytes:
    """A backup in one file; what opens it is cheap here, or a run would take days."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sealing, "COST", 1)
        place = Path(folder)
        rows, blobs = place / manifests.ROWS, place / manifests.BLOBS
        rows.write_bytes(gzip.compress(b'{"table": "x"}\n' * 9))
        photo = hashlib.sha256(b"photo").hexdigest()
        blobs.write_text(f"{photo}  5\n")
        kept = place / "blobs" / photo[:2] / photo
        kept.parent.mkdir(parents=True)
        kept.write_bytes(b"photo")
        parts = {path.name: manifests.part_of(path) for path in (rows, blobs)}
        logs = (manifests.LogState(None, ORIGIN, 21, "a" * 64),)
        said = manifests.Manifest(datetime(2026, 11, 26, tzinfo=UTC), "asked", "sqlite", ("0001",),
                                  {"x": 9}, logs, parts, 1, 5)  # fmt: skip
        (place / manifests.NAME).write_bytes(manifests.text(said))
        packing.pack(Found(place, said, place / "blobs"), place / "out", passphrase)
        return (place / "out").read_bytes()


def backup(data: bytes) -> None:
    """As a restore begins: opened, then every part against its hash."""
    if data[24:25] > b"\x08" and data.startswith(sealing.MAGIC):
        return  # a price that somebody put up only takes long
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "backup")
        path.write_bytes(data)
        with packing.opened(path, b"word", Path(folder, "scratch")) as found:
            checking.require_whole(found)


@dataclass(frozen=True)
class Reader:
    """`sound`: bytes to spoil; `refusals`: what it may raise, and nothing else."""

    sound: bytes
    read: Callable[[bytes], None]
    refusals: tuple[type[BaseException], ...]


def readers() -> dict[str, Reader]:
    bad, words = (checkpoint.BadNote,), checkpoint.verifier(ORIGIN, PUBLIC).encode()
    checker = alone.checker()
    cut, sealed = packed(None), packed(b"word")
    return {
        "checkpoint": Reader(NOTE.encode(), note, bad),
        "verifier key": Reader(words, verifier, bad),
        "proof": Reader(b"".join(PROOF), proof, ()),
        "stand-alone: head": Reader(NOTE.encode(), alone_note, (checker.Bad,)),
        "stand-alone: key": Reader(words, alone_key, (checker.Bad,)),
        "stand-alone: export": Reader(export(), alone_export, checker.REFUSALS),
        "backup": Reader(cut, backup, (NoBackup,)),
        "sealed backup": Reader(sealed, backup, (NoBackup, NotOpened)),
    }


def run(first: int, end: int) -> Counter[str]:
    """How many each refused. Raises whatever a reader has no words for."""
    refused: Counter[str] = Counter()
    for name, one in readers().items():
        for seed in range(first, end):
            rng = random.Random(f"{name}{seed}")
            try:
                one.read(corrupt(one.sound, rng))
            except one.refusals:
                refused[name] += 1
    return refused


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--seeds", default="0:10000")
    first, end = map(int, words.parse_args().seeds.split(":"))
    began = time.process_time()
    for name, count in run(first, end).items():
        sys.stdout.write(f"{name}: {end - first} spoilt, {count} refused, none without words\n")
    sys.stdout.write(f"{time.process_time() - began:.0f} s of processor\n")


if __name__ == "__main__":
    main()
