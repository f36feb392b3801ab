"""How an order ends: in the store, back at its device, scrapped, with the client, or cancelled."""

from dataclasses import dataclass

from roundtag import quotes, stock
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.models import Tag
from roundtag.models.devices import LIVE
from roundtag.repairs import extending, holding, opening, states
from roundtag.repairs.holding import Held
from roundtag.words import N_

SUBJECT = "repair"
SAID = {
    "store": N_("%(number)s is ended: the unit is in the store, ready for use."),
    "device": N_("%(number)s is ended. Now swap the unit in at its device."),
    "scrap": N_("%(number)s is ended: the unit is scrapped."),
    "client": N_("%(number)s is ended: the client has the unit."),
    "cancelled": N_("%(number)s is cancelled."),
}
REASONED = frozenset({"scrap", "client", "cancelled"})


@dataclass(frozen=True)
class EndRepair:
    order_id: int
    how: str
    note: str | None = None


def end_repair(command: EndRepair, deed: Deed) -> Outcome:
    """Ends an order; scrap and handing back need a word why."""
    one = holding.hold(command.order_id, deed)
    refused = holding.late(one, "end")
    if refused:
        return refused
    if command.how not in states.ENDS[one.order.state]:
        raise invalid("how", "unknown", N_("Choose one of the list."))
    if command.how in REASONED and not command.note:
        raise invalid("note", "required", N_("Say why."))
    if command.how == "device" and not one.order.device_id:
        raise invalid("how", "unknown", N_("This order names no device."))
    return finish(deed, one, command.how, command.note)


def finish(deed: Deed, one: Held, how: str, note: str | None = None) -> Outcome:
    """Ends a locked order and moves the unit to where it ends. Was it put into a device before it
    was tested, it ends there."""
    if how == "store" and one.unit is not None and one.unit.place == stock.DEVICE:
        how = "device"
    target = {"scrap": stock.Spot(stock.SCRAP),
              "client": stock.Spot(stock.CLIENT, one.order.client_id)}.get(how)  # fmt: skip
    if target and one.unit is not None:
        if not holding.with_us(one.unit):
            return holding.conflict(one, holding.ELSEWHERE, serial=one.unit.serial)
        stock.move(deed, one.unit, target, how, source=holding.spot(one))
    return close(deed, one, how, note)


def close(deed: Deed, one: Held, how: str, note: str | None) -> Outcome:
    order = one.order
    quotes.withdraw(deed, SUBJECT, order.id)
    extending.withdraw(deed, order)
    deed.change(order, state="ended", ended_at=deed.received_at, ended_how=how)
    opening.note(deed, order, "ended", note, how=how)
    opening.tell_device(deed, order, how)
    return Outcome(SAID[how], _where(one, how), values={"number": order.number},
                   subject_id=order.id)  # fmt: skip


def _where(one: Held, how: str) -> str:
    """The page at which the swap is done, for what goes back to its device."""
    if how != "device":
        return one.url
    tag = Tag.get_or_none((Tag.device == one.order.device_id) & Tag.state.in_(LIVE))
    return f"/t/{tag.code}" if tag else f"/devices/{one.order.device_id}"


@dataclass(frozen=True)
class CancelRepair:
    """`store_id`: where the unit lies from now on, when it is out of the stores."""

    order_id: int
    note: str | None
    store_id: int | None = None


def cancel_repair(command: CancelRepair, deed: Deed) -> Outcome:
    """Gives an order up; the unit goes back into a store as it is."""
    one = holding.hold(command.order_id, deed)
    refused = holding.late(one, "cancel")
    if refused:
        return refused
    if not command.note:
        raise invalid("note", "required", N_("Say why."))
    if one.unit is not None and one.unit.place == stock.REPAIR:
        store = holding.store_for(deed, command.store_id, one.order)
        stock.move(deed, one.unit, stock.Spot(stock.STORE, store.id), "cancelled",
                   source=holding.spot(one))  # fmt: skip
    return close(deed, one, "cancelled", command.note)
