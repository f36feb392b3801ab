"""`roundtag migrate-to` with a bucket: photos come along, each read back; killed, it goes on."""

import os
from pathlib import Path

import pytest

from roundtag import db, heads, ledger, schema
from roundtag.backups import moving
from roundtag.bytestore import sending
from roundtag.bytestore.bucket import Bucket
from roundtag.settings import current
from tests.house.swift import Swift
from tests.roundtag.test_backups import filled, stored
from tests.roundtag.test_bucket_backups import switched
from tests.roundtag.test_moving import dies_when, run, target
from tests.world import World

__all__ = ["target"]
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.s3,
    pytest.mark.parametrize("store_kind", ["sqlite"], indirect=True),
]


@pytest.fixture
def digests(fresh_world: World, bucket: Bucket) -> list[str]:
    """Of a photo and a paper in the folder; the bucket has nothing yet."""
    with switched(None):
        return filled(fresh_world)


def spoil(kept: Bucket, digest: str) -> None:
    """The last byte is another one, under the same name."""
    where = {"Bucket": kept.address.bucket, "Key": kept._key(digest)}
    data = kept.client.get_object(**where)["Body"].read()
    kept.client.put_object(**where, Body=data[:-1] + bytes([data[-1] ^ 1]))


def test_killed_between_two_photos_it_goes_on_and_all_is_there(
    digests: list[str], bucket: Bucket, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A byte that rotted in the bucket meanwhile is sent anew."""
    monkeypatch.setattr(sending, "HELD", 1)
    dies_when(db.address(), target, monkeypatch, "photo")
    first, second = sorted(digests)
    assert (bucket.is_whole(first), bucket.is_whole(second)) == (True, False)
    with db.elsewhere(target), db.database.connection_context():
        assert schema.half_moved(db.database.obj)
    spoil(bucket, first)
    before = stored()
    done = moving.move(target)
    assert (done.photos, done.absent) == (2, ())
    assert all(bucket.is_whole(digest) for digest in digests)
    assert sorted(path.name for path in current().blob_dir.glob("??/*")) == sorted(digests)
    with db.elsewhere(target), db.database.connection_context():
        assert stored() == before
        assert [heads.verify(key)[1] for _, key in ledger.logs()] == [[] for _ in ledger.logs()]


def test_one_byte_that_is_another_one_in_the_bucket_is_named(
    digests: list[str], bucket: Bucket, data_dir: Path, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Bucket.send

    def badly(self: Bucket, digest: str, body: object) -> None:
        send(self, digest, body)  # type: ignore[arg-type]
        if digest == digests[0]:
            spoil(self, digest)

    with monkeypatch.context() as patch:
        patch.setattr(Bucket, "send", badly)
        with pytest.raises(moving.Different) as told:
            moving.move(target)
    assert digests[0] in str(told.value)
    assert digests[1] not in str(told.value)
    assert (data_dir / "roundtag.db").exists()
    assert moving.move(target).photos == 2


def test_the_log_names_a_photo_that_rots_after_the_move(
    digests: list[str], bucket: Bucket, target: str
) -> None:
    moving.move(target)
    spoil(bucket, digests[0])
    with db.elsewhere(target), db.database.connection_context():
        wrong = [words for _, key in ledger.logs() for words in heads.verify(key)[1]]
    assert wrong == [f"the bytes of {digests[0]} are not those that came"]


def test_a_bucket_that_is_away_ends_the_move_and_back_it_goes_on(
    digests: list[str], bucket: Bucket, swift: Swift, target: str
) -> None:
    swift.kill()
    with pytest.raises(moving.Failed, match="BLOB_URL"):
        moving.move(target)
    swift.start()
    assert moving.move(target).photos == 2


def test_photos_that_were_lost_before_are_told_and_do_not_stop_the_move(
    digests: list[str], data_dir: Path, target: str
) -> None:
    current().blob_dir.joinpath(digests[0][:2], digests[0]).unlink()
    asked = {name: os.environ[name] for name in ("BLOB_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY")}
    done = run(data_dir, target, **asked)
    assert "In the bucket and read back: 1 " in done.stdout
    assert (done.returncode, digests[0] in done.stderr) == (1, True)
    assert not (data_dir / "roundtag.db").exists()
