"""G13: what was acknowledged before a backup is there after its restore, on either database."""

import gzip
import itertools
import json
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from roundtag import blobs, db, ledger, schema, search
from roundtag.backups import (
    checking,
    damage,
    drills,
    dumping,
    making,
    packing,
    restoring,
    sealed,
    state,
    store,
)
from roundtag.backups.manifest import BLOBS, NAME, ROWS, NoBackup
from roundtag.models import (
    Blob,
    Leaf,
    Notification,
    Restoration,
    RestoredLog,
    Session,
    Setting,
    Submission,
)
from tests import conftest
from tests.conftest import one_kind
from tests.house.processes import until
from tests.seeing import snapshot
from tests.world import World, deliver, fault_form, jpeg, person

AWAY = (Session, Setting, Restoration, RestoredLog, Leaf, Submission)
"""What a restore itself writes, or leaves out."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "COST", 10)


def filled(world: World) -> list[str]:
    """A photo, a fault that names it, a document of ours; the hashes of both."""
    data, photo = jpeg("teal")
    blobs.put_photo(data)
    named = fault_form(world, photo=f"blob:{photo.sha256}")
    deliver("fault", named, world.engineer, photos=(photo,))
    return [photo.sha256, blobs.put_bytes(b"%PDF-1.4 of ours", "application/pdf")]


def stored() -> dict[str, list[tuple]]:
    rows = snapshot(*AWAY)
    return {table: lines for table, lines in rows.items() if table != "log"}


@contextmanager
def elsewhere(tmp_path: Path, kind: str = "") -> Iterator[None]:
    """An empty installation, as on a machine bought after the fire; the models see it."""
    folder = tmp_path / "new"
    folder.mkdir()
    url = conftest._empty(kind or db.kind(), folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATA_DIR", str(folder))
        patch.setenv("DATABASE_URL", url)
        conftest.settings.current.cache_clear()
        with db.elsewhere(url):
            yield
    conftest.settings.current.cache_clear()
    if url.startswith("postgresql"):
        conftest._postgresql(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')


def sound() -> None:
    assert [ledger.verify(key) for _, key in ledger.logs()] == [[] for _ in ledger.logs()]


@one_kind
@pytest.mark.parametrize("how", ["file", "sealed"])
def test_g13_one_file_brings_all_back(fresh_world: World, tmp_path: Path, how: str) -> None:
    comes_back(fresh_world, tmp_path, how)


def test_g13_all_comes_back_elsewhere(fresh_world: World, tmp_path: Path) -> None:
    comes_back(fresh_world, tmp_path, "folder")


def comes_back(fresh_world: World, tmp_path: Path, how: str) -> None:
    digests = filled(fresh_world)
    before, found = stored(), search.devices("投影机")
    secret = b"a phrase" if how == "sealed" else None
    if how == "folder":
        made = making.into_folder(tmp_path / "b", "asked")
    else:
        made = making.into_file(tmp_path / "b.backup", "asked", secret)
    with elsewhere(tmp_path):
        with packing.opened(made.path, secret, tmp_path / "scratch") as backup:
            restoring.restore(backup, reason="Feuer im Serverraum")
        assert stored() == before
        assert {d: blobs.path_of(d).exists() for d in digests} == dict.fromkeys(digests, True)
        assert blobs.derivative(digests[0], "thumb")[:2] == b"\xff\xd8"
        assert search.devices("投影机") == found
        assert Session.select().count() == 0
        sound()
        told = Restoration.get()
        assert told.made_at == made.manifest.made_at
        assert told.reason == "Feuer im Serverraum"
        for log in made.manifest.logs:
            leaves = Leaf.select().where(Leaf.log == ledger.log_of(log.client).id)
            first = json.loads(leaves.where(Leaf.leaf_index == log.size).get().text)
            assert first["deed"] == "declare_restored"
            assert leaves.count() == log.size + 1
        fresh = person("after-the-fire", ("engineer", "provider", None))
        assert fresh.person_id not in {row[0] for row in before["person"]}


def test_g13_a_backup_of_one_database_restores_into_the_other(
    fresh_world: World, tmp_path: Path
) -> None:
    filled(fresh_world)
    made = making.into_folder(tmp_path / "b", "asked")
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[db.kind()]
    conftest.lanes.need("postgresql")
    with db.snapshot() as seen:
        dumping.write(seen, tmp_path / "one")
    with elsewhere(tmp_path, other):
        restoring.restore(store.found_at(made.path))
        with db.snapshot() as seen:
            dumping.write(seen, tmp_path / "two")
        sound()
    one, two = (gzip.decompress((tmp_path / name).read_bytes()) for name in ("one", "two"))
    assert lines_of(one) <= lines_of(two)


def lines_of(rows: bytes) -> set[str]:
    """Rows as objects: the order of columns that were added later may differ."""
    found, head = set(), {}
    for line in map(json.loads, rows.splitlines()):
        if isinstance(line, dict):
            head = line
        elif head["table"] not in ("setting", "log"):
            cells = dict(zip(head["columns"], line, strict=True))
            found.add(head["table"] + json.dumps(cells, sort_keys=True, ensure_ascii=False))
    return found


@one_kind
def test_no_secret_is_in_a_backup(fresh_world: World, data_dir: Path, tmp_path: Path) -> None:
    from app import create_app

    key = create_app().config["SECRET_KEY"]
    made = making.into_file(tmp_path / "all.backup", "asked")
    text = made.path.read_bytes() + gzip.decompress(rows_of(made.path, tmp_path).read_bytes())
    assert key.encode() not in text
    assert b'"table":"session"' not in text


def rows_of(path: Path, scratch: Path) -> Path:
    with packing.opened(path, None, scratch) as found:
        return found.folder.joinpath(ROWS).rename(scratch / "rows.gz")


@one_kind
def test_a_second_backup_copies_only_new_photos(fresh_world: World, tmp_path: Path) -> None:
    filled(fresh_world)
    assert making.into_folder(tmp_path / "b", "asked").copied == 2
    blobs.put_photo(jpeg("red")[0])
    assert making.into_folder(tmp_path / "b", "asked").copied == 1
    assert store.prune(tmp_path / "b", 1) == 1
    (kept,) = store.listed(tmp_path / "b")
    assert checking.problems(kept) == []
    assert len(list((tmp_path / "b/blobs").glob("??/*"))) == 3
    Blob.delete().where(Blob.mime == "application/pdf").execute()
    making.into_folder(tmp_path / "b", "asked")
    store.prune(tmp_path / "b", 1)
    assert len(list((tmp_path / "b/blobs").glob("??/*"))) == 2  # what was erased leaves in time


@one_kind
def test_a_damaged_photo_is_named_and_not_passed_on(fresh_world: World, tmp_path: Path) -> None:
    photo, document = filled(fresh_world)
    blobs.path_of(photo).write_bytes(b"rotten")
    for made in (making.into_folder(tmp_path / "b", "asked"),
                 making.into_file(tmp_path / "b.backup", "asked")):  # fmt: skip
        assert made.manifest.absent == (photo,)
        with packing.opened(made.path, None, tmp_path / "scratch") as found:
            assert [digest for digest, _ in found.blobs()] == [document]
            assert checking.problems(found) == []


@one_kind
def test_every_altered_byte_of_a_backup_is_refused_before_anything_is_touched(
    fresh_world: World, tmp_path: Path
) -> None:
    (photo, _), made = filled(fresh_world), making.into_folder(tmp_path / "b", "asked")
    found = store.found_at(made.path)
    with elsewhere(tmp_path):
        for path in (made.path / ROWS, made.path / BLOBS, found.blob(photo)):
            whole = path.read_bytes()
            places = (0, len(whole) // 2, len(whole) - 1)
            flipped = [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in places]
            for wrong in (*flipped, whole[:-1], b""):
                path.write_bytes(wrong)
                with pytest.raises(NoBackup):
                    restoring.restore(found)
            path.write_bytes(whole)
        assert db.database.get_tables() == []
        assert not (conftest.settings.current().data_dir / "blobs").exists()
        restoring.restore(found)


@one_kind
def test_a_row_that_was_doctored_with_its_hash_is_told_by_the_ledger(
    fresh_world: World, tmp_path: Path
) -> None:
    """Mutation: without require_logs() in rebuild() this restores a forged device name."""
    made = making.into_folder(tmp_path / "b", "asked")
    rows = gzip.decompress((made.path / ROWS).read_bytes())
    forged = rows.replace("投影机 1".encode(), "投影机 9".encode(), 1)
    assert forged != rows
    (made.path / ROWS).write_bytes(gzip.compress(forged))
    told = json.loads((made.path / NAME).read_bytes())
    told["parts"][ROWS] = vars(store.manifests.part_of(made.path / ROWS))
    (made.path / NAME).write_text(json.dumps(told))
    with elsewhere(tmp_path):
        with pytest.raises(NoBackup, match="ledger"):
            restoring.restore(store.found_at(made.path))
        assert db.database.get_tables() == []


def test_what_is_there_is_replaced_by_force_only(
    fresh_world: World, data_dir: Path, tmp_path: Path
) -> None:
    made = making.into_folder(tmp_path / "b", "asked")
    before = stored()
    filled(fresh_world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", db.address())
        conftest.settings.current.cache_clear()
        with pytest.raises(restoring.NotEmpty, match="accounts"):
            restoring.restore(store.found_at(made.path))
        damage.stop("as the test wants it")
        restoring.restore(store.found_at(made.path), force=True)
        assert damage.trouble() is None
        with db.elsewhere(db.address()):
            assert stored() == before
            sound()
        assert len(list(data_dir.glob("roundtag.db.replaced-*Z"))) == (db.kind() == "sqlite")
        assert not list(data_dir.glob("*restoring*"))


@one_kind
def test_a_backup_of_a_newer_release_is_refused(fresh_world: World, tmp_path: Path) -> None:
    made = making.into_folder(tmp_path / "b", "asked")
    told = json.loads((made.path / NAME).read_bytes())
    told["schema"].append("9999_from_the_future")
    (made.path / NAME).write_text(json.dumps(told))
    with pytest.raises(schema.NewerSchema, match="9999_from_the_future"):
        restoring.restore(store.found_at(made.path), force=True)


@one_kind
@pytest.mark.parametrize("wrong", [b"another phrase", None])
def test_a_sealed_backup_opens_with_its_phrase_only(
    fresh_world: World, tmp_path: Path, wrong: bytes | None
) -> None:
    made = making.into_file(tmp_path / "b.backup", "asked", b"a phrase")
    assert b"manifest" not in made.path.read_bytes()
    with pytest.raises((NoBackup, sealed.NotOpened)), packing.opened(made.path, wrong, tmp_path):
        pass


def test_a_sealed_file_that_was_cut_moved_or_altered_is_refused(tmp_path: Path) -> None:
    path, text = tmp_path / "sealed", os.urandom(3 * sealed.CHUNK + 5)
    with path.open("wb") as raw:
        box = sealed.Sealing(raw, b"phrase")
        box.write(text)
        box.close()
    whole, size = path.read_bytes(), sealed.CHUNK + sealed.TAG
    head = len(whole) - 3 * size - 5 - sealed.TAG

    def read(data: bytes) -> bytes:
        path.write_bytes(data)
        with path.open("rb") as raw:
            return sealed.Opening(raw, b"phrase").read()

    assert read(whole) == text
    swapped = whole[:head] + whole[head + size : head + 2 * size] + whole[head : head + size]
    for wrong in (whole[:-1], whole[: head + size], whole[: head + 3 * size], whole[:head],
                  whole + b"x", swapped + whole[head + 2 * size :],
                  *(whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :]
                    for n in range(8, len(whole), 9_973))):  # fmt: skip
        with pytest.raises(sealed.NotOpened):
            read(wrong)


def test_it_is_consistent_while_eight_clients_write(
    fresh_world: World, tmp_path: Path, data_dir: Path
) -> None:
    """Mutation: dump from the shared connection in autocommit and the ledger disagrees."""
    over, sent, failed = threading.Event(), [], []

    def write() -> None:
        with db.database.connection_context():
            while not over.is_set():
                try:
                    sent.append(deliver("fault", fault_form(fresh_world), fresh_world.engineer).id)
                except Exception as error:
                    failed.append(error)
                    return

    writers = [threading.Thread(target=write) for _ in range(8)]
    for one in writers:
        one.start()
    made, acknowledged = [], []
    for number in range(3):
        until(lambda want=10 * number + 5: len(sent) > want or failed, "they write", 60)
        acknowledged.append(list(sent))
        made.append(making.into_folder(tmp_path / "b", "asked"))
    over.set()
    for one in writers:
        one.join()
    assert not failed
    for one, before in zip(made, acknowledged, strict=True):
        assert drills.drill(store.found_at(one.path)) == []
        held = gzip.decompress((one.path / ROWS).read_bytes()).decode()
        assert [key for key in before if key not in held] == []


@one_kind
def test_kill_in_the_middle_leaves_the_backup_before_intact(
    fresh_world: World, tmp_path: Path
) -> None:
    filled(fresh_world)
    folder = tmp_path / "b"
    first = making.into_folder(folder, "asked")
    blobs.put_photo(jpeg("red")[0])
    for number in itertools.count():
        child = os.fork()
        if not child:
            die_at(number)
            making.into_folder(folder, "asked")
            os._exit(0)
        if os.waitpid(child, 0)[1] != signal.SIGKILL:
            break
        whole = store.listed(folder)
        assert first.path in {one.folder for one in whole}
        assert [checking.problems(one) for one in whole] == [[] for _ in whole]
    assert number > 5
    assert not list(folder.glob(".*.part"))


def die_at(number: int) -> None:
    """kill -9 of this process at its nth step on the disk."""
    seen: list[str] = []

    def dying(name: str):  # type: ignore[no-untyped-def]
        real = getattr(os, name)

        def step(*args: object) -> object:
            if len(seen) == number:
                os.kill(os.getpid(), signal.SIGKILL)
            seen.append(name)
            return real(*args)

        return step

    for name in ("fsync", "rename", "replace"):
        setattr(os, name, dying(name))


@one_kind
def test_two_backups_into_one_folder_take_turns(fresh_world: World, tmp_path: Path) -> None:
    with store.alone(tmp_path / "b"), pytest.raises(store.Busy):
        making.into_folder(tmp_path / "b", "asked")


@one_kind
def test_a_drill_notes_what_it_found_and_alarms(fresh_world: World, tmp_path: Path) -> None:
    person("boss", ("admin", "provider", None))
    filled(fresh_world)
    made = making.into_folder(tmp_path / "b", "asked")
    assert drills.drill(store.found_at(made.path)) == []
    assert state.status().proven_at == made.manifest.made_at
    assert Notification.select().count() == 0
    second = making.into_folder(tmp_path / "b", "asked")
    (second.path / ROWS).write_bytes(b"nothing")
    assert drills.drill(store.found_at(second.path)) == [f"{ROWS} is missing or altered"]
    assert drills.drill(store.found_at(second.path))
    told = [(row.kind, row.channel) for row in Notification.select().order_by(Notification.channel)]
    assert told == [("drill-failed", "app"), ("drill-failed", "mail")]
    assert state.status().proven_at == made.manifest.made_at
    assert state.status().problems


@one_kind
def test_a_drill_tells_a_log_that_was_rewritten(fresh_world: World, tmp_path: Path) -> None:
    """What was in the log when the backup was made must be in it still."""
    filled(fresh_world)
    made = making.into_folder(tmp_path / "b", "asked")
    db.database.execute_sql("DROP TRIGGER leaf_no_update")
    Leaf.update(hash="0" * 64).where(Leaf.leaf_index == 0).execute()
    wrong = drills.drill(store.found_at(made.path))
    assert wrong
    assert all("does not go on" in one for one in wrong)
