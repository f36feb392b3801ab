"""Notes at a code without its page: the proper thing on arrival, or kept for the office to file."""

import uuid
from typing import Any

import pytest

from roundtag import clock, history, notes, sync
from roundtag.access import SYSTEM
from roundtag.commands import Receipt
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import Attachment, Fault, History, Leaf, Note, NoteMatch, Submission, Tag
from tags import codes
from tests import world as worlds
from tests.seeing import counts, grown
from tests.world import World, jpeg

DATA, PHOTO = jpeg()
KINDS: dict[str, dict[str, str]] = {
    "fault": {"what": "fault", "symptom": "no_picture", "text": "黑屏"},
    "in order": {"what": "check", "result": "pass", "text": ""},
    "not in order": {"what": "check", "result": "fail", "text": "风扇响"},
    "note": {"what": "note", "text": "柜子后面还有一台"},
}
MADE = {
    "fault": {"fault": 1, "fault_event": 1, "history": 1},
    "in order": {"note": 1, "history": 1},
    "not in order": {"note": 1, "fault": 1, "fault_event": 1, "history": 2},
    "note": {"note": 1, "history": 1},
}
ALWAYS = {"submission", "submission_blob", "leaf", "counter", "attachment", "notification", "job",
          "first_seen"}  # fmt: skip


def send(world: World, tag: str, kind: str = "note", **more: Any) -> Receipt:
    fields = {"tag": tag, "scanned": "1", **KINDS[kind], "photo": f"blob:{PHOTO.sha256}"}
    made = worlds.envelope("note", fields, world.engineer.person_id, photos=(PHOTO,), **more)
    return sync.submit(made, world.engineer)


def made_since(before: Any) -> dict[str, int]:
    return {name: n for name, n in grown(before).items() if name not in ALWAYS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", ["device", "room"])
def test_a_known_code_becomes_the_proper_thing(world: World, kind: str, place: str) -> None:
    before = counts()
    receipt = send(world, world.tags[0] if place == "device" else world.room_tag, kind)
    assert receipt.outcome == "done"
    assert made_since(before) == MADE[kind]
    for row in [*Fault.select(), *Note.select()]:
        assert (row.submission, row.person_id if row._meta.table_name == "note"
                else row.reporter_id) == (receipt.id, world.engineer.person_id)  # fmt: skip
        assert row.device_id == (world.devices[0].id if place == "device" else None)
    photos = [(row.subject, row.sha256) for row in Attachment.select()]
    assert {sha for _, sha in photos} == {PHOTO.sha256}
    assert {subject for subject, _ in photos} == set(MADE[kind]) & {"note", "fault"}
    room = history.of_room(world.room.id)
    assert {entry.note for entry in room if entry.kind != "registered"} <= {
        KINDS[kind]["text"] or None
    }
    again = send(world, world.tags[0] if place == "device" else world.room_tag, kind, id=receipt.id)
    assert again.repeated
    assert made_since(before) == MADE[kind]


def lost_codes(world: World, other: World) -> dict[str, str]:
    gone = Tag.create(code=codes.new(), state="revoked", client=world.client_id,
                      device=world.devices[1], made_at=clock.now())  # fmt: skip
    return {"unknown": codes.new(), "malformed": "no code at all", "empty": "",
            "another client's": other.tags[0], "revoked": gone.code}  # fmt: skip


def test_a_code_that_leads_nowhere_is_kept_not_refused(world: World, other: World) -> None:
    for why, code in lost_codes(world, other).items():
        before = counts()
        receipt = send(world, code)
        assert receipt.outcome == "review", why
        assert receipt.values == {"code": code}
        assert made_since(before) == {}, why
        assert Submission.get_by_id(receipt.id).body


@pytest.mark.parametrize("kind", KINDS)
def test_the_office_files_it_as_the_writers_work(world: World, kind: str) -> None:
    sent = send(world, codes.new(), kind)
    before, leaves = counts(), Leaf.select().count()
    receipt = notes.match(sent.id, world.tags[1], world.manager)
    assert receipt.outcome == "done"
    assert made_since(before) == {**MADE[kind], "note_match": 1}
    for row in [*Fault.select(), *Note.select()]:
        who = row.person_id if row._meta.table_name == "note" else row.reporter_id
        assert (row.submission, who) == (sent.id, world.engineer.person_id)
        assert row.claimed_at == Submission.get_by_id(sent.id).claimed_at
    [decided] = NoteMatch.select()
    assert (decided.submission, decided.code, decided.person_id) == (
        sent.id, world.tags[1], world.manager.person_id)  # fmt: skip
    assert Leaf.select().count() == leaves + 1
    assert {row.sha256 for row in Attachment.select()} == {PHOTO.sha256}
    assert {row.person_id for row in History.select().where(History.kind != "registered")} == {
        world.engineer.person_id
    }
    again = send(world, sent.values["code"], kind, id=sent.id)
    assert (again.outcome, again.message, again.url) == ("done", receipt.message, receipt.url)


def test_it_is_filed_once(world: World) -> None:
    sent = send(world, codes.new())
    notes.match(sent.id, world.tags[0], world.manager)
    before = counts()
    late = notes.match(sent.id, world.tags[1], world.manager)
    assert late.outcome == "conflict"
    assert made_since(before) == {}


def test_who_may_file_it_and_where(world: World, other: World) -> None:
    sent = send(world, codes.new())
    stranger = worlds.person("boss-b", ("manager", "client", other.client_id))
    refused = [
        (world.engineer, world.tags[0], Forbidden),
        (world.viewer, world.tags[0], Forbidden),
        (world.manager, other.tags[0], Forbidden),
        (stranger, other.tags[0], NotFound),
        (world.manager, codes.new(), NotFound),
        (world.manager, "?", NotFound),
    ]
    before = counts()
    for actor, code, error in refused:
        with pytest.raises(error):
            notes.match(sent.id, code, actor)
    assert "note" not in grown(before)
    fault = worlds.deliver("fault", worlds.fault_form(world), world.engineer)
    for submission_id in (fault.id, str(uuid.uuid4()), ""):
        with pytest.raises(NotFound):
            notes.match(submission_id, world.tags[0], SYSTEM)
    assert not NoteMatch.select().exists()
    assert Submission.get_by_id(sent.id).outcome == "review"


@pytest.mark.parametrize(("fields", "bad"), [
    ({}, "what"), ({"what": "dance"}, "what"), ({"what": "fault"}, "symptom"),
    ({"what": "fault", "symptom": "x"}, "symptom"), ({"what": "check"}, "result"),
    ({"what": "check", "result": "fail"}, "text"), ({"what": "note"}, "text"),
    ({"what": "fault", "symptom": "other"}, "text"),
])  # fmt: skip
def test_a_note_says_something(world: World, fields: dict[str, str], bad: str) -> None:
    made = worlds.envelope("note", {"tag": world.tags[0], **fields}, world.engineer.person_id)
    with pytest.raises(Invalid) as refused:
        sync.submit(made, world.engineer)
    assert [error.field for error in refused.value.errors] == [bad]
