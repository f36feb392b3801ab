"""Shipments to makers, with the packing list."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import shipments
from roundtag.commands import Verb
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.repairs import states

blueprint = Blueprint("shipments", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/shipments")
def index() -> Response:
    """What is not sent first; makers for whom something is ready stand above."""
    actor, number = door.actor(), max(1, min(request.args.get("page", 1, int), 99_999))
    lines, more = shipments.lines(actor, number)
    makers = shipments.makers(actor) if actor.able("open_shipment") else []
    return pages.show("shipments/list.html", nav="stock", lines=lines, more=more, number=number,
                      makers=makers)  # fmt: skip


@blueprint.get("/shipments/new")
def new() -> Response:
    return _new(Fields(request.args.items()).raw("maker")[:80], Typed())


def _new(maker: str, form: Typed) -> Response:
    return pages.show("shipments/new.html", nav="stock", maker=maker, form=form,
                      orders=shipments.fitting(door.actor(), maker), states=states.WORDS,
                      submission_id=forms.page_id(),
                      path=f"/shipments/new?maker={maker}")  # fmt: skip


@blueprint.post("/shipments/new")
def create() -> Response:
    try:
        order = shipments.read_open(forms.fields())
        return forms.done(forms.run(shipments.open_shipment, order))
    except Invalid as refused:
        return _new(request.form.get("maker", "")[:80], forms.typed(refused, "order"))


@blueprint.get("/shipments/<int:shipment_id>")
def show(shipment_id: int) -> Response:
    return _page(shipment_id, Typed())


def _page(shipment_id: int, form: Typed) -> Response:
    return pages.show("shipments/show.html", nav="stock", form=form, fresh=forms.fresh_id,
                      shipment=shipments.page(shipment_id, door.actor()), states=states.WORDS,
                      path=f"/shipments/{shipment_id}")  # fmt: skip


def _do(shipment_id: int, verb: Verb, read: Callable[[Fields, int], Any]) -> Response:
    where = f"/shipments/{shipment_id}"
    shipments.page(shipment_id, door.actor())
    try:
        return forms.done(forms.run(verb, read(forms.fields(), shipment_id)), where)
    except Invalid as refused:
        return _page(shipment_id, forms.typed(refused, "order"))


@blueprint.post("/shipments/<int:shipment_id>/orders")
def add(shipment_id: int) -> Response:
    return _do(shipment_id, shipments.add_to_shipment, shipments.read_add)


@blueprint.post("/shipments/<int:shipment_id>/orders/<int:repair_id>/removal")
def take_off(shipment_id: int, repair_id: int) -> Response:
    return _do(shipment_id, shipments.take_off_shipment,
               lambda _form, key: shipments.TakeOffShipment(key, repair_id))  # fmt: skip


@blueprint.post("/shipments/<int:shipment_id>/sending")
def send(shipment_id: int) -> Response:
    return _do(shipment_id, shipments.send_shipment, shipments.read_send)


@blueprint.get("/shipments/<int:shipment_id>/list.<kind>")
def file(shipment_id: int, kind: str) -> Response:
    """The packing list in the reader's language."""
    found = shipments.page(shipment_id, door.actor())
    data = shipments.file(found, kind, pages.language())
    response = Response(data, mimetype="application/pdf" if kind == "pdf" else XLSX)
    name = f"{found.line.number}.{kind}"
    how = "inline" if kind == "pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response
