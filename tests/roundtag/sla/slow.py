"""The clocks once more, slowly: minute by minute, with a list of days off written by hand.

It shares no line with roundtag.sla: a minute counts or does not; walking from the report on, one
counter per calendar goes up; a promise is broken at the first minute at which its counter is full.
All moments are whole minutes since 1970 in UTC.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

OFF = (
    "2024-02-10/17 2024-04-04/06 2024-05-01/05 2024-06-10/10 2024-09-15/17 2024-10-01/07 "
    "2025-01-01/01 2025-01-28/31 2025-02-01/04 2025-04-04/06 2025-05-01/05 2025-05-31/31 "
    "2025-06-01/02 2025-10-01/08 2026-01-01/03 2026-02-15/23 2026-04-04/06"
)
MADE_UP = (
    "2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12 "
    "2025-01-26 2025-02-08 2025-04-27 2025-09-28 2025-10-11 2026-01-04 2026-02-14 2026-02-28"
)
STOPS = {
    "client": "on_site restore", "room_in_use": "on_site restore", "no_access": "on_site restore",
    "client_date": "on_site restore", "part_loaner": "restore", "force_majeure": "on_site restore",
}  # fmt: skip
DONE = {  # what fulfils a promise, and what makes it pointless
    "response": ({"responded", "on_site", "restored", "resolved"}, {"cancelled"}),
    "on_site": ({"on_site"}, {"restored", "resolved", "cancelled"}),
    "restore": ({"restored", "resolved"}, {"cancelled"}),
}
BITS = {"always": 1, "hours": 2, "days": 4}
Event = dict[str, Any]


def _days_off() -> set[str]:
    found = set()
    for stretch in OFF.split():
        first, last = stretch.split("/")
        for day in range(int(first[8:]), int(last) + 1):
            found.add(f"{first[:8]}{day:02d}")
    return found


DAYS_OFF, EXTRA_DAYS = _days_off(), set(MADE_UP.split())


def works(day: date, own: dict[date, bool]) -> bool:
    if day in own:
        return own[day]
    name = day.isoformat()
    return name in EXTRA_DAYS or (name not in DAYS_OFF and day.weekday() < 5)


@dataclass
class Place:
    """Which minutes count in a zone with a week and a client's own days, over some weeks."""

    zone: str
    week: list[list[tuple[int, int]]]
    own: dict[date, bool]
    first: int
    days: list[date] = field(default_factory=list)
    flags: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        zone = ZoneInfo(self.zone)
        inside = [bytes(any(a <= clock < b for a, b in spans) for clock in range(1440))
                  for spans in self.week]  # fmt: skip
        for quarter in range(85 * 96):  # no zone of today changes its offset inside a quarter
            local = (datetime(1970, 1, 1, tzinfo=UTC)
                     + timedelta(minutes=self.first + 15 * quarter)).astimezone(zone)  # fmt: skip
            day, working = local.date(), works(local.date(), self.own)
            self.days += [day] * 15
            for clock in range(local.hour * 60 + local.minute, local.hour * 60 + local.minute + 15):
                bits = BITS["days"] + BITS["hours"] * inside[day.weekday()][clock] if working else 0
                self.flags.append(BITS["always"] + bits)

    def counted(self, kind: str, minute: int) -> int:
        return 1 if self.flags[minute - self.first] & BITS[kind] else 0

    def day(self, minute: int) -> date:
        return self.days[minute - self.first]

    def end_of_next_day(self, start: int, kind: str) -> int:
        day = self.day(start) + timedelta(days=1)
        kind = "days" if kind == "days" else "hours"
        while not (works(day, self.own) and (kind == "days" or self.week[day.weekday()])):
            day += timedelta(days=1)
        minute, last = start, start
        while self.day(minute) <= day:
            if self.day(minute) == day and self.counted(kind, minute):
                last = minute + 1
            minute += 1
        return last


def straighten(events: list[Event], now: int) -> list[Event]:
    """What counts at `now`, in its order."""
    known = [event for event in events if event["at"] <= now]
    undone = {event["of"] for event in known if event["kind"] == "undone"}
    known = [event for event in known if event["id"] not in undone]
    accepted = {event["of"] for event in known if event["kind"] == "claim_accepted"}
    begin = min(event["at"] for event in known if event["kind"] == "reported")
    result = []
    for event in known:
        fixed = event["kind"] in ("reported", "reopened", "level", "cancelled")
        if event["id"] in accepted and event["claimed"] is not None and not fixed:
            event = {**event, "at": max(begin, min(event["claimed"], event["at"]))}
        if event["kind"] not in ("undone", "claim_accepted"):
            result.append(event)
    result.sort(key=lambda event: event["at"])
    return result


def tell(events: list[Event], rows: dict[str, Any], place: Place, now: int) -> dict[str, Any]:
    """Per target: what the fast function should say."""
    cycles: list[list[Event]] = []
    for event in straighten(events, now):
        if event["kind"] in ("reported", "reopened"):
            cycles.append([])
        cycles[-1].append(event)
    level, broken = "III", {target: [] for target in DONE}
    said: dict[str, Any] = {}
    for number, cycle in enumerate(cycles):
        level = cycle[0]["what"] or level
        until = cycles[number + 1][0]["at"] if number + 1 < len(cycles) else now
        for target in DONE:
            said[target] = _walk(target, cycle, level, rows, place, until)
            if said[target]["breached"] is not None:
                broken[target].append(said[target]["breached"])
        level = next((e["what"] for e in reversed(cycle) if e["kind"] == "level"), level)
    for target in DONE:
        said[target]["all"] = broken[target]
    return said


def _walk(target: str, cycle: list[Event], level: str, rows: dict[str, Any], place: Place,
          now: int) -> dict[str, Any]:  # fmt: skip
    start = cycle[0]["at"]
    fulfils, ends = DONE[target]
    day = "workday" if works(place.day(start), place.own) else "off"
    waiting = list(cycle[1:])
    reasons: set[str] = set()
    seen = bytearray()
    always = hours = days = 0
    breached = met = ended = None
    minute = start
    held = level

    def budget(of: str) -> int | None:
        cell = rows[of][target][day]
        if cell is None:
            return None
        return cell["minutes"] or sum(
            place.counted(cell["calendar"], m)
            for m in range(start, place.end_of_next_day(start, cell["calendar"])))  # fmt: skip

    while True:
        while waiting and waiting[0]["at"] <= minute and ended is None:
            event = waiting.pop(0)
            if event["kind"] in fulfils or event["kind"] in ends:
                ended = minute
                met = minute if event["kind"] in fulfils else None
            elif event["kind"] == "level":
                level = event["what"]
            elif event["kind"] == "paused" and target in STOPS[event["what"]].split():
                reasons.add(event["what"])
            elif event["kind"] == "resumed":
                reasons = reasons - {event["what"]} if event["what"] else set()
        if ended is not None or minute >= now:
            break
        held = level
        wanted = budget(level)
        kind = wanted and rows[level][target][day]["calendar"]
        stop = min(now, waiting[0]["at"]) if waiting else now
        while minute < stop:
            if breached is None and wanted is not None:
                counted = always if kind == "always" else hours if kind == "hours" else days
                if counted >= wanted:
                    breached = minute
            bits = 0 if reasons else place.flags[minute - place.first]
            seen.append(bits)
            always += bits & 1
            hours += bits >> 1 & 1
            days += bits >> 2
            minute += 1
    counters = {"always": always, "hours": hours, "days": days}
    if ended is None:
        held = level
    wanted = budget(held)
    promise = rows[held][target][day]
    counted = counters[promise["calendar"]] if promise else 0
    due = _first(seen, wanted, start, place, promise) if promise and wanted else None
    if met is not None:
        state = "met" if breached is None else "met_late"
    elif breached is not None:
        state = "breached"
    elif promise is None:
        state = "none"
    elif ended is not None:
        state = "stopped"
    else:
        state = "paused" if reasons else "running"
    thresholds = {}
    for percent in (50, 80, 100):
        if promise and wanted and wanted % 10 == 0:
            part = wanted * percent // 100
            at = _first(seen, part, start, place, promise)
            thresholds[percent] = None if ended is not None and at >= ended else at
    return {"state": state, "level": held, "due": due, "met": met, "ended": ended,
            "breached": breached, "elapsed": counted, "budget": wanted or 0,
            "reached": thresholds}  # fmt: skip


def _first(seen: bytearray, wanted: int, start: int, place: Place, promise: dict[str, Any]) -> int:
    """The first minute by which so much has been counted, going on without a pause."""
    bit, counted, minute = BITS[promise["calendar"]], 0, start
    while counted < wanted:
        bits = seen[minute - start] if minute - start < len(seen) else place.flags[
            minute - place.first]  # fmt: skip
        counted += 1 if bits & bit else 0
        minute += 1
    return minute
