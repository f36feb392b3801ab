"""What lies in the stores, part by part, and the catalogue itself: searched, narrowed, paged."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from peewee import fn

from roundtag.access import Actor
from roundtag.fields import Fields
from roundtag.models import DeviceModel, Store
from roundtag.stock.catalogue import Named, substitutes_of_all
from roundtag.storekeeping import catalogue, units
from roundtag.storekeeping.holdings import PAGE, PartLine, Parts, stores_in_use

SORTS = ("name", "category", "pieces", "lacking")
FILTERS: Mapping[str, tuple[str, ...]] = {
    "tracking": ("serial", "count"),
    "made": ("discontinued", "made"),
    "low": ("1",),
}


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see; all of it stands in the page's address."""

    text: str = ""
    store: int | None = None
    category: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    sort: str = "name"
    down: bool = False
    page: int = 1

    def query(self, **changes: Any) -> str:
        """The address's query with changes; any change begins at the first page."""
        wish = replace(self, **{"page": 1, **changes})
        pairs = {"q": wish.text, "store": wish.store, "category": wish.category, **wish.filters,
                 "sort": "" if wish.sort == "name" else wish.sort, "down": "1" if wish.down else "",
                 "page": wish.page if wish.page > 1 else ""}  # fmt: skip
        return urlencode({name: value for name, value in pairs.items() if value})

    def toggled(self, name: str, value: str) -> str:
        rest = {n: v for n, v in self.filters.items() if n != name}
        on = self.filters.get(name) == value
        return self.query(filters=rest if on else {**rest, name: value})

    @property
    def narrowed(self) -> bool:
        return bool(self.text or self.store or self.category or self.filters)


def read(form: Fields) -> Wish:
    """A wish as an address tells it; what cannot be understood is left out."""
    given = {name: form.raw(name) for name in FILTERS}
    category, sort = form.raw("category"), form.raw("sort")
    return Wish(
        form.raw("q")[:80], _number(form.raw("store")),
        category if category in catalogue.categories() else "",
        {name: value for name, value in given.items() if value in FILTERS[name]},
        sort if sort in SORTS else "name", form.raw("down") == "1",
        max(1, _number(form.raw("page")) or 1),
    )  # fmt: skip


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


@dataclass(frozen=True)
class Listing:
    """`pages`: how many there are. `units`: those whose serial number was typed."""

    wish: Wish
    stores: list[Store]
    lines: list[PartLine]
    total: int
    pages: int
    substitutes: dict[int, list[Named]]
    units: list[units.Hit]


def overview(wish: Wish, actor: Actor) -> Listing:
    """What the stores in view hold, or should hold; constant work, however much lies in them."""
    stores = stores_in_use(actor)
    chosen = [s.id for s in stores if wish.store in (None, s.id)]
    parts = Parts(chosen)
    parts.where.append((parts.pieces > 0) | parts.ruled.c.model_id.is_null(False))
    hits = units.by_serial(wish.text, actor) if wish.text else []
    return _listing(wish, stores, parts, hits)


def parts(wish: Wish, actor: Actor) -> Listing:
    """The catalogue, with what the stores in view hold of it."""
    stores = stores_in_use(actor)
    return _listing(wish, stores, Parts(s.id for s in stores), [])


def _listing(wish: Wish, stores: list[Store], found: Parts, hits: list[units.Hit]) -> Listing:
    found.narrow(wish.text, wish.category)
    for name, value in wish.filters.items():
        found.where.append(_condition(name, value, found))
    lines, total = found.lines(_order(wish, found), wish.page)
    gone = [line.id for line in lines if line.discontinued]
    return Listing(wish, stores, lines, total, -(-total // PAGE),
                   substitutes_of_all(gone or [0]), hits)  # fmt: skip


def _condition(name: str, value: str, found: Parts) -> Any:
    if name == "tracking":
        return DeviceModel.tracking == value
    if name == "low":
        return found.low > 0
    return DeviceModel.discontinued_on.is_null(value == "made")


def _order(wish: Wish, found: Parts) -> list[Any]:
    lacking = fn.COALESCE(found.ruled.c.lacking, 0)
    column = {"category": DeviceModel.category, "pieces": found.pieces, "lacking": lacking}
    name = [DeviceModel.maker, DeviceModel.name, DeviceModel.id]
    if wish.sort == "name":
        return [key.desc() for key in name] if wish.down else name
    first = column[wish.sort]
    return [first.desc() if wish.down else first.asc(), *name]
