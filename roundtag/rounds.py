"""Rounds: which devices are to be checked by when, and how far a round has come."""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import JOIN, fn

from roundtag import access, clock, commands, conflicts, jobs, people, tagging
from roundtag.access import Actor, visible
from roundtag.commands import Deed, Outcome
from roundtag.db import database
from roundtag.duty import on_duty
from roundtag.errors import NotFound, invalid
from roundtag.models import (
    Building,
    Contract,
    Device,
    Room,
    Round,
    RoundDevice,
    dicts,
)
from roundtag.words import N_

DUE_DAY = 10
OCCASIONS = ("monthly",)


@dataclass(frozen=True)
class OpenRound:
    contract_id: int
    occasion: str
    period: str
    engineer_id: int | None = None


def open_round(command: OpenRound, deed: Deed) -> Outcome:
    """Opens a round over all devices in use of the contract's client; once per period."""
    contract = Contract.get_or_none(Contract.id == command.contract_id)
    if contract is None:
        raise NotFound
    deed.require(contract.client_id)
    _check(command)
    if _existing(command):
        raise invalid("period", "taken", N_("This round is open already."))
    made = deed.create(
        Round,
        client=contract.client_id,
        contract=contract,
        occasion=command.occasion,
        period=command.period,
        due_on=due_day(contract, command.period),
        engineer=command.engineer_id,
    )
    devices = Device.select(Device.id).where(
        (Device.client == contract.client_id) & Device.retired_at.is_null()
    )
    for device in devices.order_by(Device.id):
        deed.create(RoundDevice, client=contract.client_id, round=made, device=device.id)
    return Outcome(N_("The round is open."), url=f"/rounds/{made.id}", subject_id=made.id)


@dataclass(frozen=True)
class CloseRound:
    round_id: int


def close_round(command: CloseRound, deed: Deed) -> Outcome:
    """Closes a round, whatever is still open in it; entries that come later are kept and marked."""
    found = Round.get_or_none(Round.id == command.round_id)
    if found is None:
        raise NotFound
    deed.require(found.client_id)
    still_open = (Round.id == found.id) & Round.closed_at.is_null()
    if not deed.claim(Round, still_open, closed_at=deed.received_at):
        return Outcome(N_("This round was closed before."), state="conflict", subject_id=found.id)
    return Outcome(N_("The round is closed."), url="/today", subject_id=found.id)


def _check(command: OpenRound) -> None:
    if command.occasion not in OCCASIONS:
        raise invalid("occasion", "unknown", N_("Choose one of the list."))
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", command.period):
        raise invalid("period", "month", N_("Give the month as YYYY-MM."))


def _existing(command: OpenRound) -> Round | None:
    return Round.get_or_none(
        (Round.contract == command.contract_id)
        & (Round.occasion == command.occasion)
        & (Round.period == command.period)
    )


def due_day(contract: Contract, period: str) -> date:
    """The 10th of the period's month; its last day when the contract began later than that."""
    year, month = map(int, period.split("-"))
    tenth = date(year, month, DUE_DAY)
    return tenth if contract.starts_on <= tenth else date(year, month, monthrange(year, month)[1])


@jobs.every(600, "rounds")
def keep_rounds_open() -> int:
    """The scheduler's call of `ensure`."""
    with database.connection_context():
        return ensure(clock.now())


def ensure(now: datetime) -> int:
    """Opens this month's round of every running contract that has none; returns how many.

    The scheduler calls it again and again; what exists already is left alone.
    """
    made = 0
    for contract in list(Contract.select()):  # SQLite refuses to write beside an open cursor
        day = clock.local_day(now, contract.zone)
        order = OpenRound(contract.id, "monthly", f"{day:%Y-%m}", _first_engineer(contract, now))
        if contract.starts_on <= day <= contract.ends_on and not _existing(order):
            command_id = f"round-{contract.id}-{order.occasion}-{order.period}"
            commands.run(command_id, open_round, order, access.SYSTEM)
            made += 1
    return made


def _first_engineer(contract: Contract, now: datetime) -> int | None:
    return next((person.id for person in on_duty(contract, now)), None)


def mark_done(
    deed: Deed, device: Device, round_id: int | None, result: str
) -> tuple[int | None, bool]:
    """Notes a device as checked in its round; returns the round's key and whether it was before.

    Without a usable `round_id` the device's open round is taken: a page may be older than a round.
    """
    late = _closed_place(device, round_id)
    if late:
        conflicts.file(deed, "round-closed", device, late.round.period,
                       clock.to_text(late.round.closed_at))  # fmt: skip
        return late.round_id, late.done_at is not None
    row = _open_place(device, round_id)
    if row is None:
        return None, False
    first = deed.claim(
        RoundDevice,
        (RoundDevice.id == row.id) & RoundDevice.done_at.is_null(),
        done_at=deed.received_at,
        result=result,
    )
    return row.round_id, not first


def _closed_place(device: Device, round_id: int | None) -> RoundDevice | None:
    """The device's place in the round that an entry names, when that round was closed meanwhile."""
    named = (RoundDevice.device == device.id) & (RoundDevice.round == round_id)
    places = RoundDevice.select(RoundDevice, Round).join(Round)
    return places.where(named & Round.closed_at.is_null(False)).first() if round_id else None


def _open_place(device: Device, round_id: int | None) -> RoundDevice | None:
    places = (
        RoundDevice.select(RoundDevice, Round)
        .join(Round)
        .where((RoundDevice.device == device.id) & Round.closed_at.is_null())
        .order_by(Round.due_on.desc())
    )
    found = list(places.limit(12))
    return next((p for p in found if p.round_id == round_id), found[0] if found else None)


@dataclass(frozen=True)
class Due:
    """A checklist that a device is due for. `late` when the due day has passed undone."""

    round_id: int
    period: str
    occasion: str
    due_on: date
    done_at: datetime | None
    result: str | None
    late: bool


def due_of(device: Device, today: date) -> Due | None:
    place = None if device.retired_at else _open_place(device, None)
    if place is None:
        return None
    tour = place.round
    late = place.done_at is None and today > tour.due_on
    return Due(tour.id, tour.period, tour.occasion, tour.due_on, place.done_at, place.result, late)


@dataclass(frozen=True)
class Progress:
    """How far a round or a room of it has come."""

    total: int
    done: int
    failed: int

    @property
    def left(self) -> int:
        return self.total - self.done

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.total) if self.total else 0


@dataclass(frozen=True)
class RoundCard:
    id: int
    period: str
    occasion: str
    contract: str
    due_on: date
    late: bool
    engineer: str | None
    progress: Progress


def cards(actor: Actor, today: date, engineer_id: int | None = None) -> list[RoundCard]:
    """Open rounds in view with their progress, the soonest due first; two queries."""
    query = (
        Round.select(
            Round,
            Contract.name.alias("contract_name"),
            fn.COUNT(RoundDevice.id).alias("total"),
            fn.COUNT(RoundDevice.done_at).alias("done"),
            _failed().alias("failed"),
        )
        .join(Contract)
        .switch(Round)
        .join(RoundDevice, JOIN.LEFT_OUTER, on=((RoundDevice.round == Round.id) & _awaited()))
        .where(Round.closed_at.is_null())
        .group_by(Round.id, Contract.name)
        .order_by(Round.due_on)
    )
    if engineer_id is not None:
        query = query.where(Round.engineer == engineer_id)
    rows = list(visible(actor, query, Round.client).objects())
    names = people.names({r.engineer_id for r in rows if r.engineer_id})
    return [_card(row, names, today) for row in rows]


def _awaited() -> Any:
    """Places that count: a device that was retired before its check is not waited for."""
    in_use = Device.select(Device.id).where(Device.retired_at.is_null())
    return RoundDevice.done_at.is_null(False) | RoundDevice.device.in_(in_use)


def _failed() -> Any:
    return fn.SUM((RoundDevice.result == "fail").cast("integer"))


def _card(row: Round, names: dict[int, str], today: date) -> RoundCard:
    progress = Progress(row.total, row.done, row.failed or 0)
    return RoundCard(
        row.id, row.period, row.occasion, row.contract_name, row.due_on,
        bool(progress.left) and today > row.due_on, names.get(row.engineer_id), progress,
    )  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """One device on the way through a round."""

    code: str
    device: str
    device_code: str
    category: str
    room: str
    position: str
    done_at: datetime | None
    result: str | None


@dataclass(frozen=True)
class RoomStops:
    room: str
    room_code: str
    floor: str
    building: str
    progress: Progress
    stops: list[Stop]


@dataclass(frozen=True)
class RoundPage:
    card: RoundCard
    rooms: list[RoomStops]


def page(round_id: int, actor: Actor, today: date) -> RoundPage:
    """A round by room in walking order (building, floor, room). Raises NotFound."""
    card = next((c for c in cards(actor, today) if c.id == round_id), None)
    if card is None:
        raise NotFound
    return RoundPage(card, list(_by_room(_places(round_id))))


def next_stops(round_id: int, limit: int) -> list[Stop]:
    """The next devices still open, in walking order."""
    return [_stop(row, row["tag"]) for row in _places(round_id, open_only=True, limit=limit)]


def _places(
    round_id: int, open_only: bool = False, limit: int | None = None
) -> list[dict[str, Any]]:
    query = (
        RoundDevice.select(
            RoundDevice.done_at, RoundDevice.result, Device.id, Device.name, Device.code,
            Device.category, Device.position, Room.id.alias("room_id"), Room.name.alias("room"),
            Room.code.alias("room_code"), Room.floor, Building.name.alias("building"),
        )
        .join(Device).join(Room).join(Building)
        .where((RoundDevice.round == round_id) & _awaited())
        .order_by(Building.name, Room.floor, Room.code, Device.code)
        .limit(limit)
    )  # fmt: skip
    if open_only:
        query = query.where(RoundDevice.done_at.is_null())
    rows = dicts(query)
    tags = tagging.codes_of_devices(row["id"] for row in rows)
    return [{**row, "tag": tags.get(row["id"], "")} for row in rows]


def _stop(row: dict[str, Any], code: str) -> Stop:
    return Stop(code, row["name"], row["code"], row["category"], row["room"], row["position"],
                row["done_at"], row["result"])  # fmt: skip


def _by_room(rows: list[dict[str, Any]]) -> Iterable[RoomStops]:
    rooms: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        rooms.setdefault(row["room_id"], []).append(row)
    for group in rooms.values():
        stops = [_stop(row, row["tag"]) for row in group]
        done = sum(1 for s in stops if s.done_at)
        progress = Progress(len(stops), done, sum(1 for s in stops if s.result == "fail"))
        first = group[0]
        yield RoomStops(
            first["room"], first["room_code"], first["floor"], first["building"], progress, stops
        )


def devices_assigned(person_id: int) -> list[int]:
    """Devices of the open rounds that a person walks: what their phone must hold offline."""
    rows = (
        RoundDevice.select(RoundDevice.device)
        .join(Round)
        .where((Round.engineer == person_id) & Round.closed_at.is_null() & _awaited())
    )
    return sorted({row.device_id for row in rows})
