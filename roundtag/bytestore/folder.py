"""Bytes under their hashes in a folder; file and folder synced before anything speaks of them."""

import os
from functools import cache
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from roundtag import disk
from roundtag.settings import current


class Folder:
    elsewhere = ""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, digest: str, data: bytes) -> None:
        self.lay(self.path(digest), data)

    def send(self, digest: str, body: bytes | BinaryIO) -> None:
        self.put(digest, body if isinstance(body, bytes) else body.read())

    def adopt(self, digest: str, draft: Path) -> None:
        target = self.path(digest)
        keep_folder(target.parent)
        os.replace(draft, target)
        disk.sync(target.parent)

    def path(self, digest: str) -> Path:
        return self.root / digest[:2] / digest

    def drawn(self, digest: str, tail: str) -> Path:
        return self.root / digest[:2] / f"{digest}{tail}"

    def holds(self, path: Path) -> bool:
        return path.exists()

    def lay(self, path: Path, data: bytes) -> None:
        keep_folder(path.parent)
        with disk.whole(path) as file:
            file.write(data)

    def is_whole(self, digest: str) -> bool:
        return is_whole(self.path(digest), digest)

    def sizes(self) -> dict[str, int]:
        """Those whose name is a hash: drafts and drawn copies are none."""
        return {path.name: path.stat().st_size for path in self.root.glob("??/*")
                if len(path.name) == 64}  # fmt: skip

    def wipe(self, digest: str) -> None:
        for path in self.path(digest).parent.glob(f"{digest}*"):
            path.unlink(missing_ok=True)

    def ping(self) -> None:
        """Readiness asks the disk by itself."""


def is_whole(path: Path, digest: str) -> bool:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest() == digest
    except OSError:
        return False


@cache
def keep_folder(folder: Path) -> None:
    """Makes a folder, and those above it up to DATA_DIR, durably: once in the life of a process,
    for one that is there may have been made just before the power went."""
    if current().data_dir in folder.parents:
        keep_folder(folder.parent)
    folder.mkdir(parents=True, exist_ok=True)
    disk.sync(folder.parent)
