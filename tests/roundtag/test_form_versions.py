"""A phone may file today what it was given half a year ago: every body of every version that ever
was released is taken for good. These files are a contract; they are added to, never changed."""

import json
from pathlib import Path
from typing import Any

import pytest

from roundtag import checklists, sync
from roundtag.commands import Envelope, Photo
from roundtag.models import Submission
from tests import storecounting
from tests import world as worlds
from tests.roundtag import slipping
from tests.seeing import counts, grown
from tests.world import World, envelope, new_id

BODIES = Path(__file__).parent / "bodies"
FILED = [
    (*file.stem.rsplit("-", 1), one)
    for file in sorted(BODIES.glob("*.json"))
    for one in json.loads(file.read_text("utf-8"))
]


def filed(world: World, form: str, version: str, one: dict[str, Any]) -> Envelope:
    """The body as it lay on a phone, with this world's own names in its places."""
    names = {
        "<tag>": world.tags[0],
        "<room>": world.room_tag,
        "<version>": str(world.version_id),
        "<round>": str(world.round_id),
        "<old>": f"SN{world.code}1",
        "<new>": f"SP{world.code}1",
    }
    body = one["body"]
    if "<stocktake>" in body:
        names |= {"<stocktake>": str(worlds.stocktake(world)), "<room-id>": str(world.room.id)}
    if "<store-count>" in body:
        model = storecounting.cables(storecounting.store_of(world), 3)
        names |= {"<store-count>": str(storecounting.opened(world)), "<model>": str(model)}
    if "<part>" in body:
        names["<part>"] = f"{slipping.store(world)}:{slipping.stocked(world)}"
    if "<fault>" in body:
        names["<fault>"] = str(worlds.fault(world))
    for place, name in names.items():
        body = body.replace(place, name)
    photos = tuple(Photo(sha, "image/jpeg", 9) for sha in one.get("photos", []))
    return Envelope(
        new_id(), form, body, sync.digest_of(body), form_version=version,
        owner=world.engineer.person_id, photos=photos,
    )  # fmt: skip


@pytest.mark.parametrize(("form", "version", "one"), FILED)
def test_every_body_ever_released_is_taken(
    world: World, form: str, version: str, one: dict[str, Any]
) -> None:
    made = filed(world, form, version, one)
    assert sync.submit(made, world.engineer).outcome == one["outcome"]
    assert Submission.get_by_id(made.id).form_version == version


def test_every_known_version_of_every_form_has_bodies() -> None:
    known = {(name, version) for name, form in sync.FORMS.items() for version in form.versions}
    assert known == {(form, version) for form, version, _ in FILED}


def test_a_form_is_judged_by_the_checklist_that_it_was_filed_under(world: World) -> None:
    item = {"key": "new", "kind": "check", "zh": "新", "en": "New"}
    order = checklists.PublishChecklists((
        {"category": "projector", "occasion": "monthly", "name_zh": "新版", "name_en": "Newer",
         "items": [item]},))  # fmt: skip
    worlds.run(checklists.publish_checklists, order)
    form, version, one = next(entry for entry in FILED if entry[0] == "inspection")
    assert sync.submit(filed(world, form, version, one), world.engineer).outcome == "done"


def test_a_form_without_a_version_is_todays(world: World) -> None:
    made = envelope("fault", worlds.fault_form(world), world.engineer.person_id, form_version="")
    assert sync.submit(made, world.engineer).outcome == "done"


@pytest.mark.parametrize("form", sync.FORMS)
def test_a_version_that_this_server_does_not_know_is_kept_and_never_refused(
    world: World, form: str
) -> None:
    fields = {"tag": world.tags[0], "anything": "else"}
    made = envelope(form, fields, world.engineer.person_id, form_version="999")
    before = counts()
    assert sync.submit(made, world.engineer).outcome == "review"
    assert grown(before) == {"submission": 1}
    assert sync.submit(made, world.engineer).repeated
