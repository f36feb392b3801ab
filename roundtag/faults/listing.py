"""Faults as staff read them: lists, and one with everything about it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from roundtag import attachments, claims, people, tagging
from roundtag.access import Actor, visible
from roundtag.attachments import Picture
from roundtag.claims import Claim
from roundtag.errors import NotFound
from roundtag.faults import contacts
from roundtag.faults.contacts import Contact
from roundtag.faults.ratings import Rated, ratings
from roundtag.faults.states import ASIDE, OPEN_STATES, QUARANTINED, WORK_STATES, Event, events
from roundtag.faults.working import Work, work
from roundtag.models import Device, Fault, FaultCrew, Room, Tag
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
    level: str = ""
    due_at: datetime | None = None
    """Of the next promise, while time runs."""


def lines(actor: Actor, *, state: str = "open", assignee_id: int | None = None,
          device_id: int | None = None, room_id: int | None = None,
          limit: int = 100) -> list[FaultLine]:  # fmt: skip
    """Faults in view: what is due next of the `open` ones first, the oldest of the `quarantined`,
    the newest of `all`. `assignee_id`: whoever leads or helps."""
    query = (
        Fault.select(Fault, Room.name.alias("room_name"), Device.name.alias("device_name"),
                     Tag.code.alias("device_tag"))
        .join(Room).switch(Fault).left_outer_join(Device)
        .left_outer_join(Tag, on=((Tag.device == Device.id) & Tag.state.in_(LIVE)))
    )  # fmt: skip
    if state == "all":
        query = query.where(Fault.state.not_in(ASIDE)).order_by(Fault.reported_at.desc())
    else:
        wanted = WORK_STATES if state == "open" else (QUARANTINED,)
        query = query.where(Fault.state.in_(wanted)).order_by(
            Fault.next_due_at.is_null(), Fault.next_due_at, Fault.reported_at)  # fmt: skip
    if assignee_id is not None:
        query = query.where((Fault.assignee == assignee_id) | Fault.id.in_(helped_by(assignee_id)))
    if device_id is not None:
        query = query.where(Fault.device == device_id)
    if room_id is not None:
        query = query.where(Fault.room == room_id)
    rows = list(visible(actor, query, Fault.client).limit(limit).objects())
    names = people.names({row.assignee_id for row in rows if row.assignee_id})
    return [
        FaultLine(row.id, row.number, row.symptom, row.state, row.source, row.room_name,
                  row.device_name, row.device_tag, row.reported_at, names.get(row.assignee_id),
                  row.level, row.next_due_at)
        for row in rows
    ]  # fmt: skip


def helped_by(person_id: int) -> Any:
    """The faults at which somebody works beside who leads, as a subquery."""
    here = (FaultCrew.person == person_id) & FaultCrew.left_at.is_null()
    return FaultCrew.select(FaultCrew.fault).where(here)


@dataclass(frozen=True)
class FaultPage:
    line: FaultLine
    client_id: int
    description: str | None
    contact: Contact | None
    level: str
    kind: str
    mode: str
    diagnosis: str | None
    cause: str | None
    remedy: str | None
    restored_at: datetime | None
    crew: list[str]
    """Who works at it beside the assignee."""
    work: Work
    claim: Claim | None
    duplicate_of: int | None
    duplicates: list[tuple[int, str]]
    events: list[Event]
    photos: list[Picture]
    step_photos: dict[int, list[Picture]]
    """By event."""
    ratings: list[Rated]
    is_open: bool
    waits: bool
    """Put aside until the desk accepts or dismisses it."""


def page(fault_id: int, actor: Actor) -> FaultPage:
    """Everything about one fault; raises NotFound for others' faults too."""
    fault = _readable(fault_id, actor)
    twins = [(twin.id, twin.number) for twin in Fault.select(Fault.id, Fault.number).where(
        Fault.duplicate_of == fault.id).order_by(Fault.id)]  # fmt: skip
    told = events(fault.id)
    return FaultPage(
        line=_line_of(fault),
        client_id=fault.client_id,
        description=fault.description,
        contact=contacts.of(fault, actor),
        level=fault.level,
        kind=fault.kind,
        mode=fault.support_mode,
        diagnosis=fault.diagnosis,
        cause=fault.cause,
        remedy=fault.remedy,
        restored_at=fault.restored_at,
        crew=_crew(fault),
        work=work(fault, actor.roles_at(fault.client_id)),
        claim=claims.of_submission(fault.submission),
        duplicate_of=fault.duplicate_of_id,
        duplicates=twins,
        events=told,
        photos=attachments.of("fault", [fault.id]).get(fault.id, []),
        step_photos=attachments.of("fault_event", [one.id for one in told]),
        ratings=ratings([fault.id, *(key for key, _ in twins)]),
        is_open=fault.state in OPEN_STATES,
        waits=fault.state == QUARANTINED,
    )


def work_of(fault_id: int, actor: Actor) -> Work:
    """The deadlines alone, as the page asks for them again. Raises NotFound."""
    fault = _readable(fault_id, actor)
    return work(fault, actor.roles_at(fault.client_id))


def _readable(fault_id: int, actor: Actor) -> Fault:
    query = Fault.select().where(Fault.id == fault_id)
    fault = visible(actor, query, Fault.client).first()
    if fault is None or (fault.state in ASIDE and not actor.may("judge_report", fault.client_id)):
        raise NotFound
    return fault


def _crew(fault: Fault) -> list[str]:
    here = (FaultCrew.fault == fault.id) & FaultCrew.left_at.is_null()
    ids = [row.person_id for row in FaultCrew.select().where(here).order_by(FaultCrew.id)]
    names = people.names({*ids})
    return [names[key] for key in ids if key in names and key != fault.assignee_id]


def _line_of(fault: Fault) -> FaultLine:
    device = fault.device
    code = tagging.codes_of_devices([device.id]).get(device.id) if device else None
    names = people.names({fault.assignee_id} - {None})
    return FaultLine(fault.id, fault.number, fault.symptom, fault.state, fault.source,
                     fault.room.name, device.name if device else None, code, fault.reported_at,
                     names.get(fault.assignee_id))  # fmt: skip
