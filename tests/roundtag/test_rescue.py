"""A phone's file at the office: each row once, whoever sends first, and nothing half done."""

import base64
import dataclasses
import json
from typing import Any

import pytest

from roundtag import access, rescue, sync
from roundtag.access import Actor
from roundtag.commands import Envelope
from roundtag.errors import Invalid, TooLarge
from roundtag.models import Blob, Fault, Inspection, Person, Submission
from tests.seeing import counts, grown, snapshot
from tests.web.phone import phone
from tests.world import World, check_form, fault_form, jpeg, new_id

DATA, PHOTO = jpeg()
PHOTOS = {PHOTO.sha256: base64.b64encode(DATA).decode()}


def file(*rows: Any, photos: dict[str, Any] | None = None) -> rescue.Rescue:
    head = {"roundtag_rescue": 1, "made_at": "2026-11-22T09:00:00Z", "install_id": "x", "owner": 1}
    return rescue.read(json.dumps({**head, "rows": rows, "photos": photos or {}}).encode())


def checked(world: World, **more: Any) -> dict[str, Any]:
    """A check with a photo, as the engineer's phone saved it."""
    fields = check_form(world, photo=f"blob:{PHOTO.sha256}")
    return phone("inspection", fields, world.engineer.person_id, photos=(PHOTO,), **more)


def as_sent(row: dict[str, Any], actor: Actor) -> Envelope:
    return sync.parse(row, row["id"], actor)


@pytest.fixture(params=["manager", "system", "owner"])
def importer(request: pytest.FixtureRequest, world: World) -> Actor:
    return {"manager": world.manager, "system": access.SYSTEM, "owner": world.engineer}[
        request.param
    ]


def test_a_file_is_taken_in_once_with_its_photos(world: World, importer: Actor) -> None:
    row = checked(world)
    read = file(row, photos=PHOTOS)
    [seen] = rescue.preview(read, importer)
    assert (seen.state, seen.kind, seen.who, seen.photos_in_file) == (
        "waiting", "inspection", "engineer-a 先生", 1)  # fmt: skip
    assert "投影机 1" in seen.where
    assert not Submission.select().where(Submission.id == row["id"]).exists()

    [line] = rescue.take_in(read, importer)
    assert (line.state, line.missing) == ("received", 0)
    made = Inspection.get(Inspection.submission == row["id"])
    assert made.person_id == world.engineer.person_id
    submission = Submission.get_by_id(row["id"])
    mine = importer.person_id != world.engineer.person_id
    assert submission.carrier_id == (importer.person_id if mine else None)
    assert submission.sent_at is None
    assert Blob.get_by_id(PHOTO.sha256).size == len(DATA)

    before = snapshot()
    [again] = rescue.take_in(read, importer)
    assert (again.state, again.missing) == ("here", 0)
    assert snapshot() == before


def test_what_the_phone_sends_later_gets_the_receipt_of_the_file(world: World) -> None:
    row = checked(world)
    rescue.take_in(file(row, photos=PHOTOS), world.manager)
    before = snapshot()
    receipt = sync.submit(as_sent(row, world.engineer), world.engineer)
    assert (receipt.repeated, receipt.outcome, sync.missing(receipt.id)) == (True, "done", [])
    assert snapshot() == before


def test_the_file_brings_the_photos_of_an_entry_that_came_without(world: World) -> None:
    row = checked(world)
    sync.submit(as_sent(row, world.engineer), world.engineer)
    [line] = rescue.take_in(file(row), world.manager)
    assert (line.state, line.missing) == ("here", 1)
    [line] = rescue.take_in(file(row, photos=PHOTOS), world.manager)
    assert (line.state, line.missing) == ("here", 0)


def test_nobody_carries_in_a_file_what_they_may_not_do(world: World, other: World) -> None:
    row, before = checked(world), snapshot()
    for stranger in (other.manager, world.viewer):
        [line] = rescue.take_in(file(row, photos=PHOTOS), stranger)
        assert line.state == "refused"
    assert snapshot() == before


def test_a_bad_row_is_told_and_holds_up_no_other(world: World) -> None:
    good = phone("fault", fault_form(world), world.engineer.person_id)
    me = world.engineer.person_id
    bad = [
        None, [], "x", {"id": 7}, {**good, "id": new_id(), "sha256": "0" * 64},
        {**good, "id": new_id(), "owner": 2**31 - 5},
        phone("fault", fault_form(world, symptom="nonsense"), me),
    ]  # fmt: skip
    before = counts()
    lines = rescue.take_in(file(*bad, good), world.manager)
    assert [line.state for line in lines] == ["refused"] * len(bad) + ["received"]
    assert all(line.message for line in lines)
    assert grown(before)["fault"] == 1
    assert Fault.select().where(Fault.submission == good["id"]).exists()


@pytest.mark.parametrize("text", ["!", None, 7, base64.b64encode(DATA[:-20]).decode(), ""])
def test_a_damaged_photo_leaves_the_entry_and_the_hole_visible(world: World, text: Any) -> None:
    read = file(checked(world), photos={PHOTO.sha256: text})
    [line] = rescue.take_in(read, world.manager)
    assert (line.state, line.missing) == ("received", 1)
    assert line.message == rescue.BROKEN_PHOTO
    assert not Blob.select().where(Blob.sha256 == PHOTO.sha256).exists()


def test_a_photo_under_a_false_name_is_not_stored(world: World) -> None:
    other, named = jpeg("red")
    row = checked(world)
    read = file(row, photos={PHOTO.sha256: base64.b64encode(other).decode()})
    [line] = rescue.take_in(read, world.manager)
    assert line.missing == 1
    assert not Blob.select().where(Blob.sha256.in_([PHOTO.sha256, named.sha256])).exists()


def test_work_of_somebody_who_has_left_is_kept_for_review(world: World) -> None:
    Person.update(active=False).where(Person.id == world.engineer.person_id).execute()
    [line] = rescue.take_in(file(checked(world), photos=PHOTOS), world.manager)
    assert (line.state, line.missing) == ("kept", 0)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"roundtag_rescue": 2}',
     b'{"roundtag_rescue": 1, "rows": {}, "photos": {}}',
     b'{"roundtag_rescue": 1, "rows": [], "photos": []}'],
)  # fmt: skip
def test_what_is_no_such_file_is_named(data: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        rescue.read(data)
    assert [e.field for e in refused.value.errors] == ["file"]


def test_a_file_cut_anywhere_is_no_file(world: World) -> None:
    whole = json.dumps(dataclasses.asdict(file(checked(world))), default=str).encode()
    for end in range(0, len(whole), 37):
        with pytest.raises(Invalid):
            rescue.read(whole[:end])


def test_a_file_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rescue, "MAX_BYTES", 10)
    with pytest.raises(TooLarge):
        rescue.read(b" " * 11)
