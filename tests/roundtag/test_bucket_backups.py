"""A backup lists what is in a bucket and does not copy it; a file takes everything along."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from blueprints.cli import photos as command
from roundtag import blobs, bytestore, nightly, settings
from roundtag.backups import checking, drills, making, packing, restoring, store
from roundtag.backups.manifest import NoBackup
from roundtag.bytestore.bucket import Bucket
from roundtag.models import Blob
from roundtag.settings import current
from tests.conftest import KINDS
from tests.house.swift import Swift, chosen, keys
from tests.roundtag.test_backups import elsewhere, filled, stored
from tests.world import World, jpeg

pytestmark = pytest.mark.s3


@pytest.fixture
def store_kind() -> str:
    """Rows are brought back as ever: tests/roundtag/test_backups.py, with both databases."""
    return KINDS[0]


@pytest.fixture
def digests(fresh_world: World, bucket: Bucket) -> list[str]:
    return filled(fresh_world)


@contextmanager
def switched(url: str | None) -> Iterator[None]:
    """The same installation with another BLOB_URL, or none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BLOB_URL", url or "")
        settings.current.cache_clear()
        yield
    settings.current.cache_clear()


def spoil(bucket: Bucket, digest: str) -> None:
    bucket.client.put_object(Bucket=bucket.address.bucket, Key=bucket._key(digest), Body=b"?")


def test_a_backup_copies_nothing_and_comes_back(digests: list[str], bucket: Bucket,
                                                tmp_path: Path) -> None:  # fmt: skip
    before = stored()
    made = making.into_folder(tmp_path / "b", "asked")
    assert (made.copied, made.manifest.blobs, made.manifest.absent) == (0, 2, ())
    assert made.manifest.elsewhere == bucket.elsewhere
    assert "testing" not in (made.path / "manifest.json").read_text()
    assert not (tmp_path / "b" / "blobs").exists()
    assert drills.drill(store.found_at(made.path)) == []
    with elsewhere(tmp_path):
        done = restoring.restore(store.found_at(made.path))
        assert (stored(), done.absent) == (before, ())
        assert blobs.derivative(digests[0], "thumb")[:2] == b"\xff\xd8"
        assert blobs.path_of(digests[1]).read_bytes() == b"%PDF-1.4 of ours"


def test_without_the_bucket_it_is_refused_with_its_name(digests: list[str], bucket: Bucket,
                                                        tmp_path: Path) -> None:  # fmt: skip
    made = making.into_folder(tmp_path / "b", "asked")
    wanted = pytest.raises(NoBackup, match=bucket.address.bucket)
    with elsewhere(tmp_path), switched(None), wanted:
        restoring.restore(store.found_at(made.path))


def test_what_has_gone_from_the_bucket_is_told(digests: list[str], bucket: Bucket,
                                               tmp_path: Path) -> None:  # fmt: skip
    """Gone before the backup: it says so. Gone after: the restore says so, and brings the rest."""
    made = making.into_folder(tmp_path / "b", "asked")
    bucket.wipe(digests[0])
    assert checking.problems(store.found_at(made.path)) == []  # it may have been erased
    assert making.into_folder(tmp_path / "c", "asked").manifest.absent == (digests[0],)
    assert "1 photos are lost" in nightly.work()[0]
    with elsewhere(tmp_path):
        assert restoring.restore(store.found_at(made.path)).absent == (digests[0],)


def test_a_drill_reads_some_of_them(digests: list[str], bucket: Bucket, tmp_path: Path) -> None:
    made = making.into_folder(tmp_path / "b", "asked")
    spoil(bucket, digests[1])
    assert drills.drill(store.found_at(made.path)) == [f"photo {digests[1]} is altered"]


def test_a_bucket_that_is_away_fails_the_night_and_not_silently(
    digests: list[str], swift: Swift
) -> None:
    swift.kill()
    assert "photos-away" in nightly.work()[0]


@pytest.mark.parametrize("target", ["folder", "bucket"])
def test_one_file_brings_them_into_any_installation(
    digests: list[str], bucket: Bucket, swift: Swift, tmp_path: Path, target: str
) -> None:
    made = making.into_file(tmp_path / "b.backup", "asked")
    assert made.manifest.elsewhere == ""
    url = swift.url(f"{bucket.address.bucket}-new") if target == "bucket" else None
    with elsewhere(tmp_path), switched(url):
        if url:
            chosen().client.create_bucket(Bucket=chosen().address.bucket)
        with packing.opened(made.path, None, tmp_path / "scratch") as found:
            restoring.restore(found)
        assert blobs.path_of(digests[1]).read_bytes() == b"%PDF-1.4 of ours"
        if url:
            assert len(keys(chosen())) == 2
        assert current().blob_dir.exists() == (url is None)


def test_an_old_backup_says_nothing_of_buckets(fresh_world: World, tmp_path: Path) -> None:
    made = making.into_folder(tmp_path / "b", "asked")
    assert "elsewhere" not in (made.path / "manifest.json").read_text()


def asked(*more: str) -> tuple[int, str]:
    done = CliRunner().invoke(command.command, ["move", *more])
    return done.exit_code, done.output


def test_photos_are_moved_in_by_a_command(fresh_world: World, bucket: Bucket,
                                          monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """Before the switch, after it, and the folder is empty; what came in between comes along."""
    monkeypatch.setattr(command, "opened", _open)
    with switched(None):
        digests = filled(fresh_world)
        assert asked()[0] == 2
    assert asked() == (0, f"2 copied to {bucket.elsewhere}.\n")
    with switched(None):
        digests.append(blobs.put_photo(jpeg("black")[0]).sha256)
    assert asked("--remove")[1].startswith(f"1 copied to {bucket.elsewhere}.\n3 removed from")
    assert [path for path in current().blob_dir.rglob("*") if path.is_file()] == []
    assert sorted(bucket.sizes()) == sorted(digests)
    assert all(blobs.path_of(digest).exists() for digest in digests)
    bucket.wipe(digests[0])
    code, said = asked("--remove")
    assert (code, digests[0] in said) == (1, True)
    assert Blob.select().count() == 3
    assert bytestore.of_settings() is not None


@contextmanager
def _open() -> Iterator[None]:
    """The test's own database is open."""
    yield
