"""Faults: reported by anyone, seen by the desk, resolved by an engineer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from roundtag import (
    attachments,
    claims,
    clients,
    clock,
    conflicts,
    data,
    history,
    links,
    notify,
    people,
    tagging,
)
from roundtag.access import ATTENDEE, Actor, visible
from roundtag.attachments import Picture
from roundtag.claims import Claim
from roundtag.commands import Deed, Outcome, Photo, Verb
from roundtag.duty import on_duty
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import Contract, Counter, Device, Fault, FaultEvent, Inspection, Room, Tag
from roundtag.words import N_

OPEN_STATES = ("reported", "in_progress")
FROM_CHECKLIST = "checklist"


@dataclass(frozen=True)
class ReportFault:
    """A report at a tag. `device` is the code of a device's tag when the report is at a room."""

    tag: str
    symptom: str
    description: str | None = None
    device: str | None = None
    contact: str | None = None
    urgent: bool = False
    photos: tuple[Photo, ...] = ()


def read(form: Fields, photos: tuple[Photo, ...]) -> ReportFault:
    """Reads a fault form; raises Invalid naming every bad field."""
    command = ReportFault(
        tag=form.raw("tag"),
        symptom=form.choice("symptom", _symptoms(), required=N_("Choose what is wrong.")) or "",
        description=form.text("description"),
        device=form.text("device", limit=20),
        contact=form.text("contact", limit=120),
        urgent=form.raw("urgent") == "1",
        photos=photos,
    )
    if command.symptom == "other" and not (command.description or command.device or photos):
        form.refuse("description", "required", N_("Say in a few words what is wrong."))
    form.done()
    return command


def _symptoms() -> list[str]:
    return [symptom.code for symptom in data.symptoms()]


def report_fault(command: ReportFault, deed: Deed) -> Outcome:
    """A report by somebody with an account."""
    fault = _report(command, deed, source="engineer")
    return _told(fault, f"/faults/{fault.id}")


def report_as_attendee(command: ReportFault, deed: Deed) -> Outcome:
    """A report by anyone at a tag; the outcome's address follows the fault without an account."""
    if len(command.photos) > 1:
        raise invalid("photo", "many", N_("One photo is enough. Choose the clearest."))
    fault = _report(command, deed, source="attendee")
    secret = links.grant("fault-status", fault.id, deed.received_at)
    return _told(fault, f"/status/{secret}")


def _told(fault: Fault, url: str) -> Outcome:
    message = (
        N_("This was reported already; your report %(number)s was added to it.")
        if fault.duplicate_of_id
        else N_("Fault %(number)s is reported.")
    )
    return Outcome(message, url=url, values={"number": fault.number}, subject_id=fault.id)


def _report(command: ReportFault, deed: Deed, source: str) -> Fault:
    place = tagging.resolve(command.tag, deed.actor)
    deed.require(place.client_id)
    conflicts.mark(deed, command.tag, place)
    device = place.device or _chosen_device(command, deed.actor, place.room_id)
    room = Room.get_by_id(place.room_id)
    return open_fault(deed, room, device, command.symptom, source,
                      description=command.description, contact=command.contact,
                      photos=command.photos)  # fmt: skip


def _chosen_device(command: ReportFault, actor: Actor, room_id: int) -> Device | None:
    if not command.device:
        return None
    try:
        _, device = tagging.device_by_tag(command.device, actor)
    except NotFound:
        device = None
    if device is None or device.room_id != room_id:
        raise invalid("device", "unknown", N_("This device is not in this room."))
    return device


def open_fault(deed: Deed, room: Room, device: Device | None, symptom: str, source: str, *,
               inspection: Inspection | None = None, description: str | None = None,
               contact: str | None = None, photos: Iterable[Photo] = ()) -> Fault:  # fmt: skip
    """Files a fault. One that is open there with the same symptom is linked, both are kept."""
    number = _next_number(room.client_id, deed.received_at)  # its lock makes twins come in turn
    twin = _open_twin(room, device, symptom)
    contract = clients.contract_at(room.client_id, clock.local_day(deed.received_at))
    fault = deed.create(
        Fault,
        client=room.client_id,
        contract=contract,
        number=number,
        room=room,
        device=device,
        inspection=inspection,
        source=source,
        symptom=symptom,
        description=description,
        contact=contact,
        state="duplicate" if twin else "reported",
        duplicate_of=twin,
        reporter=deed.person_id,
        assignee=_assignee(contract, deed.received_at),
        submission=deed.id,
        claimed_at=deed.claimed_at,
        reported_at=deed.received_at,
    )
    note_event(deed, fault, "reported")
    attachments.attach(deed, fault, photos)
    if twin and source != "attendee":  # many attendees of one meeting see the same dark screen
        conflicts.file(deed, "duplicate-fault", None, twin.number, number, client_id=room.client_id)
    _tell(fault, deed.received_at)
    history.record(
        deed, "fault", device, room_id=room.id, client_id=room.client_id, subject_id=fault.id,
        number=fault.number, symptom=symptom, source=source,
    )  # fmt: skip
    return fault


def _open_twin(room: Room, device: Device | None, symptom: str) -> Fault | None:
    place = (Fault.device == device.id) if device else (Fault.room == room.id)
    return (
        Fault.select()
        .where(place & (Fault.symptom == symptom) & Fault.state.in_(OPEN_STATES))
        .order_by(Fault.id)
        .first()
    )


def _next_number(client_id: int, now: datetime) -> str:
    """F-YYMM-NNN, counted per client and month (in China's time) without gaps."""
    month = f"{clock.local(now):%y%m}"
    name = f"fault-{client_id}-{month}"
    Counter.insert(name=name).on_conflict_ignore().execute()
    taken = Counter.update(value=Counter.value + 1).where(Counter.name == name)
    value = next(iter(taken.returning(Counter.value).execute())).value
    return f"F-{month}-{value:03d}"


def _assignee(contract: Contract | None, now: datetime) -> int | None:
    on = on_duty(contract, now) if contract else []
    return on[0].id if on else None


def _tell(fault: Fault, now: datetime) -> None:
    if fault.assignee_id and fault.state == "reported" and fault.assignee_id != fault.reporter_id:
        notify.tell(fault.assignee_id, "fault-reported", f"fault-{fault.id}", now,
                    url=f"/faults/{fault.id}", number=fault.number)  # fmt: skip


def note_event(deed: Deed, fault: Fault, kind: str, note: str | None = None) -> None:
    deed.create(
        FaultEvent,
        client=fault.client_id,
        fault=fault,
        kind=kind,
        person=deed.person_id,
        note=note,
        at=deed.received_at,
    )


@dataclass(frozen=True)
class ResolveFault:
    fault_id: int
    remedy: str


def read_resolution(form: Fields, fault_id: int) -> ResolveFault:
    remedy = form.text("remedy", required=N_("Say what was done."))
    form.done()
    return ResolveFault(fault_id, remedy or "")


def resolve_fault(command: ResolveFault, deed: Deed) -> Outcome:
    """Closes an open fault with its remedy; who comes second is shown what happened first."""
    query = Fault.select().where(Fault.id == command.fault_id)
    fault = visible(deed.actor, query, Fault.client).first()
    if fault is None:
        raise NotFound
    deed.require(fault.client_id)
    if not settle(deed, fault, command.remedy):
        return Outcome(N_("This fault was resolved before."), url=f"/faults/{fault.id}",
                       state="conflict", subject_id=fault.id)  # fmt: skip
    return Outcome(N_("Fault %(number)s is resolved."), url=f"/faults/{fault.id}",
                   values={"number": fault.number}, subject_id=fault.id)  # fmt: skip


def settle(deed: Deed, fault: Fault, remedy: str) -> bool:
    """Resolves a fault and the reports linked to it; False when it was not open any more."""
    still_open = (Fault.id == fault.id) & Fault.state.in_(OPEN_STATES)
    if not deed.claim(Fault, still_open, state="resolved"):
        return False
    fault = Fault.get_by_id(fault.id)
    deed.change(fault, remedy=remedy, resolved_at=deed.received_at, resolved_by=deed.person_id)
    note_event(deed, fault, "resolved", remedy)
    history.record(deed, "resolved", fault.device, room_id=fault.room_id,
                   client_id=fault.client_id, subject_id=fault.id, number=fault.number)  # fmt: skip
    return True


def separate(deed: Deed, fault: Fault) -> bool:
    """A report that was taken for a duplicate becomes a fault of its own; False if it was none."""
    if not deed.claim(Fault, (Fault.id == fault.id) & (Fault.state == "duplicate"),
                      state="reported", duplicate_of=None):  # fmt: skip
        return False
    fault = Fault.get_by_id(fault.id)
    note_event(deed, fault, "separated")
    _tell(fault, deed.received_at)
    return True


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
          device_id: int | None = None, limit: int = 100) -> list[FaultLine]:  # fmt: skip
    """Faults in view, the oldest open first, else the newest first."""
    query = (
        Fault.select(Fault, Room.name.alias("room_name"), Device.name.alias("device_name"),
                     Tag.code.alias("device_tag"))
        .join(Room).switch(Fault).left_outer_join(Device)
        .left_outer_join(Tag, on=((Tag.device == Device.id) & Tag.state.in_(tagging.LIVE)))
    )  # fmt: skip
    if state == "open":
        query = query.where(Fault.state.in_(OPEN_STATES)).order_by(Fault.reported_at)
    else:
        query = query.order_by(Fault.reported_at.desc())
    if assignee_id is not None:
        query = query.where(Fault.assignee == assignee_id)
    if device_id is not None:
        query = query.where(Fault.device == device_id)
    rows = list(visible(actor, query, Fault.client).limit(limit).objects())
    names = people.names({row.assignee_id for row in rows if row.assignee_id})
    return [
        FaultLine(row.id, row.number, row.symptom, row.state, row.source, row.room_name,
                  row.device_name, row.device_tag, row.reported_at, names.get(row.assignee_id))
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class Event:
    kind: str
    who: str | None
    at: datetime
    note: str | None


@dataclass(frozen=True)
class FaultPage:
    line: FaultLine
    client_id: int
    description: str | None
    contact: str | None
    remedy: str | None
    claim: Claim | None
    duplicate_of: int | None
    duplicates: list[tuple[int, str]]
    events: list[Event]
    photos: list[Picture]
    is_open: bool


def page(fault_id: int, actor: Actor) -> FaultPage:
    """Everything about one fault; raises NotFound for others' faults too."""
    query = Fault.select().where(Fault.id == fault_id)
    fault = visible(actor, query, Fault.client).first()
    if fault is None:
        raise NotFound
    return FaultPage(
        line=_line_of(fault),
        client_id=fault.client_id,
        description=fault.description,
        contact=fault.contact,
        remedy=fault.remedy,
        claim=claims.of_submission(fault.submission),
        duplicate_of=fault.duplicate_of_id,
        duplicates=[
            (twin.id, twin.number) for twin in Fault.select().where(Fault.duplicate_of == fault.id)
        ],
        events=events(fault.id),
        photos=attachments.of("fault", [fault.id]).get(fault.id, []),
        is_open=fault.state in OPEN_STATES,
    )


def _line_of(fault: Fault) -> FaultLine:
    device = fault.device
    code = tagging.codes_of_devices([device.id]).get(device.id) if device else None
    names = people.names({fault.assignee_id} - {None})
    return FaultLine(fault.id, fault.number, fault.symptom, fault.state, fault.source,
                     fault.room.name, device.name if device else None, code, fault.reported_at,
                     names.get(fault.assignee_id))  # fmt: skip


def events(fault_id: int) -> list[Event]:
    rows = list(FaultEvent.select().where(FaultEvent.fault == fault_id).order_by(FaultEvent.id))
    names = people.names({row.person_id for row in rows if row.person_id})
    return [Event(row.kind, names.get(row.person_id), row.at, row.note) for row in rows]


@dataclass(frozen=True)
class StatusPage:
    """What the holder of a status link may know: progress in plain words, nobody's details."""

    number: str
    room: str
    symptom: str
    state: str
    reported_at: datetime
    resolved_at: datetime | None
    handler: str | None
    steps: list[tuple[str, datetime]]


def status(secret: str) -> StatusPage:
    """The fault behind a status link (the one it duplicates, if any). Raises NotFound."""
    fault = Fault.get_or_none(Fault.id == links.subject("fault-status", secret))
    if fault is None:
        raise NotFound
    shown = fault.duplicate_of or fault
    return StatusPage(
        number=fault.number,
        room=fault.room.name,
        symptom=fault.symptom,
        state=shown.state,
        reported_at=fault.reported_at,
        resolved_at=shown.resolved_at,
        handler=people.names({shown.assignee_id} - {None}).get(shown.assignee_id),
        steps=[(event.kind, event.at) for event in events(shown.id)],
    )


def reporter(actor: Actor) -> Verb:
    """The verb for whoever reports: with an account or without."""
    return report_as_attendee if actor is ATTENDEE else report_fault
