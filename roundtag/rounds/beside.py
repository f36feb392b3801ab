"""What else of a round lies in the same room: where the next check is."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from roundtag.models import Device, Room, RoundDevice, Tag, dicts
from roundtag.models.devices import LIVE


@dataclass(frozen=True)
class Beside:
    """A stop in the same room. `done` by what the server knew when the page was made."""

    tag: str
    name: str
    code: str
    done: bool


def beside(round_id: int | None, room_id: int, device_id: int | None) -> list[Beside]:
    """The other stops of a round in this room, those that follow this one first; one query."""
    if round_id is None:
        return []
    rows = dicts(_stops(round_id, room_id))
    here = next((n for n, row in enumerate(rows) if row["device"] == device_id), -1)
    order = [*rows[here + 1 :], *rows[: max(here, 0)]]
    return list(_named(order))


def _stops(round_id: int, room_id: int) -> Any:
    of_stop = (Tag.device == RoundDevice.device) | (
        RoundDevice.device.is_null() & (Tag.room == RoundDevice.room)
    )
    return (
        RoundDevice.select(
            RoundDevice.device, RoundDevice.done_at, Device.name, Device.code,
            Tag.code.alias("tag"), Room.name.alias("room_name"), Room.code.alias("room_code"),
        )
        .left_outer_join(Device)
        .switch(RoundDevice)
        .left_outer_join(Room, on=(RoundDevice.room == Room.id))
        .switch(RoundDevice)
        .join(Tag, on=(of_stop & Tag.state.in_(LIVE)))
        .where(RoundDevice.round == round_id)
        .where(
            ((Device.room == room_id) & Device.retired_at.is_null())
            | (RoundDevice.device.is_null() & (RoundDevice.room == room_id))
        )
        .order_by(RoundDevice.device.is_null(False), Device.code, RoundDevice.id)
    )  # fmt: skip


def _named(rows: Iterable[dict[str, Any]]) -> Iterable[Beside]:
    for row in rows:
        name, code = row["name"] or row["room_name"], row["code"] or row["room_code"]
        yield Beside(row["tag"], name, code, row["done_at"] is not None)
