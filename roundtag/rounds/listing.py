"""The list of rounds: open, closed or accepted, narrowed and paged; all of it in its address."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from peewee import fn

from roundtag import people
from roundtag.access import Actor, visible
from roundtag.checklists import OCCASIONS
from roundtag.fields import Fields
from roundtag.models import Building, Client, Device, Room, Round, RoundDevice, Site, tuples
from roundtag.rounds.pages import RoundCard, cards_of
from roundtag.rounds.stops import awaited, walks

PAGE = 30
STATES = ("open", "closed", "accepted")
FILTERS = ("client", "site", "engineer", "occasion", "late")


@dataclass(frozen=True)
class RoundWish:
    """`after` is the place behind which the page begins: (due day, key) of a round."""

    state: str = "open"
    filters: Mapping[str, str] = field(default_factory=dict)
    after: tuple[date, int] | None = None

    def query(self, **changes: Any) -> str:
        wish = replace(self, **{"after": None, **changes})
        place = f"{wish.after[0]}.{wish.after[1]}" if wish.after else ""
        pairs = {"state": "" if wish.state == "open" else wish.state, **wish.filters,
                 "after": place}  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value})

    def without(self, name: str) -> str:
        return self.query(filters={n: v for n, v in self.filters.items() if n != name})


def read_wish(form: Fields) -> RoundWish:
    """A wish as an address tells it; what cannot be understood is left out."""
    filters = {name: form.raw(name) for name in FILTERS if form.raw(name)}
    for name in ("client", "site", "engineer"):
        if name in filters and not _is_key(filters[name]):
            del filters[name]
    if filters.get("occasion", "monthly") not in OCCASIONS:
        del filters["occasion"]
    state = form.raw("state")
    return RoundWish(state if state in STATES else "open", filters, _place(form.raw("after")))


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


def _place(text: str) -> tuple[date, int] | None:
    day, _, key = text.partition(".")
    try:
        return (date.fromisoformat(day), int(key)) if _is_key(key) else None
    except ValueError:
        return None


@dataclass(frozen=True)
class RoundList:
    """A page of rounds; `after` the wish's place for the next page, None on the last one."""

    wish: RoundWish
    cards: list[RoundCard]
    after: tuple[date, int] | None
    clients: list[tuple[int, str]]
    sites: list[tuple[int, str]]
    engineers: list[tuple[int, str]]


def listing(wish: RoundWish, actor: Actor, today: date) -> RoundList:
    """Open rounds the soonest due first, past ones the latest first; seven queries at most."""
    forward = wish.state == "open"
    order = (Round.due_on, Round.id) if forward else (Round.due_on.desc(), Round.id.desc())
    keys = visible(actor, Round.select(Round.id, Round.due_on), Round.client)
    keys = keys.where(*_conditions(wish, today, forward)).order_by(*order).limit(PAGE + 1)
    found = [(due, key) for key, due in tuples(keys)]
    shown = [key for _, key in found[:PAGE]]
    cards = cards_of(actor, today, Round.id.in_(shown), order) if shown else []
    return RoundList(wish, cards, found[PAGE - 1] if len(found) > PAGE else None,
                     *_offers(actor))  # fmt: skip


def _conditions(wish: RoundWish, today: date, forward: bool) -> list[Any]:
    chosen = [_state(wish.state)]
    filters = wish.filters
    if "client" in filters:
        chosen.append(Round.client == int(filters["client"]))
    if "occasion" in filters:
        chosen.append(Round.occasion == filters["occasion"])
    if "engineer" in filters:
        chosen.append(walks(int(filters["engineer"])))
    if "site" in filters:
        chosen.append(fn.EXISTS(_stops_at(int(filters["site"]))))
    if filters.get("late"):
        undone = _stops().where(RoundDevice.done_at.is_null() & awaited())
        chosen += [Round.due_on < today, Round.closed_at.is_null(), fn.EXISTS(undone)]
    if wish.after:
        chosen.append(_behind(wish.after, forward))
    return chosen


def _state(state: str) -> Any:
    if state == "accepted":
        return Round.stage == "accepted"
    if state == "closed":
        return Round.closed_at.is_null(False) & (Round.stage != "accepted")
    return Round.closed_at.is_null() & (Round.stage != "accepted")


def _stops() -> Any:
    return RoundDevice.select(RoundDevice.id).where(RoundDevice.round == Round.id)


def _stops_at(site_id: int) -> Any:
    rooms = Room.select(Room.id).join(Building).where(Building.site == site_id)
    devices = Device.select(Device.id).where(Device.room.in_(rooms))
    return _stops().where(RoundDevice.room.in_(rooms) | RoundDevice.device.in_(devices))


def _behind(place: tuple[date, int], forward: bool) -> Any:
    day, key = place
    if forward:
        return (Round.due_on > day) | ((Round.due_on == day) & (Round.id > key))
    return (Round.due_on < day) | ((Round.due_on == day) & (Round.id < key))


def _offers(actor: Actor) -> tuple[list[tuple[int, str]], ...]:
    """Clients, sites and engineers that the list may be narrowed to."""
    clients = visible(actor, Client.select(Client.id, Client.name), Client.id)
    sites = visible(actor, Site.select(Site.id, Site.name), Site.client)
    walked = visible(actor, Round.select(Round.engineer).distinct(), Round.client)
    names = people.names({row.engineer_id for row in walked if row.engineer_id})
    return (
        tuples(clients.order_by(Client.name)),
        tuples(sites.order_by(Site.name)),
        sorted(names.items(), key=lambda one: one[1]),
    )
