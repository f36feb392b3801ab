"""G2: what is acknowledged has been handed to the disk: the database's own setting, and the files
of photos with the folders that name them."""

import os
import stat
from collections.abc import Callable
from itertools import pairwise

import pytest

from roundtag import blobs, db
from roundtag.db import database
from roundtag.supervisor import preparation
from tests import world as worlds
from tests.world import World


def test_every_commit_waits_for_the_disk(world: World, store_kind: str) -> None:
    if store_kind == "sqlite":
        asked = database.execute_sql("PRAGMA synchronous").fetchone()
        assert asked == (2,)  # FULL: NORMAL loses acknowledged rows with the power
    else:
        assert database.execute_sql("SHOW synchronous_commit").fetchone() == ("on",)


@pytest.mark.parametrize("store_kind", ["postgresql"], indirect=True)
def test_nothing_starts_on_a_database_that_forgets(
    world: World,
) -> None:
    assert db.forgets() == ""
    database.execute_sql("SET LOCAL synchronous_commit = off")
    assert db.forgets() == "synchronous_commit"
    with pytest.raises(preparation.Refused, match="synchronous_commit = off"):
        preparation._refuse_forgetful()


def synced(do: Callable[[], object]) -> list[bool]:
    """What was handed to the disk in order: True for a file, False for a folder."""
    seen: list[bool] = []
    real = os.fsync

    def watching(handle: int) -> None:
        seen.append(not stat.S_ISDIR(os.fstat(handle).st_mode))
        real(handle)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", watching)
        do()
    return seen


def test_a_photo_and_its_folder_are_on_disk_before_it_is_acknowledged(world: World) -> None:
    data, _ = worlds.jpeg("#102030")
    found = synced(lambda: blobs.put_photo(data))
    assert (True, False) in pairwise(found)  # the file, then the folder that names it
