"""The stock ledger: whatever moves goes through here, so that units, levels and movements agree."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from roundtag import bulk_rows, db
from roundtag.commands import Deed
from roundtag.errors import RoundtagError
from roundtag.models import StockMovement, StockSlip, Store, Unit
from roundtag.stock import levels
from roundtag.stock.places import CLIENT, DEVICE, REPAIR, STORE, Spot
from roundtag.words import N_

KEYLESS = (REPAIR, CLIENT)
"""Places with a key that no column of a unit bears."""
Move = tuple[int, Spot, Spot]
"""The key of a unit, where from and where to."""


class OutOfUse(RoundtagError):
    """Something would move into a store that was taken out of use."""

    code = "store-retired"
    status = 409
    message = N_("%(store)s is out of use. Choose another store.")


def hold(unit_id: int) -> Unit:
    """The unit as it is now, locked: whoever else moves it waits until the deed is done."""
    held = Unit.update(id=Unit.id).where(Unit.id == unit_id).returning(Unit).execute()
    for unit in held:
        return unit
    return Unit.get_by_id(unit_id)  # which says that there is none


def spot_of(unit: Unit) -> Spot:
    """Where a unit is: by its own columns, or with whom by its last movement."""
    if unit.place not in KEYLESS:
        return Spot(unit.place, {STORE: unit.store_id, DEVICE: unit.device_id}.get(unit.place))
    moves = StockMovement.select(StockMovement.to_key).where(StockMovement.unit == unit.id)
    last = moves.order_by(StockMovement.id.desc()).first()
    return Spot(unit.place, last.to_key if last else None)


class Line(NamedTuple):
    """What moves: a unit that is locked, or so many pieces of a counted model."""

    source: Spot
    target: Spot
    unit: Unit | None = None
    model_id: int = 0
    quantity: int = 1
    shelf: str = ""


def of_unit(unit: Unit, target: Spot, *, source: Spot | None = None, shelf: str = "") -> Line:
    """`source`: where from, when the caller knows better than the unit (spot_of)."""
    return Line(source or spot_of(unit), target, unit, shelf=shelf)


def move(deed: Deed, unit: Unit, target: Spot, reason: str, *, source: Spot | None = None,
         slip: StockSlip | None = None, shelf: str = "") -> None:  # fmt: skip
    """Moves one unit that is locked. Raises OutOfUse."""
    move_all(deed, [of_unit(unit, target, source=source, shelf=shelf)], reason, slip)


def shift(deed: Deed, model_id: int, quantity: int, source: Spot, target: Spot, reason: str, *,
          slip: StockSlip | None = None) -> None:  # fmt: skip
    """Moves so many pieces of a counted model. Raises OutOfUse, and Short when the source is a
    store that holds fewer."""
    move_all(deed, [Line(source, target, None, model_id, quantity)], reason, slip)


def move_all(deed: Deed, lines: Iterable[Line], reason: str, slip: StockSlip | None = None) -> None:
    """Moves everything in the order given. Whatever one deed moves goes through one call: levels
    change first and in one order for everybody, as two deeds that cross in a store would wait for
    each other. Raises OutOfUse and Short before anything is written."""
    listed = list(lines)
    _check_open(line.target for line in listed)
    levels.change(change for line in listed for change in _level_changes(line))
    deed.change_many((line.unit, _columns(line)) for line in listed if line.unit)
    _record(deed, listed, reason, slip)


def _record(deed: Deed, lines: list[Line], reason: str, slip: StockSlip | None) -> None:
    deed.create_many(StockMovement, [
        {**_what(line), "from_place": line.source.place, "from_key": line.source.key,
         "to_place": line.target.place, "to_key": line.target.key, "reason": reason,
         "slip": slip, "person": deed.person_id, "at": deed.received_at}
        for line in lines
    ])  # fmt: skip


def _level_changes(line: Line) -> Iterator[tuple[int, int, int]]:
    model = line.unit.model_id if line.unit else line.model_id
    return _changes(model, [(line.source, -line.quantity), (line.target, line.quantity)])


def _what(line: Line) -> dict[str, Any]:
    if line.unit:
        return {"unit": line.unit.id}
    return {"model": line.model_id, "quantity": line.quantity}


def _columns(line: Line) -> dict[str, Any]:
    target = line.target
    return {
        "place": target.place,
        "device": target.key if target.place == DEVICE else None,
        "store": target.key if target.place == STORE else None,
        "shelf": line.shelf if target.place == STORE else "",
    }


def _check_open(targets: Iterable[Spot]) -> None:
    """Raises OutOfUse. Whoever retires a store waits until this deed is done, and the other way
    round; movements do not wait for each other."""
    keys = sorted({spot.key for spot in targets if spot.place == STORE and spot.key is not None})
    if not keys:
        return
    query = Store.select(Store.name, Store.retired_at).where(Store.id.in_(keys)).order_by(Store.id)
    if db.kind() == "postgresql":
        query = query.for_update("FOR SHARE")  # type: ignore[arg-type]
    for store in list(query):  # a cursor left half-read would keep the database locked
        if store.retired_at:
            raise OutOfUse(store=store.name)


def _changes(model: int, parts: Iterable[tuple[Spot, int]]) -> Iterator[tuple[int, int, int]]:
    return ((spot.key, model, more) for spot, more in parts
            if spot.place == STORE and spot.key is not None)  # fmt: skip


def note_all(deed: Deed, reason: str, moves: Iterable[Move]) -> None:
    """The movements and levels of many units whose columns the caller sets in bulk."""
    listed = list(moves)
    _check_open(target for _, _, target in listed)
    models = dict(_models(unit for unit, _, _ in listed))
    levels.change(
        change
        for unit, source, target in listed
        for change in _changes(models[unit], [(source, -1), (target, 1)])
    )
    deed.create_many(StockMovement, (
        {"unit": unit, "from_place": source.place, "from_key": source.key,
         "to_place": target.place, "to_key": target.key, "reason": reason,
         "person": deed.person_id, "at": deed.received_at}
        for unit, source, target in listed
    ))  # fmt: skip


def _models(units: Iterable[int]) -> Iterator[tuple[int, int]]:
    return ((unit.id, unit.model_id) for unit in bulk_rows.of_keys(Unit, Unit.id, units))


def renamed(given: Iterable[tuple[Unit, int]]) -> None:
    """Units were entered under a wrong model: what their stores hold follows. The model that each
    bears by now is another one than given."""
    levels.change(
        change
        for unit, model in given
        if unit.place == STORE
        for change in ((unit.store_id, model, -1), (unit.store_id, unit.model_id, 1))
    )
