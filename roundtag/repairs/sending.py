"""A unit leaves for its maker, or a purchase is ordered; never before what it costs is approved."""

from dataclasses import dataclass

from roundtag import stock
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.models import RepairOrder, Shipment
from roundtag.repairs import holding, opening, states
from roundtag.repairs.holding import Held
from roundtag.words import N_


@dataclass(frozen=True)
class SendRepair:
    """`maker_number`: what the maker calls the case."""

    order_id: int
    maker_number: str = ""
    carrier: str = ""
    tracking: str = ""


def send_repair(command: SendRepair, deed: Deed) -> Outcome:
    """Sends one order by itself; those of a shipment leave with it."""
    one = holding.hold(command.order_id, deed)
    refused = blocked(one)
    if refused:
        return refused
    if one.order.shipment_id and not Shipment.get_by_id(one.order.shipment_id).sent_at:
        return holding.conflict(one, N_("It is on a shipment that is not sent yet. Send that, or "
                                        "take it off there."))  # fmt: skip
    if not command.carrier and one.order.route != states.PURCHASE:
        raise invalid("carrier", "required", N_("Say who carries it."))
    depart(deed, one, command.maker_number, carrier=command.carrier, tracking=command.tracking)
    said = N_("%(number)s is ordered.") if one.unit is None else N_("%(number)s is sent.")
    return Outcome(said, one.url, values={"number": one.order.number}, subject_id=one.order.id)


def blocked(one: Held) -> Outcome | None:
    """Why an order cannot be sent now, if so."""
    refused = holding.late(one, "send")
    if refused or one.unit is None or holding.with_us(one.unit):
        return refused
    return holding.conflict(one, holding.ELSEWHERE, serial=one.unit.serial)


def depart(deed: Deed, one: Held, maker_number: str = "", *, shipment: Shipment | None = None,
           **data: str) -> RepairOrder:  # fmt: skip
    """The order leaves; the unit is out for repair from here if it lay in a store."""
    order = one.order
    if one.unit is not None and one.unit.place == stock.STORE:
        stock.move(deed, one.unit, stock.Spot(stock.REPAIR, order.id), "repair")
    deed.change(order, state="sent", sent_at=deed.received_at, shipment=shipment,
                maker_number=maker_number or order.maker_number, received_at=None,
                received_in=None, tested_at=None, test="")  # fmt: skip
    opening.note(deed, order, "sent", **{k: v for k, v in data.items() if v})
    opening.tell_device(deed, order, "sent")
    return order
