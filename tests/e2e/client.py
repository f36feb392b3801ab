"""A client of the sync contract that is not our JavaScript: plain Python on http.client."""

import hashlib
import http.client
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

Pairs = list[tuple[str, str]]
SESSIONS = ("roundtag=", "__Host-roundtag=")


@dataclass(frozen=True)
class Reply:
    status: int
    data: bytes

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.data))


class Client:
    """One person's session. A request opens a connection of its own, so threads may share it."""

    def __init__(self, url: str) -> None:
        self.url, self.cookie = url, ""

    def sign_in(self, username: str, password: str) -> "Client":
        connection = self._connect()
        form = urlencode({"username": username, "password": password})
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url}
        connection.request("POST", "/sign-in", form, kind)
        answer = connection.getresponse()
        assert answer.status == 303, answer.read()
        set_here = [line.split(";")[0] for line in answer.headers.get_all("Set-Cookie") or ()]
        self.cookie = next(one for one in set_here if one.startswith(SESSIONS))
        connection.close()
        return self

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Reply:
        """One request. Raises OSError or http.client.HTTPException when no whole reply came."""
        connection = self._connect()
        ours = {"Cookie": self.cookie, "Origin": self.url, "X-Roundtag-Sync": "1"}
        try:
            connection.request(method, path, body, {**ours, **headers})
            answer = connection.getresponse()
            return Reply(answer.status, answer.read())
        finally:
            connection.close()

    def whoami(self) -> int:
        return int(self.ask("GET", "/sync/whoami").json["user"]["id"])

    def send(self, envelope: dict[str, Any]) -> Reply:
        body = json.dumps(envelope).encode()
        kind = {"Content-Type": "application/json"}
        return self.ask("POST", f"/sync/{envelope['id']}", body, **kind)


def envelope(form: str, pairs: Pairs, owner: int, seq: int) -> dict[str, Any]:
    """What a phone sends for a filled form (docs/sync.md)."""
    body = json.dumps([list(pair) for pair in pairs], ensure_ascii=False, separators=(",", ":"))
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "sync": 1,
        "id": str(uuid.uuid4()),
        "form": form,
        "form_version": "1",
        "app_version": "plain Python",
        "install_id": "0d6f7b5e-94a5-4f0e-8a3c-5b8f2f4d9e11",
        "seq": seq,
        "owner": owner,
        "carrier": None,
        "claimed_at": now,
        "sent_at": now,
        "body": body,
        "sha256": hashlib.sha256(body.encode()).hexdigest(),
        "blobs": [],
        "supersedes": None,
    }


class Forms(HTMLParser):
    """The forms of a page by their data-outbox, filled with what is set, first choices, and 1."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.filled: dict[str, Pairs] = {}
        self._form = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            name = found.get("data-outbox", "")
            self._form = "" if name in self.filled else name  # the first of several checklists
            self.filled.setdefault(name, [])
        elif tag == "input" and self._form and found.get("name") != "submission_id":
            self._take(found)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = ""

    def _take(self, found: dict[str, str]) -> None:
        pairs, kind, name = self.filled[self._form], found.get("type", "text"), found["name"]
        if kind == "hidden":
            pairs.append((name, found.get("value", "")))
        elif kind == "radio" and name not in dict(pairs):
            pairs.append((name, found["value"]))
        elif kind == "number" or "data-unit" in found:
            pairs.append((name, found.get("data-min", "1")))
