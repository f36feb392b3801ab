"""The rounds of the last months and this one's, half walked: a check is one deed, as from a phone.

One check in fifty finds something: of the past rounds it was settled, of this one it is open.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from roundtag import checklists
from roundtag.commands import Deed
from roundtag.db import write
from roundtag.growing.book import Book
from roundtag.growing.clients import Customer, months
from roundtag.growing.register import Stand
from roundtag.growing.size import CATALOGUE, Size
from roundtag.models import Answer, Finding, History, Inspection, Round, RoundDevice
from roundtag.rounds.ensuring import slot

BACK = 3
"""Finished rounds."""
ITEMS = 4
"""Answers of a check, at most."""
BATCH = 1_000
ONE_IN = 50
Values = dict[str, Any]
Lists = list[checklists.Version]


def lists() -> Lists:
    """The checklist of each kind of the catalogue."""
    found = [checklists.latest(category, "monthly") for category, *_ in CATALOGUE]
    return [one for one in found if one is not None]


def fill(size: Size, who: Customer, stands: list[Stand], kinds: Lists) -> int:
    """All rounds of a client; returns how many lines of history they left."""
    dice, lines = size.dice(f"checks-{who.number}"), 0
    walked = months(size.now, BACK)
    for first in walked:
        now = first == walked[-1]
        with write():
            book = Book(dice)
            tour = _round(book, who, first, size.now, now)
            book.close()
        todo = stands[: len(stands) // 2] if now else stands
        for start in range(0, len(todo), BATCH):
            with write():
                _batch(_Tour(Book(dice), who, tour, first, size.now), todo[start : start + BATCH],
                       kinds, settled=not now)  # fmt: skip
        lines += len(todo)
        if now:
            _waiting(Book(dice), who, tour, stands[len(todo) :], size.now)
    return lines


def _round(book: Book, who: Customer, first: date, now: datetime, current: bool) -> int:
    at = min(datetime.combine(first, time(1), UTC), now)
    ended = None if current else at + timedelta(days=20)
    deed = book.deed("open_planned", at, plan=who.plan, period=f"{first:%Y-%m}")
    made = book.write(Round, [(deed, {
        "client": who.id, "contract": who.contract, "occasion": "monthly", "plan": who.plan,
        "period": f"{first:%Y-%m}", "due_on": first.replace(day=10), "opens_on": first,
        "engineer": who.engineer, "slot": slot(who.plan, f"{first:%Y-%m}"), "name": "月度巡检",
        "name_en": "Monthly round", "opened_at": at, "closed_at": ended,
    })])  # fmt: skip
    return int(made[0]["id"])


class _Tour:
    """The round that a batch of checks belongs to, and its moments."""

    def __init__(self, book: Book, who: Customer, key: int, first: date, now: datetime) -> None:
        self.book, self.who, self.key = book, who, key
        self.begun = datetime.combine(first, time(1), UTC)
        self.now = now

    def at(self, dice: Random) -> datetime:
        """In the first two weeks, never later than now."""
        later = timedelta(seconds=dice.randrange(14 * 86_400), microseconds=dice.randrange(10**6))
        return min(self.begun + later, self.now)


def _batch(tour: _Tour, stands: list[Stand], kinds: Lists, *, settled: bool) -> None:
    book, who, dice = tour.book, tour.who, tour.book.dice
    times = sorted(tour.at(dice) for _ in stands)
    deeds = [book.deed("file_inspection", at, who.engineer, tag=one.tag, round=tour.key)
             for one, at in zip(stands, times, strict=True)]  # fmt: skip
    bad = [dice.randrange(ONE_IN) == 0 for _ in stands]
    entries = book.write(Inspection, [
        (deed, {**_where(who, one), "contract": who.contract, "round": tour.key,
                "version": kinds[one.kind].id, "person": who.engineer, "scanned": True,
                "result": "fail" if fails else "pass", "submission": deed.id,
                "note": "滤网有灰，已清洁" if fails else None, "received_at": deed.received_at,
                "occasion": "monthly"})
        for one, deed, fails in zip(stands, deeds, bad, strict=True)
    ])  # fmt: skip
    rows = list(zip(stands, deeds, entries, strict=True))
    book.write(RoundDevice, (
        (deed, {"client": who.id, "round": tour.key, "device": one.id, "result": entry["result"],
                "done_at": deed.received_at, "entry": entry["id"]})
        for one, deed, entry in rows))  # fmt: skip
    book.write(
        Answer,
        (
            answer
            for one, deed, entry in rows
            for answer in _answers(deed, who, one, entry, kinds[one.kind], dice)
        ),
    )
    book.write(
        Finding,
        (
            _finding(deed, who, one, entry, kinds[one.kind], settled)
            for one, deed, entry in rows
            if entry["result"] == "fail"
        ),
    )
    book.write(History, (_line(deed, who, one, entry) for one, deed, entry in rows))
    book.close()


def _waiting(book: Book, who: Customer, tour: int, stands: list[Stand], now: datetime) -> None:
    """The stops that nobody has been at yet."""
    with write():
        deed = book.deed("open_planned", now, plan=who.plan)
        book.write(RoundDevice, ((deed, {"client": who.id, "round": tour, "device": one.id})
                                 for one in stands))  # fmt: skip
        book.close()


def _where(who: Customer, one: Stand) -> Values:
    return {"client": who.id, "room": one.room, "device": one.id}


def _answers(deed: Deed, who: Customer, one: Stand, entry: Values, version: checklists.Version,
             dice: Random) -> Iterator[tuple[Deed, Values]]:  # fmt: skip
    for number, item in enumerate(version.items[:ITEMS]):
        fails = entry["result"] == "fail" and number == 0
        value = "pass"
        if item.kind in ("reading", "counter"):
            value = str(dice.randint(int(item.min or 0), int(item.max or 100)))
        elif item.kind == "choice":
            value = item.options[0].key
        verdict = "fail" if fails else "pass"
        yield deed, {**_where(who, one), "inspection": entry["id"], "item": item.key,
                     "value": "fail" if fails and item.kind == "check" else value,
                     "verdict": verdict, "at": deed.received_at}  # fmt: skip


def _finding(deed: Deed, who: Customer, one: Stand, entry: Values, version: checklists.Version,
             settled: bool) -> tuple[Deed, Values]:  # fmt: skip
    item = version.items[0].key
    ended = {"state": "settled", "settled_at": deed.received_at + timedelta(days=1),
             "settled_by": who.engineer, "settled_how": "passed"}  # fmt: skip
    open_ = {"state": "open", "slot": f"device-{one.id}:{item}"}
    return deed, {**_where(who, one), "contract": who.contract, "round": entry["round"],
                  "item": item, "kind": "item", "inspection": entry["id"], "words": "不合格",
                  "found_at": deed.received_at, "found_by": who.engineer,
                  "seen_at": deed.received_at, **(ended if settled else open_)}  # fmt: skip


def _line(deed: Deed, who: Customer, one: Stand, entry: Values) -> tuple[Deed, Values]:
    facts = {"result": entry["result"], "failed": int(entry["result"] == "fail"), "fixed": 0,
             "scanned": True, "repeat": False, "occasion": "monthly"}  # fmt: skip
    return deed, {**_where(who, one), "kind": "inspection", "subject_id": entry["id"],
                  "person": who.engineer, "at": deed.received_at, "data": facts}  # fmt: skip
