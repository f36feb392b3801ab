"""Stocktakes: opened and closed by the office, counted room by room, read by everybody."""

from collections.abc import Callable

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import addresses, clients, commands, stocktakes
from roundtag.commands import Receipt
from roundtag.errors import Invalid
from roundtag.stocktakes import sheets

blueprint = Blueprint("stocktakes", __name__, url_prefix="/stocktakes")
SHOWN = 500
"""Lines that the page lists; the file holds them all."""


@blueprint.get("")
def index() -> Response:
    return _index(Typed())


def _index(form: Typed) -> Response:
    """?client= says of whom it offers rooms and sites, where there are many."""
    actor = door.actor()
    known, client = clients.of_rooms(actor, "open_stocktake", pages.asked_key("client"), "")
    return pages.show("stocktakes/index.html", nav="stocktakes", form=form, clients=known,
                      client=client, choices=stocktakes.choices(actor, client),
                      cards=stocktakes.cards(actor, closed=True), path="/stocktakes",
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("")
def create() -> Response:
    try:
        order = stocktakes.read_opening(forms.fields())
        receipt = commands.run(forms.posted_id(), stocktakes.open_stocktake, order, door.actor())
    except Invalid as refused:
        return _index(forms.typed(refused))
    return forms.done(receipt)


@blueprint.get("/<int:stocktake_id>")
def show(stocktake_id: int) -> Response:
    return _report(stocktake_id, Typed())


def _report(stocktake_id: int, form: Typed) -> Response:
    """The report; ?show= narrows its lines to one outcome."""
    actor = door.actor()
    found = stocktakes.report(stocktake_id, actor)
    wanted = request.args.get("show")
    wanted = wanted if wanted in stocktakes.OUTCOMES else None
    shown = {wanted} if wanted else stocktakes.DIFFERENCES
    lines = [one for one in found.result.lines if one.outcome in shown]
    return pages.show(
        "stocktakes/show.html", nav="stocktakes", report=found, lines=lines[:SHOWN],
        hidden=max(0, len(lines) - SHOWN), wanted=wanted, form=form, reasons=stocktakes.REASONS,
        outcomes=stocktakes.OUTCOMES, path=f"/stocktakes/{stocktake_id}",
        keeper=actor.may("close_stocktake", found.client_id) and not found.closed_at,
        mover=actor.may("move_device", found.client_id) and not found.closed_at,
        fresh=forms.fresh_id,
    )  # fmt: skip


@blueprint.get("/<int:stocktake_id>/rooms")
def rooms(stocktake_id: int) -> Response:
    """The rooms to walk through; kept on phones while the stocktake is open."""
    found, listed = stocktakes.rooms(stocktake_id, door.actor())
    return pages.show("stocktakes/rooms.html", nav="stocktakes", stocktake=found, rooms=listed)


@blueprint.get("/<int:stocktake_id>/rooms/<int:room_id>")
def room(stocktake_id: int, room_id: int) -> Response:
    return _room(stocktake_id, room_id, Typed())


def _room(stocktake_id: int, room_id: int, form: Typed) -> Response:
    actor = door.actor()
    found = stocktakes.room(stocktake_id, room_id, actor)
    return pages.show(
        "stocktakes/room.html", nav="stocktakes", room=found, form=form,
        chosen=set(request.form.getlist("code")) | set(request.form.getlist("untagged")),
        may=pages.is_pack() or actor.may("count_device", found.client_id),
        bases=[addresses.base_url()], path=f"/stocktakes/{stocktake_id}/rooms/{room_id}",
        submission_id=forms.page_id(),
    )  # fmt: skip


@blueprint.post("/<int:stocktake_id>/rooms/<int:room_id>/counts")
def count(stocktake_id: int, room_id: int) -> Response:
    stocktakes.room(stocktake_id, room_id, door.actor())
    try:
        receipt = forms.send(stocktakes.FORM)
    except Invalid as refused:
        return _room(stocktake_id, room_id, forms.typed(refused))
    return forms.done(receipt)


def _deed(stocktake_id: int, do: Callable[[], Receipt]) -> Response:
    """Does it and returns to the report; what is refused stands on its top."""
    try:
        receipt = do()
    except Invalid as refused:
        return _report(stocktake_id, forms.typed(refused))
    return forms.done(receipt, f"/stocktakes/{stocktake_id}")


@blueprint.post("/<int:stocktake_id>/explanations")
def explain(stocktake_id: int) -> Response:
    def do() -> Receipt:
        order = stocktakes.read_reason(forms.fields(), stocktake_id)
        return commands.run(forms.posted_id(), stocktakes.explain_missing, order, door.actor())

    return _deed(stocktake_id, do)


@blueprint.post("/<int:stocktake_id>/moves")
def move(stocktake_id: int) -> Response:
    """The register follows what was seen: one tap for one device."""
    posted = forms.fields()
    device, room_id = posted.whole("device"), posted.whole("room")
    return _deed(stocktake_id, lambda: stocktakes.move_here(
        forms.posted_id(), stocktake_id, device, room_id, door.actor()))  # fmt: skip


@blueprint.post("/<int:stocktake_id>/closure")
def close(stocktake_id: int) -> Response:
    order = stocktakes.CloseStocktake(stocktake_id)
    return _deed(stocktake_id, lambda: commands.run(
        forms.posted_id(), stocktakes.close_stocktake, order, door.actor()))  # fmt: skip


@blueprint.get("/<int:stocktake_id>/report.csv")
def csv(stocktake_id: int) -> Response:
    found = stocktakes.report(stocktake_id, door.actor())
    return _file(sheets.csv_file(found, gettext), f"stocktake-{stocktake_id}.csv", "text/csv")


@blueprint.get("/<int:stocktake_id>/report.xlsx")
def xlsx(stocktake_id: int) -> Response:
    found = stocktakes.report(stocktake_id, door.actor())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(sheets.xlsx_file(found, gettext), f"stocktake-{stocktake_id}.xlsx", kind)


def _file(data: bytes, name: str, kind: str) -> Response:
    response = Response(data, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
