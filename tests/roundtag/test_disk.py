"""Files that appear whole: under their name lies all of a file or what was there before."""

import os
import stat
from pathlib import Path

import pytest

from roundtag import disk


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_that_fails_half_way_leaves_the_old_one_and_no_draft(tmp_path: Path) -> None:
    path = tmp_path / "note"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="full"):
        break_off(path)
    assert (path.read_bytes(), entries(tmp_path)) == (b"old", ["note"])


def break_off(path: Path) -> None:
    with disk.whole(path) as file:
        file.write(b"half")
        raise OSError("full")


@pytest.mark.parametrize(("durably", "waited"), [(True, ["file", "folder"]), (False, [])])
def test_bytes_are_on_the_disk_before_their_name_and_their_name_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, durably: bool, waited: list[str]
) -> None:
    path, seen = tmp_path / "note", []

    def watching(handle: int) -> None:
        is_folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        assert path.exists() == is_folder
        seen.append("folder" if is_folder else "file")

    monkeypatch.setattr(os, "fsync", watching)
    with disk.whole(path, durably=durably) as file:
        file.write(b"new")
    assert (path.read_bytes(), seen) == (b"new", waited)


@pytest.mark.parametrize("private", [True, False])
def test_a_private_file_is_no_one_elses(tmp_path: Path, private: bool) -> None:
    before = os.umask(0o022)
    try:
        with disk.whole(tmp_path / "key", private=private):
            pass
    finally:
        os.umask(before)
    mode = stat.S_IMODE((tmp_path / "key").stat().st_mode)
    assert mode == (0o600 if private else 0o644)


def test_the_first_claim_stays(tmp_path: Path) -> None:
    for data in (b"first", b"second"):
        disk.claim(tmp_path / "key", data)
    assert ((tmp_path / "key").read_bytes(), entries(tmp_path)) == (b"first", ["key"])
