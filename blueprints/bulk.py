"""Many devices at once: chosen in the list, previewed, changed; their tags given and printed."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import bulk, commands, device_list
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("bulk", __name__, url_prefix="/devices")
PRINTED = 200
"""So many codes fit into an address."""


def _fields() -> Fields:
    return Fields([*request.args.items(multi=True), *request.form.items(multi=True)])


@blueprint.get("/edit")
def edit() -> Response:
    """The form for the devices that were ticked, or for all that match (`all=1`)."""
    try:
        ids = bulk.read_ids(_fields(), door.actor())
        devices = bulk.load(ids, door.actor(), _deed())
    except Invalid as refused:
        return _page([], forms.typed(refused))
    return _page(devices, Typed())


def _deed() -> str:
    return "edit_devices" if door.actor().clients_for("edit_devices") != frozenset() else (
        "tag_devices"
    )  # fmt: skip


def _page(devices: list[Any], form: Typed, plan: bulk.Plan | None = None,
          status: int = 0, submission_id: str | None = None) -> Response:  # fmt: skip
    actor = door.actor()
    client = devices[0].client_id if devices else None
    page = pages.show(
        "devices/edit.html",
        nav="devices",
        path=url_for("devices.index"),
        devices=devices,
        form=form,
        plan=plan,
        changes=[(n, v) for n, v in form.data.items() if _is_change(n) and v],
        bare=len(bulk.without_tag(devices)),
        may_edit=actor.may("edit_devices", client),
        may_tag=actor.may("tag_devices", client),
        submission_id=submission_id or forms.page_id(),
    )
    page.status_code = status or (422 if form.errors else 200)
    return page


def _is_change(name: str) -> bool:
    return name.removeprefix(bulk.EMPTY) in bulk.COLUMNS


@blueprint.post("/edit")
def edit_submit() -> Response:
    """Previews what was filled in, or writes what the preview showed."""
    form = _fields()
    try:
        ids = bulk.read_ids(form, door.actor())
        devices = bulk.load(ids, door.actor(), "edit_devices")
    except Invalid as refused:
        return _page([], forms.typed(refused))
    typed = Typed(dict(request.form.items()))
    try:
        if form.raw("step") == "back":
            return _page(devices, typed)
        changes = bulk.read_changes(form)
        if form.raw("step") != "apply":
            return _page(devices, typed, bulk.plan(devices, changes))
        return _apply(bulk.EditDevices(ids, changes, form.raw("seen")), typed)
    except Invalid as refused:
        return _page(devices, forms.typed(refused))


def _apply(order: bulk.EditDevices, typed: Typed) -> Response:
    receipt = commands.run(forms.posted_id(), bulk.edit_devices, order, door.actor())
    if receipt.outcome != "conflict":
        return forms.done(receipt, url_for("devices.index"))
    devices = bulk.load(order.devices, door.actor(), "edit_devices")
    typed.errors[""] = gettext(receipt.message, **receipt.values)
    return _page(devices, typed, bulk.plan(devices, order.changes), 409, forms.fresh_id())


@blueprint.post("/tags")
def tag() -> Response:
    """Gives tags to the chosen devices that have none."""
    try:
        order = bulk.TagDevices(bulk.read_ids(_fields(), door.actor()))
        receipt = commands.run(forms.posted_id(), bulk.tag_devices, order, door.actor())
    except Invalid as refused:
        return _page([], forms.typed(refused))
    return forms.done(receipt, url_for("devices.index"))


@blueprint.get("/print")
def print_tags() -> Response:
    """On to the sheet form with the tags of the chosen devices."""
    try:
        ids = bulk.read_ids(_fields(), door.actor())
    except Invalid as refused:
        return _page([], forms.typed(refused))
    codes = [row.tag for row in device_list.chosen(door.actor(), ids) if row.tag]
    if not 0 < len(codes) <= PRINTED:
        flash(gettext("Between 1 and %(limit)s tags can be printed from here. Narrow the list.",
                      limit=PRINTED), "warn")  # fmt: skip
        return redirect(f"/devices?{device_list.read(_fields()).query()}", 303)
    return redirect(url_for("tags.sheets", tag=codes), 303)
