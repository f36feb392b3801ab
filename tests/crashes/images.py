"""Images of the disk as crashes of power may leave it, each opened by SQLite itself.

An image is right when the database in it is page for page one of the states that were committed,
no older than the last acknowledgement; when it holds every entry acknowledged; and when every
photo that it names, or that was acknowledged, lies in its file byte for byte. So a state needs its
full check only once (`wrong_with`), however many images show it.
"""

import os
import random
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from roundtag import db, ledger
from tests.crashes.disk import Disk, File, Names, Patch, reachable, remains
from tests.crashes.trace import Event

HEADER = 100
OURS = slice(28, 40), slice(44, 92)
"""Of the header, what a copy leaves alone; the rest counts changes and versions."""
FRAME = 24
IN_MEMORY = "file:crash?vfs=memdb"
FULLY = 0.1
"""The share of states that is checked by all the product has."""
RAM = Path("/dev/shm")


@dataclass(frozen=True)
class State:
    """One committed state: its pages, and what they tell."""

    pages: bytes
    entries: frozenset[str]
    photos: frozenset[str]


class Bench:
    """One database and its log as files; what a crash leaves is laid on and taken off again."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "crash.db"
        self.parts = [Part(self.path), Part(folder / "crash.db-wal")]

    @contextmanager
    def laid(self, files: list[File | None], patches: list[list[Patch]]) -> Iterator[None]:
        for part, file, each in zip(self.parts, files, patches, strict=True):
            part.lay(file, each)
        yield
        for part, each in zip(self.parts, patches, strict=True):
            part.lift(each)

    def read(self) -> bytes:
        """All pages as SQLite sees them after its recovery. Raises apsw.Error."""
        flags = apsw.SQLITE_OPEN_URI | apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        with self._opened() as source, closing(apsw.Connection(IN_MEMORY, flags)) as copy:
            with copy.backup("main", source, "main") as backup:
                backup.step()
            return copy.serialize("main")

    @contextmanager
    def _opened(self) -> Iterator[apsw.Connection]:
        source = apsw.Connection(str(self.path), apsw.SQLITE_OPEN_READWRITE)
        source.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        try:
            source.execute("PRAGMA locking_mode = exclusive")
            yield source
        finally:
            source.close()

    def state(self) -> State:
        """What is committed now."""
        with self._opened() as source:
            entries = [key for (key,) in source.execute("SELECT id FROM submission")]
            photos = [key for (key,) in source.execute("SELECT sha256 FROM blob")]
        return State(self.read(), frozenset(entries), frozenset(photos))


class Part:
    """One file that follows what is synced."""

    def __init__(self, path: Path) -> None:
        self.path, self.away = path, Path(f"{path}.away")
        self.file: File | None = None
        self.handle, self.known = -1, 0

    def lay(self, file: File | None, patches: list[Patch]) -> None:
        if file is None:
            if self.file:
                self.path.rename(self.away)
            return
        if self.file is not file:
            self.path.write_bytes(file.safe)
            self.handle, self.file = os.open(self.path, os.O_RDWR), file
            self.known = len(file.done)
        for patch in [*file.done[self.known :], *patches]:
            self._put(*patch)
        self.known = len(file.done)

    def lift(self, patches: list[Patch]) -> None:
        if self.away.exists():
            self.away.rename(self.path)
        if self.file is None:
            self.path.unlink(missing_ok=True)
        elif patches:
            safe = self.file.safe
            os.ftruncate(self.handle, len(safe))
            for start, data in patches:
                self._put(start, safe[start : None if data is None else start + len(data)])

    def _put(self, start: int, data: bytes | None) -> None:
        if data is None:
            os.ftruncate(self.handle, start)
        else:
            os.pwrite(self.handle, data, start)


@dataclass
class Verdict:
    images: int = 0
    wrong: list[str] = field(default_factory=list)
    states: list[bytes] = field(default_factory=list)
    """Some of the states that were committed, as database files."""


class Crashes:
    """Goes through a recording and pulls the plug."""

    def __init__(self, base: Path, root: Path, seed: int) -> None:
        self.root, self.chance = str(root), random.Random(seed)
        self.disk = Disk.of(base, self.root)
        self.names = [f"{self.root}/roundtag.db", f"{self.root}/roundtag.db-wal"]
        self.states: list[State] = []
        self.entries: set[str] = set()
        self.photos: set[str] = set()
        self.verdict = Verdict()

    def run(self, events: list[Event], images: int) -> Verdict:
        """Makes `images` images, spread evenly over the recording."""
        folder = RAM if RAM.is_dir() else None
        with tempfile.TemporaryDirectory(dir=folder) as place:
            self.bench, commits = Bench(Path(place)), False
            self._commit()
            for number, event in enumerate(events):
                commits, done = self._is_commit(event), commits
                self.disk.happen(event)
                if done:
                    self._commit()
                    if self.chance.random() < FULLY:
                        self.verdict.states.append(self.states[-1].pages)
                if event.what == "ack":
                    self._acknowledge(*event.path.split())
                due = images * (number + 1) // len(events) - images * number // len(events)
                for _ in range(due):
                    self._crash(number)
        return self.verdict

    def _is_commit(self, event: Event) -> bool:
        """The head of a last frame; its page is written next."""
        return (event.what == "write" and event.path == self.names[1]
                and len(event.data) == FRAME and event.data[4:8] != bytes(4))  # fmt: skip

    def _commit(self) -> None:
        files = [self.disk.names.get(name) for name in self.names]
        with self.bench.laid(files, [file.open if file else [] for file in files]):
            self.states.append(self.bench.state())

    def _acknowledge(self, _: str, what: str, name: str) -> None:
        (self.entries if what == "entry" else self.photos).add(name)
        del self.states[:-1]

    def _crash(self, number: int) -> None:
        self.verdict.images += 1
        if wrong := self._judged():
            self.verdict.wrong.append(f"after event {number}: {wrong}")

    def _judged(self) -> str:
        names = self.disk.surviving(self.chance)
        files = [reachable(names, name) for name in self.names]
        left = [remains(file.open, self.chance) if file else [] for file in files]
        with self.bench.laid(files, left):
            try:
                pages = self.bench.read()
            except apsw.Error as broken:
                return f"cannot be read ({broken})"
        state = next((one for one in self.states if same(one.pages, pages)), None)
        if state is None:
            return "is no state since the last acknowledgement"
        if missing := self.entries - state.entries:
            return f"entry {min(missing)} is lost"
        doubted = (d for d in state.photos | self.photos if not self.disk.settled(self.photo(d)))
        return next((f"photo {d} is lost" for d in doubted if not self._whole(names, d)), "")

    def photo(self, digest: str) -> str:
        return f"{self.root}/blobs/{digest[:2]}/{digest}"

    def _whole(self, names: Names, digest: str) -> bool:
        file, seen = reachable(names, self.photo(digest)), self.disk.names.get(self.photo(digest))
        return file is not None and file is seen and (
            file.with_patches(remains(file.open, self.chance)) == file.with_patches(file.open)
        )  # fmt: skip


def same(one: bytes, other: bytes) -> bool:
    return (len(one) == len(other) and one.startswith(memoryview(other)[HEADER:], HEADER)
            and all(one[part] == other[part] for part in OURS))  # fmt: skip


def wrong_with(pages: bytes) -> list[str]:
    """What the product itself finds wrong with a state."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "state.db")
        path.write_bytes(pages)
        with db.elsewhere(f"sqlite:///{path}") as opened:
            found = [row[0] for row in opened.execute_sql("PRAGMA integrity_check").fetchall()]
            problems = [one for _, key in ledger.logs() for one in ledger.verify(key)]
    return [one for one in found if one != "ok"] + problems
