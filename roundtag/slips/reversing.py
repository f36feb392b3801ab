"""Undoing a slip: once, by a slip of its own, while everything is where it went."""

from dataclasses import asdict, dataclass

from peewee import fn

from roundtag import numbers, stock
from roundtag.access import Actor
from roundtag.commands import Deed, Outcome
from roundtag.errors import Forbidden
from roundtag.fields import Fields
from roundtag.models import Device, DeviceModel, StockMovement, StockSlip, Store, Unit, tuples
from roundtag.slips import bags, filing, finding, parts
from roundtag.slips.finding import Clash
from roundtag.slips.kinds import REVERSE
from roundtag.slips.seeing import one
from roundtag.stock import Line, Spot
from roundtag.words import N_

BEFORE = N_("This slip was undone before.")
UNDONE = N_("Slip %(number)s undoes it: everything is back.")
RETIRED = N_("It cannot be undone: the store is not in use any more.")


@dataclass(frozen=True)
class ReverseSlip:
    slip_id: int
    note: str


def read(form: Fields, slip_id: int) -> ReverseSlip:
    note = form.text("note", required=N_("Say why."))
    form.done()
    return ReverseSlip(slip_id, note or "")


def may(actor: Actor, slip: StockSlip) -> bool:
    """Whoever keeps all stores that it moves; out of a bag alone, whoever does so at its client."""
    stores = [slip.store] + ([slip.other_store] if slip.other_store else [])
    owners = [store.client_id for store in stores if not _is_bag(store)] or [slip.client_id]
    return slip.kind != REVERSE and all(actor.may("reverse_slip", owner) for owner in owners)


def _is_bag(store: Store) -> bool:
    return bool(store.kind == bags.BAG)


def reverse_slip(command: ReverseSlip, deed: Deed) -> Outcome:
    """Moves everything back. What was moved on meanwhile is named, and nothing moves."""
    found = one(command.slip_id, deed.actor)
    if not may(deed.actor, found):
        raise Forbidden
    StockSlip.update(id=StockSlip.id).where(StockSlip.id == found.id).execute()
    where = f"/slips/{found.id}"
    if StockSlip.select().where(StockSlip.reverses == found.id).exists():
        return Outcome(BEFORE, where, "conflict", subject_id=found.id)
    moves = list(StockMovement.select().where(StockMovement.slip == found.id)
                 .order_by(StockMovement.id))  # fmt: skip
    if _into_retired(moves):
        return Outcome(RETIRED, where, "conflict", subject_id=found.id)
    units, clashes = _still_there(moves, deed.actor)
    _hold_levels(moves, units)
    clashes += _short(moves)
    if clashes:
        return Outcome(filing.CLASH, where, "conflict", values={
            "lines": ", ".join(map(str, clashes[:20])), "clashes": [asdict(c) for c in clashes],
        }, subject_id=found.id)  # fmt: skip
    return _write(command, deed, found, moves, units)


def _write(command: ReverseSlip, deed: Deed, found: StockSlip, moves: list[StockMovement],
           units: dict[int, Unit]) -> Outcome:  # fmt: skip
    slip = deed.create(
        StockSlip, number=numbers.following("slip", "SL", deed.received_at), kind=REVERSE,
        store=found.store_id, other_store=found.other_store_id, client=found.client_id,
        device=found.device_id, fault=found.fault_id, person=deed.person_id, note=command.note,
        submission=deed.id, at=deed.received_at, reverses=found.id,
    )  # fmt: skip
    stock.move_all(deed, [_back(move, units) for move in moves], REVERSE, slip)
    if found.kind == "use" and found.device_id:
        pieces = tuple((move.model_id, move.quantity) for move in moves)
        filing.note_use(deed, Device.get_by_id(found.device_id), slip, pieces, undone=True)
    return Outcome(UNDONE, f"/slips/{slip.id}", values={"number": slip.number}, subject_id=slip.id)


def _back(move: StockMovement, units: dict[int, Unit]) -> Line:
    source, target = Spot(move.to_place, move.to_key), Spot(move.from_place, move.from_key)
    if move.unit_id:
        return Line(source, target, unit=units[move.unit_id])
    return Line(source, target, model_id=move.model_id, quantity=move.quantity)


def _into_retired(moves: list[StockMovement]) -> bool:
    stores = [move.from_key for move in moves if move.from_place == stock.STORE]
    closed = (Store.id << stores) & Store.retired_at.is_null(False)
    return bool(Store.select().where(closed).exists())


def _still_there(moves: list[StockMovement],
                 actor: Actor) -> tuple[dict[int, Unit], list[Clash]]:  # fmt: skip
    """The units, locked; and those that have moved on since."""
    of_unit = {move.unit_id: move for move in moves if move.unit_id}
    units = {unit.id: unit for unit in finding.hold(list(of_unit))}
    query = StockMovement.select(StockMovement.unit, fn.MAX(StockMovement.id))
    query = query.where(StockMovement.unit << list(of_unit)).group_by(StockMovement.unit)
    newest: dict[int, int] = dict(tuples(query))
    gone = [units[key] for key, move in of_unit.items() if newest[key] != move.id]
    return units, [Clash(unit.serial, *finding.whereabouts(unit, actor)) for unit in gone]


def _hold_levels(moves: list[StockMovement], units: dict[int, Unit]) -> None:
    """As a slip does, before the number is taken."""
    ends = [(place, key, move) for move in moves for place, key in (
        (move.from_place, move.from_key), (move.to_place, move.to_key))]  # fmt: skip
    stock.hold_levels(
        (key, units[move.unit_id].model_id if move.unit_id else move.model_id)
        for place, key, move in ends if place == stock.STORE and key
    )  # fmt: skip


def _short(moves: list[StockMovement]) -> list[Clash]:
    """Pieces that the store holds no more to which they went."""
    wanted: dict[tuple[int, int], int] = {}
    for move in moves:
        if move.model_id and move.to_place == stock.STORE and move.to_key:
            place = move.to_key, move.model_id
            wanted[place] = wanted.get(place, 0) + move.quantity
    held = stock.hold_levels(wanted)
    lacking = {place: n for place, n in wanted.items() if held[place] < n}
    models = {m.id: m for m in DeviceModel.select().where(
        DeviceModel.id << [model for _, model in lacking])}  # fmt: skip
    return [
        Clash(parts.title(models[place[1]]), wanted=n, have=held[place])
        for place, n in lacking.items()
    ]
