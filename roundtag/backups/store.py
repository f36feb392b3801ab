"""Where backups lie: a folder of backups that share their photos, or one file that has it all.

Whatever is half written has a name that begins with a dot; only what is whole and synced gets a
name that counts.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from roundtag import bytestore, disk
from roundtag.backups import manifest as manifests
from roundtag.backups.manifest import BLOBS, NAME, Manifest, NoBackup
from roundtag.settings import current

PIECE = 1 << 20
Blob = tuple[str, int]


class Busy(RuntimeError):
    """Another process makes a backup there."""


@dataclass(frozen=True)
class Found:
    """A backup that lies open on the disk."""

    folder: Path
    manifest: Manifest
    blob_dir: Path

    def blobs(self) -> list[Blob]:
        lines = (self.folder / BLOBS).read_text().splitlines()
        pairs = (line.split("  ", 1) for line in lines)
        return [(digest, int(size)) for digest, size in pairs]

    def blob(self, digest: str) -> Path:
        if self.blob_dir == current().blob_dir:
            return bytestore.of_settings().path(digest)
        return self.blob_dir / digest[:2] / digest


def listed(folder: Path) -> list[Found]:
    """The whole backups of a folder, the newest first."""
    found = []
    for path in folder.glob("*"):
        if manifests.FOLDER.fullmatch(path.name):
            with suppress(NoBackup):
                found.append(found_at(path))
    return sorted(found, key=lambda one: one.manifest.made_at, reverse=True)


def found_at(path: Path) -> Found:
    """A backup in a folder of several. Raises NoBackup."""
    return Found(path, manifests.read(path / NAME), path.parent / "blobs")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One process at a time makes backups in a folder, or clears it. Raises Busy."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise Busy(f"Another backup into {folder} is being made.") from taken
        _sweep(folder)
        yield


def _sweep(folder: Path) -> None:
    """Removes what an interrupted backup left; nobody else can be at work here."""
    for path in folder.glob(".*.part"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def settle(draft: Path, folder: Path, name: str) -> Path:
    """Gives a whole backup its name, durably."""
    for path in draft.iterdir():
        disk.sync(path)
    disk.sync(draft)
    target, number = folder / name, 0
    while target.exists():
        number += 1
        target = folder / f"{name}-{number}"
    os.rename(draft, target)
    disk.sync(folder)
    return target


def copy_blobs(blobs: Iterable[Blob], target: Path, source: Path) -> tuple[int, list[str]]:
    """Copies the blobs that `target` has not got; returns how many, and those that are not as
    their name says or not there at all."""
    copied, absent, touched = 0, [], set()
    for digest, size in blobs:
        kept = target / digest[:2] / digest
        if kept.exists() and kept.stat().st_size == size:
            continue
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _copy(source / digest[:2] / digest, kept, digest):
            copied += 1
            touched.add(kept.parent)
        else:
            absent.append(digest)
    for folder in touched:
        disk.sync(folder)
    if touched:
        disk.sync(target)
    return copied, absent


def _copy(source: Path, target: Path, digest: str) -> bool:
    """Hashes what it copies; only bytes that are what they are called get their name."""
    draft, seen = target.with_name(f".{target.name}.part"), hashlib.sha256()
    try:
        with open(source, "rb") as file, open(draft, "wb") as copy:
            while piece := file.read(PIECE):
                seen.update(piece)
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
    except FileNotFoundError:
        return False
    if seen.hexdigest() != digest:
        draft.unlink()
        return False
    os.replace(draft, target)
    return True


def prune(folder: Path, keep: int) -> int:
    """Removes all but the newest backups, and the photos that none of those speaks of."""
    kept, old = listed(folder)[:keep], listed(folder)[keep:]
    for one in old:
        hidden = one.folder.with_name(f".{one.folder.name}.part")
        os.rename(one.folder, hidden)  # it counts no more, even if its removal is cut short
        shutil.rmtree(hidden)
    wanted = {digest for one in kept for digest, _ in one.blobs()}
    for path in (folder / "blobs").glob("??/*"):
        if path.name not in wanted:
            path.unlink()
    return len(old)
