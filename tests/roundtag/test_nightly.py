"""The night's backup and drill: when it is due, what it leaves behind, who hears of its failing."""

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from peewee import DatabaseError

from blueprints.cli import main
from roundtag import blobs, bytestore, clock, db, jobs, ledger, nightly
from roundtag.backups import damage, making, state, store
from roundtag.models import Device, Notification, Restoration
from roundtag.settings import current
from tests.conftest import one_kind
from tests.world import World, deliver, fault_form, jpeg, person

NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)  # in China
NEVER = state.Status(None, "", 0, None, None, (), None, None)


def hours(number: float) -> datetime:
    return NOON - timedelta(hours=number)


@pytest.mark.parametrize(("known", "due"), [
    ({}, False),
    ({"began_at": hours(3)}, False),
    ({"began_at": hours(30)}, True),
    ({"began_at": hours(99), "drilled_at": hours(9)}, False),
    ({"began_at": hours(99), "drilled_at": hours(11)}, True),
    ({"began_at": hours(99), "drilled_at": hours(9), "problems": ("torn",)}, True),
    ({"began_at": hours(99), "tried_at": hours(0.5)}, False),
    ({"began_at": hours(99), "tried_at": hours(1)}, True),
])  # fmt: skip
def test_the_night_is_caught_up_and_tried_again_hourly(known: dict[str, Any], due: bool) -> None:
    assert nightly.due(replace(NEVER, **known), NOON) is due


@pytest.mark.parametrize(("proven", "late"), [(27, True), (25, False), (None, True)])
def test_late_is_26_hours(proven: float | None, late: bool) -> None:
    known = replace(NEVER, began_at=hours(99), proven_at=hours(proven) if proven else None)
    assert known.late(NOON) is late
    assert not replace(NEVER, began_at=hours(20)).late(NOON)


def told() -> list[tuple[str, str]]:
    query = Notification.select().order_by(Notification.id)
    return [(row.kind, row.channel) for row in query]


@pytest.fixture
def boss(fresh_world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    person("boss", ("admin", "provider", None))
    monkeypatch.setenv("DATABASE_URL", db.address())
    monkeypatch.setenv("BACKUP_KEEP", "2")
    current.cache_clear()
    blobs.put_photo(jpeg("teal")[0])
    return fresh_world


def test_a_night_leaves_a_proven_backup_and_keeps_so_many(boss: World) -> None:
    for _ in range(3):
        assert nightly.work() == []
        deliver("fault", fault_form(boss), boss.engineer)
    kept = store.listed(current().backups)
    assert len(kept) == 2
    seen = state.status()
    assert seen.backup_at == seen.proven_at == kept[0].manifest.made_at
    assert (seen.where, seen.size) == (str(kept[0].folder), kept[0].manifest.size)
    assert seen.well(clock.now())
    assert told() == []
    assert not list(current().data_dir.glob(".drill-*"))


@one_kind
def test_failing_is_told_once_a_day_and_removes_nothing(
    boss: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert nightly.work() == []
    kept = store.listed(current().backups)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making.dumping, "write", full)
    for _ in range(2):
        assert "No space left" in nightly.work()[0]
    assert told() == [("backup-failed", "app"), ("backup-failed", "mail")]
    assert [one.folder for one in store.listed(current().backups)] == [one.folder for one in kept]
    assert damage.trouble() is None

    def torn(*_: object) -> None:
        raise DatabaseError("CorruptError: database disk image is malformed")

    monkeypatch.setattr(making.dumping, "write", torn)
    with pytest.raises(damage.Stopped):
        nightly.work()  # damage is noted first: not even its alarm is written into it
    found = damage.trouble()
    assert found
    assert (found.kind, found.backup) == ("damaged", str(kept[0].folder))


@one_kind
def test_a_lost_photo_is_told_and_the_backup_made(boss: World) -> None:
    photos = bytestore.of_settings()
    for digest in photos.sizes():
        photos.wipe(digest)
    assert "lost or damaged" in nightly.work()[0]
    assert ("backup-failed", "mail") in told()
    assert len(store.listed(current().backups)) == 1


@one_kind
def test_no_good_backup_is_told_whatever_the_reason(
    boss: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not state.watch()
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(hours=27))
    assert state.watch()
    assert state.watch()
    assert told() == [("backup-late", "app"), ("backup-late", "mail")]
    assert {"backups.watch", "backups.nightly"} <= set(jobs.standing)


@one_kind
def test_the_scheduler_starts_it_as_a_process_and_goes_on(
    boss: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nightly, "due", lambda *_: True)
    assert nightly.ensure()
    assert not nightly.ensure()  # one at a time
    assert nightly._children[0].wait(60) == 0
    assert state.status().proven_at


def test_the_commands(boss: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """backup --drill, a sealed file, --list, and restore with its refusals."""
    run, phrase = CliRunner(), tmp_path / "phrase"
    phrase.write_text("a phrase\n")
    before = Device.select().count()
    monkeypatch.setenv("LANGUAGE", "en")

    def say(*words: object, code: int = 0) -> str:
        done = run.invoke(main, [str(word) for word in words])
        assert done.exit_code == code, done.output
        return done.output

    with db.elsewhere(db.address()):  # a command binds the models anew
        assert "in order" in say("backup", "--drill")
        say("backup", "--to", tmp_path / "away", "--passphrase-file", phrase)
        (sealed,) = (tmp_path / "away").iterdir()
        assert os.stat(sealed).st_mode & 0o077 == 0
        assert len(say("backup", "--list").splitlines()) == 1
        assert "--passphrase-file" in say("restore", sealed, code=1)
        assert "--force" in say("restore", sealed, "--passphrase-file", phrase, code=1)
        restore = ("restore", sealed, "--passphrase-file", phrase, "--force", "--reason", "Brand")
        assert "signs in again" in say(*restore)
    with db.elsewhere(current().database_url):
        assert Device.select().count() == before
        assert Restoration.get().reason == "Brand"
        assert all(not ledger.verify(key) for _, key in ledger.logs())
