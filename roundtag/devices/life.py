"""A device moves, leaves, comes back, gets a tag and a portrait."""

from dataclasses import dataclass

from roundtag import access, attachments, dues, faults, history, loaners, stock, tagging
from roundtag.commands import Deed, Outcome, Photo
from roundtag.devices.edit import load, say_why
from roundtag.devices.forms import stores_of
from roundtag.errors import invalid
from roundtag.fields import Fields
from roundtag.models import (
    Attachment,
    Client,
    Device,
    Fault,
    Lending,
    Room,
    StockMovement,
    Tag,
    Unit,
)
from roundtag.rounds import join_rounds
from roundtag.words import N_

UNIT_TO = ("store", "scrap", "stays")
WHY = N_("Say why.")


@dataclass(frozen=True)
class RetireDevice:
    """`unit_to`: where the unit in its place goes; `store_id` with `store`. `resolves`: the reason
    is the remedy of its open faults."""

    device_code: str
    client_code: str
    reason: str | None = None
    unit_to: str = "stays"
    store_id: int | None = None
    resolves: bool = False


def read_retirement(form: Fields, device_code: str, client_code: str) -> RetireDevice:
    """Reads the retiring form; raises Invalid."""
    command = RetireDevice(
        device_code,
        client_code,
        form.text("reason", required=WHY),
        form.choice("unit_to", UNIT_TO) or "stays",
        form.whole("store"),
        form.raw("resolves") == "1",
    )
    if command.unit_to == "store" and command.store_id is None:
        form.refuse("store", "required", N_("Choose the store."))
    form.done()
    return command


def retire_device(command: RetireDevice, deed: Deed) -> Outcome:
    """Takes a device out of use; its tag and history stay. One that is lent comes back first."""
    device = _of_client(command.device_code, command.client_code)
    deed.require(device.client_id)
    load(device.id, deed.actor)
    where = f"/devices/{device.id}"
    if Lending.get_or_none((Lending.device == device.id) & Lending.returned_at.is_null()):
        return Outcome(N_("This device is lent. Take it back first."), where, "conflict",
                       subject_id=device.id)  # fmt: skip
    in_use = (Device.id == device.id) & Device.retired_at.is_null()
    if not deed.claim(Device, in_use, retired_at=deed.received_at):
        return Outcome(N_("This device was retired before."), where, "conflict",
                       subject_id=device.id)  # fmt: skip
    _put_away(command, deed, device)
    if command.resolves:
        access.require(deed.actor, "take_step", device.client_id)
        open_ones = (Fault.device == device.id) & Fault.state.in_(faults.WORK_STATES)
        for fault in list(Fault.select().where(open_ones)):
            faults.settle(deed, fault, command.reason or "")
    dues.retired(deed, Device.get_by_id(device.id))
    history.record(deed, "retired", device, subject_id=say_why(deed, device, command.reason),
                   unit_to=command.unit_to)  # fmt: skip
    return Outcome(N_("The device is retired."), where, subject_id=device.id)


def _put_away(command: RetireDevice, deed: Deed, device: Device) -> None:
    unit = Unit.get_or_none(Unit.device == device.id)
    if unit is None or command.unit_to == "stays":
        return
    store = _store(command, device) if command.unit_to == stock.STORE else None
    stock.move(deed, stock.hold(unit.id), stock.Spot(command.unit_to, store), "retired")
    loaners.gone(deed, device)


def _store(command: RetireDevice, device: Device) -> int:
    known = {row.id for row in stores_of(device.client_id)}
    if command.store_id not in known:
        raise invalid("store", "unknown", N_("There is no such store."))
    return int(command.store_id or 0)


@dataclass(frozen=True)
class ReinstateDevice:
    device_code: str
    client_code: str
    reason: str | None = None


def reinstate_device(command: ReinstateDevice, deed: Deed) -> Outcome:
    """Undoes a retirement: the device is due again in open rounds, and the unit that went to a
    store with it comes back while it still lies there."""
    device = _of_client(command.device_code, command.client_code)
    deed.require(device.client_id)
    load(device.id, deed.actor)
    where = f"/devices/{device.id}"
    if not put_back(deed, device, command.reason):
        return Outcome(N_("This device is in use."), where, "conflict", subject_id=device.id)
    return Outcome(N_("The device is in use again."), where, subject_id=device.id)


def put_back(deed: Deed, device: Device, reason: str | None = None) -> bool:
    """The undoing itself; False when the device was in use already."""
    retired = (Device.id == device.id) & Device.retired_at.is_null(False)
    if not deed.claim(Device, retired, retired_at=None):
        return False
    unit = _gone_with(device)
    if unit:
        stock.move(deed, unit, stock.Spot(stock.DEVICE, device.id), "reinstated")
    join_rounds(deed, device.client_id, [device.id])
    history.record(deed, "reinstated", device, subject_id=say_why(deed, device, reason))
    return True


def _gone_with(device: Device) -> Unit | None:
    """The unit that went to a store with the device's retirement and has not moved since."""
    if Unit.get_or_none(Unit.device == device.id):
        return None
    left = (StockMovement.from_place == "device") & (StockMovement.from_key == device.id)
    moves = StockMovement.select().where(left & (StockMovement.reason == "retired"))
    last = moves.order_by(StockMovement.id.desc()).first()
    if last is None:
        return None
    later = (StockMovement.unit == last.unit_id) & (StockMovement.id > last.id)
    moved_on = StockMovement.select().where(later).exists()
    unit = None if moved_on else stock.hold(last.unit_id)
    return unit if unit and unit.place == stock.STORE else None


@dataclass(frozen=True)
class MoveDevice:
    """`shown_room`: the code of the room that the form had shown; None where none was shown."""

    device_code: str
    client_code: str
    room_code: str
    position: str = ""
    reason: str | None = None
    shown_room: str | None = None


def read_move(form: Fields, device_code: str, client_code: str) -> MoveDevice:
    command = MoveDevice(
        device_code,
        client_code,
        form.text("room", limit=40, required=N_("Choose the room.")) or "",
        form.text("position", limit=100) or "",
        form.text("reason"),
        form.text("was.room", limit=40),
    )
    form.done()
    return command


def move_device(command: MoveDevice, deed: Deed) -> Outcome:
    """Puts a device into another room of its client; tag, history and open faults go with it.

    When it stands in another room than the form had shown, nothing moves and both are told.
    """
    device = _of_client(command.device_code, command.client_code)
    deed.require(device.client_id)
    device, _ = load(device.id, deed.actor)
    room = Room.get_or_none((Room.client == device.client_id) & (Room.code == command.room_code))
    if room is None:
        raise invalid("room", "unknown", N_("There is no such room."))
    before, where = device.room, f"/devices/{device.id}"
    if command.shown_room not in (None, before.code):
        message = N_("Nothing was moved: meanwhile it was put into %(found)s, your form showed it "
                     "elsewhere.")  # fmt: skip
        return Outcome(message, where, "conflict", {"found": before.name}, device.id)
    deed.change(device, room=room, position=command.position)
    _take_faults_along(deed, device, before, room)
    join_rounds(deed, device.client_id, [device.id])
    history.record(deed, "moved", device, subject_id=say_why(deed, device, command.reason),
                   before=before.name, now=room.name)  # fmt: skip
    return Outcome(N_("The device is in %(room)s now."), where, values={"room": room.name},
                   subject_id=device.id)  # fmt: skip


def _take_faults_along(deed: Deed, device: Device, before: Room, room: Room) -> None:
    """Whoever goes to an open fault must find the device there."""
    still_open = (Fault.device == device.id) & Fault.state.in_(faults.WORK_STATES)
    for fault in deed.claim(Fault, still_open & (Fault.room != room.id), room=room.id):
        faults.note_event(deed, fault, "moved", f"{before.name} → {room.name}")


def _of_client(device_code: str, client_code: str) -> Device:
    found = Device.select().join(Client).where(
        (Client.code == client_code) & (Device.code == device_code)
    ).first()  # fmt: skip
    if found is None:
        raise invalid("device", "unknown", N_("There is no such device."))
    return found


@dataclass(frozen=True)
class TagDevice:
    device_id: int


def tag_device(command: TagDevice, deed: Deed) -> Outcome:
    """Gives a device without a tag a fresh one, to be printed."""
    device, _ = load(command.device_id, deed.actor)
    deed.require(device.client_id)
    if Tag.get_or_none((Tag.device == device.id) & Tag.state.in_(tagging.LIVE)):
        return Outcome(N_("This device bears a tag already."), f"/devices/{device.id}", "conflict",
                       subject_id=device.id)  # fmt: skip
    tag = tagging.bind(deed, device.client_id, device=device)
    return Outcome(N_("The tag %(code)s is ready to be printed."), f"/t/{tag.code}",
                   values={"code": tag.code}, subject_id=device.id)  # fmt: skip


@dataclass(frozen=True)
class PortrayDevice:
    """`photo` None takes the portrait away."""

    device_id: int
    photo: Photo | None = None


def portray_device(command: PortrayDevice, deed: Deed) -> Outcome:
    """Sets, replaces or removes the one picture of a device; earlier ones stay on file."""
    device, _ = load(command.device_id, deed.actor)
    deed.require(device.client_id)
    picture = None
    if command.photo:
        attachments.attach(deed, device, [command.photo])
        taken = (Attachment.subject == "device") & (Attachment.submission == deed.id)
        picture = Attachment.select().where(taken).order_by(Attachment.id.desc()).get().id
    deed.change(device, photo=picture)
    history.record(deed, "pictured" if picture else "unpictured", device)
    message = N_("The picture is set.") if picture else N_("The picture is taken away.")
    return Outcome(message, f"/devices/{device.id}", subject_id=device.id)
