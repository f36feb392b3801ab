"""The units that a slip names, and what is wrong with it: each line says what is there now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from roundtag import stock
from roundtag.access import Actor
from roundtag.errors import FieldError, Invalid
from roundtag.models import Device, StockMovement, Store, Unit
from roundtag.stock import Spot
from roundtag.storekeeping import units as units_of
from roundtag.words import N_

BRINGING = (stock.SUPPLIER, stock.CLIENT, stock.ADJUSTMENT)
"""Places from which a unit may come that was never seen before."""


@dataclass(frozen=True)
class Clash:
    """A line that does not hold: a unit that is at `place` (`where`: its name, as far as whoever
    asks may know it), or pieces of which a store has only `have`."""

    what: str
    place: str = ""
    where: str = ""
    wanted: int = 0
    have: int = 0

    def __str__(self) -> str:
        if self.wanted:
            return f"{self.what} ({self.have}/{self.wanted})"
        return f"{self.what} ({self.where})" if self.where else self.what


@dataclass
class Found:
    """`fresh`: serial numbers that no unit of the model bears."""

    units: list[Unit]
    fresh: list[str]
    clashes: list[Clash]


def units(ids: Iterable[int], serials: Iterable[str], source: Spot, model_id: int | None,
          actor: Actor) -> Found:  # fmt: skip
    """What is meant by keys and serial numbers; all units locked, in the order of their keys."""
    wanted, named = list(ids), list(serials)
    rows = hold(_candidates((Unit.id << wanted) | (Unit.serial << named)))
    ends = _client_keys(rows) if source.place == stock.CLIENT else {}
    here = {row.id: _is_here(row, source, ends) and _is_theirs(row, actor) for row in rows}
    if model_id is not None:
        rows = [row for row in rows if row.model_id == model_id or row.id in wanted]
    found = Found([], [], [])
    unknown: list[FieldError] = []
    by_key = {row.id: row for row in rows}
    for key in wanted:
        row = by_key.get(key)
        if row is None or not (here[key] or _may_know(row, actor)):
            unknown.append(FieldError("serials", "unknown", GONE))
        else:
            _sort(found, row, here[key], actor)
    for serial in named:
        _judge(serial, rows, here, found, unknown, actor, source, model_id)
    if unknown:
        raise Invalid(*unknown)
    found.units = list({unit.id: unit for unit in found.units}.values())
    return found


GONE = N_("One of the units is not known any more. Load the page again.")
UNKNOWN = N_("No unit bears the serial number %(serial)s.")
NEW = N_("%(serial)s is new here. Choose its model.")
AMBIGUOUS = N_("Several makers use the serial number %(serial)s. Choose from the list.")
KNOWN = {
    stock.STORE: N_("%(serial)s is known already: it lies in %(where)s."),
    stock.DEVICE: N_("%(serial)s is known already: it is in the device %(where)s."),
    stock.REPAIR: N_("%(serial)s is known already: it is out for repair."),
    stock.SCRAP: N_("%(serial)s is known already: it was scrapped."),
    stock.CLIENT: N_("%(serial)s is known already: the client has it."),
    stock.ADJUSTMENT: N_("%(serial)s is known already: it was missing. File an adjustment."),
}
ELSEWHERE = N_("%(serial)s is known already at this model.")


def _judge(serial: str, rows: list[Unit], here: dict[int, bool], found: Found,
           unknown: list[FieldError], actor: Actor, source: Spot,
           model_id: int | None) -> None:  # fmt: skip
    same = [row for row in rows if row.serial == serial]
    lying = [row for row in same if here[row.id]]
    known = [row for row in same if _may_know(row, actor)]
    if len(lying) > 1:
        unknown.append(FieldError("serials", "ambiguous", AMBIGUOUS, {"serial": serial}))
    elif lying:
        found.units.append(lying[0])
    elif source.place in BRINGING and model_id is not None:
        if same:
            place, where = whereabouts(same[0], actor)
            message = KNOWN.get(place, ELSEWHERE) if known else ELSEWHERE
            told = {"serial": serial, "where": where}
            unknown.append(FieldError("serials", "known", message, told))
        else:
            found.fresh.append(serial)
    elif known:
        found.clashes.append(Clash(serial, *whereabouts(known[0], actor)))
    else:
        message = NEW if source.place in BRINGING else UNKNOWN
        unknown.append(FieldError("serials", "unknown", message, {"serial": serial}))


def _sort(found: Found, row: Unit, here: bool, actor: Actor) -> None:
    if here:
        found.units.append(row)
    else:
        found.clashes.append(Clash(row.serial, *whereabouts(row, actor)))


def _candidates(where: Any) -> list[int]:
    return [row.id for row in Unit.select(Unit.id).where(where)]


def hold(keys: list[int]) -> list[Unit]:
    """The units under their locks; read again with all that tells where they are."""
    for key in sorted(keys):
        Unit.update(id=Unit.id).where(Unit.id == key).execute()
    query = (
        Unit.select(Unit, Store, Device)
        .left_outer_join(Store).switch(Unit)
        .left_outer_join(Device)
        .where(Unit.id << keys)
        .order_by(Unit.id)
    )  # fmt: skip
    return list(query)


def _client_keys(rows: list[Unit]) -> dict[int, int | None]:
    """Which client has each unit: its last movement says."""
    away = [row.id for row in rows if row.place == stock.CLIENT]
    moves = StockMovement.select().where(StockMovement.unit << away).order_by(StockMovement.id)
    return {move.unit_id: move.to_key for move in moves}


def _is_here(row: Unit, source: Spot, ends: dict[int, int | None]) -> bool:
    if row.place != source.place:
        return False
    if source.place == stock.CLIENT:
        return ends.get(row.id) == source.key
    return source.place != stock.STORE or row.store_id == source.key


def _is_theirs(row: Unit, actor: Actor) -> bool:
    """What is in no place of ours belongs to the client that had it last."""
    if actor.client_ids is None or row.place not in (stock.SUPPLIER, stock.ADJUSTMENT):
        return True
    return units_of.whose(row) in (None, *actor.client_ids)


def _owner(row: Unit) -> int | None:
    if row.store:
        return row.store.client_id
    return row.device.client_id if row.device else None


def _may_know(row: Unit, actor: Actor) -> bool:
    """Another client's units are as unknown as none; out of store and device they are nobody's
    that could be told."""
    if actor.client_ids is None:
        return True
    if row.store and row.store.client_id is None:
        return True
    return _owner(row) in actor.client_ids


def whereabouts(row: Unit, actor: Actor) -> tuple[str, str]:
    """The kind of place where a unit is, and the name of the store or device: another client's
    has none here."""
    if not _may_know(row, actor):
        return row.place, ""
    if row.store:
        return stock.STORE, row.store.name
    return row.place, row.device.code if row.device else ""
