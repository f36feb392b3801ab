"""What a backup says of itself: made when and from what, with a hash of every part."""

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from roundtag import clock

FORMAT = 1
NAME, ROWS, BLOBS = "manifest.json", "rows.jsonl.gz", "blobs.txt"
PARTS = (ROWS, BLOBS)
FOLDER = re.compile(r"\d{8}T\d{6}Z(-\d+)?")
STAMP = "%Y%m%dT%H%M%SZ"


class NoBackup(ValueError):
    """What was given is no backup, or not a whole one; the message says what is wrong."""


@dataclass(frozen=True)
class Part:
    sha256: str
    size: int


@dataclass(frozen=True)
class LogState:
    """A log as the backup holds it. `leaves`: SHA-256 over its leaf hashes, one per line."""

    client: int | None
    origin: str
    size: int
    leaves: str


@dataclass(frozen=True)
class Manifest:
    """`schema`: the migrations that the rows have the shape of. `absent`: blobs that the database
    knew and the disk had lost or damaged when the backup was made. `elsewhere`: the bucket in which
    the blobs lie that are listed and not copied."""

    made_at: datetime
    why: str
    database: str
    schema: tuple[str, ...]
    tables: dict[str, int]
    logs: tuple[LogState, ...]
    parts: dict[str, Part]
    blobs: int
    blob_bytes: int
    absent: tuple[str, ...] = ()
    elsewhere: str = ""

    @property
    def name(self) -> str:
        return self.made_at.strftime(STAMP)

    @property
    def size(self) -> int:
        """Bytes of rows and blobs together, as they lie there."""
        return (0 if self.elsewhere else self.blob_bytes) + sum(
            part.size for part in self.parts.values()
        )


def text(manifest: Manifest) -> bytes:
    plain = {"format": FORMAT, **asdict(manifest), "made_at": clock.to_text(manifest.made_at)}
    if not manifest.elsewhere:
        del plain["elsewhere"]  # earlier releases do not know it
    return json.dumps(plain, ensure_ascii=False, indent=1).encode() + b"\n"


def read(path: Path) -> Manifest:
    """The manifest in a file. Raises NoBackup."""
    try:
        found = json.loads(path.read_bytes())
        if found.pop("format") != FORMAT:
            raise NoBackup(f"{path} has a format that this release does not know.")
        return _of(found)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as broken:
        if isinstance(broken, NoBackup):
            raise
        raise NoBackup(f"{path} is not the manifest of a backup ({broken}).") from broken


def _of(found: dict[str, Any]) -> Manifest:
    return Manifest(**{
        **found,
        "made_at": clock.from_text(found["made_at"]),
        "schema": tuple(found["schema"]),
        "logs": tuple(LogState(**one) for one in found["logs"]),
        "parts": {name: Part(**part) for name, part in found["parts"].items()},
        "absent": tuple(found["absent"]),
    })  # fmt: skip


def part_of(path: Path) -> Part:
    with open(path, "rb") as file:
        return Part(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)
