"""Many devices changed at once: a preview of every change, then all of them or none."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from roundtag import device_list, history, tagging
from roundtag.access import Actor, require, visible
from roundtag.commands import Deed, Outcome
from roundtag.device_list import MOST
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Device, Room, Tag, Unit, tuples
from roundtag.register import cells
from roundtag.register.problems import Unreadable
from roundtag.words import N_

EMPTY = "empty."
"""Prefix of the ticks that empty a field; a field left blank stays as it is."""


@dataclass(frozen=True)
class Column:
    """A column that many devices may be given at once. `read` takes what was typed."""

    read: Callable[[str], Any]
    may_be_empty: bool = False
    empty: Any = ""


COLUMNS: dict[str, Column] = {
    "room": Column(cells.mark(40)),
    "position": Column(cells.text(100), may_be_empty=True),
    "supplier": Column(cells.text(100), may_be_empty=True),
    "key_device": Column(cells.yes_no),
    "installed_on": Column(cells.day, may_be_empty=True, empty=None),
    "warranty_until": Column(cells.day, may_be_empty=True, empty=None),
}
OF_UNIT = frozenset({"warranty_until"})
"""Columns of the unit in a device's place; a device without a unit keeps out of them."""


@dataclass(frozen=True)
class EditDevices:
    """`changes`: column → new value, as text; `seen`: the digest of the preview agreed to."""

    devices: tuple[int, ...]
    changes: Mapping[str, str | None]
    seen: str


@dataclass(frozen=True)
class Step:
    """One device with what would change: column → (before, after), as text."""

    device: Device
    unit: Unit | None
    changes: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class Plan:
    """`digest` stands for every value that would be overwritten. `unit_less`: devices that have no
    unit to write a warranty to."""

    steps: list[Step] = field(default_factory=list)
    unchanged: int = 0
    unit_less: int = 0

    @property
    def digest(self) -> str:
        found = [[step.device.id, step.changes] for step in self.steps]
        return hashlib.sha256(json.dumps(found, ensure_ascii=False).encode()).hexdigest()


def read_ids(form: Fields, actor: Actor) -> tuple[int, ...]:
    """The devices that were chosen, or all that match. Raises Invalid for none or too many."""
    if form.raw("all") == "1":
        ids = [row.device for row in device_list.matching(device_list.read(form), actor)]
    else:
        given = dict.fromkeys(one for one in form.many("device") if one.isascii())
        ids = [int(one) for one in given if one.isdigit() and len(one) < 10]
    if not ids:
        raise invalid("device", "required", N_("Choose at least one device."))
    if len(ids) > MOST:
        raise invalid("device", "many", N_("At most %(limit)s devices at once. Narrow the list."),
                      limit=MOST)  # fmt: skip
    return tuple(ids)


def read_changes(form: Fields) -> dict[str, str | None]:
    """What shall change. Raises Invalid naming every bad field."""
    changes: dict[str, str | None] = {}
    for name, column in COLUMNS.items():
        typed = form.raw(name)
        if typed:
            _check(form, name, column, typed)
            changes[name] = typed
        elif column.may_be_empty and form.raw(EMPTY + name) == "1":
            changes[name] = None
    if not changes and not form.errors:
        form.refuse("", "required", N_("Fill in what shall change."))
    form.done()
    return changes


def _check(form: Fields, name: str, column: Column, typed: str) -> None:
    try:
        column.read(typed)
    except Unreadable as wrong:
        form.refuse(name, wrong.code, wrong.message, **wrong.values)


def load(ids: Iterable[int], actor: Actor, deed: str) -> list[Device]:
    """The chosen devices of one client, in walking order.

    Raises NotFound for one out of view, Forbidden, and Invalid for those of several clients.
    """
    keys = list(ids)[: MOST + 1]
    query = Device.select(Device, Room).join(Room).where(Device.id.in_(keys))
    found = list(visible(actor, query, Device.client).order_by(Room.code, Device.code))
    if not found or len(found) != len(set(keys)):
        raise NotFound
    if len({device.client_id for device in found}) > 1:
        raise invalid("device", "clients", N_("Choose devices of one client."))
    require(actor, deed, found[0].client_id)
    return found


def plan(devices: list[Device], changes: Mapping[str, str | None]) -> Plan:
    """What would change. Raises Invalid for a room that does not exist."""
    room = _room(devices[0].client_id, changes)
    units = {u.device_id: u for u in Unit.select().where(Unit.device.in_([d.id for d in devices]))}
    steps = [_step(device, units.get(device.id), changes, room) for device in devices]
    changed = [step for step in steps if step.changes]
    without = len(devices) - len(units) if OF_UNIT & changes.keys() else 0
    return Plan(changed, len(steps) - len(changed), without)


def _room(client_id: int, changes: Mapping[str, str | None]) -> Room | None:
    code = changes.get("room")
    if code is None:
        return None
    found = Room.get_or_none((Room.client == client_id) & (Room.code == cells.mark(40)(code))
                             & Room.retired_at.is_null())  # fmt: skip
    if found is None:
        raise invalid("room", "unknown", N_("There is no such room."))
    return found


def _step(device: Device, unit: Unit | None, changes: Mapping[str, str | None],
          room: Room | None) -> Step:  # fmt: skip
    found = {}
    for name in changes:
        if name in OF_UNIT and unit is None:
            continue
        before = getattr(unit if name in OF_UNIT else device, name)
        after = room if name == "room" else value(name, changes[name])
        if before != after:
            found[name] = (_shown(before), _shown(after))
    return Step(device, unit, found)


def value(name: str, typed: str | None) -> Any:
    column = COLUMNS[name]
    return column.empty if typed is None else column.read(typed)


def _shown(one: Any) -> str:
    """A value as the preview and its digest tell it."""
    if isinstance(one, Room):
        return str(one.code)
    if isinstance(one, bool):
        return "1" if one else "0"
    return one.isoformat() if isinstance(one, date) else str(one or "")


def edit_devices(command: EditDevices, deed: Deed) -> Outcome:
    """Writes what the preview showed; a conflict, with nothing written, when it is outdated."""
    _queue_up(command.devices)
    devices = load(command.devices, deed.actor, deed.name)
    found = plan(devices, command.changes)
    if found.digest != command.seen:
        return Outcome(N_("Somebody changed these devices meanwhile. Nothing was written; look at "
                          "the preview again."), state="conflict")  # fmt: skip
    room = _room(devices[0].client_id, command.changes)
    for step in found.steps:
        _write(deed, step, command.changes, room)
    return Outcome(N_("Devices changed: %(count)s."), url="/devices",
                   values={"count": len(found.steps)})  # fmt: skip


def _queue_up(ids: tuple[int, ...]) -> None:
    """Takes the rows, so that of two edits the second one sees what the first one left."""
    Device.update(id=Device.id).where(Device.id.in_(ids[: MOST + 1])).execute()


def _write(deed: Deed, step: Step, changes: Mapping[str, str | None], room: Room | None) -> None:
    own = {n: value(n, changes[n]) for n in step.changes if n not in OF_UNIT and n != "room"}
    of_unit = {n: value(n, changes[n]) for n in step.changes if n in OF_UNIT}
    before = step.device.room.name
    if room is not None and "room" in step.changes:
        own["room"] = room
    if own:
        deed.change(step.device, **own)
    if of_unit and step.unit:
        deed.change(step.unit, **of_unit)
    if room is not None and "room" in step.changes:
        history.record(deed, "moved", step.device, before=before, now=room.name)


@dataclass(frozen=True)
class TagDevices:
    devices: tuple[int, ...]


def tag_devices(command: TagDevices, deed: Deed) -> Outcome:
    """Gives a tag to each of these devices that has none."""
    _queue_up(command.devices)
    devices = load(command.devices, deed.actor, deed.name)
    bare = without_tag(devices)
    for device in bare:
        tagging.bind(deed, device.client_id, device=device)
    return Outcome(N_("Tags given: %(count)s."), url="/devices", values={"count": len(bare)})


def without_tag(devices: list[Device]) -> list[Device]:
    keys = [device.id for device in devices]
    tagged = Tag.select(Tag.device).where(Tag.state.in_(tagging.LIVE) & Tag.device.in_(keys))
    known = {key for (key,) in tuples(tagged)}
    return [d for d in devices if d.id not in known and d.retired_at is None]
