"""Makes the report of a round from its records; decides nothing about how it looks."""

from collections.abc import Iterable
from typing import Any

from roundtag import clock, data, fields, people, trends
from roundtag.acceptance import names, rules
from roundtag.access import Actor, visible
from roundtag.errors import NotFound
from roundtag.items import MEASURED, Item
from roundtag.models import Round
from roundtag.reports import beside, facts
from roundtag.reports.facts import Facts
from roundtag.reports.shape import (
    Abnormal,
    Answered,
    Bad,
    Entry,
    Figures,
    Group,
    InspectionReport,
    Pair,
    Place,
    Undone,
)
from roundtag.rounds.floors import floor_key, natural_key

ROOM: Pair = ("会议室", "Room")
TARGET = 100.0


def of_round(round_id: int, actor: Actor) -> InspectionReport:
    """The report of a round as its records say now. Raises NotFound out of the actor's view."""
    query = Round.select(Round.id).where(Round.id == round_id)
    if visible(actor, query, Round.client).first() is None:
        raise NotFound
    return report(facts.of(rules.tour_of(round_id)))


def report(found: Facts) -> InspectionReport:
    """Pure: the same facts, the same report."""
    tour = found.tour
    placed = _placed(found)
    who = _people(found)
    entries = tuple(_entry(stop, place, found, who) for stop, place in placed if stop["counts"])
    done = [stop for stop, _ in placed if stop["done_at"]]
    figures = _figures(stop for stop, _ in placed)
    completed = max((stop["done_at"] for stop in done), default=None)
    zone = tour.contract.zone
    by_due = sum(clock.local_day(stop["done_at"], zone) <= tour.due_on for stop in done)
    courses = trends.series_of(_measured(placed, found), found.until)
    client = tour.client
    return InspectionReport(
        client=(client.name, client.name_en or client.name),
        client_code=client.code,
        contract=tour.contract.name,
        contract_number=tour.contract.number,
        zone=zone,
        round_id=tour.id,
        name=names.of_round(tour),
        occasion=tour.occasion,
        period=tour.period,
        opens_on=tour.opens_on.isoformat() if tour.opens_on else "",
        due_on=tour.due_on.isoformat(),
        stage=tour.stage,
        engineers=tuple(who[key] for key in (tour.engineer_id, tour.backup_id) if key in who),
        figures=figures,
        target=TARGET if found.target is None else found.target,
        completed=clock.to_text(completed) if completed else "",
        by_due=by_due,
        in_time=by_due == figures.stops > 0,
        rooms=_by_room(placed),
        categories=_by_category(placed),
        entries=entries,
        undone=_undone(placed, found),
        abnormal=tuple(_abnormal(placed, found, courses)),
        failures=tuple(_bad(entries, "fail")),
        fixed=tuple(_bad(entries, "fixed")),
        outside=beside.problems(found, who, "outside"),
        leftover=beside.leftover(found, who),
        consumed=beside.consumed(placed, found, who, courses),
        photos=beside.photos(placed, found),
        further=beside.further(placed, found, who),
        signed=beside.signed(found),
        doings=beside.doings(placed, who),
        remarks=found.remarks,
    )


Placed = list[tuple[dict[str, Any], Place]]


def _placed(found: Facts) -> Placed:
    """The stops in walking order, numbered from 1, each where it was when it was checked."""
    rows = sorted(((stop, _room(stop, found)) for stop in found.stops), key=_walk)
    return [(stop, _place(number, stop, room)) for number, (stop, room) in enumerate(rows, 1)]


def _room(stop: dict[str, Any], found: Facts) -> dict[str, Any]:
    entry = stop["counts"]
    answers = found.answers.get(entry.get("id", 0))
    key = entry.get("room") or (answers[0]["room"] if answers else None)
    return found.rooms[key or stop["device_room"] or stop["own_room_id"]]


def _walk(row: tuple[dict[str, Any], dict[str, Any]]) -> Any:
    stop, room = row
    return (room["building"], floor_key(room["floor"]), natural_key(room["code"]),
            natural_key(stop["code"] or ""), stop["id"])  # fmt: skip


def _place(number: int, stop: dict[str, Any], room: dict[str, Any]) -> Place:
    return Place(number, room["building"], room["floor"], room["code"], room["name"],
                 stop["code"] or "", stop["name"] or "", _category(stop["category"]))  # fmt: skip


def _category(code: str | None) -> Pair:
    if code is None:
        return ROOM
    known = data.category(code)
    return known.name_zh, known.name_en


def _people(found: Facts) -> dict[int, str]:
    keys = {row["person"] for row in (*found.entries, *found.swaps)}
    keys |= {row["found_by"] for row in found.findings}
    return people.names({key for key in (*keys, found.tour.engineer_id, found.tour.backup_id)
                         if key})  # fmt: skip


def _entry(stop: dict[str, Any], place: Place, found: Facts, who: dict[int, str]) -> Entry:
    row = stop["counts"]
    given = found.answers.get(row["id"], [])
    return Entry(
        place, stop["result"] or row["result"], clock.to_text(row["received_at"]),
        who.get(row["person"], ""), bool(row["scanned"]), row["note"] or "",
        found.faults.get(row["id"], ()),
        tuple(_answered(one, found.items.get((row["version"], one["item"]))) for one in given),
    )  # fmt: skip


def _answered(row: dict[str, Any], item: Item | None) -> Answered:
    key, value = row["item"], row["value"] or ""
    if item is None:
        return Answered(key, (key, key), "", (value, value), "", "", row["verdict"],
                        row["note"] or "")  # fmt: skip
    return Answered(key, (item.zh, item.en or item.zh), item.kind, _said(item, value), item.unit,
                    limits_of(item), row["verdict"], row["note"] or "")  # fmt: skip


def _said(item: Item, value: str) -> Pair:
    if item.kind == "check":  # its verdict says it
        return "", ""
    option = next((one for one in item.options if one.key == value), None)
    return (option.zh, option.en) if option else (value, value)


def limits_of(item: Item) -> str:
    """The limits of a reading as people write them: 5–40, ≤ 4000, ≥ 3."""
    if item.kind not in MEASURED:
        return ""
    low, high = (f"{one:g}" if one is not None else "" for one in (item.min, item.max))
    if low and high:
        return f"{low}–{high}"
    return f"≤ {high}" if high else f"≥ {low}" if low else ""


def _figures(stops: Iterable[dict[str, Any]]) -> Figures:
    rows = list(stops)
    results = [row["result"] for row in rows if row["done_at"]]
    return Figures(len(rows), len(results), results.count("pass"), results.count("fixed"),
                   results.count("fail"))  # fmt: skip


def _by_room(placed: Placed) -> tuple[Group, ...]:
    groups: dict[str, list[tuple[dict[str, Any], Place]]] = {}
    for stop, place in placed:
        groups.setdefault(place.room_code, []).append((stop, place))
    return tuple(
        Group((rows[0][1].room, rows[0][1].room),
              " ".join(filter(None, (rows[0][1].building, rows[0][1].floor, code))),
              _figures(stop for stop, _ in rows))
        for code, rows in groups.items()
    )  # fmt: skip


def _by_category(placed: Placed) -> tuple[Group, ...]:
    groups: dict[Pair, list[dict[str, Any]]] = {}
    for stop, place in placed:
        groups.setdefault(place.category, []).append(stop)
    return tuple(Group(name, "", _figures(rows)) for name, rows in groups.items())


def _undone(placed: Placed, found: Facts) -> tuple[Undone, ...]:
    why = {stop: note for kind, stop, _, note in found.notes if kind == "not-done"}
    return tuple(
        Undone(place, why.get(stop["id"], "")) for stop, place in placed if not stop["done_at"]
    )


def _bad(entries: Iterable[Entry], verdict: str) -> Iterable[Bad]:
    for entry in entries:
        for one in entry.answers:
            if one.verdict == verdict:
                yield Bad(entry.place, one.name, beside.with_unit(one), one.note, entry.person,
                          entry.at, entry.faults if verdict == "fail" else ())  # fmt: skip


def _measured(placed: Placed, found: Facts) -> set[tuple[int, str]]:
    """What a course is drawn or counted of: readings out of their limits, and counters."""
    return {
        (stop["device"], one["item"])
        for stop, _ in placed if stop["device"] and stop["counts"]
        for one in found.answers.get(stop["counts"]["id"], ())
        if _is_drawn(one, found.items.get((stop["counts"]["version"], one["item"])))
    }  # fmt: skip


def _is_drawn(answer: dict[str, Any], item: Item | None) -> bool:
    if item is None or not answer["value"]:
        return False
    return item.kind == "counter" or (item.kind == "reading" and answer["verdict"] == "fail")


def _abnormal(placed: Placed, found: Facts, courses: Any) -> Iterable[Abnormal]:
    for stop, place in placed:
        entry = stop["counts"]
        for one in found.answers.get(entry.get("id", 0), ()):
            item = found.items.get((entry["version"], one["item"]))
            if item is None or item.kind not in MEASURED or one["verdict"] != "fail":
                continue
            points = courses.get((stop["device"], one["item"]), ())
            course = [(point.day.isoformat(), point.value) for point in points]
            now = fields.number(one["value"] or "")
            if not course and now is not None:
                course = [(clock.local_day(entry["received_at"]).isoformat(), now)]
            yield Abnormal(place, (item.zh, item.en or item.zh), one["value"] or "", item.unit,
                           limits_of(item), item.min, item.max, tuple(course))  # fmt: skip
