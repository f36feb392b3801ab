"""Photos in a bucket, as phones and people meet them."""

import json
import shutil
from typing import Any

import pytest
from flask.testing import FlaskClient

from roundtag import blobs, jobs
from roundtag.bytestore.bucket import Bucket
from roundtag.models import Attachment, Blob, Job
from roundtag.settings import current
from tests.conftest import KINDS
from tests.house.swift import Swift
from tests.seeing import snapshot
from tests.web.conftest import SignIn
from tests.web.test_attendees import picture, report, upload
from tests.web.test_operations import ready, scrape  # noqa: F401
from tests.web.test_sync_door import post, put, with_photo  # noqa: F401
from tests.world import World, fault_form, jpeg, new_id

pytestmark = pytest.mark.s3
Sent = tuple[dict[str, Any], bytes, str]


@pytest.fixture
def store_kind() -> str:
    return KINDS[0]


@pytest.fixture
def sent(with_photo: Sent, bucket: Bucket) -> Sent:  # noqa: F811
    """An entry whose photo the phone still has."""
    return with_photo


def test_a_bucket_that_is_away_answers_503_and_the_phone_sends_again(
    engineer: FlaskClient, sent: Sent, bucket: Bucket, swift: Swift
) -> None:
    """Its queue keeps what 503 answers (pwa/reply.js). Nothing is acknowledged, no row is there."""
    envelope, data, digest = sent
    swift.kill()
    assert post(engineer, envelope).status_code == 200  # entries need no photos
    answer = put(engineer, digest, data)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.content_type == "application/problem+json"
    said = json.loads(answer.text)
    assert said["type"] == "/problems/photos-away"
    assert str(swift.port) not in answer.text
    assert Blob.select().count() == 0
    swift.start()
    assert put(engineer, digest, data).status_code == 201
    assert bucket.is_whole(digest)


def test_pages_show_photos_though_the_cache_was_emptied(
    engineer: FlaskClient, sent: Sent, swift: Swift
) -> None:
    _, data, digest = sent
    put(engineer, digest, data)
    page = f"/photos/{Attachment.get(Attachment.sha256 == digest).id}?size=thumb"
    shown = engineer.get(page)
    assert shown.status_code == 200
    shutil.rmtree(current().blob_cache)
    assert engineer.get(page).data == shown.data
    shutil.rmtree(current().blob_cache)
    swift.kill()
    assert engineer.get(page).status_code == 503
    swift.start()
    assert engineer.get(page).data == shown.data


def test_the_quota_counts_what_is_in_the_bucket(
    engineer: FlaskClient, sent: Sent, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, data, digest = sent
    put(engineer, digest, data)
    assert blobs.stored() == len(data) == sum(bucket.sizes().values())
    monkeypatch.setenv("PHOTOS_MB", "1")
    current.cache_clear()
    assert not blobs.takes(1_000_000)


ALARM = 'roundtag_alarm{alarm="photos"}'


def test_a_bucket_that_is_away_is_seen_by_who_watches(
    signed_in: SignIn,
    ready: Any,  # noqa: F811
    bucket: Bucket,
    swift: Swift,
) -> None:
    """By a load balancer's question, in the figures, on the page; none of them is refused."""
    admin = signed_in("admin-all")

    def told() -> tuple[str, float, float, bool]:
        found = scrape(admin)
        asked = admin.get("/readyz")
        page = admin.get("/admin?lang=en")
        assert (asked.status_code, page.status_code) == (200, 200)
        rings = "The bucket of photos does not answer" in page.text
        return asked.json["parts"]["photos"], found["roundtag_photos_up"], found[ALARM], rings

    assert told() == ("ok", 1, 0, False)
    swift.kill()
    assert told() == ("away", 0, 1, True)
    swift.start()
    assert told() == ("ok", 1, 0, False)


def dies_after_one(patch: pytest.MonkeyPatch, swift: Swift) -> None:
    """The server goes once it has the first photo."""
    put = Bucket.put

    def last(self: Bucket, digest: str, data: bytes) -> None:
        put(self, digest, data)
        swift.kill()

    patch.setattr(Bucket, "put", last)


def test_a_form_whose_second_photo_finds_nobody_leaves_nothing(
    engineer: FlaskClient, world: World, bucket: Bucket, swift: Swift,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Said honestly, and the same form sent again is taken whole."""
    photos = [jpeg(colour)[0] for colour in ("red", "green")]
    form = {**fault_form(world), "submission_id": new_id(), "tag": world.tags[0]}

    def send() -> Any:
        return engineer.post(f"/t/{world.tags[0]}/faults?lang=en",
                             data={**form, "photo": [upload(one) for one in photos]})  # fmt: skip

    before = snapshot(Job)
    with monkeypatch.context() as patch:
        dies_after_one(patch, swift)
        answer = send()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "can be sent again" in answer.text
    assert snapshot(Job) == before
    swift.start()
    assert send().status_code == 303
    assert Blob.select().count() == 2
    for job in Job.select().where(Job.name == blobs.WIPE):  # of the first photo, which came again
        jobs._handlers[job.name](**job.args)
    assert all(bucket.is_whole(one.sha256) for one in Blob.select())


def test_administrators_see_where_photos_are(signed_in: Any, world: World, bucket: Bucket) -> None:
    page = signed_in("admin-all").get("/admin")
    assert bucket.address.bucket in page.text


def test_an_attendees_report_comes_without_its_photo(
    visitor: FlaskClient, world: World, bucket: Bucket, swift: Swift
) -> None:
    """Whoever waits in a broken room will not come back to send a photo."""
    swift.kill()
    answer = report(visitor, world, photo=upload(picture(size=(320, 200))))
    assert answer.status_code == 303
    assert "the photo was left out" in visitor.get(answer.location).text
    assert Blob.select().count() == 0
