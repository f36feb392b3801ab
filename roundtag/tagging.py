"""Tags: what a scanned code leads to, and which code a device or room bears."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from roundtag.access import ATTENDEE, Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import Gone, NotFound
from roundtag.models import Device, Room, Tag, dicts
from roundtag.words import N_
from tags import codes


@dataclass(frozen=True)
class Target:
    """What a bound tag is on: a device, or a room (then `device` is None)."""

    code: str
    client_id: int
    room_id: int
    device: Device | None

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


@dataclass(frozen=True)
class ReplaceTag:
    code: str


def replace_tag(command: ReplaceTag, deed: Deed) -> Outcome:
    """Gives what a tag is on a fresh one; the old code leads on to it."""
    old = Tag.get_or_none(Tag.code == codes.parse(command.code))
    if old is None or not _may_see(deed.actor, old.client_id):
        raise NotFound
    deed.require(old.client_id)
    fresh = codes.new()
    if not deed.claim(Tag, (Tag.code == old.code) & (Tag.state == "bound"),
                      state="replaced", replaced_by=fresh):  # fmt: skip
        return Outcome(N_("This tag is not in use any more."), state="conflict")
    deed.create(Tag, code=fresh, state="bound", client=old.client_id, device=old.device_id,
                room=old.room_id, made_at=deed.received_at)  # fmt: skip
    return Outcome(N_("The new tag is %(code)s. Print it; the old one leads on to it."),
                   url=f"/t/{fresh}", values={"code": fresh}, subject_id=fresh)  # fmt: skip


def resolve(code: str, actor: Actor) -> Target:
    """Where a code leads, following replaced tags.

    Raises NotFound alike for unknown, malformed and other clients' codes, Gone for revoked ones.
    """
    tag = _follow(codes.parse(code))
    if tag is None or not _may_see(actor, tag.client_id):
        raise NotFound
    if tag.state == "revoked":
        raise Gone
    device = tag.device
    return Target(tag.code, tag.client_id, device.room_id if device else tag.room_id, device)


def _follow(code: str | None) -> Tag | None:
    for _ in range(8):
        tag = code and (
            Tag.select(Tag, Device).left_outer_join(Device).where(Tag.code == code).first()
        )
        if not tag or tag.state != "replaced":
            return tag if tag and tag.state in {"bound", "revoked"} else None
        code = tag.replaced_by
    return None


def _may_see(actor: Actor, client_id: int | None) -> bool:
    """Anyone may report at a tag without an account; people with one see their clients only."""
    return actor is ATTENDEE or actor.client_ids is None or client_id in actor.client_ids


def device_by_tag(code: str, actor: Actor) -> tuple[Target, Device]:
    """The device that a form's tag stands for. Raises NotFound when it is a room's tag."""
    target = resolve(code, actor)
    if target.device is None:
        raise NotFound
    return target, target.device


def codes_of_devices(ids: Iterable[int]) -> dict[int, str]:
    rows = Tag.select(Tag.code, Tag.device).where(
        (Tag.state == "bound") & Tag.device.in_(list(ids))
    )
    return {row.device_id: row.code for row in rows}


def codes_of_rooms(ids: Iterable[int]) -> dict[int, str]:
    rows = Tag.select(Tag.code, Tag.room).where((Tag.state == "bound") & Tag.room.in_(list(ids)))
    return {row.room_id: row.code for row in rows}


@dataclass(frozen=True)
class TagLine:
    """One bound tag as lists and sheets need it."""

    code: str
    kind: str
    name: str
    subtitle: str
    room_code: str
    room_name: str


def bound(actor: Actor, wanted: Iterable[str] | None = None) -> list[TagLine]:
    """All bound tags in view, each room before its devices, in the order of a walk."""
    query = (
        Tag.select(
            Tag.code,
            Room.code.alias("room_code"),
            Room.name.alias("room_name"),
            Device.code.alias("device_code"),
            Device.name.alias("device_name"),
            Device.position,
        )
        .left_outer_join(Device)
        .join(Room, on=((Room.id == Tag.room) | (Room.id == Device.room)))
        .where(Tag.state == "bound")
    )
    if wanted is not None:
        query = query.where(Tag.code.in_(list(wanted)))
    rows = visible(actor, query, Tag.client).order_by(
        Room.code, Device.id.is_null(False), Device.code
    )
    return [_line(row) for row in dicts(rows)]


def _line(row: dict[str, Any]) -> TagLine:
    if row["device_code"] is None:
        return TagLine(row["code"], "room", row["room_name"], row["room_code"],
                       row["room_code"], row["room_name"])  # fmt: skip
    where = " · ".join(part for part in (row["room_name"], row["position"]) if part)
    return TagLine(row["code"], "device", row["device_name"], where,
                   row["room_code"], row["room_name"])  # fmt: skip
