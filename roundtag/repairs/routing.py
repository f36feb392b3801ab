"""Which way an order goes: in warranty, at the maker's price, or a new one is bought."""

from dataclasses import dataclass
from typing import Any

from roundtag import quotes
from roundtag.commands import Deed, Outcome
from roundtag.errors import invalid
from roundtag.models import RepairOrder
from roundtag.repairs import deadlines, holding, opening, states
from roundtag.repairs.holding import Held
from roundtag.words import N_

SUBJECT = "repair"


@dataclass(frozen=True)
class DecideRoute:
    """`reason`: why it counts as in warranty though the unit's own day does not say so."""

    order_id: int
    route: str
    maker: str
    abroad: bool = False
    reason: str | None = None
    specification: str | None = None


def decide_route(command: DecideRoute, deed: Deed) -> Outcome:
    """Sets the way; decided anew, the quote that was offered before is withdrawn."""
    one = holding.hold(command.order_id, deed)
    refused = holding.late(one, "decide")
    if refused:
        return refused
    _check(command, one, deed)
    order = one.order
    quotes.withdraw(deed, SUBJECT, order.id)
    values: dict[str, Any] = {"route": command.route, "maker": command.maker,
                              "abroad": command.abroad, "confirmed_at": None, "due_on": None,
                              "agreed_on": None, "late_at": None, "shipment": None}  # fmt: skip
    if command.specification:
        values["specification"] = command.specification
    if command.route == states.WARRANTY:
        deed.change(order, state="decided", **values)
        confirm(deed, order)
    else:
        deed.change(order, state="quoting", **values)
    opening.note(deed, order, "decided", command.reason, route=command.route)
    said = {
        states.WARRANTY: N_("%(number)s goes to the maker in warranty. It can be sent."),
        states.QUOTE: N_("Write the maker's price down as a quote for the client."),
        states.PURCHASE: N_("Write specification and price down as a quote for the client."),
    }
    return Outcome(said[command.route], one.url, values={"number": order.number},
                   subject_id=order.id)  # fmt: skip


def _check(command: DecideRoute, one: Held, deed: Deed) -> None:
    if command.route not in states.ROUTES or (one.unit is None
                                              and command.route != states.PURCHASE):  # fmt: skip
        raise invalid("route", "unknown", N_("Choose one of the list."))
    if command.route == states.WARRANTY and not command.reason and not in_warranty(one, deed):
        raise invalid("reason", "required", N_("By its record this unit is not in warranty. Say "
                                               "why it is repaired in warranty all the same, or "
                                               "choose a quote."))  # fmt: skip
    if command.route == states.PURCHASE and not (command.specification
                                                 or one.order.specification):  # fmt: skip
        raise invalid("specification", "required", N_("Say what is to be bought."))


def in_warranty(one: Held, deed: Deed) -> bool:
    """An unknown end of the warranty counts as none."""
    until = one.unit.warranty_until if one.unit else None
    return until is not None and until >= deadlines.today_of(one.order, deed.received_at)


def confirm(deed: Deed, order: RepairOrder) -> None:
    """The plan is confirmed: from here the working days count."""
    deed.change(order, confirmed_at=deed.received_at, agreed_on=None, late_at=None,
                due_on=deadlines.due_of(order, deed.received_at))  # fmt: skip
