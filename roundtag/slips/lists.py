"""The list of slips: narrowed by its address, paged, and the same as a file."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any
from urllib.parse import urlencode

from peewee import fn

from roundtag import clock, people, stock
from roundtag.access import STAFF, Actor
from roundtag.fields import Fields
from roundtag.models import DeviceModel, StockMovement, StockSlip, Store, Unit, dicts
from roundtag.register import neutral
from roundtag.slips import bags
from roundtag.slips.kinds import WORDS
from roundtag.slips.offers import Choices, named
from roundtag.slips.seeing import Other, store_name, visible_slips
from roundtag.words import N_

PAGE = 50
MOST_IN_FILE = 20_000
Say = Callable[[str], str]


@dataclass(frozen=True)
class Wish:
    """`month` is its first day, none for all; `person` filed the slip or carries its bag."""

    kind: str = ""
    store: int | None = None
    person: int | None = None
    month: date | None = None
    number: int = 1

    def query(self, **changes: Any) -> str:
        wish = replace(self, **{"number": 1, **changes})
        pairs = {
            "kind": wish.kind, "store": wish.store, "person": wish.person,
            "month": f"{wish.month:%Y-%m}" if wish.month else "",
            "page": wish.number if wish.number > 1 else "",
        }  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value})


def read_wish(form: Fields) -> Wish:
    """A wish as an address tells it; what cannot be understood is left out."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", form.raw("month"))
    kind = form.raw("kind")
    return Wish(kind if kind in WORDS else "", _key(form.raw("store")), _key(form.raw("person")),
                date(int(found[1]), int(found[2]), 1) if found else None,
                max(_key(form.raw("page")) or 1, 1))  # fmt: skip


def _key(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,8}", text) else None


@dataclass(frozen=True)
class SlipRow:
    """`things`: the first few of what it moved; `total`: how many pieces."""

    id: int
    number: str
    kind: str
    at: datetime
    store: str
    other: str
    device: str
    who: str | None
    signer: str | None
    things: list[str]
    total: int
    undone: bool


@dataclass(frozen=True)
class SlipList:
    wish: Wish
    rows: list[SlipRow]
    more: bool
    stores: Choices
    people: Choices


def slips(wish: Wish, actor: Actor, page: int = PAGE) -> SlipList:
    """A page of slips, the newest first, in a fixed number of queries."""
    rows = list(_chosen(wish, actor).offset((wish.number - 1) * page).limit(page + 1))
    stores = stock.in_view(actor, Store.select()).order_by(Store.code)
    filed = visible_slips(actor, StockSlip.person).distinct()
    names = people.names({row["person"] for row in dicts(filed) if row["person"]})
    return SlipList(
        wish, _rows(rows[:page], actor), len(rows) > page,
        [(store.id, named(store)) for store in stores],
        sorted(names.items(), key=lambda one: one[1]),
    )  # fmt: skip


def _chosen(wish: Wish, actor: Actor) -> Any:
    query = visible_slips(actor).order_by(StockSlip.id.desc())
    if wish.kind:
        query = query.where(StockSlip.kind == wish.kind)
    if wish.store:
        query = query.where((StockSlip.store == wish.store) | (StockSlip.other_store == wish.store))
    if wish.person:
        bag = (Store.kind == bags.BAG) & (Store.person == wish.person)
        other = (Other.kind == bags.BAG) & (Other.person == wish.person)
        query = query.where((StockSlip.person == wish.person) | bag | other)
    if wish.month:
        after = date(wish.month.year + wish.month.month // 12, wish.month.month % 12 + 1, 1)
        query = query.where((StockSlip.at >= _begin(wish.month)) & (StockSlip.at < _begin(after)))
    return query


def _begin(day: date) -> datetime:
    """Midnight of a day in the contracts' zone."""
    noon = datetime.combine(day, time(12), UTC)
    return clock.local(noon).replace(day=day.day, hour=0).astimezone(UTC)


def _rows(rows: list[StockSlip], actor: Actor) -> list[SlipRow]:
    things = _things([row.id for row in rows])
    undone = {row.reverses_id for row in StockSlip.select(StockSlip.reverses).where(
        StockSlip.reverses << [row.id for row in rows])}  # fmt: skip
    carried = {s.person_id for row in rows for s in (row.store, _other(row)) if s and s.person_id}
    names = people.names(carried) if actor.roles & STAFF else {}
    return [
        SlipRow(row.id, row.number, row.kind, row.at, _called(row.store, actor, names),
                _called(_other(row), actor, names),
                f"{row.device.code} {row.device.name}" if row.device else "",
                people.name(row.person), row.signer, *things.get(row.id, ([], 0)),
                row.id in undone)
        for row in rows
    ]  # fmt: skip


def _other(row: StockSlip) -> Store | None:
    other = getattr(row, "second", None)
    return other if other is not None and other.id else None


def _called(store: Store | None, actor: Actor, names: dict[int, str]) -> str:
    """A bag goes by who carries it."""
    if store is not None and store.kind == bags.BAG and store.person_id in names:
        return names[store.person_id]
    return store_name(store, actor)


def _things(ids: list[int]) -> dict[int, tuple[list[str], int]]:
    """What each slip moved, by model; one query."""
    own = DeviceModel.alias()
    maker, name = fn.COALESCE(own.maker, DeviceModel.maker), fn.COALESCE(own.name, DeviceModel.name)
    query = (
        StockMovement.select(StockMovement.slip, maker.alias("maker"), name.alias("name"),
                             fn.SUM(StockMovement.quantity).alias("pieces"))
        .left_outer_join(Unit).left_outer_join(own, on=(Unit.model == own.id))
        .switch(StockMovement).left_outer_join(DeviceModel)
        .where(StockMovement.slip << ids)
        .group_by(StockMovement.slip, maker, name)
        .order_by(StockMovement.slip, fn.MIN(StockMovement.id))
    )  # fmt: skip
    found: dict[int, tuple[list[str], int]] = {}
    for row in dicts(query):
        listed, total = found.get(row["slip"], ([], 0))
        title = f"{row['maker']} {row['name']}".strip()
        found[row["slip"]] = [*listed, f"{title} × {row['pieces']}"], total + int(row["pieces"])
    return found


HEADS = (
    N_("Number"), N_("Time"), N_("Kind"), N_("Spares store"), N_("To or from"), N_("Device"),
    N_("Things"), N_("Pieces"), N_("Signed by"), N_("Filed by"), N_("Undone"),
)  # fmt: skip


def csv_file(wish: Wish, actor: Actor, say: Say, kind: Say) -> bytes:
    """All slips of a wish; no cell is taken for a formula."""
    rows = [tuple(say(head) for head in HEADS)]
    for row in _rows(list(_chosen(wish, actor).limit(MOST_IN_FILE)), actor):
        cells = (row.number, f"{clock.local(row.at):%Y-%m-%d %H:%M}", kind(row.kind), row.store,
                 row.other, row.device, ", ".join(row.things), str(row.total), row.signer or "",
                 row.who or "", say(N_("yes")) if row.undone else "")  # fmt: skip
        rows.append(cells)
    return neutral.csv_file(rows)
