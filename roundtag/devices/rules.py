"""What stands against a device as somebody wants it, whether it is new or edited."""

from collections.abc import Iterator

from peewee import fn

from roundtag.devices.fields import Values
from roundtag.errors import FieldError
from roundtag.models import Client, Device, DeviceModel, Room, Store, Unit, dicts
from roundtag.register import known
from roundtag.register.cells import key
from roundtag.register.plan import NO_BACKUP, NO_OWNER, NOT_ITSELF, TAKEN, TAKEN_AT
from roundtag.words import N_

CODE_TAKEN = N_("The device %(name)s in %(room)s bears this code already.")


def in_turn(client_id: int, values: Values) -> None:
    """Takes the locks of the client and the model, so that of two people who give one code or one
    serial number the second one is told."""
    Client.update(id=Client.id).where(Client.id == client_id).execute()
    DeviceModel.update(id=DeviceModel.id).where(_model(values)).execute()


def objections(client_id: int, values: Values, touched: set[str],
               device: Device | None = None) -> Iterator[FieldError]:  # fmt: skip
    """Everything wrong with the `touched` fields of a device as it would stand in `values`."""
    if "code" in touched:
        yield from _code(client_id, values, device)
    if touched & {"serial", "category", "maker", "model"} and values.get("serial"):
        yield from _serial(client_id, values, device)
    if "owner" in touched and values["owner"] and values["owner"] not in known.owners(client_id):
        yield FieldError("owner", "unknown-owner", NO_OWNER)
    if "backup_device" in touched and values["backup_device"]:
        yield from _backup(client_id, values)


def _code(client_id: int, values: Values, device: Device | None) -> Iterator[FieldError]:
    same = (Device.client == client_id) & (fn.LOWER(Device.code) == key(values["code"]))
    for other in Device.select(Device, Room).join(Room).where(same).limit(2):
        if device is None or other.id != device.id:
            yield FieldError("code", "duplicate-code", CODE_TAKEN,
                             {"name": other.name, "room": other.room.name})  # fmt: skip
            return


def _model(values: Values) -> object:
    return (
        (DeviceModel.category == values["category"])
        & (DeviceModel.maker == values["maker"])
        & (DeviceModel.name == values["model"])
    )


def _serial(client_id: int, values: Values, device: Device | None) -> Iterator[FieldError]:
    """A serial number is unique among the units of a model."""
    query = (
        Unit.select(
            Unit.device, Device.client.alias("client_id"), Device.code, Device.name,
            Room.name.alias("room"), Store.name.alias("store"),
        )
        .join(DeviceModel).switch(Unit)
        .left_outer_join(Store).switch(Unit)
        .left_outer_join(Device)
        .left_outer_join(Room)
        .where(_model(values) & (fn.LOWER(Unit.serial) == key(values["serial"])))
    )  # fmt: skip
    for row in dicts(query):
        if device is None or row["device"] != device.id:
            where = row["store"] or ""
            if row["client_id"] == client_id:
                where = f"{row['room']} · {row['name']} ({row['code']})"
            yield FieldError("serial", "duplicate-serial", TAKEN_AT if where else TAKEN,
                             {"where": where})  # fmt: skip
            return


def backup_of(client_id: int, code: str) -> Device | None:
    same = (Device.client == client_id) & (fn.LOWER(Device.code) == key(code))
    return Device.select().where(same & Device.retired_at.is_null()).first()


def spelt(client_id: int, values: Values) -> Values:
    """The values with the backup device's code as the register spells it."""
    code = values["backup_device"]
    backup = backup_of(client_id, code) if code else None
    return {**values, "backup_device": backup.code} if backup else values


def _backup(client_id: int, values: Values) -> Iterator[FieldError]:
    if key(values["backup_device"]) == key(values["code"]):
        yield FieldError("backup_device", "itself", NOT_ITSELF)
    elif backup_of(client_id, values["backup_device"]) is None:
        yield FieldError("backup_device", "unknown-backup", NO_BACKUP)
