"""What a scanned code leads to, and which code a device or room bears."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from peewee import JOIN

from roundtag.access import ATTENDEE, Actor, visible
from roundtag.commands import Deed
from roundtag.errors import Gone, NotFound, invalid
from roundtag.models import Device, Room, Tag, dicts
from roundtag.models.devices import LIVE
from roundtag.words import N_
from tags import codes

LONGEST_CHAIN = 8


class BlankTag(NotFound):
    """A tag on nothing yet, met by somebody who may claim it; to all others it is unknown."""

    def __init__(self, code: str, client_id: int | None) -> None:
        super().__init__()
        self.tag, self.client_id = code, client_id


@dataclass(frozen=True)
class Target:
    """What a tag is on: a device, or a room (then `device` is None).

    `scanned` is the code that led here, which is older than `code` when that label was replaced.
    """

    code: str
    client_id: int
    room_id: int
    device: Device | None
    lost: bool = False
    scanned: str = ""

    @property
    def kind(self) -> str:
        return "device" if self.device else "room"


def bind(deed: Deed, client_id: int, *, device: Device | None = None,
         room: Room | None = None) -> Tag:  # fmt: skip
    """Gives a device or room a fresh tag. Codes are random and never reissued."""
    return deed.create(
        Tag,
        code=codes.new(),
        state="bound",
        client=client_id,
        device=device,
        room=room,
        made_at=deed.received_at,
    )


def bind_all(deed: Deed, client_id: int, what: str, keys: Iterable[int]) -> None:
    """As `bind`, for many: `what` is device or room, `keys` are theirs."""
    deed.create_many(Tag, (
        {"code": codes.new(), "state": "bound", "client": client_id, what: key,
         "made_at": deed.received_at}
        for key in keys
    ))  # fmt: skip


def resolve(code: str, actor: Actor) -> Target:
    """Where a code leads, following replaced tags.

    Raises NotFound alike for unknown, malformed and other clients' codes, BlankTag (one of these)
    for a blank that the actor may claim, Gone for revoked ones.
    """
    scanned = codes.parse(code)
    tag = _follow(scanned)
    if tag is None or not _may_see(actor, tag.client_id):
        raise NotFound
    if tag.state == "revoked":
        raise Gone
    if tag.state == "blank":
        raise BlankTag(tag.code, tag.client_id) if _may_claim(actor, tag.client_id) else NotFound
    if tag.state not in LIVE or not (tag.device_id or tag.room_id):
        raise NotFound
    device = tag.device
    return Target(tag.code, tag.client_id, device.room_id if device else tag.room_id, device,
                  tag.state == "lost", scanned or "")  # fmt: skip


def _follow(code: str | None) -> Tag | None:
    for _ in range(LONGEST_CHAIN + 1):
        tag = code and (
            Tag.select(Tag, Device).left_outer_join(Device).where(Tag.code == code).first()
        )
        if not tag or tag.state != "replaced":
            return tag or None
        code = tag.replaced_by
    return None


def _may_see(actor: Actor, client_id: int | None) -> bool:
    """Anyone may report at a tag without an account; people with one see their clients only.

    A blank of the provider's is nobody's yet.
    """
    if actor is ATTENDEE or actor.client_ids is None or client_id is None:
        return True
    return client_id in actor.client_ids


def _may_claim(actor: Actor, client_id: int | None) -> bool:
    clients = actor.clients_for("claim_tag")
    return clients is None or (bool(clients) if client_id is None else client_id in clients)


def device_by_tag(code: str, actor: Actor) -> tuple[Target, Device]:
    """The device that a form's tag stands for. Raises NotFound when it is a room's tag."""
    target = resolve(code, actor)
    if target.device is None:
        raise NotFound
    return target, target.device


def codes_of_devices(ids: Iterable[int]) -> dict[int, str]:
    rows = Tag.select(Tag.code, Tag.device).where(Tag.state.in_(LIVE) & Tag.device.in_(list(ids)))
    return {row.device_id: row.code for row in rows}


def codes_of_rooms(ids: Iterable[int]) -> dict[int, str]:
    rows = Tag.select(Tag.code, Tag.room).where(Tag.state.in_(LIVE) & Tag.room.in_(list(ids)))
    return {row.room_id: row.code for row in rows}


@dataclass(frozen=True)
class TagLine:
    """One tag as sheets need it; of `kind` device, room or blank."""

    code: str
    kind: str
    name: str
    subtitle: str
    room_code: str
    room_name: str


def bound(actor: Actor, wanted: Iterable[str] | None = None) -> list[TagLine]:
    """All bound tags in view, each room before its devices, in the order of a walk."""
    query = _with_places().where(Tag.state == "bound")
    if wanted is not None:
        query = query.where(Tag.code.in_(list(wanted)))
    return [_line(row) for row in dicts(visible(actor, query, Tag.client))]


def printable(actor: Actor, wanted: Collection[str]) -> list[TagLine]:
    """The wanted tags in walking order, blanks last. Raises NotFound for those out of view, and
    Invalid naming all that must not be printed: lost, replaced, revoked, or of a retired device."""
    query = _with_places().where(Tag.code.in_(list(wanted)))
    rows = dicts(visible(actor, query, Tag.client))
    if len(rows) != len(set(wanted)):
        raise NotFound
    refused = [row for row in rows if row["state"] not in PRINTABLE or row["retired_at"]]
    if refused:
        raise invalid("tag", "unprintable", UNPRINTABLE, tags=_named(refused))
    return [_line(row) for row in rows]


OFFERED = 25
"""Rooms whose tags the sheet form shows to be ticked, beside the tags chosen already."""


def to_print(actor: Actor, chosen: Collection[str]) -> list[TagLine]:
    """What the sheet form offers: the tags in use of the first rooms, and all those chosen
    already. Three queries."""
    named = sorted({code for code in map(codes.parse, chosen) if code})
    found = {
        row["code"]: row
        for where in (_in_first_rooms(actor), Tag.code.in_(named))
        for row in dicts(visible(actor, _with_places().where(where), Tag.client))
    }
    return [_line(row) for row in sorted(found.values(), key=_walk)]


def _in_first_rooms(actor: Actor) -> Any:
    query = visible(actor, Room.select(Room.id), Room.client).order_by(Room.code, Room.id)
    rooms = [row.id for row in query.limit(OFFERED)]
    devices = Device.select(Device.id).where(Device.room.in_(rooms) & Device.retired_at.is_null())
    return (Tag.state == "bound") & (Tag.room.in_(rooms) | Tag.device.in_(devices))


def _walk(row: dict[str, Any]) -> tuple[Any, ...]:
    """The order of `_with_places`."""
    return (row["room_code"] is None, row["room_code"] or "", row["device_code"] is not None,
            row["device_code"] or "", row["code"])  # fmt: skip


PRINTABLE = ("bound", "blank")
UNPRINTABLE = N_(
    "Not printed: %(tags)s. These labels are lost, replaced or revoked, or their device is retired."
    " Take them out of the choice."
)


def _named(rows: list[dict[str, Any]]) -> str:
    names = [
        " ".join(filter(None, (codes.show(row["code"]), row["device_name"] or row["room_name"])))
        for row in rows
    ]
    return ", ".join(names[:20]) + (" …" if len(names) > 20 else "")


def _with_places() -> Any:
    return (
        Tag.select(
            Tag.code,
            Tag.state,
            Room.code.alias("room_code"),
            Room.name.alias("room_name"),
            Device.code.alias("device_code"),
            Device.name.alias("device_name"),
            Device.position,
            Device.retired_at,
        )
        .left_outer_join(Device)
        .join(Room, JOIN.LEFT_OUTER, on=((Room.id == Tag.room) | (Room.id == Device.room)))
        .order_by(Room.id.is_null(), Room.code, Device.id.is_null(False), Device.code, Tag.code)
    )


def _line(row: dict[str, Any]) -> TagLine:
    if row["room_code"] is None:
        return TagLine(row["code"], "blank", "", "", "", "")
    if row["device_code"] is None:
        return TagLine(row["code"], "room", row["room_name"], row["room_code"],
                       row["room_code"], row["room_name"])  # fmt: skip
    where = " · ".join(part for part in (row["room_name"], row["position"]) if part)
    return TagLine(row["code"], "device", row["device_name"], where,
                   row["room_code"], row["room_name"])  # fmt: skip
