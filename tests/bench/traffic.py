"""What one scan, one board and one entry with a photo cost us: read off once, in this process, so
that a bare server can do as much with its bare hands."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from roundtag import db
from tests.bench import bed, drain
from tests.e2e.client import Forms, envelope

BROWSER = {"Accept-Encoding": "br, gzip", "Accept-Language": "zh-CN"}
SYNC = {"X-Roundtag-Sync": "1"}
KEPT_HEADERS = ("Content-Type", "Content-Encoding")
COMMIT = "COMMIT"
Item = tuple[dict[str, Any], bytes]
Statement = tuple[str, list[Any]]


def entry(form: list[tuple[str, str]], owner: int, number: int) -> Item:
    """A filled checklist with a photo that nobody has sent yet."""
    base = drain.photo()
    return filled(form, owner, number, base)


def filled(form: list[tuple[str, str]], owner: int, number: int, base: bytes) -> Item:
    data = base[:6] + f"{number:08}".encode() + base[14:]
    digest = hashlib.sha256(data).hexdigest()
    made = envelope("inspection", [*form, ("photo", f"blob:{digest}")], owner, number)
    made["blobs"] = [{"sha256": digest, "mime": "image/jpeg", "size": len(data)}]
    return made, data


def learn(target: Path) -> None:
    """Writes what tests/bench/plain.py reads. The demo's database is bound."""
    app, code = create_app(), bed.device()
    engineer, manager = _signed_in(app, "engineer"), _signed_in(app, "manager")
    pages = {"scan": _page(engineer, f"/t/{code}"), "board": _page(manager, "/board")}
    told = {"pages": pages, "commits": _entry(engineer, code)}
    target.write_text(json.dumps(told, ensure_ascii=False, default=str), "utf-8")


def _signed_in(app: Flask, username: str) -> FlaskClient:
    browser = app.test_client()
    answer = browser.post("/sign-in", data={"username": username, "password": bed.PASSWORD})
    assert answer.status_code == 303, answer.text
    return browser


def _page(browser: FlaskClient, path: str) -> dict[str, Any]:
    browser.get(path, headers=BROWSER)
    with statements() as sent:
        answer = browser.get(path, headers=BROWSER)
    assert answer.status_code == 200
    return {
        "reads": [one for one in sent if one[0].startswith(("SELECT", "WITH"))],
        "body": base64.b64encode(answer.get_data()).decode(),
        "headers": {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers},
    }


def _entry(browser: FlaskClient, code: str) -> list[list[str]]:
    """What each commit wrote, a text for each row; of the second entry, when all is known."""
    form, me = Forms(browser.get(f"/t/{code}").text).filled["inspection"], bed.engineer().person_id
    assert me is not None
    for number in (1, 2):
        made, data = entry(form, me, number)
        with statements() as sent:
            answer = browser.post(f"/sync/{made['id']}", json=made, headers=SYNC)
            assert answer.status_code == 201, answer.text
            sha256 = made["blobs"][0]["sha256"]
            kind = {"Content-Type": "image/jpeg"}
            answer = browser.put(f"/sync/photos/{sha256}", data=data, headers={**SYNC, **kind})
            assert answer.status_code in (200, 201), answer.text
    return [part for part in commits(sent) if part]


def commits(sent: list[Statement]) -> Iterator[list[str]]:
    part: list[str] = []
    for sql, values in sent:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            part.append(f"{sql} {values}")
        elif sql == COMMIT:
            yield part
            part = []


@contextmanager
def statements() -> Iterator[list[Statement]]:
    """Every statement sent inside the block with its values, and each COMMIT."""
    sent: list[Statement] = []
    database: Any = db.database.obj
    execute, commit = database.execute_sql, database.commit

    def executing(sql: str, values: Any = None, *more: Any) -> Any:
        sent.append((sql, list(values or ())))
        return execute(sql, values, *more)

    def committing() -> Any:
        sent.append((COMMIT, []))
        return commit()

    with patch.multiple(database, execute_sql=executing, commit=committing):
        yield sent
