"""Entries sent back: their stops are due again, with the reason, until somebody checks anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from roundtag import history, people, tagging
from roundtag.commands import Deed
from roundtag.errors import invalid
from roundtag.models import (
    Approval,
    Device,
    Person,
    Room,
    Round,
    RoundDevice,
    StopNote,
)
from roundtag.words import N_


def send_back(deed: Deed, tour: Round, approval: Approval, why: Mapping[int, str]) -> None:
    """Makes the stops due again; their entries stay on file and count no more."""
    rows = RoundDevice.select().where(
        (RoundDevice.round == tour.id) & RoundDevice.id.in_(sorted(why))
    )
    stops = {row.id: row for row in rows}
    if set(why) - set(stops):
        raise invalid("returned", "unknown", N_("Choose one of the list."))
    for key, words in why.items():
        stop = stops[key]
        deed.create(StopNote, client=tour.client_id, round=tour.id, stop=key, approval=approval,
                    kind="sent-back", entry=stop.entry_id, note=words,
                    at=deed.received_at)  # fmt: skip
        _log(deed, tour, stop)
    deed.change_many(
        (stop, {"done_at": None, "result": None, "entry": None}) for stop in stops.values()
    )


def _log(deed: Deed, tour: Round, stop: RoundDevice) -> None:
    """A line in the logbook: it also makes phones fetch the page anew."""
    history.record(deed, "sent_back", stop.device, room_id=stop.room_id, client_id=tour.client_id,
                   subject_id=stop.id, period=tour.period)  # fmt: skip


@dataclass(frozen=True)
class SentBack:
    """A stop that is to be looked at again. `code` is its label, `reason` what was wrong."""

    round_id: int
    period: str
    stop_id: int
    code: str
    device: str
    category: str
    room: str
    reason: str
    who: str
    at: datetime


def _open(query_more: Any) -> Any:
    """The newest note of each stop that was sent back and not checked since."""
    newest = (
        StopNote.select(fn.MAX(StopNote.id)).where(StopNote.kind == "sent-back").group_by(
            StopNote.stop)
    )  # fmt: skip
    own = Room.alias()
    return (
        StopNote.select(
            StopNote.id, StopNote.note, StopNote.at, Approval.id, Approval.signer, Person.id,
            Person.name, Person.username, Round.id, Round.period, RoundDevice.id, RoundDevice.room,
            Device.id, Device.name, Device.category, Room.id, Room.name, own.id, own.name,
        )
        .join(Approval).left_outer_join(Person)
        .switch(StopNote).join(Round)
        .switch(StopNote).join(RoundDevice).left_outer_join(Device).left_outer_join(Room)
        .switch(RoundDevice).left_outer_join(own, on=(RoundDevice.room == own.id), attr="own_room")
        .where(StopNote.id.in_(newest) & RoundDevice.done_at.is_null()
               & Round.closed_at.is_null() & query_more)
        .order_by(StopNote.id)
    )  # fmt: skip


def sent_back_to(person_id: int | None) -> list[SentBack]:
    """What a person has to look at again, in the rounds that they walk."""
    if person_id is None:
        return []
    mine = (Round.engineer == person_id) | (Round.backup == person_id)
    return _lines(_open(mine))


def sent_back_at(device_id: int | None = None, room_id: int | None = None) -> list[SentBack]:
    """The same at one device, or at a room itself."""
    if device_id is not None:
        return _lines(_open(RoundDevice.device == device_id))
    return _lines(_open(RoundDevice.device.is_null() & (RoundDevice.room == room_id)))


def _lines(query: Any) -> list[SentBack]:
    rows = list(query)
    if not rows:
        return []
    codes = tagging.codes_of_devices([r.stop.device_id for r in rows if r.stop.device_id])
    rooms = tagging.codes_of_rooms([r.stop.room_id for r in rows if not r.stop.device_id])
    return [_line(row, codes, rooms) for row in rows]


def _line(row: StopNote, codes: dict[int, str], rooms: dict[int, str]) -> SentBack:
    stop = row.stop
    device, room = stop.device, stop.device.room if stop.device else stop.own_room
    code = codes.get(stop.device_id, "") if device else rooms.get(stop.room_id, "")
    who = row.approval.signer or people.name(row.approval.person) or ""
    return SentBack(row.round_id, row.round.period, stop.id, code,
                    device.name if device else room.name, device.category if device else "room",
                    room.name, row.note or "", who, row.at)  # fmt: skip
