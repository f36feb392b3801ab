"""What a store should hold: minimum, on order, shelf; where a unit lies; what was there first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from roundtag import stock
from roundtag.commands import Deed, Outcome
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.models import DeviceModel, StockMovement, StockRule
from roundtag.stock import STORE, SUPPLIER, Spot
from roundtag.storekeeping import digests, stores, units
from roundtag.words import N_

MOST = 100_000
OPENING = "opening"
COLUMNS = ("minimum", "on_order", "shelf")


@dataclass(frozen=True)
class SetRule:
    """`minimum` None: none is set. `seen`: the digest of the rule that the form had shown."""

    store_id: int
    part_id: int
    minimum: int | None = None
    on_order: int = 0
    shelf: str = ""
    seen: str = ""


def read(form: Fields, store_id: int, part_id: int) -> SetRule:
    minimum, on_order = pieces(form, "minimum"), pieces(form, "on_order")
    shelf = form.text("shelf", limit=60)
    form.done()
    return SetRule(store_id, part_id, minimum, on_order or 0, shelf or "", form.raw("seen"))


def pieces(form: Fields, name: str, least: int = 0) -> int | None:
    value = form.whole(name)
    if value is not None and not least <= value <= MOST:
        form.refuse(name, "range", N_("Give a number from %(low)s to %(high)s."), low=least,
                    high=MOST)  # fmt: skip
    return value


def digest(rule: StockRule | None) -> str:
    return digests.of(rule, *COLUMNS)


def rule_of(store_id: int, part_id: int) -> StockRule | None:
    return StockRule.get_or_none((StockRule.store == store_id) & (StockRule.model == part_id))


def url_of(store_id: int, part_id: int) -> str:
    return f"/stock/stores/{store_id}/parts/{part_id}"


def set_rule(command: SetRule, deed: Deed) -> Outcome:
    """The least that a store should hold of a part, what is on order and where it lies."""
    store = stores.hold(command.store_id, deed)
    stores.keeps(store, deed)
    model = DeviceModel.get_or_none(DeviceModel.id == command.part_id)
    if model is None:
        raise NotFound
    rule, url = rule_of(store.id, model.id), url_of(store.id, model.id)
    if store.retired_at:
        return Outcome(stores.RETIRED, url, "conflict")
    if command.seen != digest(rule):
        return Outcome(digests.OVERTAKEN, url, "conflict")
    values = {name: getattr(command, name) for name in COLUMNS}
    if rule is None:
        rule = deed.create(StockRule, store=store, model=model, **values)
    elif any(rule.__data__[name] != value for name, value in values.items()):
        deed.change(rule, **values)
    return Outcome(N_("The minimum of %(name)s is saved."), url,
                   values={"name": f"{model.maker} {model.name}"}, subject_id=rule.id)  # fmt: skip


def arrived(deed: Deed, came: Iterable[tuple[int, int, int]]) -> None:
    """(store, part, pieces) that are here: so many fewer are on order. For whoever receives them,
    after the store's levels were changed."""
    pieces: Counter[tuple[int, int]] = Counter()
    for store, part, count in came:
        pieces[store, part] += count
    for (store, part), count in sorted(pieces.items()):
        same = (StockRule.store == store) & (StockRule.model == part)
        StockRule.update(id=StockRule.id).where(same).execute()
        rule = rule_of(store, part)
        if rule and rule.on_order:
            deed.change(rule, on_order=max(0, rule.on_order - count))


@dataclass(frozen=True)
class PlaceUnit:
    """`seen`: the shelf that the form had shown."""

    unit_id: int
    shelf: str
    seen: str = ""


def read_place(form: Fields, unit_id: int) -> PlaceUnit:
    shelf = form.text("shelf", limit=60)
    form.done()
    return PlaceUnit(unit_id, shelf or "", form.raw("seen"))


def place_unit(command: PlaceUnit, deed: Deed) -> Outcome:
    """Says on which shelf of its store a unit lies."""
    unit = stock.hold(units.found(command.unit_id, deed.actor).id)
    url = f"/units/{unit.id}"
    if unit.place != STORE:
        return Outcome(N_("The unit %(serial)s is not in a store any more."), url, "conflict",
                       {"serial": unit.serial}, unit.id)  # fmt: skip
    stores.handles(stock.store_in_view(unit.store_id, deed.actor), deed)
    if unit.shelf not in (command.seen, command.shelf):
        return Outcome(digests.OVERTAKEN, url, "conflict", subject_id=unit.id)
    if unit.shelf != command.shelf:
        deed.change(unit, shelf=command.shelf)
    return Outcome(N_("%(serial)s lies at %(shelf)s."), url, subject_id=unit.id,
                   values={"serial": unit.serial, "shelf": command.shelf or "—"})  # fmt: skip


@dataclass(frozen=True)
class SetOpeningBalance:
    store_id: int
    part_id: int
    quantity: int


def read_opening(form: Fields, store_id: int, part_id: int) -> SetOpeningBalance:
    quantity = pieces(form, "quantity", least=1)
    if quantity is None and not form.errors:
        form.refuse("quantity", "required", N_("Say how many pieces there are."))
    form.done()
    return SetOpeningBalance(store_id, part_id, quantity or 0)


def set_opening_balance(command: SetOpeningBalance, deed: Deed) -> Outcome:
    """What a store held of a counted part when its book was opened; once, before any movement."""
    store = stores.hold(command.store_id, deed)
    stores.keeps(store, deed)
    model = DeviceModel.get_or_none(DeviceModel.id == command.part_id)
    if model is None:
        raise NotFound
    if model.tracking != "count":
        raise invalid("quantity", "serial", N_("Its pieces are entered one by one, each with its "
                                               "serial number."))  # fmt: skip
    url = url_of(store.id, model.id)
    if moved(store.id, model.id):
        return Outcome(N_("Its book was opened before. Count it again to set the number right."),
                       url, "conflict")  # fmt: skip
    stock.shift(deed, model.id, command.quantity, Spot(SUPPLIER), Spot(STORE, store.id), OPENING)
    return Outcome(N_("%(store)s holds %(count)s of %(name)s."), url, subject_id=model.id,
                   values={"store": store.name, "count": command.quantity,
                           "name": f"{model.maker} {model.name}"})  # fmt: skip


def moved(store_id: int, part_id: int) -> bool:
    """Whether pieces of a counted part ever came into or left a store."""
    here = ((StockMovement.to_place == STORE) & (StockMovement.to_key == store_id)) | (
        (StockMovement.from_place == STORE) & (StockMovement.from_key == store_id)
    )
    return bool(StockMovement.select().where((StockMovement.model == part_id) & here).exists())
