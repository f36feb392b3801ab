"""Sites, buildings and rooms: registered, corrected, taken out of use.

A form brings a digest of what it had shown; when the row has changed since, nothing is overwritten
and the outcome is a conflict.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from roundtag import data, history, tagging
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome
from roundtag.errors import FieldError, Invalid, NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Base, Building, Client, Device, Room, Site
from roundtag.register import cells
from roundtag.register.problems import Unreadable
from roundtag.words import N_

MEANWHILE = N_(
    "Somebody changed this meanwhile. Nothing was overwritten: what stands there now is beside "
    "each field."
)
TAKEN = N_("There is one with this name already.")
CODE, SHORT, LONG = 40, 100, 2000
NAMED_IN_REFUSAL = 5

ROOM_FIELDS = ("building", "floor", "code", "name", "kind", "capacity", "client_unit", "remarks")


def seen(values: Mapping[str, Any]) -> str:
    """What a form shows, as a digest that it carries back."""
    text = json.dumps(dict(values), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def name_of(row: Site | Building) -> dict[str, Any]:
    """The values of a site's or building's form."""
    return {"name": row.name}


def room_of(row: Room) -> dict[str, Any]:
    """The values of a room's form, as text."""
    found = {name: getattr(row, name) for name in ROOM_FIELDS if name != "building"}
    found["capacity"] = "" if row.capacity is None else str(row.capacity)
    return {"building": str(row.building_id), **found}


@dataclass(frozen=True)
class SaveSite:
    """`site_id` is None for a new one of `client_id`."""

    client_id: int
    site_id: int | None
    name: str
    seen: str = ""


@dataclass(frozen=True)
class SaveBuilding:
    site_id: int
    building_id: int | None
    name: str
    seen: str = ""


@dataclass(frozen=True)
class SaveRoom:
    """`values` by ROOM_FIELDS; `room_id` is None for a new room."""

    room_id: int | None
    values: dict[str, Any]
    seen: str = ""


@dataclass(frozen=True)
class RetireRoom:
    room_id: int


def read_name(form: Fields) -> str:
    """The name of a site or building. Raises Invalid."""
    name = _plain(form, "name", SHORT, N_("Give it a name."))
    form.done()
    return name


def read_room(form: Fields) -> dict[str, Any]:
    """A room's form. Raises Invalid naming every bad field."""
    values: dict[str, Any] = {
        "building": form.whole("building"),
        "floor": _plain(form, "floor", CODE),
        "code": _plain(form, "code", CODE, N_("Give it a code, e.g. B201.")),
        "name": _plain(form, "name", SHORT, N_("Give it a name.")),
        "kind": form.choice("kind", [k.code for k in data.room_kinds()],
                            required=N_("Choose what kind of room it is.")),
        "capacity": form.whole("capacity"),
        "client_unit": _plain(form, "client_unit", SHORT),
        "remarks": form.text("remarks", limit=LONG) or "",
    }  # fmt: skip
    if values["building"] is None:
        form.refuse("building", "required", N_("Choose the building."))
    if (values["capacity"] or 0) > 100_000:
        form.refuse("capacity", "range", N_("Give a number from %(low)s to %(high)s."),
                    low=0, high=100_000)  # fmt: skip
    form.done()
    return values


def _plain(form: Fields, name: str, limit: int, required: str = "") -> str:
    value = form.text(name, required=required, limit=limit) or ""
    try:
        cells.check_characters(value)
    except Unreadable as wrong:
        form.refuse(name, wrong.code, wrong.message, **wrong.values)
    return value


def save_site(command: SaveSite, deed: Deed) -> Outcome:
    """Registers a site, or gives it another name."""
    deed.require(command.client_id)
    if Client.get_or_none(Client.id == command.client_id) is None:
        raise NotFound
    _free(Site, Site.client == command.client_id, command.name, command.site_id)
    if command.site_id is None:
        made = deed.create(Site, client=command.client_id, name=command.name)
        return _saved(made, command.name)
    row = _locked(Site, command.site_id)
    if row.client_id != command.client_id:
        raise NotFound
    return _rename(deed, row, command.name, command.seen)


def save_building(command: SaveBuilding, deed: Deed) -> Outcome:
    """Registers a building of a site, or gives it another name."""
    site = _locked(Site, command.site_id)
    deed.require(site.client_id)
    _free(Building, Building.site == site.id, command.name, command.building_id)
    if command.building_id is None:
        made = deed.create(Building, client=site.client_id, site=site.id, name=command.name)
        return _saved(made, command.name)
    row = _locked(Building, command.building_id)
    if row.site_id != site.id:
        raise NotFound
    return _rename(deed, row, command.name, command.seen)


def _rename(deed: Deed, row: Any, name: str, shown: str) -> Outcome:
    if seen(name_of(row)) != shown:
        return Outcome(MEANWHILE, state="conflict", subject_id=row.id)
    if row.name != name:
        deed.change(row, name=name)
    return _saved(row, name)


def _saved(row: Base, name: str) -> Outcome:
    return Outcome(N_("%(name)s is saved."), values={"name": name}, subject_id=row.id)


def _locked(model: Any, key: int) -> Any:
    """The row, waited for: of two forms the second one is judged by what the first one left."""
    model.update(id=model.id).where(model.id == key).execute()
    found = model.get_or_none(model.id == key)
    if found is None:
        raise NotFound
    return found


def _free(model: Any, within: Any, name: str, own: int | None) -> None:
    other = model.get_or_none(within & (model.name == name))
    if other is not None and other.id != own:
        raise invalid("name", "taken", TAKEN)


def save_room(command: SaveRoom, deed: Deed) -> Outcome:
    """Registers a room with its tag, or corrects it."""
    building = Building.get_or_none(Building.id == command.values["building"])
    if building is None or not _in_view(deed.actor, building.client_id):
        raise invalid("building", "unknown", N_("There is no such building."))
    deed.require(building.client_id)
    _free_code(building.client_id, command)
    if command.room_id is None:
        return _new_room(deed, building, command.values)
    room = _locked(Room, command.room_id)
    if room.client_id != building.client_id:
        raise NotFound
    if seen(room_of(room)) != command.seen:
        return Outcome(MEANWHILE, url=f"/rooms/{room.id}", state="conflict", subject_id=room.id)
    now = {name: value for name, value in command.values.items() if name != "building"}
    changed = {name: value for name, value in now.items() if getattr(room, name) != value}
    if room.building_id != building.id:
        changed["building"] = building
    if changed:
        deed.change(room, **changed)
        history.record(deed, "edited", room_id=room.id, client_id=room.client_id,
                       fields=sorted(changed))  # fmt: skip
    return _room_saved(room)


def _in_view(actor: Actor, client_id: int) -> bool:
    return actor.client_ids is None or client_id in actor.client_ids


def _free_code(client_id: int, command: SaveRoom) -> None:
    other = Room.get_or_none((Room.client == client_id) & (Room.code == command.values["code"]))
    if other is not None and other.id != command.room_id:
        raise invalid("code", "taken", N_("The room %(name)s has this code."), name=other.name)


def _new_room(deed: Deed, building: Building, values: dict[str, Any]) -> Outcome:
    room = deed.create(Room, client=building.client_id, **{**values, "building": building.id})
    tagging.bind(deed, building.client_id, room=room)
    history.record(deed, "registered", room_id=room.id, client_id=room.client_id,
                   subject_id=room.id)  # fmt: skip
    return _room_saved(room)


def _room_saved(room: Room) -> Outcome:
    return Outcome(N_("%(name)s is saved."), url=f"/rooms/{room.id}",
                   values={"name": room.name}, subject_id=room.id)  # fmt: skip


def retire_room(command: RetireRoom, deed: Deed) -> Outcome:
    """Takes a room out of use. Raises Invalid while devices in use stand in it."""
    room = _locked(Room, command.room_id)
    if not _in_view(deed.actor, room.client_id):
        raise NotFound
    deed.require(room.client_id)
    if room.retired_at:
        return Outcome(N_("This room was taken out of use before."), url=f"/rooms/{room.id}",
                       state="conflict", subject_id=room.id)  # fmt: skip
    _is_empty(room)
    deed.change(room, retired_at=deed.received_at)
    history.record(deed, "retired", room_id=room.id, client_id=room.client_id)
    return Outcome(N_("The room is out of use."), url=f"/rooms/{room.id}", subject_id=room.id)


def _is_empty(room: Room) -> None:
    here = Device.select().where((Device.room == room.id) & Device.retired_at.is_null())
    names = [f"{device.name} {device.code}" for device in here.order_by(Device.code)]
    if names:
        shown = ", ".join(names[:NAMED_IN_REFUSAL])
        raise Invalid(FieldError("", "in-use", N_(
            "Devices still stand in this room (%(count)s): %(names)s. Move or retire them first."),
            {"count": len(names), "names": shown}))  # fmt: skip
