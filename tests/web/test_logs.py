"""The log of a request: what stands in it, and what never does, whatever went wrong."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from peewee import IntegrityError

from roundtag import commands, logs
from roundtag.models import Fault, Person
from tests import world as worlds
from tests.seeing import leaf_texts
from tests.web.conftest import DISABLED, SignIn
from tests.web.phone import SYNC, phone
from tests.web.proving import link_in
from tests.web.test_sync_door import post
from tests.world import World

CONTACT = "13912345678"


class Heard:
    """Everything that is logged, as it would reach stderr."""

    def __init__(self, stream: io.StringIO) -> None:
        self.stream = stream

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.split("\n") if line]

    def requests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["event"] == "request"]


@pytest.fixture
def heard() -> Iterator[Heard]:
    stream, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Lines("web"))
    root.addHandler(handler)
    for name in logs.OURS:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield Heard(stream)
    root.removeHandler(handler)
    for name in logs.OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)


def test_a_request_is_one_line_of_known_fields(
    world: World, engineer: FlaskClient, heard: Heard
) -> None:
    answer = engineer.get(f"/t/{world.tags[0]}?from=wall", headers={"X-Request-ID": "mine"})
    (line,) = heard.requests()
    assert set(line) == {"time", "level", "process", "logger", "event", "request_id", "method",
                         "route", "status", "ms", "person"}  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", line["time"])
    assert (line["method"], line["route"], line["status"]) == ("GET", "/t/<code>", 200)
    assert line["person"] == world.engineer.person_id
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", line["request_id"])


def test_each_request_has_a_number_of_its_own(visitor: FlaskClient, heard: Heard) -> None:
    numbers = {visitor.get("/nowhere").headers["X-Request-ID"] for _ in range(3)}
    assert len(numbers) == 3
    assert [line["route"] for line in heard.requests()] == ["none"] * 3
    logging.getLogger("roundtag.x").warning("later")
    assert "request_id" not in heard.lines()[-1]


def test_no_secret_of_any_kind_reaches_the_log(
    app: Flask, world: World, visitor: FlaskClient, signed_in: SignIn, heard: Heard,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Each is driven through the application, on the way that works and on one that breaks."""
    secrets: dict[str, str] = {"password": worlds.PASSWORD, "tag": world.tags[0],
                               "room tag": world.room_tag, "contact": CONTACT,
                               "file": "geheime-datei", "query": "suchwort"}  # fmt: skip
    admin = signed_in("admin-all")
    cookie = admin.get_cookie("roundtag")
    assert cookie
    secrets["session"] = cookie.value
    with admin.session_transaction() as session:
        secrets["session secret"] = session["_user_id"]
    report = {"tag": world.tags[0], "symptom": "no_picture", "contact": CONTACT,
              "name": "周女士", "note": "心事", "submission_id": worlds.new_id(),
              "photo": (io.BytesIO(worlds.jpeg()[0]), "geheime-datei.jpg")}  # fmt: skip
    followed = visitor.post(f"/t/{world.tags[0]}/faults", data=report)
    assert followed.status_code == 303, followed.text
    secrets["status link"] = followed.location.split("/status/")[1].split("?")[0]
    assert visitor.get(followed.location).status_code == 200
    key = Person.get(Person.username == DISABLED).id
    secrets["invitation"] = link_in(admin.post(f"/people/{key}/link")).rsplit("/", 1)[1]
    visitor.get(f"/welcome/{secrets['invitation']}")
    visitor.post("/sign-in", data={"username": "周某", "password": "wrong-but-close"})
    secrets |= {"tried": "wrong-but-close", "typed name": "周某", "name": "周女士", "note": "心事"}
    admin.get("/devices?q=suchwort")
    visitor.get(f"/t/{world.room_tag}")

    def breaks(*_: Any, **__: Any) -> Any:
        raise IntegrityError(f"DETAIL: Key (x)=({list(secrets.values())}) exists")

    for where in ("roundtag.tagging.resolve", "roundtag.commands.run", "roundtag.faults.status",
                  "roundtag.accounts.find_link"):  # fmt: skip
        monkeypatch.setattr(where, breaks, raising=False)
    monkeypatch.setattr(commands, "run", breaks)
    assert visitor.get(f"/t/{world.tags[0]}").status_code == 500
    assert visitor.get(followed.location).status_code == 500
    assert "a request failed" in heard.text
    assert "IntegrityError" in heard.text
    said = heard.text + heard.text.encode().decode("unicode_escape")
    for kind, secret in secrets.items():
        assert secret not in said, kind
    assert len(heard.requests()) >= 10


def test_that_sweep_would_see_a_secret(visitor: FlaskClient, world: World, heard: Heard,
                                       monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr("blueprints.watching.route", lambda: f"/t/{world.tags[0]}")
    visitor.get(f"/t/{world.tags[0]}")
    assert world.tags[0] in heard.text


HOSTILE = ("a\nb", "a\r\nb", "a\u2028b", "a\u2029b", "a\x85b", "\x1b[2J\x1b[31m", "\x9b31m",
           "a\x00b", '"}\n{"event": "forged"', "\x7f", "\u202e")  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_a_line(app: Flask, heard: Heard, text: str) -> None:
    logging.getLogger("roundtag.x").warning("told: %s", text)
    app.test_client().open("/nowhere", method="GET", headers={"User-Agent": text.strip("\r\n\0 ")
                           if text.isprintable() else "x"})  # fmt: skip
    assert len(heard.lines()) == 2
    assert heard.lines()[0]["event"] == f"told: {text}"
    assert re.fullmatch(r"[ -~\n]*", heard.text)


def test_a_method_from_outside_is_no_word_of_the_log(visitor: FlaskClient, heard: Heard) -> None:
    visitor.open("/healthz", method="FORGED")
    assert heard.requests()[0]["method"] == "other"


def test_an_entry_that_breaks_its_verb_is_told_without_its_words(
    world: World, engineer: FlaskClient, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any, **__: Any) -> Any:
        raise ValueError(f"cannot do {CONTACT}")

    monkeypatch.setattr(commands, "once", breaks)
    sent = phone("fault", worlds.fault_form(world), world.engineer.person_id)
    assert post(engineer, sent).json["outcome"] == "review"
    told = next(line for line in heard.lines() if line["level"] == "ERROR")
    assert told["event"] == f"submission {sent['id']} is kept for review"
    assert told["exc_info"][0] == "ValueError"
    assert CONTACT not in heard.text


def test_the_receipt_of_the_door_still_says_the_number(
    world: World, engineer: FlaskClient, heard: Heard
) -> None:
    answer = engineer.get(f"/sync/{worlds.new_id()}", headers=SYNC)
    assert answer.status_code == 404
    assert heard.requests()[-1]["request_id"] == answer.headers["X-Request-ID"]
    assert Fault.select().count() == 0
    assert CONTACT not in leaf_texts()
