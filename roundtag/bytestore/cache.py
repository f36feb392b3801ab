"""A folder that may be emptied at any time: what it has can be fetched or drawn again."""

import os
import time
from pathlib import Path

from roundtag import disk
from roundtag.bytestore.folder import Folder

SPARED = 600
"""Seconds for which a file stays after its last use: whoever was told its path reads it by then."""
LONGEST = 7 * 86_400
"""Seconds after which what nobody used goes: the erased too, whose wiping another machine did."""
SLICE = 20
"""It is looked through after each twentieth of its limit that this process has added."""


class Cache(Folder):
    """The files used longest ago go once it has more than `most` bytes. Nothing is synced."""

    def __init__(self, root: Path, most: int) -> None:
        super().__init__(root)
        self.most = most
        self._added = most  # the first file of a process lets it look

    def holds(self, path: Path) -> bool:
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        return True

    def lay(self, path: Path, data: bytes) -> None:
        draft = self.draft(path)
        draft.write_bytes(data)
        self.settle(draft, path)

    def adopt(self, digest: str, draft: Path) -> None:
        self.draft(self.path(digest))
        self.settle(draft, self.path(digest))

    def draft(self, path: Path) -> Path:
        """A name to write under; its folder may have gone since it was last here."""
        path.parent.mkdir(parents=True, exist_ok=True)
        return disk.draft_of(path)

    def settle(self, draft: Path, path: Path) -> None:
        self._added += draft.stat().st_size
        os.replace(draft, path)
        if self._added * SLICE > self.most:
            self._added = 0
            self.trim(time.time())

    def trim(self, now: float) -> None:
        """Removes the oldest beyond the limit and what nobody uses; but nothing that was used in
        the last minutes."""
        files = sorted(self._files(), reverse=True)
        kept = 0
        for used, size, path in files:
            kept += size
            if used < now - LONGEST or (kept > self.most and used < now - SPARED):
                path.unlink(missing_ok=True)

    def _files(self) -> list[tuple[float, int, Path]]:
        found = []
        for path in self.root.glob("??/*"):
            try:
                seen = path.stat()
            except FileNotFoundError:
                continue  # another process trims too
            found.append((seen.st_mtime, seen.st_size, path))
        return found
