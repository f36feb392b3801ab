"""A disk that takes no writing, and a database that has lost bits (guarantees §7): what is seen."""

import errno
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from peewee import DatabaseError, DataError, OperationalError

from roundtag import db
from roundtag.backups import damage, making
from roundtag.models import Submission
from roundtag.settings import current
from tests import world as worlds
from tests.web.conftest import SignIn
from tests.web.phone import phone
from tests.web.test_sync_door import post, problem
from tests.world import World


@pytest.fixture
def engineer(signed_in: SignIn, world: World, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    browser = signed_in("engineer-a")
    monkeypatch.setenv("DATABASE_URL", db.address())
    current.cache_clear()
    current().data_dir.mkdir(exist_ok=True)
    return browser


def filed(world: World) -> dict[str, Any]:
    return phone("fault", worlds.fault_form(world), world.engineer.person_id)


@contextmanager
def no_turn(*_: object):  # type: ignore[no-untyped-def]
    raise OSError(errno.EROFS, "Read-only file system")
    yield


def test_a_read_only_disk_is_told_and_pages_still_open(
    engineer: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(damage, "_is_read_only", lambda: True)
    monkeypatch.setattr(db._files, "turn", no_turn)
    sent = filed(world)
    answer = post(engineer, sent)
    problem(answer, 503, "read-only")
    assert answer.headers["Retry-After"]
    page = engineer.get("/devices")
    assert page.status_code == 200
    assert "entries stay on this phone" in page.text or "先留在手机里" in page.text
    assert engineer.get("/healthz").json["writes"] == "read-only"
    monkeypatch.undo()
    assert post(engineer, sent).status_code == 201


@pytest.mark.parametrize("words", damage.CORRUPT)
def test_damage_stops_all_writing_and_names_the_last_good_backup(
    engineer: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch, words: str,
    data_dir: Path,
) -> None:  # fmt: skip
    path = data_dir / "backups" / "20260101T000000Z"
    monkeypatch.setattr(damage, "_last_backup", lambda: str(path))

    def torn(*_: object, **__: object) -> None:
        raise DatabaseError(words)

    with monkeypatch.context() as patch:
        patch.setattr("roundtag.notices.unread", torn)
        assert engineer.get("/more").status_code == 503
    body = problem(post(engineer, filed(world)), 503, "damaged")
    assert str(path) in body["detail"]
    assert Submission.select().where(Submission.form == "fault").count() == 0
    page = engineer.get("/more")
    assert page.status_code == 200
    assert str(path) in page.text
    assert engineer.get("/healthz").json["writes"] == "damaged"
    damage.clear()
    assert post(engineer, filed(world)).status_code == 201


@pytest.mark.parametrize("error", [
    ValueError("database disk image is malformed"), OperationalError("malformed JSON"),
    DataError("invalid input: 'file is not a database'"),
])  # fmt: skip
def test_nobody_stops_the_installation_by_words(data_dir: Path, error: Exception) -> None:
    data_dir.mkdir()
    assert not damage.note(error)
    assert damage.trouble() is None


def test_the_last_good_backup_is_found_on_the_disk(world: World, data_dir: Path) -> None:
    """Without a question to the database, which may be what is broken."""
    data_dir.mkdir(exist_ok=True)
    assert damage._last_backup() == ""
    made = making.into_folder(current().backups, "asked")
    assert damage._last_backup() == str(made.path)
