from typing import Any

from flask import Blueprint, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import access, clients, data
from roundtag.commands import Receipt
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.storekeeping import overview, pairs, rules, store_pages, stores, told

blueprint = Blueprint("stock", __name__)


def categories() -> list[tuple[str, str]]:
    return [(c.code, pages.both(c, "name")) for c in data.categories() if c.code != "room"]


def overtaken(receipt: Receipt) -> Typed:
    """Everything typed once more, over what somebody else has saved meanwhile: who sends it again
    has been told."""
    kept = {n: v for n, v in request.form.items() if n not in ("seen", "submission_id")}
    return Typed(kept, {"": gettext(receipt.message, **receipt.values)})


def status(form: Typed, conflict: bool) -> int:
    return 409 if conflict else 422 if form.errors else 200


@blueprint.get("/stock")
def index() -> Response:
    """What lies in the stores; a serial number leads straight to its unit."""
    actor = door.actor()
    wish = overview.read(Fields(request.args.items()))
    found = overview.overview(wish, actor)
    if len(found.units) == 1 and not found.lines:
        return redirect(f"/units/{found.units[0].id}", 303)
    return pages.show("stock/index.html", nav="stock", list=found, categories=categories(),
                      staff=access.STAFF & actor.roles)  # fmt: skip


@blueprint.get("/stock/stores")
def store_list() -> Response:
    """?all=1: also those that are out of use."""
    every = request.args.get("all") == "1"
    lines = store_pages.listed(door.actor(), retired=every)
    return pages.show("stock/stores.html", nav="stock", lines=lines, every=every,
                      kinds=stores.KINDS, may_add=door.actor().able("save_store"),
                      staff=access.STAFF & door.actor().roles)  # fmt: skip


@blueprint.get("/stock/stores/<int:store_id>")
def store(store_id: int) -> Response:
    """?after= the unit that the page of units follows; ?low=1: minimums that are not met."""
    after, low = pages.asked_key("after"), request.args.get("low") == "1"
    found = store_pages.page(store_id, door.actor(), after, low)
    return pages.show("stock/store.html", nav="stock", store=found, kinds=stores.KINDS, low=low,
                      reasons=told.REASONS, staff=access.STAFF & door.actor().roles,
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.get("/stock/stores/new")
def store_new() -> Response:
    return _store_form(None, Typed())


def _store_form(store_id: int | None, form: Typed, conflict: bool = False) -> Response:
    actor = door.actor()
    now = store_pages.page(store_id, actor).line if store_id else None
    known, _ = clients.choose(actor, None)
    page = pages.show("stock/store_edit.html", nav="stock", now=now, form=form, kinds=stores.KINDS,
                      record=stores.record(store_id, actor), clients=known,
                      carriers=[(p.id, p.name or p.username) for p in stores.carriers(actor)],
                      submission_id=forms.fresh_id() if conflict else forms.page_id())  # fmt: skip
    page.status_code = status(form, conflict)
    return page


@blueprint.post("/stock/stores")
def store_create() -> Response:
    return _save_store(None)


@blueprint.get("/stock/stores/<int:store_id>/edit")
def store_edit(store_id: int) -> Response:
    return _store_form(store_id, Typed())


@blueprint.post("/stock/stores/<int:store_id>/edit")
def store_save(store_id: int) -> Response:
    store_pages.page(store_id, door.actor())
    return _save_store(store_id)


def _save_store(store_id: int | None) -> Response:
    try:
        receipt = forms.run(stores.save_store, stores.read(forms.fields(), store_id))
    except Invalid as refused:
        return _store_form(store_id, forms.typed(refused))
    if receipt.outcome == "conflict":
        return _store_form(store_id, overtaken(receipt), conflict=True)
    return forms.done(receipt)


@blueprint.post("/stock/stores/<int:store_id>/retirement")
def store_retire(store_id: int) -> Response:
    return forms.done(forms.run(stores.retire_store, stores.RetireStore(store_id)))


@blueprint.get("/stock/stores/<int:store_id>/parts/<int:part_id>")
def pair(store_id: int, part_id: int) -> Response:
    return _pair_page(store_id, part_id)


def _pair_page(store_id: int, part_id: int, **refused: Typed) -> Response:
    after = pages.asked_key("after")
    found = pairs.pair(store_id, part_id, door.actor(), after)
    shown: dict[str, Any] = {name: refused.get(name, Typed()) for name in ("rule", "opening")}
    page = pages.show("stock/pair.html", nav="stock", pair=found, forms=shown,
                      staff=access.STAFF & door.actor().roles,
                      submission_id=forms.page_id())  # fmt: skip
    page.status_code = 422 if refused else 200
    return page


@blueprint.post("/stock/stores/<int:store_id>/parts/<int:part_id>/rule")
def rule(store_id: int, part_id: int) -> Response:
    pairs.pair(store_id, part_id, door.actor())
    try:
        order = rules.read(forms.fields(), store_id, part_id)
        return forms.done(forms.run(rules.set_rule, order))
    except Invalid as refused:
        return _pair_page(store_id, part_id, rule=forms.typed(refused))


@blueprint.post("/stock/stores/<int:store_id>/parts/<int:part_id>/opening")
def opening(store_id: int, part_id: int) -> Response:
    pairs.pair(store_id, part_id, door.actor())
    try:
        order = rules.read_opening(forms.fields(), store_id, part_id)
        return forms.done(forms.run(rules.set_opening_balance, order))
    except Invalid as refused:
        return _pair_page(store_id, part_id, opening=forms.typed(refused))
