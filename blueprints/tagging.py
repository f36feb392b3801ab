"""Tag sheets: choose tags, stock and the first free label; print."""

from dataclasses import asdict

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import addresses, labelling, printers, printing, prints, stocks, tagging
from roundtag.access import Actor
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.printing import Preview, Printed, PrintSheet

blueprint = Blueprint("tags", __name__, url_prefix="/tags")


@blueprint.get("/sheets")
def sheets() -> Response:
    return page(Typed(dict(request.args.items())))


def page(form: Typed, preview: Preview | None = None, status: int | None = None) -> Response:
    """The sheet form with everything chosen still chosen; `of=spares` lists spare units."""
    actor, spares = door.actor(), request.values.get("of") == "spares"
    known = {"stock": printing.DEFAULT_STOCK, **_habit(actor), **form.data}
    shown = pages.show(
        "tags/sheets.html",
        nav="tags",
        path="/tags/sheets",
        of="spares" if spares else "tags",
        tags=[] if spares else tagging.bound(actor),
        units=labelling.units(actor) if spares else [],
        stocks=stocks.everything(),
        printers=printers.everyone(),
        prints=prints.mine(actor)[:1],
        many=prints.MOST_AT_ONCE,
        base_url=addresses.base_url(),
        trial=addresses.is_trial(),
        form=Typed(known, form.errors),
        chosen=set(request.values.getlist("tag")) | set(request.values.getlist("unit")),
        preview=preview,
    )
    shown.status_code = status or (422 if form.errors else 200)
    return shown


def _habit(actor: Actor) -> dict[str, str]:
    found = {k.removesuffix("_id"): str(v) for k, v in asdict(printers.habit(actor)).items() if v}
    return found


@blueprint.post("/sheets")
def sheet_pdf() -> Response:
    """The file of the chosen labels; of many, the page where it will be."""
    actor = door.actor()
    try:
        order = printing.read(Fields(request.form.items(multi=True)))
        answer = _printed(order)
    except Invalid as refused:
        return page(forms.typed(refused))
    printers.remember(actor, order.printer, order.stock)
    return answer


def _printed(order: PrintSheet) -> Response:
    if order.count <= prints.MOST_AT_ONCE:
        return file(printing.sheet(order, door.actor()))
    key = prints.order(order, door.actor())
    return redirect(url_for("printing.print_show", key=key), 303)


def file(made: Printed) -> Response:
    """A printed file; browsers show a PDF and keep the rest."""
    response = Response(made.data, mimetype=made.mime)
    where = "inline" if made.mime == "application/pdf" else "attachment"
    response.headers["Content-Disposition"] = f'{where}; filename="{made.name}"'
    return response
