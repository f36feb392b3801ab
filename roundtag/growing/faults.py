"""Faults: most were closed in the last year, each one deed here; a few are open, by the verbs."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from roundtag import bulk_rows, clock, numbers
from roundtag import faults as verbs
from roundtag.access import SYSTEM
from roundtag.commands import Deed, run
from roundtag.db import write
from roundtag.growing.book import Book
from roundtag.growing.clients import Customer
from roundtag.growing.register import Stand
from roundtag.growing.size import CATALOGUE, Size
from roundtag.models import Fault, FaultEvent, History, Notification

PER_CLOSED, PER_OPEN, LEAST_OPEN = 4, 500, 4
"""Devices per closed and per open fault; open ones that even a small client has."""
BATCH = 1_000
DAYS = 360
STEPS = (
    ("reported", "", "", 0), ("level", "III", "", 5), ("dispatched", "", "triaged", 9),
    ("responded", "remote", "dispatched", 15), ("on_site", "", "responded", 50),
    ("restored", "", "on_site", 80), ("resolved", "", "restored", 85),
    ("closed", "", "resolved", 2_000),
)  # fmt: skip
"""What happened to a fault: kind, what, the state it ended, minutes after the report."""
SYMPTOMS = ("no_picture", "no_sound", "network", "power")
UNREAD = timedelta(days=1)
Values = dict[str, Any]


def fill(size: Size, who: Customer, manager: int, stands: list[Stand]) -> int:
    """All faults of a client; returns how many lines of history they left."""
    dice = size.dice(f"faults-{who.number}")
    count = len(stands) // PER_CLOSED
    times = sorted(size.now - timedelta(seconds=dice.randrange(2 * 86_400, DAYS * 86_400))
                   for _ in range(count))  # fmt: skip
    for start in range(0, count, BATCH):
        with write():
            some = times[start : start + BATCH]
            _closed(Book(dice), who, manager, [dice.choice(stands) for _ in some], some, size.now)
    chosen = dice.sample(stands, min(len(stands), LEAST_OPEN + len(stands) // PER_OPEN))
    for number, one in enumerate(chosen):
        _open(who, one, number)
    return 2 * count + len(chosen)


def _closed(book: Book, who: Customer, manager: int, stands: list[Stand], times: list[datetime],
            now: datetime) -> None:  # fmt: skip
    names = _numbers(who, times)
    deeds = [book.deed("report_fault", at, who.engineer, tag=one.tag, number=name)
             for one, at, name in zip(stands, times, names, strict=True)]  # fmt: skip
    made = book.write(Fault, [
        (deed, {**_where(who, one), **_life(deed, who, number), "number": name,
                "category": CATALOGUE[one.kind][0]})
        for number, (one, deed, name) in enumerate(zip(stands, deeds, names, strict=True))
    ])  # fmt: skip
    rows = list(zip(stands, deeds, made, strict=True))
    book.write(FaultEvent, (
        (deed, {"client": who.id, "fault": fault["id"], "kind": kind, "what": what,
                "before": before, "person": who.engineer,
                "at": deed.received_at + timedelta(minutes=minutes)})
        for _, deed, fault in rows for kind, what, before, minutes in STEPS))  # fmt: skip
    book.write(
        History, (line for one, deed, fault in rows for line in _lines(deed, who, one, fault))
    )
    bulk_rows.insert(Notification, (
        _notice(person, deed, fault, now) for _, deed, fault in rows
        for person in (who.engineer, manager)))  # fmt: skip
    book.close()


def _numbers(who: Customer, times: list[datetime]) -> list[str]:
    """F-YYMM-NNN for each, counted on in the client's own counters."""
    found: list[str] = []
    months = Counter(f"{clock.local(at):%y%m}" for at in times)
    last = {month: numbers.count(f"fault-{who.id}-{month}", count) - count
            for month, count in months.items()}  # fmt: skip
    for at in times:
        month = f"{clock.local(at):%y%m}"
        last[month] += 1
        found.append(f"F-{month}-{last[month]:03d}")
    return found


def _where(who: Customer, one: Stand) -> Values:
    return {"client": who.id, "room": one.room, "device": one.id}


def _life(deed: Deed, who: Customer, number: int) -> Values:
    at = deed.received_at
    return {
        "contract": who.contract, "source": "engineer", "state": "closed", "level": "III",
        "symptom": SYMPTOMS[number % len(SYMPTOMS)], "description": "开机后无反应",
        "remedy": "重新插接并测试", "diagnosis": "接头松动", "cause": "接头松动",
        "reporter": who.engineer, "assignee": who.engineer, "resolved_by": who.engineer,
        "submission": deed.id, "urgency": "medium", "scope": "room", "kind": "line",
        "support_mode": "on_site", "reported_at": at, "restored_at": at + timedelta(minutes=80),
        "resolved_at": at + timedelta(minutes=85), "closed_at": at + timedelta(minutes=2_000),
    }  # fmt: skip


def _lines(deed: Deed, who: Customer, one: Stand, fault: Values) -> list[tuple[Deed, Values]]:
    same = {**_where(who, one), "subject_id": fault["id"], "person": who.engineer}
    told = {"number": fault["number"], "symptom": fault["symptom"], "source": fault["source"]}
    return [
        (deed, {**same, "kind": "fault", "at": deed.received_at, "data": told}),
        (deed, {**same, "kind": "resolved", "at": fault["resolved_at"],
                "data": {"number": fault["number"]}}),
    ]  # fmt: skip


def _notice(person: int, deed: Deed, fault: Values, now: datetime) -> Values:
    at = fault["closed_at"]
    return {"recipient": person, "channel": "app", "dedupe": f"fault-closed-{fault['id']}-0",
            "kind": "fault-closed", "url": f"/faults/{fault['id']}", "created_at": at,
            "data": {"number": fault["number"], "room": ""}, "sent_at": at,
            "read_at": None if now - at < UNREAD else at}  # fmt: skip


def _open(who: Customer, one: Stand, number: int) -> None:
    """Reported just now; every second one has its level."""
    key = f"grown-fault-{who.number}-{number}"
    order = verbs.ReportFault(one.tag, SYMPTOMS[number % len(SYMPTOMS)], "开机后无反应")
    made = run(key, verbs.report_fault, order, SYSTEM)
    if number % 2:
        triage = verbs.TriageFault(int(made.subject_id or 0), "III", "medium", "room")
        run(f"{key}-level", verbs.triage_fault, triage, SYSTEM)
