"""Tag sheets: choose tags, stock and the first free label; print."""

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from blueprints import door, pages
from blueprints.forms import Typed
from roundtag import addresses, printing, tagging
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("tags", __name__, url_prefix="/tags")


@blueprint.get("/sheets")
def sheets() -> Response:
    return _page(Typed(dict(request.args.items())))


def _page(form: Typed) -> Response:
    page = pages.show(
        "tags/sheets.html",
        nav="tags",
        tags=tagging.bound(door.actor()),
        stocks=printing.stocks(),
        base_url=addresses.base_url(),
        trial=addresses.is_trial(),
        form=form,
        chosen=set(request.values.getlist("tag")),
    )
    page.status_code = 422 if form.errors else 200
    return page


@blueprint.post("/sheets")
def sheet_pdf() -> Response:
    """The PDF of the chosen tags."""
    fields = Fields(request.form.items(multi=True))
    try:
        order = printing.read(fields)
        made = printing.sheet(order, door.actor())
    except Invalid as refused:
        return _page(_again(refused))
    response = Response(made.pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{made.name}"'
    return response


def _again(refused: Invalid) -> Typed:
    found = {e.field: _(e.message, **e.values) for e in refused.errors}
    return Typed(dict(request.form.items()), found)
