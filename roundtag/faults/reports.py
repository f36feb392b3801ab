"""A report at a tag, by somebody with an account or without."""

from dataclasses import dataclass

from roundtag import conflicts, data, tagging
from roundtag.access import ATTENDEE, Actor
from roundtag.commands import Deed, Outcome, Photo, Verb
from roundtag.errors import NotFound, invalid
from roundtag.faults import contacts
from roundtag.faults.admission import admission, count
from roundtag.faults.filing import open_fault
from roundtag.faults.following import receipt, told
from roundtag.faults.states import WORK_STATES
from roundtag.fields import Fields
from roundtag.models import Device, Fault, Room
from roundtag.tagging import Target
from roundtag.words import N_


@dataclass(frozen=True)
class ReportFault:
    """A report at a tag. `device` is the code of a device's tag when the report is at a room.

    `same` is the number of a known fault that the reporter sees too; `trap` says that a field
    was filled in that people do not see.
    """

    tag: str
    symptom: str
    description: str | None = None
    device: str | None = None
    contact: str | None = None
    urgent: bool = False
    photos: tuple[Photo, ...] = ()
    same: str | None = None
    trap: bool = False


def read(form: Fields, photos: tuple[Photo, ...]) -> ReportFault:
    """Reads a fault form; raises Invalid naming every bad field."""
    same = form.text("same", limit=20)
    wanted = "" if same else N_("Choose what is wrong.")
    command = ReportFault(
        tag=form.raw("tag"),
        symptom=form.choice("symptom", _symptoms(), required=wanted) or "",
        description=form.text("description"),
        device=form.text("device", limit=20),
        contact=form.text("contact", limit=120),
        urgent=form.raw("urgent") == "1",
        photos=photos,
        same=same,
        trap=bool(form.raw("website")),
    )
    said = command.description or command.device or photos or same
    if command.symptom == "other" and not said:
        form.refuse("description", "required", N_("Say in a few words what is wrong."))
    form.done()
    return command


def _symptoms() -> list[str]:
    return [symptom.code for symptom in data.symptoms()]


def report_fault(command: ReportFault, deed: Deed) -> Outcome:
    """A report by somebody with an account."""
    place = _place(command, deed)
    device = place.device or _chosen_device(command, deed.actor, place.room_id)
    fault = open_fault(deed, Room.get_by_id(place.room_id), device, command.symptom, "engineer",
                       description=command.description, photos=command.photos)  # fmt: skip
    contacts.keep(deed, fault, command.contact)
    return receipt(fault, f"/faults/{fault.id}")


def report_as_attendee(command: ReportFault, deed: Deed) -> Outcome:
    """A report by anyone at a tag; the outcome's address follows the fault without an account."""
    if len(command.photos) > 1:
        raise invalid("photo", "many", N_("One photo is enough. Choose the clearest."))
    place = _place(command, deed)
    device, symptom = _what(command, deed.actor, place)
    fault = open_fault(deed, Room.get_by_id(place.room_id), device, symptom, "attendee",
                       description=command.description, photos=command.photos,
                       admit=admission(deed, place.code, place.room_id, command.trap))  # fmt: skip
    count(deed, place.code, fault)
    contacts.keep(deed, fault, command.contact)
    return told(fault, deed)


def _place(command: ReportFault, deed: Deed) -> Target:
    place = tagging.resolve(command.tag, deed.actor)
    deed.require(place.client_id)
    conflicts.mark(deed, command.tag, place)
    return place


def _what(command: ReportFault, actor: Actor, place: Target) -> tuple[Device | None, str]:
    """The device and symptom: those of the known fault that is seen too, else as chosen.

    A known fault that was resolved meanwhile is still what the reporter means.
    """
    if not command.same:
        return place.device or _chosen_device(command, actor, place.room_id), command.symptom
    here = (Fault.room == place.room_id) & (Fault.number == command.same)
    known = Fault.select().where(here & (Fault.client == place.client_id)).first()
    if known is None or known.state not in (*WORK_STATES, "resolved"):
        raise invalid("same", "unknown", N_("This fault is not known here. Choose what is wrong."))
    return known.device, known.symptom


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


def reporter(actor: Actor) -> Verb:
    """The verb for whoever reports: with an account or without."""
    return report_as_attendee if actor is ATTENDEE else report_fault
