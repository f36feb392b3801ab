"""What a server that knows only docs/sync.md has to keep: submissions, photos, nothing else."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SCHEMA = """
CREATE TABLE IF NOT EXISTS submission (
  id TEXT PRIMARY KEY, sha256 TEXT NOT NULL, envelope TEXT NOT NULL,
  received_at TEXT NOT NULL, deliveries INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS photo (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS listed (sha256 TEXT NOT NULL, submission TEXT NOT NULL);
"""
AGAIN = "UPDATE submission SET deliveries = deliveries + 1 WHERE id = ?"


class RefusedError(Exception):
    """HTTP status, last part of the problem's type, further members of its JSON."""

    def __init__(self, status: int, code: str, more: dict[str, Any] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.more = more or {}


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Store:
    """One SQLite file; one lock, since a stub need not be quick."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self.outcome = "done"
        self.decision: dict[str, str] | None = None
        self.asked_by: list[int | None] = []  # who were told who they are
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def envelopes(self) -> list[dict[str, Any]]:
        """Every accepted envelope in order of arrival."""
        return [json.loads(text) for (text,) in self.rows("SELECT envelope FROM submission")]

    def photos(self) -> dict[str, bytes]:
        return dict(self.rows("SELECT sha256, bytes FROM photo"))

    def take(self, envelope: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
        """(first time?, receipt). Raises RefusedError 409 for a known id with another body."""
        with self._lock, self._db:
            first = self._insert(envelope)
            return first, self._receipt(envelope["id"])

    def _insert(self, envelope: dict[str, Any]) -> bool:
        key, sha = envelope["id"], envelope["sha256"]
        held = self._db.execute("SELECT sha256 FROM submission WHERE id = ?", [key]).fetchone()
        if held and held[0] != sha:
            raise RefusedError(409, "other-body", {"stored_sha256": held[0]})
        if held:
            self._db.execute(AGAIN, [key])
            return False
        self._db.execute(
            "INSERT INTO submission (id, sha256, envelope, received_at) VALUES (?, ?, ?, ?)",
            [key, sha, json.dumps(envelope), now()],
        )
        self._db.executemany(
            "INSERT INTO listed VALUES (?, ?)",
            [(blob["sha256"], key) for blob in envelope["blobs"]],
        )
        return True

    def _receipt(self, key: str) -> dict[str, Any]:
        sha, received = self._db.execute(
            "SELECT sha256, received_at FROM submission WHERE id = ?", [key]
        ).fetchone()
        missing = self._db.execute(
            "SELECT sha256 FROM listed WHERE submission = ? "
            "AND sha256 NOT IN (SELECT sha256 FROM photo)",
            [key],
        ).fetchall()
        return {
            "id": key,
            "sha256": sha,
            "outcome": self.outcome,
            "received_at": received,
            "missing": [hash_ for (hash_,) in missing],
            "message": "Thank you",
            "url": "/outbox",
        }

    def receipt(self, key: str) -> dict[str, Any]:
        with self._lock:
            return {**self._receipt(key), "settled": self.decision}

    def take_photo(self, sha: str, data: bytes) -> tuple[bool, dict[str, Any]]:
        """(first time?, receipt). Raises RefusedError for unlisted or wrong bytes."""
        with self._lock, self._db:
            if not self._db.execute("SELECT 1 FROM listed WHERE sha256 = ?", [sha]).fetchone():
                raise RefusedError(404, "unlisted")
            if not data or hashlib.sha256(data).hexdigest() != sha:
                raise RefusedError(422, "hash")
            known = self._db.execute("SELECT 1 FROM photo WHERE sha256 = ?", [sha]).fetchone()
            if not known:
                self._db.execute("INSERT INTO photo VALUES (?, ?)", [sha, data])
            return not known, {"sha256": sha, "size": len(data), "received_at": now()}
