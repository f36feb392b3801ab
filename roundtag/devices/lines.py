"""Devices as lists show them."""

from dataclasses import dataclass
from typing import Any

from peewee import fn

from roundtag import faults, tagging
from roundtag.access import Actor, visible
from roundtag.models import Device, Fault, Lending, Loaner, Room, Tag, Unit, dicts
from roundtag.search.documents import away_at


@dataclass(frozen=True)
class DeviceLine:
    """A device as lists show it."""

    id: int
    tag: str
    code: str
    name: str
    category: str
    position: str
    room: str
    room_code: str
    serial: str | None
    state: str
    open_faults: int


def lines(actor: Actor, *, room_id: int | None = None, limit: int = 200) -> list[DeviceLine]:
    """Devices in view, in walking order."""
    open_faults = Fault.select(fn.COUNT(Fault.id)).where(
        (Fault.device == Device.id) & Fault.state.in_(faults.OPEN_STATES)
    )
    query = (
        Device.select(
            Device.id, Device.code, Device.name, Device.category, Device.position,
            Device.retired_at, Room.name.alias("room"), Room.code.alias("room_code"),
            Unit.serial, Tag.code.alias("tag"), open_faults.alias("open_faults"),
            Lending.id.alias("lent"), Loaner.id.alias("loaner"), away_at(Device).alias("away"),
        )
        .join(Room)
        .switch(Device).left_outer_join(Unit, on=(Unit.device == Device.id))
        .switch(Device)
        .left_outer_join(Tag, on=((Tag.device == Device.id) & Tag.state.in_(tagging.LIVE)))
        .switch(Device)
        .left_outer_join(Lending, on=(
            (Lending.device == Device.id) & Lending.returned_at.is_null()))
        .switch(Device)
        .left_outer_join(Loaner, on=((Loaner.device == Device.id) & Loaner.back_at.is_null()))
        .order_by(Room.code, Device.code)
        .limit(limit)
    )  # fmt: skip
    if room_id is not None:
        query = query.where(Device.room == room_id)
    return [_line(row) for row in dicts(visible(actor, query, Device.client))]


def state_of(retired: Any, lent: Any, faulty: Any, unit: Any, loaner: Any = None,
             away: Any = None) -> str:  # fmt: skip
    """The one word for a device: what keeps people from using it, the strongest reason first.
    `away`: an open repair order of the unit that left it."""
    if retired or lent:
        return "retired" if retired else "lent"
    if faulty:
        return "fault"
    if unit:
        return "loaner" if loaner else "ok"
    return "repair" if away else "empty"


def _line(row: dict[str, Any]) -> DeviceLine:
    state = state_of(row["retired_at"], row["lent"], row["open_faults"], row["serial"],
                     row["loaner"], row["away"])  # fmt: skip
    return DeviceLine(
        row["id"], row["tag"] or "", row["code"], row["name"], row["category"], row["position"],
        row["room"], row["room_code"], row["serial"], state, row["open_faults"],
    )  # fmt: skip
