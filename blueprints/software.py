from datetime import date

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import clock, data, devices, software
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("software", __name__)


def _today() -> date:
    return clock.local_day(clock.now())


@blueprint.get("/software")
def index() -> Response:
    """The register; ?kind=, category=, room= and outdated=1 narrow it."""
    chosen = software.read_filter(Fields(request.args.items()))
    found = software.register(door.actor(), chosen)
    categories = [category for category in data.categories() if category.code != "room"]
    return pages.show("software/list.html", nav="devices", register=found, chosen=chosen,
                      kinds=software.KINDS, categories=categories)  # fmt: skip


@blueprint.get("/devices/<int:device_id>/software")
def of_device(device_id: int) -> Response:
    return _device_page(device_id, Typed())


def _device_page(device_id: int, form: Typed) -> Response:
    actor = door.actor()
    found = devices.card(device_id, actor)
    return pages.show(
        "software/device.html",
        nav="devices",
        card=found,
        lines=software.of(device_id, actor)[1],
        names=software.names(actor),
        kinds=software.KINDS,
        form=form,
        today=_today(),
        may=actor.may("record_software_update", found.client_id),
        submission_id=forms.page_id(),
    )


@blueprint.post("/devices/<int:device_id>/software")
def record(device_id: int) -> Response:
    """A version of something that the device did not have on record yet."""
    devices.card(device_id, door.actor())
    try:
        order = software.read_update(forms.fields(), device_id, _today())
        return forms.done(forms.run(software.record_software_update, order))
    except Invalid as refused:
        return _device_page(device_id, forms.typed(refused))


@blueprint.get("/software/<int:software_id>")
def show(software_id: int) -> Response:
    return _page(software_id, Typed())


def _page(software_id: int, form: Typed) -> Response:
    actor = door.actor()
    found = software.page(software_id, actor)
    return pages.show(
        "software/show.html",
        nav="devices",
        software=found,
        form=form,
        today=_today(),
        may_update=actor.may("record_software_update", found.client_id),
        may_set_latest=actor.may("set_latest_version", found.client_id),
        submission_id=forms.page_id(),
    )


@blueprint.post("/software/<int:software_id>/updates")
def update(software_id: int) -> Response:
    found = software.page(software_id, door.actor())
    try:
        order = software.read_update(forms.fields(), found.device_id, _today(), found.line.kind,
                                     found.line.name)  # fmt: skip
        receipt = forms.run(software.record_software_update, order)
    except Invalid as refused:
        return _page(software_id, forms.typed(refused))
    return forms.done(receipt, f"/software/{software_id}")


@blueprint.post("/software/<int:software_id>/latest")
def set_latest(software_id: int) -> Response:
    software.page(software_id, door.actor())
    try:
        order = software.read_latest(forms.fields(), software_id)
        return forms.done(forms.run(software.set_latest_version, order))
    except Invalid as refused:
        return _page(software_id, forms.typed(refused))
