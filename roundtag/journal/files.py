"""Where the journal lies: a file per day that all processes append to, and a copy of each photo.

All writers hold one lock while they append, so that the order of lines is the order in which rows
and leaves were locked. The disk is waited for after the lock is free: two who write at once wait
side by side.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from roundtag import clock, disk
from roundtag.journal import lines
from roundtag.journal.lines import Line
from roundtag.settings import current

PATTERN = "journal-????????.jsonl"
PIECE = 1 << 20


@dataclass(frozen=True)
class Journal:
    folder: Path

    def append(self, line: Line, durably: bool = True) -> None:
        """Writes a line; returns once the disk has it. Raises OSError, then nothing counts."""
        with self.alone():
            handle = self._open(self._present(line.at))
            try:
                _write(handle, lines.text(line))
            except BaseException:
                os.close(handle)
                raise
        try:
            if durably:
                os.fsync(handle)
        finally:
            os.close(handle)

    def _present(self, at: str) -> Path:
        """The day's file, or a newer one that is there: a clock that is put back moves no line
        before those that were written already."""
        day = self.folder / f"journal-{at[:10].replace('-', '')}.jsonl"
        return max([day, *self.files()[-1:]])

    def _open(self, path: Path) -> int:
        flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
        try:
            return os.open(path, flags)
        except FileNotFoundError:
            handle = os.open(path, flags | os.O_CREAT, 0o600)
            disk.sync(self.folder)
            return handle

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While this holds, nobody writes into the journal."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def files(self) -> list[Path]:
        return sorted(self.folder.glob(PATTERN))

    def read(self, since: datetime | None = None) -> Iterator[Line]:
        """All whole lines in their order; of files from the day of `since` on."""
        first = f"journal-{since:%Y%m%d}.jsonl" if since else ""
        for path in self.files():
            if path.name >= first:
                with open(path, "rb") as file:
                    for data in file:
                        if line := lines.parse(data):
                            yield line

    def keep_photo(self, digest: str, source: Path) -> None:
        """A durable copy of a photo, beside the journal."""
        target = self.photo(digest)
        if target.exists():
            return
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(source, "rb") as file, disk.whole(target) as copy:
            shutil.copyfileobj(file, copy, PIECE)
        for folder in (target.parent.parent, self.folder):
            disk.sync(folder)

    @property
    def blobs(self) -> Path:
        return self.folder / "blobs"

    def photo(self, digest: str) -> Path:
        return self.blobs / digest[:2] / digest

    def trim(self, made_at: datetime, now: datetime, days: int, spare: Container[str] = ()) -> None:
        """Removes what is both older than `days` and in the good backup made at `made_at`; photos
        to spare are not in it."""
        edge = min(now - timedelta(days=days), made_at - timedelta(days=1))
        for path in self.files():
            if path.name < f"journal-{edge:%Y%m%d}.jsonl":
                path.unlink()
        for path in self.blobs.glob("??/*"):
            if path.stat().st_mtime < edge.timestamp() and path.name not in spare:
                path.unlink()

    def rewrite(self, paths: list[Path], change: Callable[[bytes], bytes]) -> None:
        """Writes files anew with changed lines; each appears whole. Call it while alone."""
        for path in paths:
            with open(path, "rb") as file, disk.whole(path, private=True) as target:
                target.writelines(map(change, file))


def _write(handle: int, data: bytes) -> None:
    """All of it or, as far as the disk lets us, nothing; after a torn line a fresh one begins."""
    size = os.fstat(handle).st_size
    if size and os.pread(handle, 1, size - 1) != b"\n":
        data = b"\n" + data
    try:
        while data:
            data = data[os.write(handle, data) :]
    except OSError:
        os.ftruncate(handle, size)
        raise


def of_settings() -> Journal | None:
    folder = current().journal_dir
    return Journal(folder) if folder else None


def line_at(now: datetime | None = None) -> str:
    return clock.to_text(now or clock.now())
