"""Does a label belong where it is stuck? For an engineer who looks through a room's labels."""

from dataclasses import dataclass

from roundtag import addresses
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.models import Device, Room, Tag
from roundtag.tagging.resolving import LIVE, _follow, _may_see
from tags import codes

SUSPECT = ("foreign", "elsewhere", "blank", "unknown")
"""Verdicts that may mean that somebody stuck on a label of their own."""


@dataclass(frozen=True)
class RoomLabel:
    """One label that should be in the room; `device` is None for the door's."""

    code: str
    word: str
    name: str
    category: str
    device_id: int | None


@dataclass(frozen=True)
class RoomLabels:
    room_id: int
    name: str
    tag: str
    """The door's code, or any device's: what a report about the room is filed at."""
    labels: list[RoomLabel]


def room_labels(room_id: int, actor: Actor) -> RoomLabels:
    """The labels of a room and its devices in use. Raises NotFound out of the actor's view."""
    room = visible(actor, Room.select().where(Room.id == room_id), Room.client).first()
    if room is None:
        raise NotFound
    devices = Device.select(Device.id).where((Device.room == room_id) & Device.retired_at.is_null())
    here = (Tag.room == room_id) | Tag.device.in_(devices)
    query = Tag.select(Tag, Device).left_outer_join(Device).where(Tag.state.in_(LIVE) & here)
    rows = query.order_by(Device.id.is_null(False), Device.code)
    labels = [
        RoomLabel(tag.code, codes.word(tag.code), tag.device.name if tag.device else room.name,
                  tag.device.category if tag.device else "room", tag.device_id)
        for tag in rows
    ]  # fmt: skip
    return RoomLabels(room_id, room.name, labels[0].code if labels else "", labels)


@dataclass(frozen=True)
class Verdict:
    """What a scanned or typed text is, seen from one room.

    `kind`: right, replaced, elsewhere, blank, revoked, unknown, foreign, slip. `name` is the device
    or room that it belongs to, `host` where a foreign address leads.
    """

    kind: str
    code: str = ""
    name: str = ""
    room: str = ""
    host: str = ""

    @property
    def suspect(self) -> bool:
        return self.kind in SUSPECT

    @property
    def found(self) -> str:
        return self.host or self.code


def compare(room_id: int, text: str, actor: Actor) -> Verdict:
    """Judges what a label says. Nothing of another client is told: its codes are unknown."""
    if host := addresses.foreign_host(text):
        return Verdict("foreign", host=host)
    code = codes.parse(text)
    if code is None:
        return Verdict("slip", text.strip()[:40])
    tag = _follow(code)
    if tag is None or not _may_see(actor, tag.client_id):
        return Verdict("unknown", code)
    if tag.state in ("blank", "revoked"):
        return Verdict(tag.state, code)
    room = Room.get_by_id(tag.device.room_id if tag.device else tag.room_id)
    name = tag.device.name if tag.device else room.name
    if room.id != room_id:
        return Verdict("elsewhere", code, name, room.name)
    return Verdict("right" if tag.code == code else "replaced", code, name, room.name)
