"""What the forms about one device show: its fields as text, and what may be chosen."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from roundtag import people, tagging
from roundtag.access import Actor, visible
from roundtag.devices import fields
from roundtag.errors import NotFound
from roundtag.faults import WORK_STATES
from roundtag.models import (
    Building,
    Client,
    Device,
    DeviceModel,
    Fault,
    Lending,
    Room,
    Store,
    Unit,
    dicts,
)
from roundtag.register import known

SUGGESTED = 500
Choice = tuple[str, str]
"""A value and the words for it."""


@dataclass(frozen=True)
class Card:
    """The facts about a device that its forms stand on."""

    id: int
    client_id: int
    client_code: str
    code: str
    name: str
    category: str
    room_id: int
    room: str
    room_code: str
    position: str
    tag: str
    retired_at: datetime | None
    serial: str
    unit: str
    photo: int | None
    lending_id: int | None
    borrower: str | None
    due_on: date | None
    values: dict[str, str]


def card(device_id: int, actor: Actor) -> Card:
    """Raises NotFound for devices out of the actor's view."""
    query = (
        Device.select(Device, Room, Client).join(Room).switch(Device).join(Client)
        .where(Device.id == device_id)
    )  # fmt: skip
    device = visible(actor, query, Device.client).first()
    if device is None:
        raise NotFound
    unit = Unit.select(Unit, DeviceModel).join(DeviceModel).where(Unit.device == device_id).first()
    lent = Lending.get_or_none((Lending.device == device_id) & Lending.returned_at.is_null())
    values = fields.of(device, unit)
    return Card(
        device.id, device.client_id, device.client.code, device.code, device.name,
        device.category, device.room_id, device.room.name, device.room.code, device.position,
        tagging.codes_of_devices([device.id]).get(device.id, ""), device.retired_at,
        unit.serial if unit else "", f"{unit.model.maker} {unit.model.name}" if unit else "",
        device.photo, lent.id if lent else None, lent.borrower if lent else None,
        lent.due_on if lent else None, {n: fields.as_text(v) for n, v in values.items()},
    )  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A room to choose; `client` is empty where the actor sees one client only."""

    id: int
    code: str
    name: str
    building: str
    client: str


def places(actor: Actor, deed: str, client_id: int | None = None) -> list[Place]:
    """Rooms at which the actor may do a deed, in walking order."""
    query = (
        Room.select(
            Room.id, Room.code, Room.name, Building.name.alias("building"),
            Client.id.alias("client_id"), Client.name.alias("client"),
        )
        .join(Building).switch(Room).join(Client)
        .order_by(Client.code, Building.name, Room.floor, Room.code)
    )  # fmt: skip
    allowed = actor.clients_for(deed) if client_id is None else {client_id}
    if allowed is not None:
        query = query.where(Room.client.in_(sorted(allowed)))
    rows = dicts(visible(actor, query, Room.client))
    several = len({row["client_id"] for row in rows}) > 1
    return [
        Place(r["id"], r["code"], r["name"], r["building"], r["client"] if several else "")
        for r in rows
    ]


@dataclass(frozen=True)
class Suggestions:
    """What the fields of a form offer; all but the owners may be typed freely."""

    makers: list[str]
    models: list[Choice]
    suppliers: list[str]
    owners: list[Choice]
    backups: list[Choice]


def suggestions(actor: Actor, found: Card | None) -> Suggestions:
    """For a device, or (None) for one whose room is still to be chosen."""
    models = list(
        DeviceModel.select().order_by(DeviceModel.maker, DeviceModel.name).limit(SUGGESTED)
    )
    return Suggestions(
        list(dict.fromkeys(model.maker for model in models)),
        [(model.name, model.maker) for model in models],
        _suppliers(actor),
        _owners(actor, found),
        _backups(actor, found.room_id, found.id) if found else [],
    )


def _suppliers(actor: Actor) -> list[str]:
    """Those of the devices that came last."""
    query = Device.select(Device.supplier).order_by(Device.id.desc()).limit(SUGGESTED)
    rows = visible(actor, query, Device.client)
    return sorted({row.supplier for row in rows} - {""})


def _owners(actor: Actor, found: Card | None) -> list[Choice]:
    """Who may own it, and who does, also when they have left: else saving would drop them."""
    clients = [found.client_id] if found else [place for (place,) in _clients(actor)]
    offered = {row.username: people.name(row) or "" for row in known.staff_of(clients)}
    if found and found.values["owner"]:
        offered.setdefault(found.values["owner"], found.values["owner"])
    return list(offered.items())


def _clients(actor: Actor) -> Any:
    return visible(actor, Client.select(Client.id), Client.id).tuples()


def _backups(actor: Actor, room_id: int, device_id: int) -> list[Choice]:
    """The other devices of the room; the form takes any device of the client by its code."""
    here = (Device.room == room_id) & Device.retired_at.is_null() & (Device.id != device_id)
    query = Device.select(Device.code, Device.name).where(here).order_by(Device.code)
    rows = dicts(visible(actor, query, Device.client).limit(SUGGESTED))
    return [(row["code"], row["name"]) for row in rows]


@dataclass(frozen=True)
class Leaving:
    """What a retirement has to settle: open faults, and where the unit could go."""

    faults: list[tuple[int, str, str]]
    """(key, number, symptom)."""
    stores: list[Choice]
    may_resolve: bool
    """Whether the faults can be resolved along with it by this person."""


def leaving(found: Card, actor: Actor) -> Leaving:
    open_ones = Fault.select().where((Fault.device == found.id) & Fault.state.in_(WORK_STATES))
    faults = [(row.id, row.number, row.symptom) for row in open_ones.order_by(Fault.id)]
    stores = [(str(row.id), row.name) for row in stores_of(found.client_id)]
    return Leaving(faults, stores, actor.may("take_step", found.client_id))


def stores_of(client_id: int) -> Any:
    """Stores that a unit of this client may go to: its own and the provider's."""
    own = Store.client.is_null() | (Store.client == client_id)
    return Store.select().where(own & Store.retired_at.is_null()).order_by(Store.name)
