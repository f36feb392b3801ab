"""After a repair a device or a room is looked at again on certain days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from roundtag import clients, clock
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.duty import on_duty
from roundtag.errors import invalid
from roundtag.models import Contract, Device, Fault, Room, Round
from roundtag.rounds.opening import create
from roundtag.rounds.scope import Candidate
from roundtag.words import N_

DAYS = (1, 3, 7)
LONGEST = 90


@dataclass(frozen=True)
class OpenObservation:
    """Of a device, or of a room where `device_id` is None; `days` count from today."""

    device_id: int | None = None
    room_id: int | None = None
    fault_id: int | None = None
    days: tuple[int, ...] = DAYS
    engineer_id: int | None = None


def open_observation(command: OpenObservation, deed: Deed) -> Outcome:
    """One check for each of the days. What is observed on a day already is not laid down twice."""
    room, device, fault = _subject(command, deed)
    deed.require(room.client_id)
    if not command.days or not all(1 <= day <= LONGEST for day in command.days):
        raise invalid("days", "range", N_("Give days from 1 to %(limit)s."), limit=LONGEST)
    made = observe(deed, room, device, fault, command.days, command.engineer_id)
    where = f"/devices/{device.id}" if device else f"/rooms/{room.id}"
    if not made:
        return Outcome(N_("It is under observation on these days already, or no contract runs."),
                       where, "conflict")  # fmt: skip
    return Outcome(N_("It is under observation: %(count)s checks are laid down."), where,
                   values={"count": len(made)}, subject_id=made[0])  # fmt: skip


def _subject(command: OpenObservation, deed: Deed) -> tuple[Room, Device | None, Fault | None]:
    device = _seen(deed, Device, command.device_id) if command.device_id else None
    room = Room.get_by_id(device.room_id) if device else _seen(deed, Room, command.room_id)
    fault = _seen(deed, Fault, command.fault_id) if command.fault_id else None
    if fault and fault.client_id != room.client_id:
        raise invalid("fault", "unknown", N_("There is nothing at this address."))
    return room, device, fault


def _seen(deed: Deed, model: type, key: int | None):  # type: ignore[no-untyped-def]
    query = model.select().where(model.id == (key or 0))  # type: ignore[attr-defined]
    found = visible(deed.actor, query, model.client).first()  # type: ignore[attr-defined]
    if found is None:
        name = model._meta.table_name  # type: ignore[attr-defined]
        raise invalid(name, "unknown", N_("There is nothing at this address."))
    return found


def observe(deed: Deed, room: Room, device: Device | None, fault: Fault | None = None,
            days: Iterable[int] = DAYS, engineer_id: int | None = None) -> list[int]:  # fmt: skip
    """Lays the checks down inside another deed, e.g. the one that closes a fault; returns their
    rounds. Days without a contract are left out."""
    today = clock.local_day(deed.received_at)
    contract = clients.contract_at(room.client_id, today)
    if contract is None:
        return []
    subject = f"device-{device.id}" if device else f"room-{room.id}"
    about = f"fault-{fault.id}" if fault else subject
    wanted = {
        f"observation-{about}/{today + timedelta(days=n)}": today + timedelta(days=n)
        for n in sorted(set(days))
    }
    _lock(contract)
    taken = {r.slot for r in Round.select(Round.slot).where(Round.slot << list(wanted))}
    walker = engineer_id or next((p.id for p in on_duty(contract, deed.received_at)), None)
    stop = Candidate("", device.id if device else None, None if device else room.id)
    name = device.name if device else room.name
    return [
        create(deed, contract, "observation", day.isoformat(), day, [stop], slot=slot, name=name,
               opens_on=day, engineer=walker).id
        for slot, day in wanted.items()
        if slot not in taken and day <= contract.ends_on
    ]  # fmt: skip


def lift(deed: Deed, fault: Fault, last: date) -> list[Round]:
    """Ends the observation of a fault that was to last until `last`: its checks that nobody has
    handed in are closed, and their days are free for a new observation."""
    slots = [f"observation-fault-{fault.id}/{last - timedelta(days=DAYS[-1] - n)}" for n in DAYS]
    standing = Round.slot.in_(slots) & (Round.stage == "open")
    return deed.claim(Round, standing & Round.closed_at.is_null(), closed_at=deed.received_at,
                      slot=None)  # fmt: skip


def _lock(contract: Contract) -> None:
    """Makes those come in turn who would lay down the same round."""
    Contract.update(id=Contract.id).where(Contract.id == contract.id).execute()
