"""One round as a page: how far by room and by category, who did what, what is next on the way.

Figures are counted by the database; stops are read one by one only in the rooms that stand open.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from peewee import Case, fn

from roundtag import clock, people
from roundtag.access import Actor
from roundtag.errors import NotFound
from roundtag.models import (
    Building,
    Device,
    Inspection,
    Room,
    Round,
    RoundDevice,
    Site,
    dicts,
    tuples,
)
from roundtag.rounds.pages import Progress, RoundCard, cards_of
from roundtag.rounds.route import (
    OF_ROOM,
    Stop,
    joined,
    place_of_room,
    shares_of,
    stops_next,
    stops_where,
    with_entries,
)
from roundtag.rounds.stops import awaited

SHOWS = ("all", "open", "failed", "mine")
NEXT = 3
AT_ONCE = 60
"""Rooms that the page of a round shows."""
FEW, NARROWED = 5, 39
"""So many rooms stand open from the beginning: of all, and of those that a filter left."""


@dataclass(frozen=True)
class RoomStops:
    """A room of a round; `walker` has the name of who walks it, where the round is shared; `stops`
    is empty where the room stands closed."""

    room_id: int
    room: str
    room_code: str
    floor: str
    building: str
    progress: Progress
    stops: list[Stop]
    walker: str | None = None


@dataclass(frozen=True)
class Walker:
    """How many stops one person has done in a round. `rooms`: how many are theirs to walk."""

    id: int
    name: str
    done: int
    rooms: int
    last_at: datetime | None


@dataclass(frozen=True)
class RoundPage:
    """`rooms` are narrowed by `show`, the figures never are. `more`: the room with which the next
    part begins, where the page shows a part."""

    card: RoundCard
    rooms: list[RoomStops]
    categories: list[tuple[str, Progress]]
    walkers: list[Walker]
    next: list[Stop]
    show: str
    more: int | None = None

    @property
    def stops(self) -> list[Stop]:
        """All stops of the rooms that stand open."""
        return [stop for room in self.rooms for stop in room.stops]


def page(round_id: int, actor: Actor, today: date, show: str = "all", *, begin: int = 0,
         at_once: int | None = None, opened: int = 0) -> RoundPage:  # fmt: skip
    """A round in walking order, closed ones too; all of its rooms with all stops, or so many from
    the room `begin` on, with the stops of some and of the room `opened`. Raises NotFound.
    Eighteen queries at most, however many stops."""
    card = next(iter(cards_of(actor, today, Round.id == round_id, ())), None)
    if card is None:
        raise NotFound
    shares, me = shares_of(round_id), actor.person_id
    whole = _rooms(round_id, None)
    wanted = _wanted(card, show, me, shares)
    shown = whole if wanted is None else _rooms(round_id, wanted)
    first = next((place for place, row in enumerate(shown) if row["id"] == begin), 0)
    end = len(shown) if at_once is None else first + at_once
    part = shown[first:end]
    keys = {row["id"] for row in part} if at_once is None else {opened, *_open(part, show)}
    walkers = {row["id"]: shares.get(row["id"], card.engineer_id) for row in whole}
    last, done = _did(round_id)
    names = people.names({key for key in (*walkers.values(), *last) if key})
    stops = _stops(card, keys, wanted, shares)
    said = names if len({*walkers.values()}) > 1 else {}
    return RoundPage(
        card, [_room(row, stops, said.get(walkers[row["id"]] or 0)) for row in part],
        _categories(round_id), _walkers(names, Counter(walkers.values()), last, done),
        stops_next(round_id, card.engineer_id, me, NEXT, shares), show,
        shown[end]["id"] if end < len(shown) else None,
    )  # fmt: skip


def _wanted(card: RoundCard, show: str, me: int | None, shares: dict[int, int]) -> Any:
    """What a filter leaves of the stops, as a condition; None where it leaves all."""
    if show == "open":
        return RoundDevice.done_at.is_null()
    if show == "failed":
        return RoundDevice.result.in_(("fail", "fixed"))
    if show != "mine":
        return None
    others = [room for room, person in shares.items() if person != me]
    given = [room for room, person in shares.items() if person == me]
    own = Room.id.not_in(others) if card.engineer_id == me else Room.id.in_(given)
    here = (Inspection.device == RoundDevice.device) | (
        RoundDevice.device.is_null() & (Inspection.room == RoundDevice.room)
        & Inspection.device.is_null())  # fmt: skip
    mine = (Inspection.round == card.id) & (Inspection.person == me) & here
    return own | fn.EXISTS(Inspection.select(Inspection.id).where(mine))


def next_stops(round_id: int, limit: int, person_id: int | None = None) -> list[Stop]:
    """The next stops still open: a person's own rest first, on from where they were last."""
    tour = Round.get_by_id(round_id)
    return stops_next(round_id, tour.engineer_id, person_id, limit)


def _counted() -> tuple[Any, ...]:
    failed = Case(None, [(RoundDevice.result == "fail", 1)], 0)
    return (fn.COUNT(RoundDevice.id).alias("total"), fn.COUNT(RoundDevice.done_at).alias("done"),
            fn.SUM(failed).alias("failed"))  # fmt: skip


def _progress(row: dict[str, Any]) -> Progress:
    return Progress(row["total"], row["done"], int(row["failed"]))


def _rooms(round_id: int, wanted: Any) -> list[dict[str, Any]]:
    """The rooms with stops that are wanted, in walking order, with how far each is."""
    query = joined(RoundDevice.select(
        Room.id, Room.name, Room.code, Room.floor, Building.name.alias("building"),
        Site.name.alias("site"), *_counted()))  # fmt: skip
    query = query.where((RoundDevice.round == round_id) & awaited())
    query = query if wanted is None else query.where(wanted)
    return sorted(dicts(query.group_by(Room.id, Building.name, Site.name)), key=place_of_room)


def _open(rows: list[dict[str, Any]], show: str) -> set[int]:
    """The rooms that stand open from the beginning: few, or else the first if work is left."""
    if len(rows) <= (FEW if show == "all" else NARROWED):
        return {row["id"] for row in rows}
    return {row["id"] for row in rows[:1] if row["total"] > row["done"]}


def _stops(card: RoundCard, keys: set[int], wanted: Any,
           shares: dict[int, int]) -> dict[int, list[Stop]]:  # fmt: skip
    """The wanted stops of some rooms, by room."""
    where = Room.id.in_(sorted(keys)) if wanted is None else Room.id.in_(sorted(keys)) & wanted
    found: dict[int, list[Stop]] = {}
    for stop in with_entries(card.id, stops_where(card.id, card.engineer_id, where, shares)):
        found.setdefault(stop.room_id, []).append(stop)
    return found


def _room(row: dict[str, Any], stops: dict[int, list[Stop]], walker: str | None) -> RoomStops:
    return RoomStops(row["id"], row["name"], row["code"], row["floor"], row["building"],
                     _progress(row), stops.get(row["id"], []), walker)  # fmt: skip


def _categories(round_id: int) -> list[tuple[str, Progress]]:
    """The categories, those with most left first."""
    query = RoundDevice.select(Device.category, *_counted()).left_outer_join(Device)
    query = query.where((RoundDevice.round == round_id) & awaited()).group_by(Device.category)
    found = [(row["category"] or OF_ROOM, _progress(row)) for row in dicts(query)]
    return sorted(found, key=lambda one: (-one[1].left, -one[1].total, one[0]))


def _did(round_id: int) -> tuple[dict[int, Any], dict[int, int]]:
    """When each person made their last entry, and how many stops theirs have done; two queries."""
    entries = Inspection.select(Inspection.person, fn.MAX(Inspection.received_at))
    last = entries.where(Inspection.round == round_id).group_by(Inspection.person)
    stops = RoundDevice.select(Inspection.person, fn.COUNT(RoundDevice.id))
    stops = stops.join(Inspection, on=(RoundDevice.entry == Inspection.id))
    done = stops.where((RoundDevice.round == round_id) & awaited()).group_by(Inspection.person)
    return dict(tuples(last)), dict(tuples(done))


def _walkers(names: dict[int, str], rooms: Counter[int | None], last: dict[int, Any],
             done: dict[int, int]) -> list[Walker]:  # fmt: skip
    """Everybody who has a part of the round or has done something in it."""
    return [
        Walker(key, names[key], done.get(key, 0), rooms[key], _moment(last.get(key)))
        for key in sorted(names, key=lambda key: (-done.get(key, 0), key))
    ]


def _moment(told: datetime | str | None) -> datetime | None:
    return clock.from_text(told) if isinstance(told, str) else told
