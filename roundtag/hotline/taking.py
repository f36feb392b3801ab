"""One call, one deed: its line in the register, and the fault that it reports if it does."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from roundtag import clients, clock, data
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.faults import OPEN_STATES, contacts, judged, open_fault
from roundtag.faults.filing import Standing
from roundtag.faults.following import receipt
from roundtag.faults.judging import SCOPES, URGENCIES
from roundtag.fields import Fields
from roundtag.hotline.words import (
    AGAIN,
    ANSWERED,
    CHANNELS,
    CHOSEN,
    FAULT,
    MISSED,
    UNKNOWN,
)
from roundtag.models import Client, Fault, HotlineCall, Room
from roundtag.sla.matrix import LEVELS
from roundtag.words import N_

BACK = timedelta(days=31)
"""How long afterwards a call may be entered."""
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class TakeCall:
    """`same`: the key of an open fault there that the caller means; `at`: when it rang, none for
    now. Who called is kept in the call or in the fault's contact only, where it can be erased."""

    channel: str
    answered: str
    about: str
    client_id: int | None = None
    room_id: int | None = None
    symptom: str = ""
    note: str | None = None
    level: str = ""
    urgency: str = ""
    scope: str = ""
    same: int | None = None
    at: datetime | None = None
    secret_caller: str | None = field(default=None, repr=False)
    secret_phone: str | None = field(default=None, repr=False)


def read_call(form: Fields) -> TakeCall:
    """Reads the form of a call; raises Invalid naming every bad field."""
    pick = N_("Choose one of the list.")
    channel = form.choice("channel", CHANNELS, required=pick) or ""
    answered = form.choice("answered", ANSWERED, required=pick) or ""
    about = form.choice("about", CHOSEN, required=pick) or ""
    symptom = form.choice("symptom", [one.code for one in data.symptoms()]) or ""
    level = form.choice("level", LEVELS) or ""
    needed = pick if level else ""
    urgency = form.choice("urgency", URGENCIES, required=needed) or ""
    scope = form.choice("scope", SCOPES, required=needed) or ""
    note = form.text("note", limit=1000)
    caller, phone = form.text("caller", limit=60), form.text("phone", limit=40)
    room, client, same = (form.whole(name) for name in ("room", "client", "same"))
    at = _moment(form)
    if answered == MISSED and about == FAULT and not (room and (symptom or same)):
        about = UNKNOWN
    if about == FAULT and not room:
        form.refuse("room", "required", N_("Say which room it is."))
    if about == FAULT and not (symptom or same):
        form.refuse("symptom", "required", N_("Choose what is wrong."))
    if about == FAULT and symptom == "other" and not (note or same):
        form.refuse("note", "required", N_("Say in a few words what is wrong."))
    form.done()
    return TakeCall(channel, answered, about, client, room, symptom, note, level, urgency,
                    scope, same, at, caller, phone)  # fmt: skip


def _moment(form: Fields) -> datetime | None:
    """The time on the wall of whoever types it."""
    text = form.text("at", limit=20)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo or not 2000 <= moment.year < 2200:
        form.refuse("at", "unknown", N_("Give the day and the time of the call."))
        return None
    return moment.replace(tzinfo=ZoneInfo(clock.DEFAULT_ZONE)).astimezone(clock.UTC)


def take_call(command: TakeCall, deed: Deed) -> Outcome:
    """Keeps a call and files what it reports: a fault of its own, or one more report of the known
    one. Raises NotFound for rooms and clients that the actor does not see."""
    room = _room(command, deed)
    client_id = room.client_id if room else _client(command, deed)
    deed.require(client_id)
    at = _when(command, deed.received_at)
    fault = _fault(command, deed, room) if command.about == FAULT and room else None
    deed.create(
        HotlineCall,
        client=client_id,
        contract=clients.contract_at(client_id, clock.local_day(at)),
        room=room,
        fault=fault,
        channel=command.channel,
        answered=command.answered,
        about=AGAIN if fault and fault.duplicate_of_id else command.about,
        caller=None if fault else command.secret_caller,
        phone=None if fault else command.secret_phone,
        note=None if fault else command.note,
        taken_by=deed.person_id,
        at=at,
        received_at=deed.received_at,
    )
    if fault:
        return receipt(fault, f"/faults/{fault.id}")
    return Outcome(N_("The call is in the register."), "/hotline")


def _room(command: TakeCall, deed: Deed) -> Room | None:
    if command.room_id is None:
        return None
    room = visible(deed.actor, Room.select().where(Room.id == command.room_id), Room.client).first()
    if room is None:
        raise NotFound
    if room.retired_at and command.about == FAULT:
        raise invalid("room", "retired", N_("This room is out of use."))
    return room


def _client(command: TakeCall, deed: Deed) -> int:
    if command.client_id is None:
        raise invalid("client", "required", N_("Say whose call it was."))
    query = Client.select(Client.id).where(Client.id == command.client_id)
    if visible(deed.actor, query, Client.id).first() is None:
        raise NotFound
    return command.client_id


def _when(command: TakeCall, now: datetime) -> datetime:
    at = command.at or now
    if at > now + AHEAD or at < now - BACK:
        raise invalid("at", "range", N_("A call can be entered up to a month afterwards."))
    return min(at, now)


def _fault(command: TakeCall, deed: Deed, room: Room) -> Fault:
    twin = _same(command, room) if command.same else None

    def admit(standing: Standing) -> Standing:
        if twin:  # looked at once more: it may have become another one's duplicate just now
            return Standing("duplicate", _same(command, room), sure=True)
        return standing

    fault = open_fault(deed, room, twin.device if twin else None,
                       twin.symptom if twin else command.symptom, "desk",
                       description=command.note, admit=admit)  # fmt: skip
    who = " ".join(filter(None, (command.secret_caller, command.secret_phone)))
    contacts.keep(deed, fault, who)
    if command.level and fault.state == "reported":
        judged(deed, fault, command.level, urgency=command.urgency, scope=command.scope)
    return fault


def _same(command: TakeCall, room: Room) -> Fault:
    here = (Fault.id == command.same) & (Fault.room == room.id)
    twin = Fault.select().where(here & Fault.state.in_(OPEN_STATES)).first()
    if twin is None:
        raise invalid("same", "unknown", N_("This fault is not open here any more. Choose again."))
    return twin
