"""A disk that keeps what was synced, and of the rest whatever chance will have.

Bytes of a file are safe after a sync of that file; its name is safe after a sync of its folder, and
not before (ext4 keeps more, POSIX promises no more). Changes of names in one folder reach the disk
in their order, bytes in any order, in pieces of 512.
"""

import os
import random
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from tests.crashes.trace import Event

SECTOR = 512
Patch = tuple[int, bytes | None]
"""Where, and which bytes; None cuts the file off there."""


@dataclass(eq=False)
class File:
    """`safe` is what the disk holds for certain, `open` what was written since; `done` was synced
    in this order."""

    safe: bytearray
    open: list[Patch] = field(default_factory=list)
    done: list[Patch] = field(default_factory=list)

    def sync(self) -> None:
        for patch in self.open:
            apply(self.safe, patch)
        self.done += self.open
        self.open = []

    def with_patches(self, patches: list[Patch]) -> bytes:
        data = bytearray(self.safe)
        for patch in patches:
            apply(data, patch)
        return bytes(data)


def apply(data: bytearray, patch: Patch) -> None:
    start, new = patch
    if new is None:
        del data[start:]
        data.extend(bytes(start - len(data)))
        return
    data.extend(bytes(max(0, start - len(data))))
    data[start : start + len(new)] = new


Names = dict[str, File | None]
"""A folder is a name without a file."""
Change = tuple[Event, File | None]


@dataclass
class Disk:
    """`names`: what the running program sees; `safe`: the names that are on the disk for certain;
    `open`: changes of names by folder; `unsure`: files that a crash may take, or bytes of them."""

    names: Names
    safe: Names
    open: dict[str, list[Change]] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, folder: Path, root: str) -> "Disk":
        """What lies in `folder`, under the name `root`."""
        found: Names = {root: None}
        for path in folder.rglob("*"):
            name = f"{root}/{path.relative_to(folder)}"
            found[name] = File(bytearray(path.read_bytes())) if path.is_file() else None
        return cls(found, dict(found))

    def happen(self, event: Event) -> None:
        path, file = event.path, self.names.get(event.path)
        if event.what in ("write", "cut") and file:
            file.open.append((event.start, event.data if event.what == "write" else None))
            self.unsure.add(path)
        elif event.what == "sync" and file:
            file.sync()
        elif event.what == "sync":
            for change in self.open.pop(path, ()):
                rename(self.safe, change)
        elif event.what in ("make", "folder", "move", "remove"):
            self._rename(event, file)

    def _rename(self, event: Event, file: File | None) -> None:
        if event.what == "make":
            if file:
                return
            file = File(bytearray())
        change = (event, file)
        rename(self.names, change)
        name = event.to or event.path
        self.open.setdefault(os.path.dirname(name), []).append(change)
        self.unsure |= {event.path, name}

    def settled(self, path: str) -> bool:
        """Whether no crash can take this file any more; once seen, it is not doubted again."""
        file = self.names.get(path)
        if path in self.unsure and file and not file.open and self.safe.get(path) is file:
            folder = os.path.dirname(path)
            if folder in self.safe and os.path.dirname(folder) in self.safe:
                self.unsure.discard(path)
        return bool(file) and path not in self.unsure

    def surviving(self, chance: random.Random) -> Names:
        """The names after a crash."""
        names = dict(self.safe)
        for changes in self.open.values():
            for change in changes[: chance.randint(0, len(changes))]:
                rename(names, change)
        return names


def reachable(names: Names, path: str) -> File | None:
    """The file of that name, when all folders above it are there as well."""
    folder, root = os.path.dirname(path), min(names)
    while len(folder) > len(root):
        if folder not in names:
            return None
        folder = os.path.dirname(folder)
    return names.get(path)


def rename(names: Names, change: Change) -> None:
    event, file = change
    if event.what == "remove":
        names.pop(event.path, None)
        return
    if event.what == "move":
        names.pop(event.path, None)
    names[event.to or event.path] = file


def remains(patches: list[Patch], chance: random.Random) -> list[Patch]:
    """What a crash leaves of writes that nobody waited for: none, all, some, the first ones, or
    pieces of them."""
    way = chance.randrange(5)
    if not patches or way == 0:
        return []
    if way == 1:
        return patches
    if way == 2:
        return [patch for patch in patches if chance.random() < 0.5]
    if way == 3:
        kept = patches[: chance.randint(0, len(patches) - 1)]
        return [*kept, *torn(patches[len(kept)], chance)]
    return [piece for patch in patches for piece in torn(patch, chance)]


def torn(patch: Patch, chance: random.Random) -> list[Patch]:
    start, data = patch
    if data is None:
        return [patch] if chance.random() < 0.5 else []
    edges = [0, *range(SECTOR - start % SECTOR, len(data), SECTOR), len(data)]
    share = chance.random()
    return [(start + a, data[a:b]) for a, b in pairwise(edges)
            if chance.random() < share]  # fmt: skip
