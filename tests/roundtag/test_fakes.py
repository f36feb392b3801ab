"""Suspected fake labels: what a room's labels are compared with, and the report of security."""

from typing import Any

import pytest

from roundtag import clock, data, fakes, sync, tagging
from roundtag.errors import Forbidden, Invalid, NotFound
from roundtag.models import Building, Device, Fault, Room, Tag
from tags import codes
from tests import world as worlds
from tests.seeing import queries_of, snapshot
from tests.world import World, deliver, envelope, run


def report(world: World, **changed: str) -> dict[str, str]:
    return {"tag": world.room_tag, "why": "foreign", "found": "evil.example", **changed}


def next_room(world: World) -> tuple[Room, str]:
    building = Building.get(Building.client == world.client_id)
    room = Room.create(client=world.client_id, building=building, floor="4", code="A401",
                       name="隔壁", kind="video")  # fmt: skip
    tag = Tag.create(code=codes.new(), state="bound", client=world.client_id, room=room,
                     made_at=clock.now())  # fmt: skip
    return room, tag.code


def test_a_report_is_a_fault_of_security_at_the_room(world: World) -> None:
    for tag in (world.room_tag, world.tags[0]):
        receipt = deliver("fake", report(world, tag=tag, text="讲台上"), world.engineer)
        assert receipt.outcome == "done"
    first, second = Fault.select().order_by(Fault.id)
    assert (first.symptom, first.room_id, first.device_id) == ("fake_tag", world.room.id, None)
    assert first.description == "foreign · evil.example\n讲台上"
    assert second.duplicate_of_id == first.id


def test_nobody_is_offered_it_as_a_symptom(world: World) -> None:
    assert "fake_tag" not in {symptom.code for symptom in data.symptoms()}
    named = data.symptom("fake_tag")
    assert named is not None
    assert named.en == "Suspected fake label"
    with pytest.raises(Invalid):
        deliver("fault", worlds.fault_form(world, symptom="fake_tag"), world.engineer)


@pytest.mark.parametrize(("changed", "bad"), [
    ({"why": ""}, "why"), ({"why": "dance"}, "why"), ({"tag": ""}, "tag"),
    ({"found": ""}, "found"), ({"found": "x" * 201}, "found"),
])  # fmt: skip
def test_a_report_says_what_and_where(world: World, changed: dict[str, str], bad: str) -> None:
    before = snapshot()
    with pytest.raises(Invalid) as refused:
        deliver("fake", report(world, **changed), world.engineer)
    assert [error.field for error in refused.value.errors] == [bad]
    assert snapshot() == before


def test_who_may_report_and_where(world: World, other: World) -> None:
    auditor = worlds.person("auditor-a", ("auditor", "client", world.client_id))
    before = snapshot()
    for actor, tag, error in ((auditor, world.room_tag, Forbidden),
                              (world.engineer, other.room_tag, NotFound),
                              (world.engineer, codes.new(), NotFound)):  # fmt: skip
        with pytest.raises(error):
            deliver("fake", report(world, tag=tag), actor)
    assert snapshot() == before


def test_the_same_report_twice_is_one_fault(world: World) -> None:
    made = envelope("fake", report(world), world.engineer.person_id)
    first, again = sync.submit(made, world.engineer), sync.submit(made, world.engineer)
    assert again.repeated
    assert again.subject_id == first.subject_id
    assert Fault.select().count() == 1


def test_a_room_knows_what_belongs_in_it(world: World, other: World) -> None:
    _, elsewhere = next_room(world)
    order = tagging.MakeBlanks(1, world.client_id)
    run(tagging.make_blanks, order)
    blank = Tag.get(Tag.state == "blank").code
    run(tagging.revoke_tag, tagging.RevokeTag((world.tags[1],)))
    old = world.tags[0]
    present = str(run(tagging.replace_tag, tagging.ReplaceTag(old)).subject_id)
    cases: dict[str, tuple[str, bool]] = {
        present: ("right", False),
        f"http://localhost/t/{world.room_tag}": ("right", False),
        codes.show(world.room_tag).lower(): ("right", False),
        old: ("replaced", False),
        elsewhere: ("elsewhere", True),
        blank: ("blank", True),
        world.tags[1]: ("revoked", False),
        codes.new(): ("unknown", True),
        other.tags[0]: ("unknown", True),
        f"https://evil.example/t/{present}": ("foreign", True),
        "HTTP://EVIL.EXAMPLE/": ("foreign", True),
        "hello": ("slip", False),
        "http://[": ("slip", False),
    }
    for text, (kind, suspect) in cases.items():
        verdict = tagging.compare(world.room.id, text, world.engineer)
        assert (verdict.kind, verdict.suspect) == (kind, suspect), text
    assert tagging.compare(world.room.id, elsewhere, world.engineer).room == "隔壁"
    assert tagging.compare(world.room.id, "https://evil.example/x", world.engineer).host == (
        "evil.example"
    )
    assert tagging.compare(world.room.id, other.tags[0], world.engineer).name == ""


def test_the_labels_of_a_room_are_listed_with_their_words(world: World, other: World) -> None:
    labels = tagging.room_labels(world.room.id, world.engineer)
    assert [one.code for one in labels.labels] == [world.room_tag, *world.tags]
    assert labels.labels[1].word == codes.word(world.tags[0])
    Device.update(retired_at=clock.now()).where(Device.id == world.devices[0].id).execute()
    labels = tagging.room_labels(world.room.id, world.engineer)
    assert [one.code for one in labels.labels] == [world.room_tag, world.tags[1]]
    with pytest.raises(NotFound):
        tagging.room_labels(other.room.id, world.engineer)
    assert fakes.rooms(world.engineer) == [(world.room_tag, "主楼 · 视频会议室")]
    assert len(fakes.rooms(worlds.person("all", ("engineer", "provider", None)))) == 2


def test_pages_of_tags_cost_the_same_with_few_and_with_many(world: World) -> None:
    def make(count: int) -> None:
        run(tagging.make_blanks, tagging.MakeBlanks(count, world.client_id))

    make(2)
    blank = tagging.BlankTag(Tag.get(Tag.state == "blank").code, world.client_id)
    reads: dict[str, Any] = {
        "list": lambda: tagging.lines(world.engineer, tagging.Filter()),
        "page": lambda: tagging.page(world.tags[0], world.engineer),
        "batches": lambda: tagging.batches(world.manager),
        "labels": lambda: tagging.room_labels(world.room.id, world.engineer),
        "rooms": lambda: tagging.choices(blank, world.engineer),
        "devices": lambda: tagging.choices(blank, world.engineer, room=world.room.id),
        "fake": lambda: fakes.rooms(world.engineer),
    }
    few = {name: queries_of(read) for name, read in reads.items()}
    make(60)
    for _ in range(3):
        make(1)
        next_device = Device.create(client=world.client_id, room=world.room.id, name="屏",
                                    code=codes.new(), category="display")  # fmt: skip
        Tag.create(code=codes.new(), state="bound", client=world.client_id, device=next_device,
                   made_at=clock.now())  # fmt: skip
    for verb, order in ((tagging.lose_tag, tagging.LoseTag((world.tags[0],))),
                        (tagging.find_tag, tagging.FindTag(world.tags[0]))):  # fmt: skip
        run(verb, order, world.engineer)
    more = {name: queries_of(read) for name, read in reads.items()}
    more["page"] -= 1  # the names of those who did something, once somebody has
    assert more == few
    assert max(few.values()) <= 5
