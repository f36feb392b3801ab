"""A client written from docs/sync.md alone, on Python alone: it queues, replays and reconciles."""

import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException

TABLES = """PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS photo (sha PRIMARY KEY, data);
CREATE TABLE IF NOT EXISTS item (seq INTEGER PRIMARY KEY, id UNIQUE, device, envelope, reply)"""
WAITING = "SELECT seq, device, envelope FROM item WHERE reply IS NULL ORDER BY seq"
AWAY = {0, 401, 408, 423, 425, 429, 502, 503, 504, 507}


class Queue:
    def __init__(self, file, host, cookie, owner, install_id):
        self.host, self.cookie, self.db = host, cookie, sqlite3.connect(file, isolation_level=None)
        self.db.executescript(TABLES)
        self.always = {"sync": 1, "form_version": "1", "app_version": "foreign", "carrier": None,
                       "supersedes": None, "owner": owner, "install_id": install_id}  # fmt: skip

    def put(self, key, form, pairs, photos=()):
        """Durable when it returns; a key known already stays as it is. `photos`: JPEG bytes."""
        named = {hashlib.sha256(data).hexdigest(): data for data in photos}
        pairs = [*pairs, *(["photo", f"blob:{sha}"] for sha in named)]
        body = json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))
        blobs = [{"sha256": s, "mime": "image/jpeg", "size": len(d)} for s, d in named.items()]
        item = {"id": key, "form": form, "claimed_at": now(), "blobs": blobs, "body": body,
                "sha256": hashlib.sha256(body.encode()).hexdigest(), **self.always}  # fmt: skip
        row = (key, dict(pairs)["tag"], json.dumps(item))
        self.db.executemany("INSERT OR IGNORE INTO photo VALUES (?, ?)", named.items())
        self.db.execute("INSERT OR IGNORE INTO item VALUES (NULL, ?, ?, ?, NULL)", row)

    def ask(self, method, path, body=None, kind="application/json"):
        """(status, JSON object); status 0 when no whole answer of the real server came."""
        head = {"X-Roundtag-Sync": "1", "Content-Type": kind, "Cookie": self.cookie}
        try:
            line = HTTPConnection(self.host, timeout=60)
            line.request(method, path, body, head)
            reply = line.getresponse()
            return reply.status, json.loads(reply.read())
        except (OSError, ValueError, HTTPException):
            return 0, {}

    def deliver(self, item):
        path, body = f"/sync/{item['id']}", json.dumps(item)
        status, reply = self.ask("POST", path, body)
        for sha in reply.get("missing", []):
            [[data]] = self.db.execute("SELECT data FROM photo WHERE sha = ?", [sha])
            self.ask("PUT", f"/sync/photos/{sha}", data, "image/jpeg")
        return self.ask("POST", path, body) if reply.get("missing") else (status, reply)

    def replay(self):
        """Sends in order what has no answer yet; ends early when the server is away."""
        held = set()
        for seq, device, envelope in self.db.execute(WAITING).fetchall():
            item = json.loads(envelope) | {"seq": seq, "sent_at": now()}
            status, reply = (500, {}) if device in held else self.deliver(item)
            if status in AWAY:
                break
            mine = [reply.get(name) for name in ("id", "sha256")] == [item["id"], item["sha256"]]
            if 400 <= status < 500 or (mine and not reply["missing"]):
                # A receipt, or a refusal that a person has to read.
                self.db.execute("UPDATE item SET reply = ? WHERE seq = ?", (json.dumps(reply), seq))
            else:
                held.add(device)

    def reconcile(self):
        """What the server says now of everything ever queued: {id: receipt or refusal}."""
        self.db.execute("UPDATE item SET reply = NULL")
        self.replay()
        return dict(self.db.execute("SELECT id, reply FROM item WHERE reply IS NOT NULL"))


def now():
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
