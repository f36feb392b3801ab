"""Help came before the paperwork: a whole event that is over is entered afterwards, and says so."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from roundtag import clock, data, tagging
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import Invalid, NotFound, invalid
from roundtag.faults.clocking import keep_deadlines
from roundtag.faults.crew import may_be_sent
from roundtag.faults.filing import Standing, open_fault
from roundtag.faults.judging import LIST, MODES, SCOPES, URGENCIES
from roundtag.faults.states import note_event
from roundtag.fields import Fields
from roundtag.models import Device, Room
from roundtag.sla.matrix import LEVELS
from roundtag.words import N_
from tags import codes

LONGEST = timedelta(days=31)
TIMES = ("reported_at", "responded_at", "on_site_at", "restored_at")
GIVE = N_("Give the day and the time.")


@dataclass(frozen=True)
class RecordAfterwards:
    """What is told of an event that is over. `place`: the code of a label, device or room."""

    place: str
    symptom: str
    level: str
    urgency: str
    scope: str
    mode: str
    reported_at: datetime
    responded_at: datetime
    on_site_at: datetime | None
    restored_at: datetime
    diagnosis: str
    engineer_id: int
    description: str | None = None


def read_afterwards(form: Fields) -> RecordAfterwards:
    times = {name: _moment(form, name, required=name != "on_site_at") for name in TIMES}
    nowhere = datetime.min.replace(tzinfo=ZoneInfo("UTC"))
    engineer = form.whole("engineer")
    if engineer is None:
        form.refuse("engineer", "required", N_("Choose who helped."))
    order = RecordAfterwards(
        place=form.text("place", limit=60, required=N_("Say where it was.")) or "",
        symptom=form.choice("symptom", _symptoms(), required=LIST) or "",
        level=form.choice("level", LEVELS, required=LIST) or "",
        urgency=form.choice("urgency", URGENCIES, required=LIST) or "",
        scope=form.choice("scope", SCOPES, required=LIST) or "",
        mode=form.choice("mode", MODES, required=LIST) or "",
        reported_at=times["reported_at"] or nowhere,
        responded_at=times["responded_at"] or nowhere,
        on_site_at=times["on_site_at"],
        restored_at=times["restored_at"] or nowhere,
        diagnosis=form.text("diagnosis", required=N_("Say what it was and what helped.")) or "",
        engineer_id=engineer or 0,
        description=form.text("description"),
    )
    form.done()
    return order


def _symptoms() -> set[str]:
    return {symptom.code for symptom in data.symptoms()}


def _moment(form: Fields, name: str, required: bool) -> datetime | None:
    """As a browser's field gives it, in the time of China."""
    text = form.text(name, limit=30, required=GIVE if required else "")
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        form.refuse(name, "moment", GIVE)
        return None
    if moment is None or moment.tzinfo:
        return moment
    if not 2000 <= moment.year < 2100:
        form.refuse(name, "moment", GIVE)
        return None
    return moment.replace(tzinfo=ZoneInfo(clock.DEFAULT_ZONE))


def record_afterwards(command: RecordAfterwards, deed: Deed) -> Outcome:
    """Files the fault, restored as it is. Clocks run from the receipt of this entry, and stop at
    it; every told time is kept beside it, so that nothing pretends to have been known before."""
    room, device = _place(command.place, deed)
    deed.require(room.client_id)
    _check(command, deed.received_at)
    fault = open_fault(
        _as_told(deed, command.reported_at), room, device, command.symptom, "desk",
        description=command.description, admit=lambda _: Standing(), afterwards=True,
    )  # fmt: skip
    if command.engineer_id not in may_be_sent(fault, deed.received_at):
        raise invalid("engineer", "unknown", LIST)
    before = fault.state
    fault = deed.change(
        fault, state="restored", level=command.level, urgency=command.urgency,
        scope=command.scope, support_mode=command.mode, assignee=command.engineer_id,
        diagnosis=command.diagnosis, restored_at=command.restored_at,
    )  # fmt: skip
    note_event(deed, fault, "level", what=command.level)
    for kind, at, what in _steps(command):
        ended = before if kind == "restored" else ""
        note = command.diagnosis if kind == "restored" else None
        note_event(_as_told(deed, at), fault, kind, note, what=what, before=ended)
    keep_deadlines(fault, deed.received_at)
    return Outcome(N_("Fault %(number)s is entered as told, marked as entered afterwards."),
                   f"/faults/{fault.id}", values={"number": fault.number},
                   subject_id=fault.id)  # fmt: skip


def _steps(command: RecordAfterwards) -> Iterator[tuple[str, datetime, str]]:
    yield "responded", command.responded_at, command.mode
    if command.on_site_at:
        yield "on_site", command.on_site_at, "told"
    yield "restored", command.restored_at, ""


def _as_told(deed: Deed, at: datetime) -> Deed:
    """The same deed, whose rows bear the told time beside that of receipt."""
    part = Deed(deed.name, deed.actor, replace(deed.envelope, claimed_at=at), deed.received_at)
    part.changes = deed.changes
    return part


def _check(command: RecordAfterwards, now: datetime) -> None:
    times = [(name, at) for name in TIMES if (at := getattr(command, name)) is not None]
    for (_, earlier), (name, later) in pairwise(times):
        if later < earlier:
            raise invalid(name, "order", N_("It cannot have been before the one above."))
    if command.restored_at > now:
        raise invalid("restored_at", "future", N_("That is still to come."))
    if command.reported_at < now - LONGEST:
        raise invalid("reported_at", "range", N_("That is more than a month ago."))
    for name, allowed in (("level", LEVELS), ("urgency", URGENCIES), ("scope", SCOPES),
                          ("mode", MODES), ("symptom", _symptoms())):  # fmt: skip
        if getattr(command, name) not in allowed:
            raise invalid(name, "unknown", LIST)


def _place(name: str, deed: Deed) -> tuple[Room, Device | None]:
    """By what is printed on a label, or by the code of a device or room. Raises Invalid."""
    for found in (_labelled(name, deed), _coded(Device, name, deed), _coded(Room, name, deed)):
        if found is not None:
            device = found if isinstance(found, Device) else None
            return Room.get_by_id(device.room_id if device else found.id), device
    raise invalid("place", "unknown", N_("No label, device or room has this code."))


def _labelled(name: str, deed: Deed) -> Device | Room | None:
    if codes.parse(name) is None:
        return None
    try:
        target = tagging.resolve(name, deed.actor)
    except (NotFound, Invalid):
        return None
    return target.device or Room.get_by_id(target.room_id)


def _coded(model: type[Device] | type[Room], name: str, deed: Deed) -> Device | Room | None:
    query = visible(deed.actor, model.select().where(model.code == name), model.client)
    rows = list(query.limit(2))
    return rows[0] if len(rows) == 1 else None
