from datetime import date

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import clock, devices, lending
from roundtag.devices import Card
from roundtag.errors import Invalid

blueprint = Blueprint("lending", __name__)


def _today() -> date:
    return clock.local_day(clock.now())


@blueprint.get("/lendings")
def index() -> Response:
    """What is out, the most overdue first; ?state=all: all that was ever lent."""
    state = "all" if request.args.get("state") == "all" else "out"
    lines = lending.lines(door.actor(), _today(), state)
    return pages.show("lending/list.html", nav="devices", lines=lines, state=state)


@blueprint.get("/devices/<int:device_id>/lending")
def new(device_id: int) -> Response:
    found = devices.card(device_id, door.actor())
    if found.lending_id:
        return redirect(url_for("lending.show", lending_id=found.lending_id), 303)
    return _new_page(found, Typed())


def _new_page(found: Card, form: Typed) -> Response:
    return pages.show("lending/new.html", nav="devices", card=found, form=form, today=_today(),
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/devices/<int:device_id>/lending")
def lend(device_id: int) -> Response:
    found = devices.card(device_id, door.actor())
    try:
        order = lending.read(forms.fields(), device_id, _today())
        return forms.done(forms.run(lending.lend_device, order))
    except Invalid as refused:
        return _new_page(found, forms.typed(refused))


@blueprint.get("/lendings/<int:lending_id>")
def show(lending_id: int) -> Response:
    return _page(lending_id, Typed())


def _page(lending_id: int, form: Typed) -> Response:
    found = lending.page(lending_id, door.actor(), _today())
    may = door.actor().may("return_device", found.client_id) and not found.returned_at
    return pages.show("lending/show.html", nav="devices", line=found, form=form, may=may,
                      today=_today(), submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/lendings/<int:lending_id>/return")
def take_back(lending_id: int) -> Response:
    lending.page(lending_id, door.actor(), _today())
    fields = forms.fields()
    order = lending.ReturnDevice(lending_id, fields.text("condition"))
    try:
        fields.done()
        return forms.done(forms.run(lending.return_device, order))
    except Invalid as refused:
        return _page(lending_id, forms.typed(refused))


@blueprint.post("/lendings/<int:lending_id>/due-day")
def extend(lending_id: int) -> Response:
    lending.page(lending_id, door.actor(), _today())
    try:
        order = lending.read_day(forms.fields(), lending_id, _today())
        return forms.done(forms.run(lending.extend_lending, order))
    except Invalid as refused:
        return _page(lending_id, forms.typed(refused))
