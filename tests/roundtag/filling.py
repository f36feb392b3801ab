"""A checklist with everything that version 2 of the form knows, for the tests that fill it in."""

from dataclasses import dataclass
from typing import Any

import pytest

from roundtag import checklists
from roundtag.commands import Photo, Receipt
from roundtag.errors import Invalid
from roundtag.models import Answer, Device, Finding, Inspection, Round, RoundDevice
from tests.seeing import snapshot
from tests.world import World, deliver, run

ITEMS: tuple[dict[str, Any], ...] = (
    {"key": "image", "kind": "check", "zh": "画面", "en": "Image", "section_zh": "画面",
     "section_en": "Picture"},
    {"key": "colour", "kind": "check", "zh": "偏色", "en": "Colour", "section_zh": "画面",
     "section_en": "Picture", "when": {"item": "image", "is": ["fail"]}},
    {"key": "heat", "kind": "reading", "unit": "℃", "min": 5, "max": 40, "zh": "温度",
     "en": "Temperature"},
    {"key": "cold", "kind": "reading", "unit": "℃", "min": -20, "max": 0, "zh": "低温",
     "en": "Cold", "required": False},
    {"key": "lamp", "kind": "counter", "unit": "h", "max": 4000, "zh": "灯时", "en": "Lamp"},
    {"key": "label", "kind": "photo", "zh": "铭牌", "en": "Plate", "required": False},
)  # fmt: skip
GOOD = {"item.image": "pass", "item.heat": "21.5", "item.lamp": "1200"}


@dataclass
class Sheet:
    """The device's or room's checklist, and how it is sent."""

    world: World
    version_id: int
    tag: str
    round_id: int | None

    def send(self, actor: Any = None, **more: Any) -> Receipt:
        photos: tuple[Photo, ...] = more.pop("photos", ())
        envelope = {k: more.pop(k) for k in ("id", "claimed_at", "sent_at") if k in more}
        fields = {"tag": self.tag, "template_version": str(self.version_id),
                  "round": str(self.round_id or ""), "scanned": "", "scanned_at": "",
                  **GOOD, **more}  # fmt: skip
        return deliver("inspection", fields, actor or self.world.engineer, photos=photos,
                       form_version="2", **envelope)  # fmt: skip

    def refused(self, **more: Any) -> dict[str, str]:
        """The fields that are refused, by the codes of why; nothing is written."""
        before = snapshot()
        with pytest.raises(Invalid) as refused:
            self.send(**more)
        assert snapshot() == before
        return {error.field: error.code for error in refused.value.errors}


def publish(category: str, items: tuple[dict[str, Any], ...] = ITEMS,
            occasion: str = "monthly") -> int:  # fmt: skip
    spec = {"category": category, "occasion": occasion, "name_zh": "表", "name_en": "List",
            "items": list(items)}  # fmt: skip
    run(checklists.publish_checklists, checklists.PublishChecklists((spec,)))
    version = checklists.latest(category, occasion)
    assert version is not None
    return version.id


def at_device(world: World) -> Sheet:
    return Sheet(world, publish("projector"), world.tags[0], world.round_id)


def at_room(world: World) -> Sheet:
    version = publish("room")
    RoundDevice.create(client=world.client_id, round=world.round_id, room=world.room.id)
    return Sheet(world, version, world.room_tag, world.round_id)


def another_round(world: World, occasion: str, **more: Any) -> int:
    """A further open round over the world's first device."""
    made = Round.create(client=world.client_id, contract=world.contract_id, occasion=occasion,
                        period="2026-Q4", due_on="2026-12-20",
                        engineer=world.engineer.person_id, **more)  # fmt: skip
    RoundDevice.create(client=world.client_id, round=made, device=world.devices[0].id)
    return int(made.id)


def answers(receipt: Receipt) -> dict[str, tuple[str | None, str]]:
    rows = Answer.select().where(Answer.inspection == receipt.subject_id)
    return {row.item: (row.value, row.verdict) for row in rows}


def entry(receipt: Receipt) -> Inspection:
    return Inspection.get_by_id(receipt.subject_id)


def findings() -> list[tuple[str, str, int]]:
    rows = Finding.select().order_by(Finding.id)
    return [(row.item, row.state, row.times) for row in rows]


def lightning(world: World) -> None:
    Device.update(category="lightning").where(Device.id == world.devices[0].id).execute()
