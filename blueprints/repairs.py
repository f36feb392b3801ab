"""Repair orders: the list, one order with what is next, and the link on which a client consents."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import attendees, door, forms, pages
from blueprints.forms import Typed
from roundtag import clock, commands, quotes, repairs
from roundtag.commands import Receipt, Verb
from roundtag.errors import Invalid, NotFound
from roundtag.fields import Fields
from roundtag.repairs import choosing, sheets, states
from roundtag.repairs import pages as shown

blueprint = Blueprint("repairs", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WORDS: dict[str, Any] = {"states": states.WORDS, "routes": states.ROUTE_WORDS,
                         "ends": states.ENDINGS}  # fmt: skip
PLACED = ("order", "unit", "client", "model", "fault", "seen")
"""Fields whose message has a place on these pages."""


def _wish() -> repairs.Wish:
    return repairs.read_wish(Fields(request.args.items()))


@blueprint.get("/repairs")
def index() -> Response:
    """Open orders by the day they are due, late ones first; ?state=, client=, maker=, late=."""
    actor = door.actor()
    return pages.show("repairs/list.html", nav="stock",
                      list=repairs.listing(_wish(), actor, clock.now()),
                      may=actor.able("open_repair"), **WORDS)  # fmt: skip


@blueprint.get("/repairs.xlsx")
def xlsx() -> Response:
    lines = repairs.all_lines(_wish(), door.actor(), clock.now())
    response = Response(sheets.xlsx_file(lines, gettext), mimetype=XLSX)
    response.headers["Content-Disposition"] = 'attachment; filename="repairs.xlsx"'
    return response


@blueprint.get("/repairs/new")
def new() -> Response:
    """?q=: a part of a serial number; ?unit=: the unit that was chosen."""
    unit = pages.asked_key("unit")
    return _new(unit, Typed()) if unit else _find()


def _find() -> Response:
    text = Fields(request.args.items()).raw("q")[:80]
    return pages.show("repairs/find.html", nav="stock", text=text,
                      units=choosing.candidates(door.actor(), text))  # fmt: skip


def _new(unit_id: int, form: Typed) -> Response:
    actor = door.actor()
    return pages.show(
        "repairs/new.html", nav="stock", form=form, unit=choosing.candidate(actor, unit_id),
        clients=choosing.clients_for(actor), submission_id=forms.page_id(),
        path=f"/repairs/new?unit={unit_id}")  # fmt: skip


@blueprint.post("/repairs/new")
def create() -> Response:
    unit_id = forms.fields().whole("unit")
    if unit_id is None:
        raise NotFound
    try:
        order = repairs.read_open(forms.fields(), unit_id)
        return forms.done(forms.run(repairs.open_repair, order))
    except Invalid as refused:
        return _new(unit_id, forms.typed(refused, *PLACED))


@blueprint.get("/repairs/purchase")
def purchase() -> Response:
    return _purchase(Typed({name: request.args.get(name, "") for name in ("device", "client")}))


def _purchase(form: Typed) -> Response:
    return pages.show(
        "repairs/purchase.html", nav="stock", form=form, submission_id=forms.page_id(),
        clients=choosing.clients_for(door.actor()), models=choosing.models_to_buy())  # fmt: skip


@blueprint.post("/repairs/purchase")
def buy() -> Response:
    try:
        order = repairs.read_purchase(forms.fields())
        return forms.done(forms.run(repairs.open_purchase, order))
    except Invalid as refused:
        return _purchase(forms.typed(refused, *PLACED))


@blueprint.get("/repairs/<int:repair_id>")
def show(repair_id: int) -> Response:
    return _page(repair_id, Typed(), "")


def _page(repair_id: int, form: Typed, which: str) -> Response:
    """`which` of its forms was sent with what `form` holds."""
    return pages.show(
        "repairs/show.html", nav="stock", order=shown.page(repair_id, door.actor()), form=form,
        which=which, fresh=forms.fresh_id, path=f"/repairs/{repair_id}", **WORDS)  # fmt: skip


def _do(repair_id: int, which: str, verb: Verb, read: Callable[[Fields, int], Any],
        where: str | None = None) -> Response:  # fmt: skip
    shown.page(repair_id, door.actor())
    try:
        return forms.done(forms.run(verb, read(forms.fields(), repair_id)), where)
    except Invalid as refused:
        return _page(repair_id, forms.typed(refused, *PLACED), which)


@blueprint.post("/repairs/<int:repair_id>/route")
def decide(repair_id: int) -> Response:
    return _do(repair_id, "decide", repairs.decide_route, repairs.read_route)


@blueprint.post("/repairs/<int:repair_id>/sending")
def send(repair_id: int) -> Response:
    return _do(repair_id, "send", repairs.send_repair, repairs.read_send)


@blueprint.post("/repairs/<int:repair_id>/receipt")
def receive(repair_id: int) -> Response:
    return _do(repair_id, "receive", repairs.receive_repair, repairs.read_receipt)


@blueprint.post("/repairs/<int:repair_id>/test")
def test(repair_id: int) -> Response:
    return _do(repair_id, "test", repairs.test_repair, repairs.read_test)


@blueprint.post("/repairs/<int:repair_id>/end")
def end(repair_id: int) -> Response:
    return _do(repair_id, "end", repairs.end_repair, repairs.read_end)


@blueprint.post("/repairs/<int:repair_id>/cancellation")
def cancel(repair_id: int) -> Response:
    return _do(repair_id, "cancel", repairs.cancel_repair, repairs.read_cancel)


@blueprint.post("/repairs/<int:repair_id>/extension")
def ask(repair_id: int) -> Response:
    today = clock.local_day(clock.now())
    return _do(repair_id, "ask", repairs.ask_extension,
               lambda form, key: repairs.read_ask(form, key, today))  # fmt: skip


@blueprint.post("/repairs/<int:repair_id>/extension/decision")
def consent(repair_id: int) -> Response:
    return _do(repair_id, "consent", repairs.decide_extension, repairs.read_extension)


@blueprint.get("/repairs/<int:repair_id>/quote")
def quote(repair_id: int) -> Response:
    """The editor of the order's quote; ?rows= gives more of them without a script."""
    return _quote(repair_id, Typed())


def _quote(repair_id: int, form: Typed) -> Response:
    rows = request.values.get("rows", 3, int)
    found = quotes.editor("repair", repair_id, door.actor(), rows)
    return pages.show(
        "quotes/edit.html", nav="stock", editor=found, form=form, kinds=quotes.KIND_WORDS,
        most=quotes.ROWS, valid=clock.local_day(clock.now()) + quotes.VALID,
        action=f"/repairs/{repair_id}/quote", submission_id=forms.page_id(),
        fresh=forms.fresh_id, path=f"/repairs/{repair_id}/quote")  # fmt: skip


@blueprint.post("/repairs/<int:repair_id>/quote")
def save_quote(repair_id: int) -> Response:
    quotes.editor("repair", repair_id, door.actor())
    if "more" in request.form:  # another row, with nothing lost and nothing kept yet
        return _quote(repair_id, Typed(dict(request.form.items())))
    today = clock.local_day(clock.now())
    try:
        order = quotes.read(forms.fields(), "repair", repair_id, today)
        return forms.done(forms.run(quotes.save_quote, order))
    except Invalid as refused:
        return _quote(repair_id, forms.typed(refused, *PLACED))


@blueprint.get("/extension/<secret>")
@door.limiter.limit(attendees.PATHS)
def by_link(secret: str) -> Response:
    return _by_link(secret, Typed())


def _by_link(secret: str, form: Typed) -> Response:
    try:
        found = shown.extension_by_link(secret)
    except NotFound:
        return attendees.unknown("link")
    return pages.show(
        "repairs/extension.html", chrome="public", found=found, form=form, secret=secret,
        path=f"/extension/{secret}", submission_id=forms.page_id(),
        tail=pages.language_tail())  # fmt: skip


@blueprint.post("/extension/<secret>")
@door.limiter.limit(attendees.PATHS)
def decide_by_link(secret: str) -> Response:
    """Decided without an account; the link opens nothing afterwards."""
    try:
        receipt = _decide(secret)
    except NotFound:
        return attendees.unknown("link")
    except Invalid as refused:
        return _by_link(secret, forms.typed(refused, "seen"))
    return pages.show("acceptance/thanks.html", chrome="public", receipt=receipt,
                      said=gettext(receipt.message, **receipt.values))  # fmt: skip


def _decide(secret: str) -> Receipt:
    known = commands.find(forms.posted_id())
    if known and known.form == repairs.extension_by_link.__name__:
        return commands.receipt(known, repeated=True)
    key = shown.extension_by_link(secret).line.id
    order = repairs.read_extension_by_link(forms.fields(), key, secret)
    return forms.run(repairs.extension_by_link, order)
