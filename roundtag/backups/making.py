"""Makes a backup while everything goes on: one snapshot of all rows, then the photos they name."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from roundtag import bytestore, clock, db, schema
from roundtag.backups import dumping, packing, store
from roundtag.backups import manifest as manifests
from roundtag.backups.manifest import BLOBS, NAME, PARTS, ROWS, Manifest
from roundtag.backups.store import Found
from roundtag.bytestore import sending
from roundtag.settings import current

NIGHTLY, ASKED, BEFORE_UPGRADE = "nightly", "asked", "before-upgrade"


@dataclass(frozen=True)
class Made:
    """`copied`: blobs that were not there from an earlier backup."""

    path: Path
    manifest: Manifest
    copied: int


def into_folder(folder: Path, why: str) -> Made:
    """A backup of its own in a folder whose backups share their photos. Those in a bucket stay
    there alone (ADR 57). Raises store.Busy."""
    with store.alone(folder):
        found, copied = _draft(folder, folder / "blobs", why)
        path = store.settle(found.folder, folder, found.manifest.name)
    return Made(path, found.manifest, copied)


def into_file(target: Path, why: str, passphrase: bytes | None = None) -> Made:
    """One file that has everything, the photos too."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with _beside(target) as scratch:
        found, copied = _draft(scratch, current().blob_dir, why)
        packing.pack(found, target, passphrase)
    return Made(target, found.manifest, copied)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    place = tempfile.TemporaryDirectory(prefix=f".{target.name}-", suffix=".part",
                                        dir=target.parent)  # fmt: skip
    with place as folder:
        yield Path(folder)


def _draft(folder: Path, blob_dir: Path, why: str) -> tuple[Found, int]:
    """Rows first: what they speak of is on the disk already, for a row comes after its photo."""
    draft = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=folder))
    made_at = clock.now()
    with db.snapshot() as seen:
        names = schema.applied(seen)
        dumped = dumping.write(seen, draft / ROWS)
    copied, absent = _photos(dumped.blobs, blob_dir)
    there = [(digest, size) for digest, size in dumped.blobs if digest not in absent]
    (draft / BLOBS).write_text("".join(f"{digest}  {size}\n" for digest, size in there))
    manifest = Manifest(
        made_at, why, db.kind(), tuple(names), dumped.tables, dumped.logs,
        {name: manifests.part_of(draft / name) for name in PARTS},
        len(there), sum(size for _, size in there), tuple(sorted(absent)),
        bytestore.of_settings().elsewhere if blob_dir != current().blob_dir else "",
    )  # fmt: skip
    (draft / NAME).write_bytes(manifests.text(manifest))
    return Found(draft, manifest, blob_dir), copied


def _photos(blobs: list[tuple[str, int]], blob_dir: Path) -> tuple[int, set[str]]:
    kept = bytestore.of_settings()
    if blob_dir != current().blob_dir:
        if kept.elsewhere:
            return 0, set(sending.missing(kept, blobs))
        copied, absent = store.copy_blobs(blobs, blob_dir, current().blob_dir)
        return copied, set(absent)
    lost = {digest for digest, _ in blobs if not _at_hand(kept, digest)}
    return len(blobs) - len(lost), lost


def _at_hand(kept: bytestore.Store, digest: str) -> bool:
    """What a bucket gives was hashed when it came, and lies in the cache for a while."""
    return kept.path(digest).exists() if kept.elsewhere else kept.is_whole(digest)
