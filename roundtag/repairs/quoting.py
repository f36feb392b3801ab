"""What a quote for a repair or a purchase does to its order."""

from roundtag import quotes
from roundtag.commands import Deed
from roundtag.models import DeviceModel, Quote, RepairOrder, Unit
from roundtag.quotes import Basis, Subject
from roundtag.repairs import holding, opening, routing, states


def look(order_id: int) -> Basis | None:
    order = (
        RepairOrder.select(RepairOrder, DeviceModel, Unit)
        .left_outer_join(DeviceModel)
        .switch(RepairOrder)
        .left_outer_join(Unit, on=(RepairOrder.unit == Unit.id))
        .where(RepairOrder.id == order_id)
        .first()
    )
    if order is None:
        return None
    model = f"{order.model.maker} {order.model.name}" if order.model_id else order.maker
    title = f"{model} {order.unit.serial}" if order.unit_id else model
    words = order.specification if order.route == states.PURCHASE else order.problem
    return Basis(order.client_id, order.contract_id, order.number, title, words or "",
                 f"/repairs/{order.id}", states.may("quote", order.state, order.route),
                 order.state == "offered")  # fmt: skip


def hold(order_id: int) -> None:
    holding.lock(order_id)


def offered(deed: Deed, quote: Quote) -> None:
    order = RepairOrder.get_by_id(quote.subject_id)
    deed.change(order, state="offered", confirmed_at=None, due_on=None)
    opening.note(deed, order, "quoted", version=quote.number)


def decided(deed: Deed, quote: Quote, decision: str) -> None:
    """From the approval the working days count; nothing was done before."""
    order = RepairOrder.get_by_id(quote.subject_id)
    deed.change(order, state=decision)
    if decision == "approved":
        routing.confirm(deed, order)
    opening.note(deed, order, decision, version=quote.number)


quotes.SUBJECTS[routing.SUBJECT] = Subject(look, hold, offered, decided)
