"""`roundtag migrate-to`: all rows, compared one by one; killed anywhere, it goes on."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from roundtag import db, ledger, schema, search, stock
from roundtag.backups import loading, loosening, moving, restoring
from roundtag.bytestore import sending
from roundtag.models import Device, Session
from roundtag.supervisor import preparation
from tests import conftest
from tests.house import lanes
from tests.house.processes import environment
from tests.roundtag.test_backups import filled, sound, stored
from tests.world import World

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.embedded("what is moved is an embedded installation"),
    pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True),
]
ROUNDTAG = str(Path(sys.executable).with_name("roundtag"))


@pytest.fixture
def target(tmp_path: Path) -> Iterator[str]:
    lanes.need("postgresql")
    url = conftest._empty("postgresql", tmp_path)
    yield url
    conftest._postgresql(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


def ask(url: str, statement: str) -> list[tuple]:
    with psycopg.connect(url, autocommit=True) as line:
        return line.execute(statement).fetchall()


def do(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as line:
        line.execute(statement)


def run(data_dir: Path, url: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([ROUNDTAG, "migrate-to", url], capture_output=True, text=True, timeout=60,
                          env=environment(DATA_DIR=str(data_dir), **more))  # fmt: skip


def test_all_of_it_is_there_and_goes_on_counting(
    fresh_world: World, data_dir: Path, target: str
) -> None:
    filled(fresh_world)
    before, found, heads = stored(), search.devices("投影机"), restoring.states()
    sessions, highest = Session.select().count(), max(device.id for device in Device.select())
    heard: dict[str, int] = {}
    done = moving.move(target, heard.__setitem__)
    assert heard == done.tables
    assert done.kept.exists()
    assert not (data_dir / "roundtag.db").exists()
    with db.elsewhere(target), db.database.connection_context():
        assert stored() == before
        assert search.devices("投影机") == found
        assert restoring.states() == heads == done.logs
        assert Session.select().count() == sessions
        assert not schema.half_moved(db.database.obj)
        assert not schema.pending(db.database.obj)
        sound()
        (following,) = ask(target, "SELECT nextval(pg_get_serial_sequence('device', 'id'))")
        assert following[0] > highest


@contextmanager
def binding_kept() -> Iterator[None]:
    """For what binds the models by itself."""
    before, address = db.database.obj, db.address()
    db.database.initialize(None)
    yield
    if db.database.obj is not None:  # nothing is bound where the template was there already
        db.database.close_all()
    db.database.initialize(before)
    db._url[:] = [address]


def keys_of(url: str) -> set[tuple[str, str, str]]:
    """What refers to what, and all indexes."""
    indexes = ask(url, "SELECT tablename, indexname, indexdef FROM pg_indexes "
                       "WHERE schemaname = 'public'")  # fmt: skip
    with db.elsewhere(url) as opened, opened.connection_context():
        return {*loading.foreign_keys(opened), *indexes}


def test_references_and_indexes_are_there_as_in_a_new_installation(
    fresh_world: World, target: str, databases: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:  # fmt: skip
    moving.move(target)
    with binding_kept():
        plain = keys_of(conftest._template("postgresql", databases, tmp_path_factory))
    assert len(plain) > 200
    assert keys_of(target) == plain


def dies_when(source: str, target: str, patch: pytest.MonkeyPatch, moment: str) -> None:
    """A move in a process of its own, which kills itself at the moment."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        assert os.WTERMSIG(status) == signal.SIGKILL
        return

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def die_at_the_second(*given: Any) -> Any:
        seen.append(given)
        return die() if len(seen) > 1 else whole(*given)

    seen: list[Any] = []
    whole = sending._secured
    module, name, how = {
        "tables": (schema, "migrate", die), "row": (loading, "_go_on_counting", die),
        "verify": (moving, "verify", die), "photo": (sending, "_secured", die_at_the_second),
        "keys": (loosening, "_again", die), "index": (search, "rebuild", die),
        "end": (stock, "problems", die),
    }[moment]  # fmt: skip
    patch.setattr(module, name, how)
    try:
        db.connect(source)
        moving.move(target)
    finally:
        os._exit(1)


@pytest.mark.parametrize("moment", ["row", "keys", *(
    pytest.param(one, marks=pytest.mark.soak) for one in ("tables", "index", "end"))])  # fmt: skip
def test_a_move_that_was_killed_goes_on(
    fresh_world: World, target: str, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    dies_when(db.address(), target, monkeypatch, moment)
    if moment != "tables":
        with db.elsewhere(target), db.database.connection_context():
            assert schema.half_moved(db.database.obj)
    filled(fresh_world)
    before = stored()
    moving.move(target)
    with db.elsewhere(target), db.database.connection_context():
        assert stored() == before
        sound()


def test_no_server_starts_on_what_is_half_moved(
    fresh_world: World, data_dir: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_when(db.address(), target, monkeypatch, "verify")
    monkeypatch.setenv("DATABASE_URL", target)
    conftest.settings.current.cache_clear()
    with binding_kept(), pytest.raises(preparation.Refused, match="migrate-to"):
        preparation.open_database(conftest.settings.current())


WRONG = {
    "device": "UPDATE device SET name = 'another' WHERE id = (SELECT MIN(id) FROM device)",
    "grant": 'DELETE FROM "grant" WHERE id = (SELECT MAX(id) FROM "grant")',
    "blob": "INSERT INTO blob VALUES ('zz', 1, 'image/jpeg', '2026-11-26')",
    "person": "UPDATE person SET active = NOT active WHERE id = (SELECT MAX(id) FROM person)",
}


def test_each_wrong_row_is_named(
    fresh_world: World, data_dir: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After everything was copied, before it is compared: altered, gone, invented, a truth."""
    filled(fresh_world)
    verify = moving.verify

    def meddled(*given: object) -> object:
        for statement in WRONG.values():
            do(target, statement)
        return verify(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(moving, "verify", meddled)
        with pytest.raises(moving.Different) as told:
            moving.move(target)
    assert all(f"{table} " in str(told.value) for table in WRONG)
    assert str(told.value).count(";") == len(WRONG) - 1
    assert (data_dir / "roundtag.db").exists()
    moving.move(target)


def test_a_leaf_that_is_missing_in_both_is_found_by_the_log(
    fresh_world: World, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparing rows alone would not see it: the log does."""
    monkeypatch.setattr(ledger, "verify", lambda _: ["a leaf is missing"])
    with pytest.raises(restoring.NoBackup, match="a leaf is missing"):
        moving.move(target)


def test_a_database_of_others_is_left_alone(fresh_world: World, target: str) -> None:
    do(target, "CREATE TABLE theirs (id INT)")
    with pytest.raises(moving.NotEmpty):
        moving.move(target)
    assert ask(target, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [
        ("theirs",)
    ]


def test_two_installations_do_not_mix(
    fresh_world: World, data_dir: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_when(db.address(), target, monkeypatch, "verify")
    (data_dir / "secret.key").write_text("0" * 64)
    with pytest.raises(moving.NotEmpty, match="Another installation"):
        moving.move(target)


def test_the_command_refuses_while_a_server_runs_and_then_moves(
    fresh_world: World, data_dir: Path, target: str
) -> None:
    filled(fresh_world)
    with preparation.alone(data_dir):
        refused = run(data_dir, target)
    assert refused.returncode == 1
    assert "already runs" in refused.stderr
    assert ask(target, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    done = run(data_dir, target)
    assert done.returncode == 0, done.stderr
    assert "Moved and compared" in done.stdout
    assert run(data_dir, target).returncode == 1
