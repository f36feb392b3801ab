"""One line of the journal: a committed transaction, as the rows stood at its end.

A line is the first 32 hex digits of its SHA-256, a blank, and JSON. One that does not bear out its
digest was torn off by a crash: its deed was never acknowledged, so it counts for nothing.
"""

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass, field
from typing import Any

DIGEST = 32
Cells = list[Any]


@dataclass(frozen=True)
class LeafAt:
    """Where a leaf stands: in which log, at which index, after which leaf ("" for the first)."""

    origin: str
    index: int
    hash: str
    prev: str


@dataclass(frozen=True)
class Table:
    """Rows of one table as the database stores them, and the keys of those that are gone."""

    columns: list[str]
    key: list[str]
    rows: list[Cells] = field(default_factory=list)
    gone: list[Cells] = field(default_factory=list)

    def keyed(self) -> list[tuple[tuple[Any, ...], Cells | None]]:
        """Every row by its key; None for one that is gone."""
        places = [self.columns.index(name) for name in self.key]
        there = [(tuple(row[place] for place in places), row) for row in self.rows]
        return [*there, *((tuple(key), None) for key in self.gone)]


@dataclass(frozen=True)
class Line:
    """`undo`: lines whose commit failed. `fork`: logs that a restore took back to a size: what
    earlier lines say of later leaves is no longer so."""

    at: str
    id: str = ""
    leaves: list[LeafAt] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)
    undo: list[str] = field(default_factory=list)
    fork: dict[str, int] = field(default_factory=dict)


def fresh_id() -> str:
    return secrets.token_hex(8)


def text(line: Line) -> bytes:
    plain = {name: value for name, value in asdict(line).items() if value}
    body = json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(
        "utf-8", "surrogatepass"
    )
    return _digest(body) + b" " + body + b"\n"


def parse(data: bytes) -> Line | None:
    """The line, or None for one that was torn."""
    digest, _, body = data.rstrip(b"\n").partition(b" ")
    if len(digest) != DIGEST or digest != _digest(body):
        return None
    raw = json.loads(body.decode("utf-8", "surrogatepass"))
    return Line(
        raw["at"], raw.get("id", ""),
        [LeafAt(**leaf) for leaf in raw.get("leaves", [])],
        {name: Table(**table) for name, table in raw.get("tables", {}).items()},
        raw.get("undo", []), raw.get("fork", {}),
    )  # fmt: skip


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:DIGEST].encode()
