"""What a report tells beside its entries: problems, consumables, photos, signatures, who did it."""

from collections.abc import Iterable
from typing import Any

from roundtag import clock, fields, people
from roundtag.items import Item
from roundtag.reports.facts import Facts
from roundtag.reports.shape import (
    Answered,
    Consumed,
    Doing,
    Further,
    Pair,
    Photo,
    Place,
    Problem,
    Signed,
)

Placed = Iterable[tuple[dict[str, Any], Place]]
PART: Pair = ("更换部件", "Part replaced")
GENERAL: Pair = ("现场照片", "Photo")


def with_unit(one: Answered) -> Pair:
    """What was found, with its unit; a plain check says nothing more."""
    if one.kind == "check":
        return "", ""
    zh, en = (" ".join(filter(None, (words, one.unit))) for words in one.value)
    return zh, en


def problems(found: Facts, who: dict[int, str], kind: str) -> tuple[Problem, ...]:
    """What the round itself found of that kind."""
    own = [row for row in found.findings
           if row["entry_round"] == found.tour.id and row["kind"] == kind]  # fmt: skip
    return tuple(_problem(row, found, who) for row in own)


def leftover(found: Facts, who: dict[int, str]) -> tuple[Problem, ...]:
    """What earlier rounds left open, at the places of this one."""
    rooms = {room for stop in found.stops for room in (stop["device_room"], stop["own_room_id"])}
    old = [row for row in found.findings
           if row["entry_round"] != found.tour.id and row["room"] in rooms]  # fmt: skip
    return tuple(_problem(row, found, who) for row in old)


def _problem(row: dict[str, Any], found: Facts, who: dict[int, str]) -> Problem:
    item = found.items.get((row["version"], row["item"]))
    name = (item.zh, item.en or item.zh) if item else (row["item"], row["item"])
    settled = row["settled_at"]
    still = settled is None or (found.until is not None and settled > found.until)
    return Problem(
        found.rooms[row["room"]]["name"], row["device_name"] or "", name, row["words"] or "",
        clock.local_day(row["found_at"], found.tour.contract.zone).isoformat(),
        who.get(row["found_by"], ""), still, row["number"] or "",
    )  # fmt: skip


def consumed(placed: Placed, found: Facts, who: dict[int, str],
             courses: Any) -> tuple[Consumed, ...]:  # fmt: skip
    read = [one for stop, place in placed for one in _counters(stop, place, found, who, courses)]
    parts = [
        Consumed("part", found.rooms[row["room"]]["name"], row["device_name"], PART,
                 row["new_serial"], "", "", who.get(row["person"], ""),
                 clock.to_text(row["received_at"]))
        for row in found.swaps
    ]  # fmt: skip
    return (*read, *parts)


def _counters(stop: dict[str, Any], place: Place, found: Facts, who: dict[int, str],
              courses: Any) -> Iterable[Consumed]:  # fmt: skip
    entry = stop["counts"]
    for one in found.answers.get(entry.get("id", 0), ()):
        item: Item | None = found.items.get((entry["version"], one["item"]))
        if item is None or item.kind != "counter" or not one["value"]:
            continue
        yield Consumed("counter", place.room, place.device, (item.zh, item.en or item.zh),
                       one["value"], _used(one["value"], courses.get((stop["device"], item.key))),
                       item.unit, who.get(entry["person"], ""),
                       clock.to_text(entry["received_at"]))  # fmt: skip


def _used(value: str, points: Any) -> str:
    """The growth since the reading before; nothing when there is none or the part was new."""
    now = fields.number(value)
    if now is None or not points or len(points) < 2:
        return ""
    grown = now - points[-2].value
    return f"{grown:g}" if grown >= 0 else ""


def photos(placed: Placed, found: Facts) -> tuple[Photo, ...]:
    """Photos of the entries that count, in walking order."""
    of_entry: dict[int, list[dict[str, Any]]] = {}
    for row in found.photos:
        of_entry.setdefault(row["subject_id"], []).append(row)
    return tuple(
        Photo(place, _item_of(row["field"], stop["counts"], found),
              clock.to_text(stop["counts"]["received_at"]), row["sha256"])
        for stop, place in placed if stop["counts"]
        for row in of_entry.get(stop["counts"]["id"], ())
    )  # fmt: skip


def _item_of(name: str, entry: dict[str, Any], found: Facts) -> Pair:
    item = found.items.get((entry["version"], name.removeprefix("photo.")))
    return (item.zh, item.en or item.zh) if item else GENERAL


def further(placed: Placed, found: Facts, who: dict[int, str]) -> tuple[Further, ...]:
    """Entries that are kept and do not count, with why."""
    counting = {stop["counts"]["id"] for stop, _ in placed if stop["counts"]}
    places = {_key(stop): place for stop, place in placed}
    returned = {entry: note for kind, _, entry, note in found.notes if kind == "sent-back"}
    rows = [row for row in found.entries if row["id"] not in counting and _before(row, found)]
    return tuple(
        Further(_named(places.get(_of_entry(row))), who.get(row["person"], ""),
                clock.to_text(row["received_at"]), row["result"], _why(row, returned),
                returned.get(row["id"], ""))
        for row in rows
    )  # fmt: skip


def _before(row: dict[str, Any], found: Facts) -> bool:
    return found.until is None or row["received_at"] <= found.until


def _key(stop: dict[str, Any]) -> tuple[int | None, int | None]:
    return stop["device"], None if stop["device"] else stop["own_room_id"]


def _of_entry(row: dict[str, Any]) -> tuple[int | None, int | None]:
    return row["device"], None if row["device"] else row["room"]


def _named(place: Place | None) -> str:
    if place is None:
        return ""
    return f"{place.room} {place.device} {place.device_code}".strip()


def _why(row: dict[str, Any], returned: dict[int | None, str]) -> str:
    """second: another entry was there first; returned: sent back; earlier: replaced since."""
    if row["id"] in returned:
        return "returned"
    return "second" if row["repeat"] else "earlier"


def signed(found: Facts) -> tuple[Signed, ...]:
    return tuple(
        Signed(one.step, one.decision, one.signer or people.name(one.person) or "",
               clock.to_text(one.at), one.signature or "", one.link_hash is not None,
               one.note or "")
        for one in found.course
    )  # fmt: skip


def doings(placed: Placed, who: dict[int, str]) -> tuple[Doing, ...]:
    """Each person's share of the entries that count, the largest first."""
    shares: dict[int, list[dict[str, Any]]] = {}
    for stop, _ in placed:
        if stop["counts"]:
            shares.setdefault(stop["counts"]["person"], []).append(stop["counts"])
    made = [_doing(who.get(person, ""), rows) for person, rows in shares.items()]
    return tuple(sorted(made, key=lambda one: (-one.done, one.person)))


def _doing(person: str, rows: list[dict[str, Any]]) -> Doing:
    moments = sorted(clock.to_text(row["received_at"]) for row in rows)
    return Doing(person, len(rows), sum(bool(row["scanned"]) for row in rows), moments[0],
                 moments[-1])  # fmt: skip
