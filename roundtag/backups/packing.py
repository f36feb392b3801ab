"""A backup in one file: a tar of everything, sealed when there is a passphrase."""

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from roundtag import disk
from roundtag.backups import manifest as manifests
from roundtag.backups import store
from roundtag.backups.manifest import NAME, NoBackup
from roundtag.backups.store import Found


def pack(found: Found, target: Path, passphrase: bytes | None) -> None:
    """One file with everything, sealed when there is a passphrase; it appears whole."""
    from roundtag.backups import sealed  # only who seals pays for cryptography

    with disk.whole(target, private=True) as raw:
        outer: Any = sealed.Sealing(raw, passphrase) if passphrase else raw
        with tarfile.open(fileobj=outer, mode="w|") as tar:
            for name in (NAME, *found.manifest.parts):
                tar.add(found.folder / name, name)
            for digest, _ in found.blobs():
                if digest not in found.manifest.absent:
                    tar.add(found.blob(digest), f"blobs/{digest[:2]}/{digest}")
        if passphrase:
            outer.close()


@contextmanager
def opened(path: Path, passphrase: bytes | None, scratch: Path) -> Iterator[Found]:
    """A backup to read from: a folder as it lies, a file unpacked into `scratch` for a while.

    Raises NoBackup, sealed.NotOpened.
    """
    if path.is_dir():
        newest = None if (path / NAME).exists() else next(iter(store.listed(path)), None)
        yield newest or store.found_at(path)
        return
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacked-", dir=scratch) as folder:
        _unpack(path, passphrase, Path(folder))
        yield Found(Path(folder), manifests.read(Path(folder, NAME)), Path(folder, "blobs"))


def _unpack(path: Path, passphrase: bytes | None, folder: Path) -> None:
    from roundtag.backups import sealed

    try:
        with open(path, "rb") as raw:
            closed = sealed.is_sealed(raw.read(len(sealed.MAGIC)))
            raw.seek(0)
            if closed and not passphrase:
                raise NoBackup(f"{path} is sealed: give --passphrase-file.")
            source: Any = sealed.Opening(raw, passphrase or b"") if closed else raw
            with tarfile.open(fileobj=source, mode="r|") as tar:
                tar.extractall(folder, filter="data")
            while source.read(store.PIECE):  # to the end, which a sealed file must have
                continue
    except (NoBackup, sealed.NotOpened):
        raise
    except (tarfile.TarError, OSError, EOFError, ValueError, ArithmeticError) as broken:
        raise NoBackup(f"{path} is not a whole backup ({broken}).") from broken
