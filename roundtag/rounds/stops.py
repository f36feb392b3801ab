"""The stops of rounds: what is due at a device or a room itself, and when it is done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import fn

from roundtag import clock, conflicts
from roundtag.commands import Deed
from roundtag.models import Device, Inspection, Room, Round, RoundDevice, RoundShare
from roundtag.tagging import Target

MOST = 60
"""Open rounds that one place is looked up in."""


@dataclass(frozen=True)
class Marked:
    """Where an entry counts. `repeat` when another one had counted there before; `stop_id` is the
    stop that this entry has ended, else None."""

    round_id: int | None = None
    repeat: bool = False
    stop_id: int | None = None


def mark_done(deed: Deed, place: Target, round_id: int | None, result: str,
              occasion: str = "") -> Marked:  # fmt: skip
    """Notes a device or room as checked in its round.

    Without a usable `round_id` its open round of this occasion is taken, or any that is open: a
    page may be older than a round. What comes after the end of a round changes no figure of it.
    """
    hold(round_id)
    late = _ended_stop(place, round_id)
    if late:
        _file_late(deed, place, late.round)
        return Marked(late.round_id, late.done_at is not None or late.round.stage == "accepted")
    stop = _held_stop(place, round_id, occasion)
    if stop is None:
        return Marked()
    waiting = (RoundDevice.id == stop.id) & RoundDevice.done_at.is_null()
    if not deed.claim(RoundDevice, waiting, done_at=deed.received_at, result=result):
        return Marked(stop.round_id, repeat=True)
    return Marked(stop.round_id, stop_id=stop.id)


def credit(deed: Deed, marked: Marked, entry: Inspection) -> None:
    """Notes the entry that ended a stop."""
    if marked.stop_id is not None:
        deed.claim(RoundDevice, RoundDevice.id == marked.stop_id, entry=entry.id)


def _file_late(deed: Deed, place: Target, ended: Round) -> None:
    accepted = ended.stage == "accepted"
    since = "" if ended.closed_at is None else clock.to_text(ended.closed_at)
    conflicts.file(deed, "round-accepted" if accepted else "round-closed", place.device,
                   ended.period, since, client_id=place.client_id)  # fmt: skip


def hold(round_id: int | None) -> None:
    """Takes the round's lock: its acceptance waits for an entry, or the entry for it."""
    Round.update(stage=Round.stage).where(Round.id == round_id).execute()


def _at(device_id: int | None, room_id: int) -> Any:
    """The stops at a device, or at a room itself where there is none."""
    if device_id is not None:
        return RoundDevice.device == device_id
    return (RoundDevice.room == room_id) & RoundDevice.device.is_null()


def _stops(place: Target) -> Any:
    here = _at(place.device.id if place.device else None, place.room_id)
    return RoundDevice.select(RoundDevice, Round).join(Round).where(here)


def _ended_stop(place: Target, round_id: int | None) -> RoundDevice | None:
    """The place's stop in the round that an entry names, when that round has ended meanwhile."""
    if not round_id:
        return None
    ended = Round.closed_at.is_null(False) | (Round.stage == "accepted")
    row: RoundDevice | None = (
        _stops(place)
        .where((RoundDevice.round == round_id) & ended)
        .order_by(RoundDevice.id)
        .first()
    )
    return row


def _open_stop(place: Target, round_id: int | None, occasion: str) -> RoundDevice | None:
    """The stop of the named round; else of one of this occasion, else of any: first what is still
    to do, the soonest first, then the last that was done."""
    running = Round.closed_at.is_null() & (Round.stage != "accepted")
    found = list(
        _stops(place).where(running).order_by(Round.due_on.desc(), Round.id.desc()).limit(MOST)
    )
    named = next((stop for stop in found if stop.round_id == round_id), None)
    at_hand = sorted(filter(_has_begun, found), key=_urgency)
    alike = [stop for stop in at_hand if stop.round.occasion == occasion]
    return named or next(iter(alike or at_hand), None)


def _held_stop(place: Target, round_id: int | None, occasion: str) -> RoundDevice | None:
    """The same under the lock of its round, also where the entry named none or another one."""
    stop = _open_stop(place, round_id, occasion)
    if stop is None or stop.round_id == round_id:
        return stop
    hold(stop.round_id)
    again = _open_stop(place, round_id, occasion)
    moved = again is not None and again.round_id != stop.round_id
    return _held_stop(place, round_id, occasion) if moved else again


def _has_begun(stop: RoundDevice) -> bool:
    """Checks of an observation are laid down days before their day."""
    opens = stop.round.opens_on
    return opens is None or opens <= clock.local_day(clock.now()) or stop.done_at is not None


def _urgency(stop: RoundDevice) -> tuple[bool, int]:
    days = stop.round.due_on.toordinal()
    return (True, -days) if stop.done_at else (False, days)


@dataclass(frozen=True)
class Due:
    """A checklist that a device or room is due for. `late` when the day has passed undone."""

    round_id: int
    period: str
    occasion: str
    due_on: date
    done_at: datetime | None
    result: str | None
    late: bool
    name: str = ""
    name_en: str = ""


def dues_of(device: Device | None, room_id: int, today: date) -> list[Due]:
    """Everything that is due at a device, or at a room itself: first what is still to do, the
    soonest first. One query. Rounds that are opened ahead of their time wait for their day."""
    if device is not None and device.retired_at:
        return []
    begun = Round.opens_on.is_null() | (Round.opens_on <= today)
    running = Round.closed_at.is_null() & (Round.stage != "accepted")
    here = _at(device.id if device else None, room_id)
    rows = (
        RoundDevice.select(RoundDevice, Round)
        .join(Round)
        .where(here & running & begun)
        .order_by(RoundDevice.done_at.is_null(False), Round.due_on, Round.id)
        .limit(MOST)
    )
    return [_due(row, today) for row in rows]


def _due(stop: RoundDevice, today: date) -> Due:
    tour = stop.round
    late = stop.done_at is None and today > tour.due_on
    return Due(tour.id, tour.period, tour.occasion, tour.due_on, stop.done_at, stop.result, late,
               tour.name, tour.name_en)  # fmt: skip


def awaited() -> Any:
    """Stops that count, as a condition of a query: the rule of waited_for(). Each part looks up
    the stop's own place: a list of all devices in use would grow with them."""
    itself = RoundDevice.device.is_null() & _in_use(Room)
    done = RoundDevice.done_at.is_null(False)
    return done | _in_use(Device) | itself | _gone_since(Device) | _gone_since(Room)


def _in_use(model: type[Device] | type[Room]) -> Any:
    place = model.alias()
    here = RoundDevice.device if model is Device else RoundDevice.room
    return fn.EXISTS(place.select(place.id).where((place.id == here) & place.retired_at.is_null()))


def _gone_since(model: type[Device] | type[Room]) -> Any:
    """Stops whose device or room itself went out of use after the end of their round."""
    gone, ended = model.alias(), Round.alias()
    here = RoundDevice.device if model is Device else RoundDevice.room
    return fn.EXISTS(
        gone.select(gone.id)
        .join(ended, on=(ended.id == RoundDevice.round))
        .where((gone.id == here) & (gone.retired_at > ended.closed_at))
    )


def waited_for(done_at: datetime | None, gone_at: datetime | None,
               closed_at: datetime | None) -> bool:  # fmt: skip
    """Whether a stop counts: what went out of use before its check is not waited for, and what
    goes later changes no figure of a round that has ended."""
    if done_at is not None or gone_at is None:
        return True
    return closed_at is not None and gone_at > closed_at


def devices_assigned(person_id: int) -> list[int]:
    """Devices of the open rounds that a person walks: what their phone must hold offline."""
    rows = (
        RoundDevice.select(RoundDevice.device)
        .join(Round)
        .where(walked_by(person_id) & RoundDevice.device.is_null(False) & awaited())
    )
    return sorted({row.device_id for row in rows})


def rooms_assigned(person_id: int) -> list[int]:
    """Rooms that are stops themselves on the rounds that a person walks."""
    rows = (
        RoundDevice.select(RoundDevice.room)
        .join(Round)
        .where(walked_by(person_id) & RoundDevice.device.is_null() & awaited())
    )
    return sorted({row.room_id for row in rows})


def walked_by(person_id: int) -> Any:
    """Open rounds that a person walks."""
    return walks(person_id) & Round.closed_at.is_null()


def walks(person_id: int) -> Any:
    """Rounds that a person walks or walked: as engineer, as the backup who joins in, or the rooms
    that were given to them."""
    shared = RoundShare.select(RoundShare.round).where(RoundShare.person == person_id)
    return (Round.engineer == person_id) | (Round.backup == person_id) | Round.id.in_(shared)
