"""What was erased, told outside the database and its backups, so that a restore can do it again.

One line of JSON per row in DATA_DIR/erasures.jsonl: table, key, and for each column the commitment
that its log held (HMAC under a salt that was erased too). No value can be read from it.
"""

import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from roundtag import disk
from roundtag.settings import current

NAME = "erasures.jsonl"


@dataclass(frozen=True)
class Erasure:
    """`was`: column → commitment in hexadecimal; `also`: other tables that held a copy."""

    at: str
    table: str
    key: int
    was: dict[str, str]
    also: tuple[str, ...] = ()


def path() -> Path:
    return current().data_dir / NAME


def keep(lines: Iterable[Erasure]) -> None:
    """Adds lines durably. Called before the commit: an erasure that a crash undoes was still asked
    for, and is done when a restore goes through the list."""
    data = "".join(json.dumps(asdict(one), sort_keys=True) + "\n" for one in lines)
    if not data:
        return
    path().parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(handle, data.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def read(source: Path | None = None) -> Iterator[Erasure]:
    """All lines in order; one that a crash cut short is left out."""
    source = source or path()
    if not source.exists():
        return
    for line in source.read_text("utf-8").splitlines():
        try:
            told = json.loads(line)
            yield Erasure(**{**told, "also": tuple(told["also"])})
        except (ValueError, TypeError, KeyError):
            continue


def copy(folder: Path) -> None:
    """Puts the list beside the backups as well: it may be all that is left of a machine."""
    if path().exists():
        with disk.whole(folder / NAME) as file:
            file.write(path().read_bytes())
