"""Faults as staff read them: lists, and one with everything about it."""

from dataclasses import dataclass
from datetime import datetime

from roundtag import attachments, claims, people, tagging
from roundtag.access import Actor, visible
from roundtag.attachments import Picture
from roundtag.claims import Claim
from roundtag.errors import NotFound
from roundtag.faults import contacts
from roundtag.faults.contacts import Contact
from roundtag.faults.ratings import Rated, ratings
from roundtag.faults.states import ASIDE, OPEN_STATES, QUARANTINED, Event, events
from roundtag.models import Device, Fault, Room, Tag
from roundtag.models.devices import LIVE


@dataclass(frozen=True)
class FaultLine:
    """A fault as lists show it."""

    id: int
    number: str
    symptom: str
    state: str
    source: str
    room: str
    device: str | None
    device_tag: str | None
    reported_at: datetime
    assignee: str | None


def lines(actor: Actor, *, state: str = "open", assignee_id: int | None = None,
          device_id: int | None = None, room_id: int | None = None,
          limit: int = 100) -> list[FaultLine]:  # fmt: skip
    """Faults in view: `open` and `quarantined` ones the oldest first, `all` the newest first."""
    query = (
        Fault.select(Fault, Room.name.alias("room_name"), Device.name.alias("device_name"),
                     Tag.code.alias("device_tag"))
        .join(Room).switch(Fault).left_outer_join(Device)
        .left_outer_join(Tag, on=((Tag.device == Device.id) & Tag.state.in_(LIVE)))
    )  # fmt: skip
    if state == "all":
        query = query.where(Fault.state.not_in(ASIDE)).order_by(Fault.reported_at.desc())
    else:
        wanted = OPEN_STATES if state == "open" else (QUARANTINED,)
        query = query.where(Fault.state.in_(wanted)).order_by(Fault.reported_at)
    if assignee_id is not None:
        query = query.where(Fault.assignee == assignee_id)
    if device_id is not None:
        query = query.where(Fault.device == device_id)
    if room_id is not None:
        query = query.where(Fault.room == room_id)
    rows = list(visible(actor, query, Fault.client).limit(limit).objects())
    names = people.names({row.assignee_id for row in rows if row.assignee_id})
    return [
        FaultLine(row.id, row.number, row.symptom, row.state, row.source, row.room_name,
                  row.device_name, row.device_tag, row.reported_at, names.get(row.assignee_id))
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class FaultPage:
    line: FaultLine
    client_id: int
    description: str | None
    contact: Contact | None
    remedy: str | None
    claim: Claim | None
    duplicate_of: int | None
    duplicates: list[tuple[int, str]]
    events: list[Event]
    photos: list[Picture]
    ratings: list[Rated]
    is_open: bool
    waits: bool
    """Put aside until the desk accepts or dismisses it."""


def page(fault_id: int, actor: Actor) -> FaultPage:
    """Everything about one fault; raises NotFound for others' faults too."""
    query = Fault.select().where(Fault.id == fault_id)
    fault = visible(actor, query, Fault.client).first()
    if fault is None or (fault.state in ASIDE and not actor.may("judge_report", fault.client_id)):
        raise NotFound
    twins = [(twin.id, twin.number) for twin in Fault.select(Fault.id, Fault.number).where(
        Fault.duplicate_of == fault.id).order_by(Fault.id)]  # fmt: skip
    return FaultPage(
        line=_line_of(fault),
        client_id=fault.client_id,
        description=fault.description,
        contact=contacts.of(fault, actor),
        remedy=fault.remedy,
        claim=claims.of_submission(fault.submission),
        duplicate_of=fault.duplicate_of_id,
        duplicates=twins,
        events=events(fault.id),
        photos=attachments.of("fault", [fault.id]).get(fault.id, []),
        ratings=ratings([fault.id, *(key for key, _ in twins)]),
        is_open=fault.state in OPEN_STATES,
        waits=fault.state == QUARANTINED,
    )


def _line_of(fault: Fault) -> FaultLine:
    device = fault.device
    code = tagging.codes_of_devices([device.id]).get(device.id) if device else None
    names = people.names({fault.assignee_id} - {None})
    return FaultLine(fault.id, fault.number, fault.symptom, fault.state, fault.source,
                     fault.room.name, device.name if device else None, code, fault.reported_at,
                     names.get(fault.assignee_id))  # fmt: skip
