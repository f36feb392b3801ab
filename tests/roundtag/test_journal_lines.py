"""The journal at its edges: full disks, torn lines, crashes between line and commit."""

import errno
import os
from contextlib import suppress
from pathlib import Path

import pytest

from roundtag import commands, db, journal
from roundtag.backups import making
from roundtag.journal import witness
from roundtag.models import Submission
from tests.conftest import one_kind
from tests.roundtag.journaling import (
    after_the_fire,
    in_use,
    lines,
    one,
    restored,
    sent,
    sound,
)
from tests.world import World, deliver, fault_form, new_id


@one_kind
def test_a_line_is_on_the_disk_before_the_commit(
    fresh_world: World, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutation: without its fsync, or written after the commit, this is red."""
    seen: list[bool] = []
    real = os.fsync

    def watching(handle: int) -> None:
        path = os.readlink(f"/proc/self/fd/{handle}")
        if "journal-" in path:
            seen.append(db.database.in_transaction())
        real(handle)

    monkeypatch.setattr(os, "fsync", watching)
    one(fresh_world)
    assert seen == [True]


@one_kind
def test_a_full_disk_refuses_and_leaves_no_trace(
    fresh_world: World, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, size = sent(), len(lines(place))
    real = os.write

    def half(handle: int, data: bytes) -> int:
        if b'"tables"' in data:
            real(handle, data[:100])
            raise OSError(errno.ENOSPC, "full")
        return real(handle, data)

    key = new_id()
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(OSError, match="full"):
            deliver("fault", fault_form(fresh_world), fresh_world.engineer, id=key)
    assert sent() == before
    assert [line for line in lines(place)[size:] if line.leaves] == []
    deliver("fault", fault_form(fresh_world), fresh_world.engineer, id=key)  # as a phone would
    assert commands.find(key) is not None


@one_kind
def test_what_was_torn_counts_for_nothing(fresh_world: World, place: Path, tmp_path: Path) -> None:
    made = making.into_folder(tmp_path / "b", "asked")
    first = one(fresh_world)
    [path] = journal.Journal(place).files()
    with open(path, "ab") as file:
        file.write(b'0123456789abcdef0123456789abcdef {"at":"2026')
    second = one(fresh_world)
    with open(path, "ab") as file:
        file.write(b"0123")
    with after_the_fire(place, tmp_path):
        assert restored(made.path).stopped == ""
        assert {first, second} <= {row.id for row in Submission.select()}


@one_kind
def test_a_line_whose_commit_failed_is_taken_back(
    fresh_world: World, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = making.into_folder(tmp_path / "b", "asked")
    kept, key = one(fresh_world), new_id()
    real = witness.Recorder.before_commit

    def fails(self: witness.Recorder, touched: db.Touched) -> None:
        real(self, touched)
        raise OSError(errno.EIO, "the commit")

    with monkeypatch.context() as patch:
        patch.setattr(witness.Recorder, "before_commit", fails)
        with pytest.raises(OSError, match="the commit"):
            deliver("fault", fault_form(fresh_world), fresh_world.engineer, id=key)
    with suppress(ValueError), db.write():  # one that failed before it had a line takes none back
        raise ValueError
    assert commands.find(key) is None
    with after_the_fire(place, tmp_path):
        restored(made.path)
        assert {row.id for row in Submission.select()} >= {kept}
        assert commands.find(key) is None


@one_kind
def test_the_next_start_finds_what_a_crash_left_between_the_two(
    fresh_world: World, place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ways: a line without its commit, and a commit while the journal was away."""
    made, kept = making.into_folder(tmp_path / "b", "asked"), journal.Journal(place)
    one(fresh_world)
    assert journal.complete(kept) > 2  # from the time before there was a journal
    with monkeypatch.context() as patch:  # killed after the line, before the commit
        patch.setattr(witness.Recorder, "failed", lambda *_: None)
        lost = killed_after_its_line(fresh_world)
    with in_use(tmp_path / "elsewhere", db.address()):
        unseen = [one(fresh_world), one(fresh_world)]
    assert journal.complete(kept) == 2
    assert journal.complete(kept) == 0
    last = one(fresh_world)
    with after_the_fire(place, tmp_path):
        assert restored(made.path).stopped == ""
        found = {row.id for row in Submission.select()}
        assert {*unseen, last} <= found
        assert lost not in found
        sound()


def killed_after_its_line(world: World) -> str:
    keys = []
    with suppress(OSError), db.write():
        keys.append(one(world))
        db._witness[0].before_commit(db._turn.touched)
        raise OSError("killed")
    assert commands.find(keys[0]) is None
    return keys[0]
