"""The office's page for a phone's file: look first, then take in; a bad file changes nothing."""

import io
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from blueprints import rescue as pages
from roundtag.models import Fault
from roundtag.settings import current
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.phone import phone
from tests.web.reading import Page
from tests.world import World, fault_form


@pytest.fixture
def row(world: World) -> dict[str, Any]:
    return phone("fault", fault_form(world), world.engineer.person_id)


@pytest.fixture
def office(signed_in: SignIn) -> FlaskClient:
    return signed_in("manager-all")


def upload(browser: FlaskClient, data: bytes) -> TestResponse:
    return browser.post("/rescue", data={"file": (io.BytesIO(data), "unsent.json")})


def file(*rows: dict[str, Any]) -> bytes:
    return json.dumps({"roundtag_rescue": 1, "rows": rows, "photos": {}}).encode()


def waiting() -> list[str]:
    return [path.name for path in (current().data_dir / "rescue").glob("*")]


def test_looked_at_then_taken_in_once(
    office: FlaskClient, row: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot()
    seen = upload(office, file(row))
    assert seen.status_code == 200
    assert "投影机 1" in seen.text
    assert "engineer-a 先生" in seen.text
    assert snapshot() == before
    [name] = waiting()
    digest = name.split("-")[1].removesuffix(".json")
    assert digest in seen.text

    taken = office.post("/rescue/entries", data={"file": digest})
    assert taken.status_code == 200
    assert Fault.select().where(Fault.submission == row["id"]).count() == 1
    assert waiting() == []
    gone = office.post("/rescue/entries", data={"file": digest})
    assert gone.status_code == 422

    upload(office, file(row))
    before = snapshot()
    assert office.post("/rescue/entries", data={"file": digest}).status_code == 200
    assert snapshot() == before
    upload(office, file(row))
    monkeypatch.setattr(pages, "DAY", -1)
    upload(office, file())
    assert len(waiting()) == 1


@pytest.mark.parametrize("data", [b"", b"%PDF", b'{"roundtag_rescue": 1}', b"{" * 9000])
def test_a_bad_file_is_told_and_leaves_nothing(office: FlaskClient, data: bytes) -> None:
    before = snapshot()
    answer = upload(office, data)
    assert answer.status_code == 422
    assert Page(answer.text)
    assert snapshot() == before
    assert waiting() == []
    assert office.post("/rescue").status_code == 422


def test_nobody_takes_in_the_file_of_another_or_a_path(
    office: FlaskClient, engineer: FlaskClient, row: dict[str, Any]
) -> None:
    upload(office, file(row))
    [name] = waiting()
    for digest in (name.split("-")[1].removesuffix(".json"), "../roundtag", "", "0" * 64):
        assert engineer.post("/rescue/entries", data={"file": digest}).status_code == 422
    assert not Fault.select().where(Fault.submission == row["id"]).exists()
