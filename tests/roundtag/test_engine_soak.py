"""All engines fail by turns under two web units, and nothing that was acknowledged is lost."""

import copy
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from roundtag import bytestore, db
from roundtag.models import Blob, Fault, Job
from tests.conftest import _copy
from tests.roundtag import engine_soak
from tests.roundtag.conftest import Settled, _drop
from tests.roundtag.engine_soak import MISFORTUNES, befalls, judged, scene
from tests.world import World

pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.s3,
    pytest.mark.parametrize("store_kind", ["postgresql"], indirect=True),
]


@pytest.fixture
def town(ready: Settled, store_kind: str, data_dir: Path) -> Iterator[World]:
    """As `fresh_world`, without a connection that is held: those of this process end as well."""
    url = _copy(store_kind, ready.url, data_dir)
    db.connect(url)
    yield copy.deepcopy(ready.worlds[0])
    db.database.close_all()
    _drop(url)


@pytest.mark.soak  # jobs whose engine was away wait for their next try, at times beyond 120 s
def test_nothing_is_lost_whatever_engine_fails(town: World, tmp_path: Path) -> None:
    """Each of them once, a web unit three times. `make soak` goes on for minutes."""
    chance = random.Random(seed := random.randrange(1 << 32))
    print(f"seed {seed}")
    with scene(db.address(), town, tmp_path, chance) as found:
        befalls(found, lambda: bool(found.befallen))
        print(dict(found.befallen), dict(judged(found)))
        assert set(found.befallen) == set(MISFORTUNES)
        for what, flaw in FLAWS.items():
            told_on(found, what, flaw)


def one_entry() -> None:
    newest = Fault.select(Fault.id).order_by(Fault.id.desc()).get()
    Fault.update(submission=None).where(Fault.id == newest.id).execute()


def one_photo() -> None:
    bytestore.of_settings().wipe(Blob.select().get().sha256)


def one_job() -> None:
    Job.update(state="failed").where(Job.id == Job.select(Job.id).get().id).execute()


FLAWS = {"photos are not": one_photo, "entries and faults": one_entry, "a job": one_job}
"""Each one is seen by what is asked before the one above it."""


def told_on(found: engine_soak.Scene, what: str, flaw: Callable[[], None]) -> None:
    """A test of the test: what is lost on purpose is seen."""
    with db.database.connection_context():
        flaw()
    with pytest.raises(AssertionError, match=what):
        judged(found)
