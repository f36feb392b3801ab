"""G13: with a journal a restore loses nothing that was acknowledged (docs/adr/0051)."""

import random
import select
from pathlib import Path

import pytest

from roundtag import blobs, clock, commands, faults, journal
from roundtag.backups import making
from roundtag.journal import witness
from roundtag.models import FaultContact, Log, Restoration, RestoredLog, Submission
from tests.conftest import one_kind
from tests.roundtag.journaling import (
    Acts,
    after_the_fire,
    held,
    leaves,
    one,
    restored,
    sent,
    sound,
)
from tests.roundtag.test_g1_kills import Writers
from tests.world import World, deliver, fault_form, run


def test_g13_a_backup_and_the_journal_are_all_that_was(
    fresh_world: World, place: Path, tmp_path: Path
) -> None:
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    acts = Acts(fresh_world, random.Random(seed))
    acts.some(5)
    made = making.into_folder(tmp_path / "b", "asked")
    acts.some(10)
    rows, lost, leaf = held(), sent(), leaves()
    with after_the_fire(place, tmp_path):
        done = restored(made.path)
        assert (done.stopped, done.absent) == ("", ())
        assert done.leaves == len(leaf) - sum(log.size for log in made.manifest.logs) >= 5
        assert {name: (set(held()[name]) ^ set(was)) for name, was in rows.items()
                if held()[name] != was} == {}, seed  # fmt: skip
        assert lost < sent()
        assert leaf < leaves()
        assert len(leaves()) == len(leaf) + Log.select().count()
        assert all(blobs.path_of(row[0]).exists() for row in rows["blob"])
        sound()
        assert Restoration.get().made_at > made.manifest.made_at  # back to the last deed
        again(fresh_world, made.path)


def again(world: World, backup: Path) -> None:
    """A second loss: the journal of before and after the first restore is one."""
    deliver("fault", fault_form(world), world.engineer)
    lost, leaf = sent(), leaves()
    done = restored(backup, force=True)
    assert done.stopped == ""
    assert lost < sent()
    assert leaf < leaves()
    sound()


@one_kind
def test_at_a_hole_the_journal_ends_and_the_gap_is_declared(
    fresh_world: World, place: Path, tmp_path: Path
) -> None:
    """Mutation of a test: a line with a leaf is left out."""
    made = making.into_folder(tmp_path / "b", "asked")
    keys = [one(fresh_world) for _ in range(4)]
    kept = journal.Journal(place)
    [path] = kept.files()
    whole = path.read_bytes().splitlines(keepends=True)
    torn = [n for n, line in enumerate(whole) if keys[2].encode() in line]
    path.write_bytes(b"".join(line for n, line in enumerate(whole) if n not in torn))
    with after_the_fire(place, tmp_path):
        done = restored(made.path)
        found = {row.id for row in Submission.select()}
        assert (keys[0] in found, keys[1] in found) == (True, True)
        assert (keys[2] in found, keys[3] in found) == (False, False)
        assert "hole" in done.stopped
        told = RestoredLog.get(RestoredLog.client == fresh_world.client_id)
        assert told.size == Log.get(Log.client == fresh_world.client_id).size - 1
        sound()
        later = one(fresh_world)  # the journal goes on from the fork
        assert restored(made.path, force=True).stopped == ""
        assert commands.find(later)
        assert commands.find(keys[3]) is None


@one_kind
def test_another_installations_journal_is_not_taken(
    fresh_world: World, place: Path, tmp_path: Path
) -> None:
    one(fresh_world)
    Log.update(origin="roundtag/other/provider").where(Log.client.is_null()).execute()
    Log.update(origin=f"roundtag/other/{fresh_world.client_id}").where(
        Log.client == fresh_world.client_id
    ).execute()
    made = making.into_folder(tmp_path / "b", "asked")
    with after_the_fire(place, tmp_path):
        done = restored(made.path)
        assert done.leaves == 0
        assert done.stopped


@one_kind
def test_what_was_erased_is_in_no_line_and_does_not_come_back(
    fresh_world: World, place: Path, tmp_path: Path
) -> None:
    """Mutation: `forget_before` that does nothing."""
    made, kept = making.into_folder(tmp_path / "b", "asked"), journal.Journal(place)
    key = deliver("fault", fault_form(fresh_world, contact="13800001234"),
                  fresh_world.engineer).subject_id  # fmt: skip
    one(fresh_world)
    assert secret_in(kept)
    run(faults.erase_contact, faults.EraseContact(int(key or 0)))
    assert not secret_in(kept)
    later = one(fresh_world)
    with after_the_fire(place, tmp_path):
        assert restored(made.path).stopped == ""
        assert commands.find(later)
        assert FaultContact.get(FaultContact.fault == key).contact is None
        sound()


def secret_in(kept: journal.Journal) -> bool:
    return any(b"13800001234" in path.read_bytes() for path in kept.files())


@one_kind
def test_old_files_go_after_a_good_backup(fresh_world: World, place: Path) -> None:
    one(fresh_world)
    kept, now = journal.Journal(place), clock.now()
    [today] = kept.files()
    old = place / "journal-20200101.jsonl"
    old.write_bytes(b"")
    kept.trim(now, now, 7)
    assert kept.files() == [today]


@pytest.mark.parametrize("kills", [12, pytest.param(1_000, marks=pytest.mark.soak)])
def test_g13_nothing_acknowledged_is_lost_by_kills_and_a_fire(
    fresh_world: World, place: Path, tmp_path: Path, kills: int
) -> None:
    """Mutation: tell before `sync.submit`, and ids are lost."""
    made = making.into_folder(tmp_path / "b", "asked")
    seed = random.randrange(1 << 32)
    chance, writers = random.Random(seed), Writers(fresh_world)
    for _ in range(kills):
        wanted = len(writers.acknowledged) + chance.randrange(4)
        while len(writers.acknowledged) < wanted:
            assert select.select([writers.heard], [], [], 60)[0], seed
            writers.listen()
        target = chance.randrange(4)
        writers.kill(target)
        writers.replace(target)
    for number in range(len(writers.pids)):
        writers.kill(number)
    while writers.listen():
        continue
    with after_the_fire(place, tmp_path):
        assert restored(made.path).stopped == "", seed
        assert set(writers.acknowledged) <= {row.id for row in Submission.select()}, seed
        sound()


@one_kind
def test_without_its_lines_a_fire_takes_them(
    fresh_world: World, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The test of the tests above: what acknowledges before the journal has it is found."""
    made = making.into_folder(tmp_path / "b", "asked")
    monkeypatch.setattr(witness.Recorder, "before_commit", lambda *_: None)
    key = one(fresh_world)
    with after_the_fire(place, tmp_path):
        restored(made.path)
        assert commands.find(key) is None
