"""One device beside its tag's page: registered, edited, moved, retired, pictured."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import access, clients, data, devices
from roundtag.commands import Receipt, Verb
from roundtag.devices import Card
from roundtag.errors import Invalid, invalid
from roundtag.words import N_

blueprint = Blueprint("device", __name__)
WAS = "was."


def _page(template: str, form: Typed, status: int = 422, **values: Any) -> Response:
    page = pages.show(template, nav="devices", form=form,
                      **{"submission_id": forms.page_id(), **values})  # fmt: skip
    page.status_code = status if form.errors else 200
    return page


def _do(found: Card, verb: Verb, command: Any) -> Response:
    """Does it and goes to the device; where a retired one's page has nothing to do, too."""
    return forms.done(forms.run(verb, command), url_for("device.show", device_id=found.id))


@blueprint.get("/devices/<int:device_id>")
def show(device_id: int) -> Response:
    """A device's page is its tag's; one that bears no tag gets a page that offers one."""
    found = devices.card(device_id, door.actor())
    if found.tag:
        return redirect(url_for("scan.open_tag", code=found.tag), 303)
    may = door.actor().may("tag_device", found.client_id)
    return _page("devices/untagged.html", Typed(), card=found, may_tag=may)


@blueprint.post("/devices/<int:device_id>/tag")
def tag(device_id: int) -> Response:
    found = devices.card(device_id, door.actor())
    return _do(found, devices.tag_device, devices.TagDevice(device_id))


@blueprint.get("/devices/new")
def new() -> Response:
    """The empty form; ?room= chooses the room that one came from, ?client= whose rooms it has."""
    return _new_page(Typed({"room": request.args.get("room", "")[:10]}))


def _new_page(form: Typed) -> Response:
    actor, room = door.actor(), form.data.get("room", "")
    known, client = clients.of_rooms(actor, "register_device", pages.asked_key("client"), room)
    return _page("devices/form.html", form, card=None, values={}, was={}, clients=known,
                 client=client, categories=_categories(),
                 places=devices.places(actor, "register_device", client),
                 offers=devices.suggestions(actor, None))  # fmt: skip


def _categories() -> list[data.Category]:
    return [category for category in data.categories() if category.code != "room"]


@blueprint.post("/devices/new")
def register() -> Response:
    access.require_any(door.actor(), "register_device")
    try:
        receipt = forms.run(devices.register_device, devices.read_new(forms.fields()))
    except Invalid as refused:
        return _new_page(forms.typed(refused))
    return forms.done(receipt)


@blueprint.get("/devices/<int:device_id>/details")
def details(device_id: int) -> Response:
    found = devices.card(device_id, door.actor())
    return _edit_page(found, Typed(), found.values)


def _edit_page(found: Card, form: Typed, was: dict[str, str], **more: Any) -> Response:
    offers = devices.suggestions(door.actor(), found)
    return _page("devices/form.html", form, card=found, values=found.values, was=was,
                 categories=_categories(), places=[], offers=offers, **more)  # fmt: skip


@blueprint.post("/devices/<int:device_id>/details")
def edit(device_id: int) -> Response:
    """A field that somebody else has changed meanwhile is shown with both texts, and nothing is
    written until the person has chosen."""
    found = devices.card(device_id, door.actor())
    try:
        receipt = forms.run(devices.edit_device, devices.read_changes(forms.fields(), device_id))
    except Invalid as refused:
        posted = {n: request.form.get(WAS + n, text) for n, text in found.values.items()}
        return _edit_page(found, forms.typed(refused), posted)
    if receipt.outcome != "conflict":
        return forms.done(receipt)
    now = devices.card(device_id, door.actor())
    return _edit_page(now, _clashing(receipt, now), now.values, status=409,
                      submission_id=forms.fresh_id())  # fmt: skip


def _clashing(receipt: Receipt, now: Card) -> Typed:
    """What the person typed, and beside it what stands there by now; all else as it is now."""
    kept = {
        name: request.form.get(name, "")
        for name, text in now.values.items()
        if request.form.get(name, "") != request.form.get(WAS + name, "")
    }
    errors = {name: _theirs(name, text) for name, text in receipt.values["found"].items()}
    return Typed({**now.values, **kept}, {**errors, "": _(receipt.message)})


def _theirs(name: str, text: str) -> str:
    if name == "category":
        text = pages.both(data.category(text), "name")
    if name == "key_device":
        text = _("yes") if text else _("no")
    return _("Meanwhile somebody put “%(found)s” here. Yours is still in the field; send again to "
             "replace theirs.", found=text or "—")  # fmt: skip


@blueprint.get("/devices/<int:device_id>/place")
def place(device_id: int) -> Response:
    return _move_page(devices.card(device_id, door.actor()), Typed())


def _move_page(found: Card, form: Typed) -> Response:
    places = devices.places(door.actor(), "move_device", found.client_id)
    return _page("devices/move.html", form, card=found, places=places)


@blueprint.post("/devices/<int:device_id>/place")
def move(device_id: int) -> Response:
    found = devices.card(device_id, door.actor())
    try:
        order = devices.read_move(forms.fields(), found.code, found.client_code)
        return _do(found, devices.move_device, order)
    except Invalid as refused:
        return _move_page(found, forms.typed(refused))


@blueprint.get("/devices/<int:device_id>/retirement")
def retirement(device_id: int) -> Response:
    """Retires a device, or puts a retired one back in use."""
    return _retire_page(devices.card(device_id, door.actor()), Typed())


def _retire_page(found: Card, form: Typed) -> Response:
    return _page(
        "devices/retire.html", form, card=found, leaving=devices.leaving(found, door.actor())
    )


@blueprint.post("/devices/<int:device_id>/retirement")
def retire(device_id: int) -> Response:
    found = devices.card(device_id, door.actor())
    try:
        order = devices.read_retirement(forms.fields(), found.code, found.client_code)
        return _do(found, devices.retire_device, order)
    except Invalid as refused:
        return _retire_page(found, forms.typed(refused))


@blueprint.post("/devices/<int:device_id>/reinstatement")
def reinstate(device_id: int) -> Response:
    found = devices.card(device_id, door.actor())
    fields = forms.fields()
    reason = fields.text("reason")
    try:
        fields.done()
        order = devices.ReinstateDevice(found.code, found.client_code, reason)
        return _do(found, devices.reinstate_device, order)
    except Invalid as refused:
        return _retire_page(found, forms.typed(refused))


@blueprint.get("/devices/<int:device_id>/photo")
def photo(device_id: int) -> Response:
    return _page("devices/photo.html", Typed(), card=devices.card(device_id, door.actor()))


@blueprint.post("/devices/<int:device_id>/photo")
def portray(device_id: int) -> Response:
    """Sets the one picture of a device, or takes it away."""
    found = devices.card(device_id, door.actor())
    access.require(door.actor(), "portray_device", found.client_id)
    if request.form.get("remove") == "1":
        return _do(found, devices.portray_device, devices.PortrayDevice(device_id))
    try:
        picture = forms.photo("photo")
        if picture is None:
            raise invalid("photo", "required", N_("Choose a photo first."))
        order = devices.PortrayDevice(device_id, picture)
        return forms.done(forms.run(devices.portray_device, order, picture))
    except Invalid as refused:
        return _page("devices/photo.html", forms.typed(refused), card=found)
