"""Photos in a bucket of a real S3-compatible server (OpenStack Swift)."""

import hashlib
import io
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError
from PIL import Image

from roundtag import blobs, bytestore, clock, db, jobs, journal, settings
from roundtag.bytestore import Unreachable, cache, sending
from roundtag.bytestore import bucket as bucket_module
from roundtag.bytestore.bucket import QUICK, Bucket, client_of
from roundtag.bytestore.cache import Cache
from roundtag.heads import photos
from roundtag.models import Blob, Job
from roundtag.settings import current, read
from tests.conftest import KINDS
from tests.house.swift import Swift, impatient, keys
from tests.world import World, jpeg

pytestmark = pytest.mark.s3


@pytest.fixture
def store_kind() -> str:
    """Which database it is makes no difference here; `test_blobs` tries both with a bucket."""
    return KINDS[0]


def empty_the_cache() -> None:
    shutil.rmtree(current().blob_cache)


def test_bytes_are_in_the_bucket_and_come_back(world: World, bucket: Bucket) -> None:
    data, _ = jpeg()
    digest = blobs.put_photo(data).sha256
    assert keys(bucket) == [f"photos/{digest[:2]}/{digest}"]
    assert bucket.sizes() == {digest: len(data)}
    shown = blobs.derivative(digest, "thumb")
    empty_the_cache()
    assert blobs.path_of(digest).read_bytes() == data
    assert blobs.derivative(digest, "thumb") == shown
    assert not current().blob_dir.exists()
    assert len(keys(bucket)) == 1  # what is drawn stays on the disk


def test_papers_are_moved_in_from_a_file(world: World, bucket: Bucket, tmp_path: Path) -> None:
    draft = tmp_path / "paper.pdf"
    draft.write_bytes(b"%PDF-" * 1000)
    digest, size = blobs.put_file(draft, "application/pdf")
    empty_the_cache()
    assert blobs.path_of(digest).read_bytes() == b"%PDF-" * 1000
    assert (bucket.sizes(), draft.exists()) == ({digest: size}, False)


def test_what_is_not_there_is_no_file(world: World, bucket: Bucket) -> None:
    assert not blobs.path_of("a" * 64).exists()
    assert not blobs.is_whole("a" * 64)


def spoil(bucket: Bucket, digest: str, data: bytes) -> None:
    bucket.client.put_object(Bucket=bucket.address.bucket, Key=bucket._key(digest), Body=data)


def test_other_bytes_under_a_name_are_noticed(world: World, bucket: Bucket) -> None:
    data, _ = jpeg()
    digest = blobs.put_photo(data).sha256
    assert blobs.is_whole(digest)
    spoil(bucket, digest, data[:-1] + b"?")
    assert not blobs.is_whole(digest)  # though the cache still has the right ones
    empty_the_cache()
    assert not blobs.path_of(digest).exists()
    assert list(current().blob_cache.glob("??/*")) == []


def test_bytes_that_change_on_their_way_are_refused(world: World, bucket: Bucket) -> None:
    def bend(request: Any, **_: Any) -> None:
        request.body = io.BytesIO(request.body.read()[:-1] + b"?")

    bucket.client.meta.events.register("before-send.s3.PutObject", bend)
    with pytest.raises(Unreachable):
        blobs.put_photo(jpeg()[0])
    bucket.client.meta.events.unregister("before-send.s3.PutObject", bend)
    assert (keys(bucket), Blob.select().count()) == ([], 0)


def noise() -> bytes:
    """A photo of some 600 kB, which goes over the network in many pieces."""
    out = io.BytesIO()
    Image.effect_noise((900, 900), 90).save(out, "JPEG", quality=95)
    return out.getvalue()


def test_a_server_killed_while_it_receives_leaves_no_row(
    world: World, bucket: Bucket, swift: Swift
) -> None:
    """Half of the photo is out when it dies. Afterwards the same one is taken."""
    data = noise()
    digest = hashlib.sha256(data).hexdigest()
    cut: list[int] = []

    class Dying(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > len(data) // 2 and not cut:
                cut.append(self.tell())
                swift.kill()
            return super().read(size)

    def die(request: Any, **_: Any) -> None:
        request.body = Dying(data)

    bucket.client.meta.events.register("before-send.s3.PutObject", die)
    with pytest.raises(Unreachable):
        blobs.put_photo(data)
    bucket.client.meta.events.unregister("before-send.s3.PutObject", die)
    assert 0 < cut[0] < len(data)
    assert not blobs.has(digest)
    with pytest.raises(Unreachable):
        bucket.ping()
    swift.start()
    assert bucket.sizes() == {}
    assert blobs.put_photo(data).sha256 == digest
    empty_the_cache()
    assert blobs.path_of(digest).read_bytes() == data


def test_a_reply_that_is_lost_leaves_no_row(
    world: World, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bytes are there and nobody knows; sent again they are the same object."""
    data, photo = jpeg()
    put = bucket.client.put_object

    def lost(**sent: Any) -> None:
        put(**sent)
        raise ReadTimeoutError(endpoint_url="http://x")

    with monkeypatch.context() as patch:
        patch.setattr(bucket.client, "put_object", lost)
        with pytest.raises(Unreachable):
            blobs.put_photo(data)
    assert not blobs.has(photo.sha256)
    assert blobs.put_photo(data).sha256 == photo.sha256
    assert len(keys(bucket)) == 1


@pytest.mark.parametrize("versions", [False, True])
def test_wiped_is_every_version(world: World, bucket: Bucket, versions: bool) -> None:
    data, _ = jpeg()
    bucket.put(digest := hashlib.sha256(data).hexdigest(), data)
    other = f"{digest}.of-somebody-else"
    bucket.put(other, b"other")
    if versions:
        bucket.client.put_bucket_versioning(
            Bucket=bucket.address.bucket, VersioningConfiguration={"Status": "Enabled"}
        )
        for _ in range(2):
            bucket.put(digest, data)
        bucket.client.delete_object(Bucket=bucket.address.bucket, Key=bucket._key(digest))
        assert len([key for key in keys(bucket) if key == bucket._key(digest)]) == 4
    left = bytestore.Folder(current().blob_dir)
    left.put(digest, data)
    bucket.wipe(digest)
    bucket.wipe(digest)
    assert keys(bucket) == [bucket._key(other)]
    assert not left.path(digest).exists()
    assert not bucket.path(digest).exists()


def test_an_erasure_waits_for_the_bucket(world: World, bucket: Bucket, swift: Swift) -> None:
    """On this disk it is at once; in the bucket as soon as that is back, however long it takes."""
    digest = blobs.put_photo(jpeg()[0]).sha256
    with db.write():
        blobs.erase(digest)
    job = Job.get(Job.name == blobs.WIPE)
    swift.kill()
    jobs._handlers[job.name](**job.args)
    assert list(current().blob_cache.glob("??/*")) == []
    again = Job.select().where(Job.name == blobs.WIPE).order_by(Job.run_after.desc()).first()
    assert (again.args, again.id != job.id) == ({"digest": digest}, True)
    swift.start()
    assert len(keys(bucket)) == 1
    jobs._handlers[again.name](**again.args)
    assert keys(bucket) == []


def test_what_came_again_is_not_wiped(world: World, bucket: Bucket) -> None:
    data, photo = jpeg()
    blobs.put_photo(data)
    blobs.discard([photo.sha256])
    assert not blobs.has(photo.sha256)
    blobs.put_photo(data)
    blobs.wipe_unless_back(photo.sha256)
    assert bucket.is_whole(photo.sha256)


@pytest.mark.parametrize("state", ["running", "done"])
def test_a_photo_whose_bytes_may_be_wiped_just_now_is_not_acknowledged(
    world: World, bucket: Bucket, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job saw no row and removes what came a moment later."""
    data, photo = jpeg()
    put = Bucket.put

    def crossed(self: Bucket, digest: str, data: bytes) -> None:
        put(self, digest, data)
        job = jobs.enqueue(blobs.WIPE, digest=digest)
        Job.update(state=state, finished_at=clock.now()).where(Job.id == job).execute()

    monkeypatch.setattr(Bucket, "put", crossed)
    with pytest.raises(Unreachable):
        blobs.put_photo(data)
    assert not blobs.has(photo.sha256)


def test_a_server_that_refuses_us_is_away(bucket: Bucket) -> None:
    client = impatient(bucket.address)
    strange = Bucket(bucket.address, client, client, bucket.cache, bucket.left)
    for ask in (strange.ping, strange.sizes, lambda: strange.put("a" * 64, b"x")):
        with pytest.raises(Unreachable):
            ask()


def test_who_only_asks_does_not_wait_for_a_bucket_that_is_silent(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the connection and says nothing. A monitor has about ten seconds."""
    assert sum(QUICK) <= 5
    monkeypatch.setattr(bucket_module, "QUICK", (0.2, 0.2))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        address = replace(bucket.address, endpoint=endpoint)
        kept = Bucket(address, None, client_of(address, "a", "b", quick=True), bucket.cache,
                      bucket.left)  # fmt: skip
        with pytest.raises(Unreachable):
            kept.ping()


def test_two_processes_share_what_one_has_taken(world: World, bucket: Bucket,
                                                tmp_path: Path) -> None:  # fmt: skip
    digest = blobs.put_photo(jpeg()[0]).sha256
    ask = "import sys; from roundtag import blobs; print(blobs.derivative_path(*sys.argv[1:]))"
    told = subprocess.run(
        [sys.executable, "-c", ask, digest, "view"], capture_output=True, check=True, text=True,
        cwd=Path(__file__).parents[2], env=_environment(DATA_DIR=str(tmp_path / "another")),
    )  # fmt: skip
    shown = Path(told.stdout.strip())
    assert shown.is_relative_to(tmp_path / "another")
    assert shown.read_bytes() == blobs.derivative(digest, "view")


def _environment(**more: str) -> dict[str, str]:
    return {**os.environ, **more}


def test_the_log_sees_a_photo_that_is_gone(world: World, bucket: Bucket,
                                           monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    digest = blobs.put_photo(jpeg()[0]).sha256
    monkeypatch.setattr(photos, "_borne", lambda _: {digest})
    assert list(photos.spoilt(None)) == []
    spoil(bucket, digest, b"other")
    assert list(photos.spoilt(None)) == [f"the bytes of {digest} are not those that came"]


def test_no_second_copy_lies_beside_a_journal(
    world: World, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in a bucket does not go with this disk."""
    kept = journal.Journal(tmp_path / "journal")
    monkeypatch.setattr(journal, "of_settings", lambda: kept)
    blobs.put_photo(jpeg()[0])
    assert not kept.blobs.exists()


def test_moved_in_resumed_and_released(world: World, bucket: Bucket) -> None:
    folder, names = current().blob_dir, []
    for text in (b"one", b"two", b"three"):
        names.append((hashlib.sha256(text).hexdigest(), len(text)))
        bytestore.Folder(folder).put(names[-1][0], text)
    bytestore.Folder(folder).path(names[2][0]).write_bytes(b"rotten")
    bucket.send(names[0][0], b"one")
    assert sending.bring(bucket, names, folder) == (1, [names[2][0]])
    assert sending.bring(bucket, names, folder) == (0, [names[2][0]])
    spoil(bucket, names[1][0], b"2wo")
    assert sending.release(bucket, names, folder) == (1, [names[1][0], names[2][0]])
    assert [bytestore.Folder(folder).path(digest).exists() for digest, _ in names] == [
        False, True, True,
    ]  # fmt: skip


def test_the_cache_forgets_what_was_used_longest_ago(tmp_path: Path) -> None:
    kept, now = Cache(tmp_path, 10**9), time.time()
    paths = [kept.path(letter * 64) for letter in "abcde"]
    for path, age in zip(paths, (4_000, 3_000, 2_000, 10, 8 * 86_400), strict=True):
        kept.lay(path, b"x" * 1_000)
        os.utime(path, (now - age, now - age))
    kept.holds(paths[0])  # used just now
    kept.most = 2_500
    kept.trim(now)
    assert [path.exists() for path in paths] == [True, False, False, True, False]
    kept.most = 0
    kept.trim(now)
    assert [path.exists() for path in paths[:4]] == [True, False, False, True]
    kept.trim(now + cache.SPARED + 20)
    assert not any(path.exists() for path in paths)


def test_the_cache_looks_by_itself_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[float] = []
    monkeypatch.setattr(Cache, "trim", lambda self, now: looked.append(now))
    kept = Cache(tmp_path, 2_000)
    for letter in "abcd":
        kept.lay(kept.path(letter * 64), b"x" * 60)
    assert len(looked) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [({"BLOB_URL": "https://x"}, "BLOB_URL"), ({"BLOB_URL": "s3://"}, "BLOB_URL"),
     ({"BLOB_URL": "s3://k:s@bucket"}, "S3_ACCESS_KEY"),
     ({"BLOB_URL": "s3://bucket?endpoint=ftp://x"}, "endpoint"),
     ({"BLOB_URL": "s3://bucket?endpoint=https://x/path"}, "endpoint"),
     ({"BLOB_URL": "s3://bucket?style=new"}, "style"),
     ({"BLOB_URL": "s3://bucket?zone=1"}, "zone"),
     ({"BLOB_URL": "s3://bucket", "S3_ACCESS_KEY": "x"}, "S3_SECRET_KEY")],
)  # fmt: skip
def test_a_wrong_address_is_told_at_the_start(more: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read(more)


def test_an_address_is_read(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    found = read({"BLOB_URL": "s3://bucket/a/b/?endpoint=https://x:9&region=cn",
                  "S3_ACCESS_KEY": "x", "S3_SECRET_KEY_FILE": str(tmp_path / "key")})  # fmt: skip
    address = found.bucket
    assert address
    assert (address.bucket, address.prefix, address.endpoint) == ("bucket", "a/b/", "https://x:9")
    assert (address.region, address.style, found.s3_secret_key) == ("cn", "path", "s3cret")
    assert "s3cret" not in repr(found)
    amazon = settings.read({"BLOB_URL": "s3://bucket"}).bucket
    assert amazon
    assert (amazon.prefix, amazon.endpoint, amazon.style) == ("", None, "virtual")


def test_who_has_no_bucket_does_not_pay_for_it() -> None:
    ask = ("import sys, app; from roundtag import worker; worker.import_library();"
           "print([m for m in sys.modules if m.startswith('botocore')])")  # fmt: skip
    told = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True,
                          cwd=Path(__file__).parents[2])  # fmt: skip
    assert told.stdout.strip() == "[]"
