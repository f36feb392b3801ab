"""One device registered or edited by form: the import's rules, for one line."""

from dataclasses import dataclass, field

from roundtag import history, rounds
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.devices import fields, rules
from roundtag.devices.fields import IN_UNIT, Values
from roundtag.errors import Invalid, NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Device, Reason, Room, Unit
from roundtag.register.columns import defaults
from roundtag.register.devices import store
from roundtag.register.plan import Step
from roundtag.words import N_

WAS = "was."
"""Before the name of a field: what the form had shown in it."""
SAY_WHY = N_("Say why: a serial number is corrected, not exchanged, here.")
NO_UNIT = N_("There is no unit in this place. File a swap to put one in.")
CLASH = N_("Nothing was changed: somebody else has changed the same meanwhile. Look at both.")


@dataclass(frozen=True)
class RegisterDevice:
    """`values` as in the import's columns, without the room. `tagged`: it gets a fresh tag at once;
    else somebody will stick a blank one on it."""

    room_id: int
    values: Values
    tagged: bool = True


def read_new(form: Fields) -> RegisterDevice:
    """Reads the registering form; raises Invalid naming every bad field."""
    room = form.whole("room")
    if room is None and not form.errors:
        form.refuse("room", "required", N_("Choose the room."))
    read = {c.field: fields.read(form, c) for c in fields.columns((fields.PLACE,))}
    form.done()
    return RegisterDevice(room or 0, read, form.raw("tagged") != "later")


def register_device(command: RegisterDevice, deed: Deed) -> Outcome:
    """A new device with its unit, tag, first line of history and place in the open rounds."""
    room = _room(command.room_id, deed.actor)
    deed.require(room.client_id)
    values = {**defaults("devices"), **command.values, "room": room.code}
    rules.in_turn(room.client_id, values)
    if wrong := list(rules.objections(room.client_id, values, set(values))):
        raise Invalid(*wrong)
    step = Step("devices", rules.spelt(room.client_id, values))
    (key,) = store(deed, room.client_id, [step], tagged=command.tagged)
    rounds.commission(deed, room.client_id, [key])
    return Outcome(N_("%(name)s is registered."), f"/devices/{key}",
                   values={"name": values["name"]}, subject_id=key)  # fmt: skip


def _room(room_id: int, actor: Actor) -> Room:
    known = 0 < room_id < 2**31
    query = Room.select().where(Room.id == (room_id if known else 0))
    found = visible(actor, query, Room.client).first()
    if found is None:
        raise invalid("room", "unknown", N_("There is no such room."))
    return found


@dataclass(frozen=True)
class EditDevice:
    """`changes`: the fields that the person changed. `shown`: what the form had shown in them, and
    the serial number of the unit that it was about."""

    device_id: int
    changes: Values
    shown: dict[str, str] = field(default_factory=dict)
    reason: str | None = None


def read_changes(form: Fields, device_id: int) -> EditDevice:
    """Reads what differs from what the form had shown; what nobody touched is not judged anew."""
    changes, shown = {}, {"serial": form.raw(WAS + "serial")}
    for column in fields.columns(fields.APART):
        before = form.raw(WAS + column.field)
        sent = column.field in form.values or column.field == "key_device"
        if sent and form.raw(column.field) != before:
            changes[column.field], shown[column.field] = fields.read(form, column), before
    reason = form.text("reason")
    if "serial" in changes and not reason:
        form.refuse("reason", "required", SAY_WHY)
    form.done()
    return EditDevice(device_id, changes, shown, reason)


def edit_device(command: EditDevice, deed: Deed) -> Outcome:
    """Changes what the person changed. Where somebody else has changed the same field since the
    form was shown, nothing is written and the outcome names what stands there now."""
    device, unit = load(command.device_id, deed.actor)
    deed.require(device.client_id)
    stored = fields.of(device, unit)
    wanted = {n: v for n, v in command.changes.items() if v != stored[n]}
    where = f"/devices/{device.id}"
    if clashes := _clashes(command, stored, wanted):
        return Outcome(CLASH, where, "conflict", {"found": clashes}, device.id)
    if not wanted:
        return Outcome(N_("Nothing had to be changed."), where, subject_id=device.id)
    values = {**stored, **wanted}
    if unit is None and (touched := wanted.keys() & set(IN_UNIT)):
        raise invalid(sorted(touched)[0], "no-unit", NO_UNIT)
    rules.in_turn(device.client_id, values)
    if wrong := list(rules.objections(device.client_id, values, set(wanted), device)):
        raise Invalid(*wrong)
    values = rules.spelt(device.client_id, values)
    changes = {name: values[name] for name in wanted}
    store(deed, device.client_id, [Step("devices", values, device.id, changes)])
    _record(deed, device, stored, wanted, command.reason)
    return Outcome(N_("The device is changed."), where, subject_id=device.id)


def load(device_id: int, actor: Actor) -> tuple[Device, Unit | None]:
    """A device, locked so that two people who edit it come in turn, and the unit in its place."""
    Device.update(id=Device.id).where(Device.id == device_id).execute()
    query = Device.select().where(Device.id == device_id)
    device = visible(actor, query, Device.client).first()
    if device is None:
        raise NotFound
    return device, Unit.get_or_none(Unit.device == device.id)


def _clashes(command: EditDevice, stored: Values, wanted: Values) -> dict[str, str]:
    """Fields that hold something else by now than the form had shown, with what they hold."""
    found = {name: fields.as_text(stored[name]) for name in wanted}
    clashes = {name: now for name, now in found.items() if now != command.shown.get(name)}
    if wanted.keys() & set(IN_UNIT) and command.shown.get("serial") != stored["serial"]:
        clashes["serial"] = stored["serial"]
    return clashes


def _record(deed: Deed, device: Device, stored: Values, wanted: Values,
            reason: str | None) -> None:  # fmt: skip
    """A corrected serial number has a line of its own, for whoever looks for the old one."""
    if "serial" in wanted:
        why = say_why(deed, device, reason)
        history.record(deed, "serial_corrected", device, subject_id=why,
                       before=stored["serial"], now=wanted["serial"])  # fmt: skip
    others = sorted(wanted.keys() - {"serial"})
    if others:
        why = say_why(deed, device, None if "serial" in wanted else reason)
        history.record(deed, "edited", device, subject_id=why, fields=others)


def say_why(deed: Deed, device: Device, reason: str | None) -> int | None:
    """Keeps a reason in words, sealed; its key is what the line of the logbook points at."""
    if not reason:
        return None
    row = deed.create(Reason, client=device.client_id, device=device, note=reason,
                      submission=deed.id)  # fmt: skip
    return int(row.id)
