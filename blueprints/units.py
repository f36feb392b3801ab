from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from blueprints.stock import overtaken, status
from roundtag import access
from roundtag.errors import Invalid
from roundtag.storekeeping import rules, told, units

blueprint = Blueprint("units", __name__)


@blueprint.get("/units/<int:unit_id>")
def show(unit_id: int) -> Response:
    return _page(unit_id, Typed())


def _page(unit_id: int, form: Typed) -> Response:
    found = units.page(unit_id, door.actor())
    page = pages.show("stock/unit.html", nav="stock", unit=found, form=form,
                      reasons=told.REASONS, staff=access.STAFF & door.actor().roles,
                      submission_id=forms.page_id())  # fmt: skip
    page.status_code = status(form, False)
    return page


@blueprint.post("/units/<int:unit_id>/shelf")
def place(unit_id: int) -> Response:
    units.found(unit_id, door.actor())
    try:
        order = rules.read_place(forms.fields(), unit_id)
        return forms.done(forms.run(rules.place_unit, order))
    except Invalid as refused:
        return _page(unit_id, forms.typed(refused))


@blueprint.get("/units/<int:unit_id>/edit")
def edit(unit_id: int) -> Response:
    return _form(unit_id, Typed())


def _form(unit_id: int, form: Typed, conflict: bool = False) -> Response:
    found = units.page(unit_id, door.actor())
    page = pages.show("stock/unit_edit.html", nav="stock", unit=found, form=form,
                      submission_id=forms.fresh_id() if conflict else forms.page_id())  # fmt: skip
    page.status_code = status(form, conflict)
    return page


@blueprint.post("/units/<int:unit_id>/edit")
def save(unit_id: int) -> Response:
    units.found(unit_id, door.actor())
    try:
        receipt = forms.run(units.edit_unit, units.read(forms.fields(), unit_id))
    except Invalid as refused:
        return _form(unit_id, forms.typed(refused))
    if receipt.outcome == "conflict":
        return _form(unit_id, overtaken(receipt), conflict=True)
    return forms.done(receipt)
