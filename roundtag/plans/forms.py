"""Reads the forms of plans, of days in the calendar and of meetings."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from roundtag import days
from roundtag.calendar import SHIFTS, ExceptDay
from roundtag.fields import Fields
from roundtag.plans.checking import CYCLES, PLANNED, SAMPLE_UNITS
from roundtag.plans.verbs import SavePlan
from roundtag.rounds import cycles
from roundtag.rounds.meetings import PlanMeeting
from roundtag.words import N_

LONGEST_NAME = 60


def read_plan(form: Fields, contract_id: int, plan_id: int | None = None) -> SavePlan:
    """Raises Invalid with every field that cannot be read."""
    cycle = form.choice("cycle", CYCLES, required=N_("Choose how often.")) or "monthly"
    command = SavePlan(
        contract_id=contract_id,
        plan_id=plan_id,
        name=form.text("name", limit=LONGEST_NAME, required=N_("Give the plan a name.")) or "",
        name_en=form.text("name_en", limit=LONGEST_NAME) or "",
        occasion=form.choice("occasion", PLANNED, required=N_("Choose the occasion.")) or "",
        cycle=cycle,
        every=_whole(form, "every", 1),
        starts_on=days.read(form, "starts_on", required=N_("Give the day.")) or date.min,
        ends_on=days.read(form, "ends_on"),
        sites=_keys(form, "sites"),
        buildings=_keys(form, "buildings"),
        rooms=_keys(form, "rooms"),
        categories=tuple(sorted(set(filter(None, form.many("categories"))))),
        key_only=form.raw("key_only") == "1",
        rooms_too=form.raw("rooms_too") == "1",
        sample=form.whole("sample"),
        sample_unit=form.choice("sample_unit", SAMPLE_UNITS) or "count",
        due_rule=form.choice("due_rule", cycles.DUE_RULES) or "end",
        due=_whole(form, "due", 10),
        shift=form.choice("shift", SHIFTS) or "none",
        lead_days=_whole(form, "lead_days", 0),
        engineer_id=form.whole("engineer"),
        backup_id=form.whole("backup"),
    )
    form.done()
    return command


def _whole(form: Fields, name: str, default: int) -> int:
    value = form.whole(name)
    return default if value is None else value


def _keys(form: Fields, name: str) -> tuple[int, ...]:
    texts = {text for text in form.many(name) if text}
    if any(not (text.isascii() and text.isdecimal() and len(text) < 10) for text in texts):
        form.refuse(name, "unknown", N_("Choose one of the list."))
        return ()
    return tuple(sorted(map(int, texts)))


def read_exception(form: Fields) -> ExceptDay:
    client = form.whole("client")
    day = days.read(form, "day", required=N_("Give the day."))
    kind = form.choice("kind", ("off", "working"), required=N_("Say what the day is."))
    reason = form.text("reason", limit=200, required=N_("Say why."))
    form.done()
    return ExceptDay(client or 0, day or date.min, kind == "working", reason)


def read_meeting(form: Fields, zone: str) -> PlanMeeting:
    """Times are of the contract's zone. An end before the start is one after midnight."""
    name = form.text("name", limit=100, required=N_("Give the meeting a name."))
    room = form.whole("room")
    if room is None:
        form.refuse("room", "required", N_("Choose the room."))
    day = days.read(form, "day", required=N_("Give the day."))
    starts, ends = _time(form, "starts"), _time(form, "ends")
    engineer = form.whole("engineer")
    form.done()
    first = datetime.combine(day or date.min, starts or time(), ZoneInfo(zone))
    last = datetime.combine(day or date.min, ends or time(), ZoneInfo(zone))
    if last <= first:
        last += timedelta(days=1)
    return PlanMeeting(room or 0, name or "", first, last, engineer)


def _time(form: Fields, name: str) -> time | None:
    text = form.text(name, required=N_("Give the time as HH:MM."), limit=8)
    try:
        return time.fromisoformat((text or "").replace("：", ":")).replace(tzinfo=None)
    except ValueError:
        if text:
            form.refuse(name, "time", N_("Give the time as HH:MM."))
        return None
