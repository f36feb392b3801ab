"""How a fault comes into the books, from whatever door."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from roundtag import attachments, clients, clock, conflicts, history, notify, numbers
from roundtag.commands import Deed, Photo
from roundtag.duty import on_duty
from roundtag.faults.clocking import keep_deadlines
from roundtag.faults.states import OPEN_STATES, QUARANTINED, note_event
from roundtag.models import Contract, Device, Fault, Inspection, Room

FROM_CHECKLIST = "checklist"


@dataclass(frozen=True)
class Standing:
    """How a report is taken: a fault of its own, one more of `twin`, or aside (`why`). `sure`:
    whoever filed it has seen the twin and said so; nobody need look at it again."""

    state: str = "reported"
    twin: Fault | None = None
    why: str | None = None
    sure: bool = False


Admit = Callable[[Standing], Standing]
"""Called when reports of this client come in turn: what it counts stays true."""


def as_found(standing: Standing) -> Standing:
    return standing


def open_fault(deed: Deed, room: Room, device: Device | None, symptom: str, source: str, *,
               inspection: Inspection | None = None, description: str | None = None,
               photos: Iterable[Photo] = (), admit: Admit = as_found,
               afterwards: bool = False) -> Fault:  # fmt: skip
    """Files a fault. One that is open there with the same symptom is linked, both are kept.
    `afterwards`: it is over already, so that nobody need be called."""
    number = _next_number(room.client_id, deed.received_at)  # its lock makes twins come in turn
    twin = _open_twin(room, device, symptom)
    standing = admit(Standing("duplicate", twin) if twin else Standing())
    contract = clients.contract_at(room.client_id, clock.local_day(deed.received_at))
    aside = standing.state == QUARANTINED
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
        category=device.category if device else "",
        state=standing.state,
        duplicate_of=standing.twin,
        reporter=deed.person_id,
        assignee=None if aside else assignee_at(contract, deed.received_at),
        submission=deed.id,
        claimed_at=deed.claimed_at,
        reported_at=deed.received_at,
        afterwards=afterwards,
    )
    note_event(deed, fault, "reported")
    if aside:
        note_event(deed, fault, "aside", standing.why)
    keep_deadlines(fault, deed.received_at)
    attachments.attach(deed, fault, photos)
    if afterwards:
        _log(deed, fault)
    else:
        _spread(deed, fault, standing, source)
    return fault


def _spread(deed: Deed, fault: Fault, standing: Standing, source: str) -> None:
    """Tells whom it concerns. Many attendees of one meeting see the same dark screen: their
    further reports are counted on the fault and fill neither the desk's list nor the logbook."""
    quiet = standing.twin and (standing.sure or source == "attendee")
    if standing.state == QUARANTINED or quiet:
        return
    if standing.twin:
        conflicts.file(deed, "duplicate-fault", None, standing.twin.number, fault.number,
                       client_id=fault.client_id)  # fmt: skip
    announce(deed, fault)


def announce(deed: Deed, fault: Fault) -> None:
    """Tells whoever is on duty, and the logbook."""
    tell(fault, deed.received_at)
    _log(deed, fault)


def _log(deed: Deed, fault: Fault) -> None:
    history.record(
        deed, "fault", fault.device, room_id=fault.room_id, client_id=fault.client_id,
        subject_id=fault.id, number=fault.number, symptom=fault.symptom, source=fault.source,
    )  # fmt: skip


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
    return f"F-{clock.local(now):%y%m}-{_count(client_id, now, 1):03d}"


def in_turn(client_id: int, now: datetime) -> None:
    """From here to the end of the deed no report of this client comes in, and no other deed that
    asks for its turn: what is no duplicate now stays so."""
    _count(client_id, now, 0)


def _count(client_id: int, now: datetime, more: int) -> int:
    return numbers.count(f"fault-{client_id}-{clock.local(now):%y%m}", more)


def assignee_at(contract: Contract | None, now: datetime) -> int | None:
    on = on_duty(contract, now) if contract else []
    return on[0].id if on else None


def tell(fault: Fault, now: datetime) -> None:
    if fault.assignee_id and fault.state == "reported" and fault.assignee_id != fault.reporter_id:
        notify.tell(fault.assignee_id, "fault-reported", f"fault-{fault.id}", now,
                    url=f"/faults/{fault.id}", number=fault.number)  # fmt: skip
