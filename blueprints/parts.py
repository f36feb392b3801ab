from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from blueprints.stock import categories, overtaken, status
from roundtag import consumables
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.storekeeping import catalogue, overview, part_pages, substitutes

blueprint = Blueprint("parts", __name__)


@blueprint.get("/stock/parts")
def index() -> Response:
    wish = overview.read(Fields(request.args.items()))
    found = overview.parts(wish, door.actor())
    return pages.show("stock/parts.html", nav="stock", list=found, categories=categories(),
                      may_add=door.actor().may("save_part"))  # fmt: skip


@blueprint.get("/stock/parts/<int:part_id>")
def show(part_id: int) -> Response:
    return _page(part_id, Typed())


def _page(part_id: int, form: Typed) -> Response:
    found = part_pages.page(part_id, door.actor())
    page = pages.show("stock/part.html", nav="stock", found=found, part=found.part, form=form,
                      grades=substitutes.GRADES, tracking=catalogue.TRACKING,
                      origins=catalogue.ORIGINS, lead=catalogue.LEAD_DAYS,
                      kinds={k.code: pages.both(k) for k in consumables.kinds()},
                      category=dict(categories()).get(found.part.category, ""),
                      submission_id=forms.page_id())  # fmt: skip
    page.status_code = status(form, False)
    return page


@blueprint.get("/stock/parts/new")
def new() -> Response:
    return _form(None, Typed())


@blueprint.get("/stock/parts/<int:part_id>/edit")
def edit(part_id: int) -> Response:
    return _form(part_id, Typed())


def _form(part_id: int | None, form: Typed, conflict: bool = False) -> Response:
    now = catalogue.part(part_id) if part_id else None
    page = pages.show("stock/part_edit.html", nav="stock", now=now, form=form,
                      seen=catalogue.digest(now), categories=categories(),
                      tracking=catalogue.TRACKING, origins=catalogue.ORIGINS,
                      currencies=catalogue.CURRENCIES, lead=catalogue.LEAD_DAYS,
                      kinds=[(k.code, pages.both(k)) for k in consumables.kinds()],
                      submission_id=forms.fresh_id() if conflict else forms.page_id())  # fmt: skip
    page.status_code = status(form, conflict)
    return page


@blueprint.post("/stock/parts")
def create() -> Response:
    return _save(None)


@blueprint.post("/stock/parts/<int:part_id>/edit")
def save(part_id: int) -> Response:
    catalogue.part(part_id)
    return _save(part_id)


def _save(part_id: int | None) -> Response:
    try:
        receipt = forms.run(catalogue.save_part, catalogue.read(forms.fields(), part_id))
    except Invalid as refused:
        return _form(part_id, forms.typed(refused))
    if receipt.outcome == "conflict":
        return _form(part_id, overtaken(receipt), conflict=True)
    return forms.done(receipt)


@blueprint.post("/stock/parts/<int:part_id>/substitutes")
def add_substitute(part_id: int) -> Response:
    catalogue.part(part_id)
    try:
        order = substitutes.read(forms.fields(), part_id)
        return forms.done(forms.run(substitutes.add_substitute, order))
    except Invalid as refused:
        return _page(part_id, forms.typed(refused))


@blueprint.post("/stock/parts/<int:part_id>/substitutes/<int:substitute_id>/removal")
def remove_substitute(part_id: int, substitute_id: int) -> Response:
    catalogue.part(part_id)
    order = substitutes.RemoveSubstitute(part_id, substitute_id)
    return forms.done(forms.run(substitutes.remove_substitute, order))
