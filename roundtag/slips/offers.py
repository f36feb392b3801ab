"""What the form of a kind offers, and what an engineer carries."""

from dataclasses import dataclass

from roundtag import clients, stock
from roundtag.access import Actor
from roundtag.errors import NotFound
from roundtag.models import DeviceModel, StockLevel, Store, Unit
from roundtag.slips import bags, parts, routes
from roundtag.slips.kinds import KINDS
from roundtag.storekeeping.stores import carries

MOST_UNITS = 300
Choices = list[tuple[int, str]]


@dataclass(frozen=True)
class Sheet:
    """What a form of one kind offers. `parts`: counted models, with what the source holds where
    that is a store; `units`: what lies there to be ticked."""

    kind: str
    store: Store | None
    stores: Choices
    others: Choices
    people: Choices
    clients: Choices
    models: Choices
    parts: list[tuple[int, str, int | None]]
    units: list[tuple[int, str, str, str]]
    carrier: int | None


def sheet(kind: str, store_id: int | None, person_id: int | None, actor: Actor) -> Sheet:
    """The form of a kind, for a store that is chosen already or not. Raises NotFound."""
    wanted = KINDS.get(kind)
    if wanted is None:
        raise NotFound
    seen = list(stock.in_view(actor, Store.select()).where(Store.retired_at.is_null())
                .order_by(Store.kind == bags.BAG, Store.code))  # fmt: skip
    mine = [s for s in seen if _may_be_source(kind, s, actor)]
    store = next((s for s in mine if s.id == store_id), mine[0] if len(mine) == 1 else None)
    keeper = store is not None and actor.may("move_stock", store.client_id)
    asked = person_id if keeper and bags.carries(person_id, actor) else None
    carrier = asked or actor.person_id
    source: Store | None = store
    if kind == "return":
        source = bags.of(carrier)
    elif wanted.brings and kind != "adjust":
        source = None
    return Sheet(
        kind, store, [(s.id, named(s)) for s in mine],
        [(s.id, named(s)) for s in seen if store and s.id != store.id and s.kind != bags.BAG
         and actor.may("move_stock", s.client_id)] if wanted.partner == "store" else [],
        _people(actor) if wanted.partner == "person" and keeper else [],
        _clients(actor) if wanted.partner == "client" and store and not store.client_id else [],
        _models() if wanted.brings else [],
        _parts(source) if source else _all_parts(),
        _units_in(source) if source and wanted.units else [],
        carrier,
    )  # fmt: skip


def named(store: Store) -> str:
    return str(store.name) if store.name == store.code else f"{store.code} {store.name}"


def _may_be_source(kind: str, store: Store, actor: Actor) -> bool:
    own = carries(store, actor.person_id)
    if kind in ("draw", "return"):
        may = actor.may("move_stock", store.client_id) or routes.may_draw(actor, store)
        return store.kind != bags.BAG and may
    if kind == "use":
        return own or (store.kind != bags.BAG and actor.able("use_part"))
    return actor.may("move_stock", store.client_id)


def _people(actor: Actor) -> Choices:
    return [(p.id, p.name or p.username) for p in bags.carriers(actor).limit(500)]


def _clients(actor: Actor) -> Choices:
    return [(c.id, c.name) for c in clients.choose(actor, None)[0]]


def _models() -> Choices:
    query = DeviceModel.select().where(DeviceModel.tracking == "serial")
    return [(m.id, parts.title(m)) for m in query.order_by(DeviceModel.maker, DeviceModel.name)]


def _all_parts() -> list[tuple[int, str, int | None]]:
    query = DeviceModel.select().where(DeviceModel.tracking == "count")
    rows = query.order_by(DeviceModel.maker, DeviceModel.name)
    return [(m.id, parts.title(m), None) for m in rows]


def _parts(store: Store) -> list[tuple[int, str, int | None]]:
    query = (
        StockLevel.select(StockLevel, DeviceModel).join(DeviceModel)
        .where((StockLevel.store == store.id) & (StockLevel.quantity > 0))
        .where(DeviceModel.tracking == "count").order_by(DeviceModel.maker, DeviceModel.name)
    )  # fmt: skip
    return [(row.model_id, parts.title(row.model), row.quantity) for row in query]


def _units_in(store: Store) -> list[tuple[int, str, str, str]]:
    query = (
        Unit.select(Unit, DeviceModel).join(DeviceModel).where(Unit.store == store.id)
        .order_by(DeviceModel.maker, DeviceModel.name, Unit.serial).limit(MOST_UNITS)
    )  # fmt: skip
    return [(u.id, u.serial, parts.title(u.model), u.shelf) for u in query]


@dataclass(frozen=True)
class BagUnit:
    id: int
    serial: str
    model: str
    icon: str
    warranty: str


@dataclass(frozen=True)
class Bag:
    """What somebody carries. `store_id` is None for who has no bag yet; `home`: stores to which
    it can go back."""

    store_id: int | None
    units: list[BagUnit]
    parts: list[tuple[int, str, int, str]]
    homes: Choices


def bag(actor: Actor) -> Bag:
    """One's own bag, in a fixed number of queries."""
    store = bags.of(actor.person_id)
    if store is None:
        return Bag(None, [], [], [])
    units = (
        Unit.select(Unit, DeviceModel).join(DeviceModel).where(Unit.store == store.id)
        .order_by(DeviceModel.maker, DeviceModel.name, Unit.serial).limit(MOST_UNITS)
    )  # fmt: skip
    levels = (
        StockLevel.select(StockLevel, DeviceModel).join(DeviceModel)
        .where((StockLevel.store == store.id) & (StockLevel.quantity > 0))
        .where(DeviceModel.tracking == "count").order_by(DeviceModel.maker, DeviceModel.name)
    )  # fmt: skip
    homes = stock.in_view(actor, Store.select()).where(Store.retired_at.is_null())
    return Bag(
        store.id,
        [BagUnit(u.id, u.serial, parts.title(u.model), u.model.category,
                 u.warranty_until.isoformat() if u.warranty_until else "") for u in units],
        [(row.model_id, parts.title(row.model), row.quantity, row.model.category)
         for row in levels],
        [(s.id, named(s)) for s in homes.order_by(Store.code)
         if s.kind != bags.BAG and routes.may_draw(actor, s)],
    )  # fmt: skip
