"""Filing a slip: all of its lines move, or none does."""

from dataclasses import asdict

from roundtag import fault_events, history, numbers, stock
from roundtag.access import visible
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.models import Device, Fault, StockSlip
from roundtag.slips import bags, finding, parts, routes
from roundtag.slips.finding import Found
from roundtag.slips.orders import FileSlip
from roundtag.slips.routes import Route
from roundtag.stock import Line, Spot
from roundtag.storekeeping import rules
from roundtag.words import N_

CLASH = N_("Nothing was moved, because this is not there any more: %(lines)s")
FILED = N_("Slip %(number)s is filed.")


def file_slip(command: FileSlip, deed: Deed) -> Outcome:
    """Moves what the slip lists. A line that does not hold any more names what is there now."""
    route = routes.of(command, deed)
    source = route.source or Spot(stock.STORE)
    if not route.kind.units and (command.serials or command.unit_ids):
        raise invalid("serials", "units", N_("A unit goes into a device by a swap."))
    models = parts.counted(command.pieces)
    fault = _fault(command, route, deed)
    found = _units(command, route, source, deed)
    _hold_levels(command, route, source, found)
    clashes = [*found.clashes, *parts.short(command.pieces, source, models)]
    if clashes:
        return conflict(clashes)
    slip, lines = _write(command, route, found, deed, **fault)
    return Outcome(FILED, f"/slips/{slip.id}", values={"number": slip.number, "lines": lines},
                   subject_id=slip.id)  # fmt: skip


def _hold_levels(command: FileSlip, route: Route, source: Spot, found: Found) -> None:
    """All that the slip changes at both ends, in one order and before its number is taken: whoever
    holds a level waits for the next number."""
    models = {unit.model_id for unit in found.units} | {model for model, _ in command.pieces}
    if found.fresh and command.model_id:
        models.add(command.model_id)
    ends = {spot.key for spot in (source, route.target) if spot and spot.place == stock.STORE}
    stock.hold_levels((store, model) for store in ends if store for model in models)


def conflict(clashes: list[finding.Clash], where: str = "/slips") -> Outcome:
    told = ", ".join(map(str, clashes[:20]))
    return Outcome(CLASH, where, "conflict",
                   values={"lines": told, "clashes": [asdict(one) for one in clashes]})  # fmt: skip


def _units(command: FileSlip, route: Route, source: Spot, deed: Deed) -> Found:
    if not (command.serials or command.unit_ids):
        return Found([], [], [])
    brings = source.place in finding.BRINGING
    model = None
    if brings and command.model_id is not None:
        model = parts.serial_model(command.model_id).id
    if source.place == stock.SUPPLIER and command.serials and model is None:
        raise invalid("model", "required", N_("Choose the model."))
    return finding.units(command.unit_ids, command.serials, source, model, deed.actor)


NO_FAULT = N_("No fault here bears this number.")
TWO_FAULTS = N_("Several clients have a fault of this number. Draw it out of the client's store.")
CLOSED = N_("This fault is closed. File it without the fault.")


def _fault(command: FileSlip, route: Route, deed: Deed) -> dict[str, int]:
    """The fault that it is for, locked: nothing is drawn for one that is being closed."""
    if not command.fault:
        return {}
    named = Fault.select().where(Fault.number == command.fault)
    if route.client_id is not None:
        named = named.where(Fault.client == route.client_id)
    rows = list(visible(deed.actor, named, Fault.client).limit(2))
    if len(rows) != 1:  # each client counts its own
        raise invalid("fault", *(("ambiguous", TWO_FAULTS) if rows else ("unknown", NO_FAULT)))
    seen = rows[0]
    fault_events.hold(seen.id)
    if command.kind == "draw" and Fault.get_by_id(seen.id).state == "closed":
        raise invalid("fault", "closed", CLOSED)
    return {"fault": seen.id}


def _write(command: FileSlip, route: Route, found: Found, deed: Deed,
           **more: int) -> tuple[StockSlip, int]:  # fmt: skip
    other = route.other
    if route.carrier is not None and other is None:
        other = bags.make(deed, route.carrier)
    target = route.target or Spot(stock.STORE, other.id if other else None)
    source = route.source or target
    units = [*found.units, *parts.make(deed, found.fresh, command.model_id or 0, source.place,
                                         command.warranty_until)]  # fmt: skip
    slip = write(deed, command, route, other.id if other else None, **more)
    lines = [stock.of_unit(unit, target, shelf=command.shelf) for unit in units]
    lines += [Line(source, target, model_id=model, quantity=n) for model, n in command.pieces]
    stock.move_all(deed, lines, command.kind, slip)
    if command.kind == "receive":
        rules.arrived(deed, [
            (route.store.id, line.unit.model_id if line.unit else line.model_id, line.quantity)
            for line in lines
        ])  # fmt: skip
    if command.kind == "use" and route.device:
        note_use(deed, route.device, slip, command.pieces)
    return slip, len(lines)


def write(deed: Deed, command: FileSlip, route: Route, other: int | None, **more: int) -> StockSlip:
    return deed.create(
        StockSlip,
        number=numbers.following("slip", "SL", deed.received_at),
        kind=command.kind,
        store=route.store,
        other_store=other,
        client=route.client_id,
        device=route.device,
        person=deed.person_id,
        signer=command.signer,
        signature=command.signature,
        note=command.note,
        submission=deed.id,
        claimed_at=deed.claimed_at,
        at=deed.received_at,
        **more,
    )


def note_use(deed: Deed, device: Device, slip: StockSlip, pieces: tuple[tuple[int, int], ...],
             undone: bool = False) -> None:  # fmt: skip
    """The line in the device's logbook."""
    models = parts.counted(pieces)
    told = [{"name": parts.title(models[key]), "count": count} for key, count in pieces]
    history.record(deed, "used", device, subject_id=slip.id, number=slip.number, parts=told,
                   undone=undone)  # fmt: skip
