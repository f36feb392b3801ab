"""What anyone who stands at a tag may see, and the tips that help without us."""

from dataclasses import dataclass
from datetime import datetime

from peewee import fn

from roundtag import data, knowledge, tagging
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.faults.states import OPEN_STATES
from roundtag.models import Building, Device, Fault, Room, TipHelped
from roundtag.words import N_
from tags import codes


@dataclass(frozen=True)
class KnownFault:
    """A fault that an attendee may know of: what, since when and how many said so."""

    number: str
    symptom: str
    device: str | None
    reported_at: datetime
    reports: int


@dataclass(frozen=True)
class AttendeePage:
    """The room, its devices by name, known faults; the device of the tag, if it is on one."""

    tag: str
    word: str
    """Printed on the label too: a label that bears another one was not put up by us."""
    room: str
    building: str
    floor: str
    devices: list[tuple[str, str, str]]
    """(tag code, name, category) of each device in use."""
    chosen: str | None
    chosen_name: str
    tips: tuple[data.Tip, ...]
    """What helps with a device of this category, whatever ails it."""
    known: list[KnownFault]
    articles: list[knowledge.Card]
    """What anybody may read of the devices here."""
    retired: bool = False
    """Whether the tag is on a device that is out of use; then the report is about the room."""


def attendee_page(target: tagging.Target) -> AttendeePage:
    room = Room.select(Room, Building).join(Building).where(Room.id == target.room_id).get()
    in_room = list(
        Device.select()
        .where((Device.room == room.id) & Device.retired_at.is_null())
        .order_by(Device.code)
    )
    tags = tagging.codes_of_devices(device.id for device in in_room)
    retired = target.device is not None and target.device.retired_at is not None
    device = None if retired else target.device
    return AttendeePage(
        tag=target.code,
        word=codes.word(target.scanned),
        room=room.name,
        building=room.building.name,
        floor=room.floor,
        devices=[(tags[d.id], d.name, d.category) for d in in_room if d.id in tags],
        chosen=target.code if device else None,
        chosen_name=device.name if device else "",
        tips=data.tips_of(device.category) if device else (),
        known=_known(room.id),
        articles=knowledge.in_room(
            room.id, {d.category for d in ([device] if device else in_room)}
        ),
        retired=retired,
    )


def _known(room_id: int) -> list[KnownFault]:
    more = Fault.alias()
    reports = more.select(fn.COUNT(more.id) + 1).where(more.duplicate_of == Fault.id)
    rows = (
        Fault.select(Fault.number, Fault.symptom, Device.name, Fault.reported_at, reports)
        .left_outer_join(Device)
        .where((Fault.room == room_id) & Fault.state.in_(OPEN_STATES))
        .order_by(Fault.reported_at.desc())
        .limit(5)
    )
    return [KnownFault(*row) for row in rows.tuples()]


@dataclass(frozen=True)
class TipDidHelp:
    tag: str
    symptom: str


def tip_helped(command: TipDidHelp, deed: Deed) -> Outcome:
    """Counts that the tips were enough; no fault is filed."""
    place = tagging.resolve(command.tag, deed.actor)
    if data.symptom(command.symptom) is None:
        raise invalid("symptom", "unknown", N_("Choose one of the list."))
    deed.create(TipHelped, client=place.client_id, room=place.room_id, device=place.device,
                symptom=command.symptom, at=deed.received_at)  # fmt: skip
    return Outcome(N_("Good that it works again. Thank you for telling us."))
