"""What the pages of devices and rooms show: each kind of fact in one query."""

from dataclasses import dataclass
from typing import Any

from peewee import JOIN, fn

from roundtag import (
    checklists,
    clock,
    data,
    faults,
    loaners,
)
from roundtag.devices import Age, age
from roundtag.models import (
    Attachment,
    Blob,
    Building,
    Contract,
    Device,
    DeviceModel,
    Fault,
    FaultDue,
    Finding,
    History,
    Lending,
    Loaner,
    RepairOrder,
    Room,
    Round,
    RoundDevice,
    Site,
    Software,
    Store,
    Substitute,
    Unit,
    dicts,
)
from roundtag.packs import kinds

Facts = dict[int, list[Any]]


@dataclass(frozen=True)
class Shown:
    """What the pages of devices and rooms show, by key: enough to tell whether it has changed."""

    devices: Facts
    rooms: Facts


def shown_on(ids: list[int], rooms: list[int], person_id: int | None) -> Shown:
    lines = _lines(rooms)
    events, stops, bugs = _events(rooms), _stops(rooms), _open_faults(rooms)
    lists, stock, software = kinds.checklists_of_all(), kinds.spares(), _software(ids)
    articles, parts = kinds.articles(), kinds.parts(person_id)
    owed, lending = _owed(rooms), _lending_terms(person_id)
    of_device: Facts = {}
    of_room: Facts = {key: [row] for key, row in _room_rows(rooms).items()}
    for row in lines:
        key, room = row["id"], row["room"]
        line = [row, bugs.get(("device", key))]
        of_room[room].append(line)
        of_device[key] = [
            line, of_room[room][0], events.get(("device", key)), stops.get(("device", key)),
            lists.get(row["category"]), lists.get(checklists.ANY), stock.get(row["category"]),
            software.get(key), stops.get(("beside", room)),
            articles.get(row["category"]), articles.get(""),
            parts.get((row["category"], None)), parts.get((row["category"], row["client"])),
            owed.get(key), lending,
        ]  # fmt: skip
    for room, facts in of_room.items():
        facts += [events.get(("room", room)), bugs.get(("room", room)), lists.get("room"),
                  stops.get(("room", room)), stops.get(("beside", room))]  # fmt: skip
    wanted = set(ids)
    return Shown({key: facts for key, facts in of_device.items() if key in wanted}, of_room)


def _lines(rooms: list[int]) -> list[dict[str, Any]]:
    """Every device of the rooms with the unit in its place, its loan and its backup device."""
    backup = Device.alias()
    order = RepairOrder.alias()
    open_here = (order.device == Device.id) & order.ended_at.is_null()
    newest_order = order.select(fn.MAX(order.id)).where(open_here)
    query = (
        Device.select(
            Device, Unit.serial, Unit.warranty_until, DeviceModel.maker,
            DeviceModel.name.alias("model"), Lending.due_on.alias("lent_until"),
            backup.code.alias("backup_code"), backup.name.alias("backup_name"),
            backup.retired_at.alias("backup_retired"),
            Loaner.id.alias("loaner"), Loaner.due_on.alias("loaner_until"), Loaner.stands_for,
            RepairOrder.id.alias("order"), RepairOrder.number.alias("order_number"),
        )
        .left_outer_join(Unit, on=(Unit.device == Device.id))
        .left_outer_join(DeviceModel, on=(DeviceModel.id == Unit.model))
        .switch(Device)
        .left_outer_join(Lending, on=(
            (Lending.device == Device.id) & Lending.returned_at.is_null()))
        .switch(Device)
        .left_outer_join(backup, on=(backup.id == Device.backup_device))
        .switch(Device)
        .left_outer_join(Loaner, on=((Loaner.device == Device.id) & Loaner.back_at.is_null()))
        .switch(Device)
        .left_outer_join(RepairOrder, on=(RepairOrder.id == newest_order))
        .where(Device.room << rooms)
        .order_by(Device.id)
    )  # fmt: skip
    days = "warranty_until", "lent_until", "loaner_until"
    return [
        {**row, "passed": [_passed(row[day]) for day in days], "age": _age(row)}
        for row in dicts(query)
    ]


def _owed(rooms: list[int]) -> Facts:
    """Until when a loaner is owed at each device."""
    query = (
        FaultDue.select(FaultDue.id, FaultDue.device, FaultDue.due_at).join(Device)
        .where((Device.room << rooms) & (FaultDue.kind == "loaner") & FaultDue.done_at.is_null())
        .order_by(FaultDue.id)
    )  # fmt: skip
    found: Facts = {}
    for row in dicts(query):
        found.setdefault(row["device"], []).append(row)
    return found


def _lending_terms(person_id: int | None) -> list[Any]:
    """Stores that a swap may name, models that stand in for others, and for how long clients lend;
    the bag is whoever's this phone is."""
    stores = dicts(Store.select(Store.id, Store.name, Store.client, Store.kind, Store.retired_at,
                                (Store.person == (person_id or 0)).alias("own"))
                   .order_by(Store.id))  # fmt: skip
    named = dicts(
        Substitute.select().where(Substitute.removed_at.is_null()).order_by(Substitute.id)
    )
    today = clock.local_day(clock.now()).isoformat()
    running = (Contract.starts_on <= today) & (Contract.ends_on >= today)
    terms = Contract.select().where(running).order_by(Contract.id)
    return [stores, named, [(row.client_id, loaners.terms.days(row)) for row in terms]]


def _passed(day: Any) -> bool | None:
    return None if day is None else day < clock.local_day(clock.now())


def _age(row: dict[str, Any]) -> Age | None:
    return age.of(row["installed_on"], data.category(row["category"]), clock.local_day(clock.now()))


def _room_rows(rooms: list[int]) -> dict[int, dict[str, Any]]:
    query = (
        Room.select(Room, Building.name.alias("building_name"), Site.name.alias("site"))
        .join(Building)
        .join(Site)
        .where(Room.id << rooms)
    )
    return {row["id"]: row for row in dicts(query)}


def _events(rooms: list[int]) -> dict[tuple[str, int], list[Any]]:
    """The newest line of each logbook, and how many photos of its records have arrived.

    Every deed at a device or room leaves a line; lines are added, never changed.
    """
    query = (
        History.select(
            History.device, History.room, fn.MAX(History.id).alias("newest"),
            fn.COUNT(Blob.sha256).alias("photos"),
        )
        .join(Attachment, JOIN.LEFT_OUTER, on=(
            (Attachment.subject == History.kind) & (Attachment.subject_id == History.subject_id)))
        .join(Blob, JOIN.LEFT_OUTER, on=(Blob.sha256 == Attachment.sha256))
        .where(History.room << rooms)
        .group_by(History.device, History.room)
        .order_by(History.device, History.room)
    )  # fmt: skip
    found: dict[tuple[str, int], list[Any]] = {}
    for row in dicts(query):
        seen = row["newest"], row["photos"]
        found.setdefault(("device", row["device"]), []).append(seen)
        found.setdefault(("room", row["room"]), []).append((row["device"], *seen))
    return found


def _open_faults(rooms: list[int]) -> dict[tuple[str, int], list[Any]]:
    """What is wrong at each device and in each room: faults, and findings of checks."""
    query = (
        Fault.select(Fault.id, Fault.device, Fault.room, Fault.state, Fault.assignee)
        .where((Fault.room << rooms) & Fault.state.in_(faults.WORK_STATES))
        .order_by(Fault.id)
    )
    found: dict[tuple[str, int], list[Any]] = {}
    for row in [*dicts(query), *_findings(rooms)]:
        for kind in ("device", "room"):
            found.setdefault((kind, row[kind]), []).append(row)
    return found


def _findings(rooms: list[int]) -> list[dict[str, Any]]:
    """What is left over in these rooms: how often it was seen, and by which entry first."""
    columns = Finding.id, Finding.device, Finding.room, Finding.times, Finding.inspection
    query = Finding.select(*columns).where((Finding.room << rooms) & (Finding.state == "open"))
    return dicts(query.order_by(Finding.id))


def _stops(rooms: list[int]) -> dict[tuple[str, int], list[Any]]:
    """The open rounds of each device and of each room itself: what is due, done and late; and what
    else of them lies in each room, in whatever state: a page names it all, the phone leaves out
    what it has filed."""
    query = (
        RoundDevice.select(
            RoundDevice, Round.due_on, Round.opens_on, Round.period, Round.occasion, Round.name,
            Round.name_en, Round.stage, Device.room.alias("stands_in"), Device.code,
            Device.name.alias("device_name"),
        )
        .join(Round)
        .switch(RoundDevice)
        .left_outer_join(Device)
        .where(Round.closed_at.is_null() & ((Device.room << rooms) | (RoundDevice.room << rooms)))
        .order_by(RoundDevice.id)
    )  # fmt: skip
    found: dict[tuple[str, int], list[Any]] = {}
    for row in dicts(query):
        device, room = row["device"], row["stands_in"] or row["room"]
        own = ("room", room) if device is None else ("device", device)
        found.setdefault(own, []).append((row, _passed(row["due_on"]), _passed(row["opens_on"])))
        beside = row["round"], device, row["code"], row["device_name"]
        found.setdefault(("beside", room), []).append(beside)
    return found


def _software(ids: list[int]) -> Facts:
    found: Facts = {}
    for row in dicts(Software.select().where(Software.device << ids).order_by(Software.id)):
        found.setdefault(row["device"], []).append(row)
    return found
