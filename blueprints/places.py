"""Forms of sites, buildings and rooms. A form that was overtaken shows both sides."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import commands, data, place_pages, places
from roundtag.commands import Receipt, Verb
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("places", __name__)
Show = Callable[..., Response]


def _run(verb: Verb, order: Any) -> Receipt:
    return commands.run(forms.posted_id(), verb, order, door.actor())


def _answer(receipt: Receipt, where: str, again: Show) -> Response:
    """On to where the result is seen; after a conflict the form again, with both sides."""
    if receipt.outcome != "conflict":
        return forms.done(receipt, where)
    told = Typed(dict(request.form.items()), {"": gettext(receipt.message, **receipt.values)})
    return again(told, status=409, submission_id=forms.fresh_id())


@blueprint.get("/places")
def index() -> Response:
    found = place_pages.page(Fields(request.args.items()).whole("client"), door.actor())
    client = found.client.id if found.client else None
    return pages.show("places/index.html", nav="rooms", places=found, may={
        deed: door.actor().may(deed, client) for deed in ("save_site", "save_building", "save_room")
    })  # fmt: skip


def _name_form(title: str, action: str, form: Typed, *, parent: str = "", now: Any = None,
               status: int = 0, submission_id: str | None = None) -> Response:  # fmt: skip
    """The form of a site or building. `now`: the row as it stands, None for a new one."""
    page = pages.show(
        "places/name.html", nav="rooms", path="/places", title=title, action=action, form=form,
        parent=parent, now=places.name_of(now) if now else None,
        seen=places.seen(places.name_of(now)) if now else "",
        overtaken=status == 409, submission_id=submission_id or forms.page_id(),
    )  # fmt: skip
    page.status_code = status or (422 if form.errors else 200)
    return page


def _save_name(verb: Verb, make: Callable[[str], Any], client_id: int, again: Show) -> Response:
    try:
        receipt = _run(verb, make(places.read_name(forms.fields())))
    except Invalid as refused:
        return again(forms.typed(refused))
    return _answer(receipt, url_for("places.index", client=client_id), again)


def _client_id() -> int:
    found = place_pages.choices(Fields(request.values.items()).whole("client"), door.actor())
    return int(found.client.id)


@blueprint.get("/places/sites/new")
def new_site() -> Response:
    return _new_site(_client_id(), Typed())


def _new_site(client_id: int, form: Typed, **more: Any) -> Response:
    action = url_for("places.new_site_submit", client=client_id)
    return _name_form("site", action, form, **more)


@blueprint.post("/places/sites/new")
def new_site_submit() -> Response:
    client_id = _client_id()
    return _save_name(
        places.save_site, lambda name: places.SaveSite(client_id, None, name), client_id,
        lambda form, **more: _new_site(client_id, form, **more),
    )  # fmt: skip


@blueprint.get("/places/sites/<int:site_id>/edit")
def edit_site(site_id: int) -> Response:
    return _edit_site(site_id, Typed())


def _edit_site(site_id: int, form: Typed, **more: Any) -> Response:
    row = place_pages.site(site_id, door.actor())
    return _name_form("site", url_for("places.edit_site_submit", site_id=site_id), form,
                      now=row, **more)  # fmt: skip


@blueprint.post("/places/sites/<int:site_id>/edit")
def edit_site_submit(site_id: int) -> Response:
    row = place_pages.site(site_id, door.actor())
    shown = forms.fields().raw("seen")
    return _save_name(
        places.save_site,
        lambda name: places.SaveSite(row.client_id, site_id, name, shown), row.client_id,
        lambda form, **more: _edit_site(site_id, form, **more),
    )  # fmt: skip


@blueprint.get("/places/sites/<int:site_id>/buildings/new")
def new_building(site_id: int) -> Response:
    return _new_building(site_id, Typed())


def _new_building(site_id: int, form: Typed, **more: Any) -> Response:
    site = place_pages.site(site_id, door.actor())
    action = url_for("places.new_building_submit", site_id=site_id)
    return _name_form("building", action, form, parent=site.name, **more)


@blueprint.post("/places/sites/<int:site_id>/buildings/new")
def new_building_submit(site_id: int) -> Response:
    site = place_pages.site(site_id, door.actor())
    return _save_name(
        places.save_building, lambda name: places.SaveBuilding(site_id, None, name),
        site.client_id, lambda form, **more: _new_building(site_id, form, **more),
    )  # fmt: skip


@blueprint.get("/places/buildings/<int:building_id>/edit")
def edit_building(building_id: int) -> Response:
    return _edit_building(building_id, Typed())


def _edit_building(building_id: int, form: Typed, **more: Any) -> Response:
    row = place_pages.building(building_id, door.actor())
    action = url_for("places.edit_building_submit", building_id=building_id)
    return _name_form("building", action, form, parent=row.site.name, now=row, **more)


@blueprint.post("/places/buildings/<int:building_id>/edit")
def edit_building_submit(building_id: int) -> Response:
    row = place_pages.building(building_id, door.actor())
    shown = forms.fields().raw("seen")
    return _save_name(
        places.save_building,
        lambda name: places.SaveBuilding(row.site_id, building_id, name, shown), row.client_id,
        lambda form, **more: _edit_building(building_id, form, **more),
    )  # fmt: skip


@blueprint.get("/rooms/new")
def new_room() -> Response:
    return _room_form(None, Typed({"building": request.args.get("building", "")}))


@blueprint.post("/rooms/new")
def new_room_submit() -> Response:
    return _save_room(None)


@blueprint.get("/rooms/<int:room_id>/edit")
def edit_room(room_id: int) -> Response:
    return _room_form(room_id, Typed())


@blueprint.post("/rooms/<int:room_id>/edit")
def edit_room_submit(room_id: int) -> Response:
    place_pages.room(room_id, door.actor())
    return _save_room(room_id)


def _save_room(room_id: int | None) -> Response:
    fields = forms.fields()
    try:
        order = places.SaveRoom(room_id, places.read_room(fields), fields.raw("seen"))
        receipt = _run(places.save_room, order)
    except Invalid as refused:
        return _room_form(room_id, forms.typed(refused))
    return _answer(receipt, receipt.url, lambda form, **more: _room_form(room_id, form, **more))


def _room_form(room_id: int | None, form: Typed, *, status: int = 0,
               submission_id: str | None = None) -> Response:  # fmt: skip
    actor = door.actor()
    row = place_pages.room(room_id, actor) if room_id else None
    client = row.client_id if row else Fields(request.values.items()).whole("client")
    now = places.room_of(row) if row else None
    page = pages.show(
        "places/room.html", nav="rooms", path=f"/rooms/{room_id}/edit" if row else "/rooms/new",
        room=row, form=form, now=now, seen=places.seen(now) if now else "",
        choices=place_pages.choices(client, actor), overtaken=status == 409,
        kinds=[(kind.code, pages.both(kind, "name")) for kind in data.room_kinds()],
        may_retire=row is not None and row.retired_at is None and actor.may("retire_room", client),
        submission_id=submission_id or forms.page_id(),
    )  # fmt: skip
    page.status_code = status or (422 if form.errors else 200)
    return page


@blueprint.post("/rooms/<int:room_id>/retire")
def retire_room(room_id: int) -> Response:
    place_pages.room(room_id, door.actor())
    try:
        receipt = _run(places.retire_room, places.RetireRoom(room_id))
    except Invalid as refused:
        return _room_form(room_id, replace(forms.typed(refused), data={}))
    return forms.done(receipt)
