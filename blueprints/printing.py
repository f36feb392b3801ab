"""What printing needs beside the sheet form: previews, stock, printers, and prints of many."""

import base64

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import door, forms, pages, tagging
from blueprints.forms import Typed
from roundtag import commands, printers, printing, prints, stocks
from roundtag.errors import Invalid
from tags import calibration
from tags.stock import Stock

blueprint = Blueprint("printing", __name__, url_prefix="/tags")


@blueprint.app_template_filter("data_png")
def _data_png(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()


@blueprint.post("/preview")
def preview() -> Response:
    """The first page as it will be printed; for htmx alone, else within the sheet form."""
    form, found = Typed(dict(request.form.items())), None
    try:
        found = printing.preview(printing.read(forms.fields()), door.actor())
    except Invalid as refused:
        form = forms.typed(refused)
    if pages.is_fragment():
        return pages.fragment("printing/_preview.html", preview=found, errors=form.errors)
    return tagging.page(form, found)


@blueprint.get("/stocks")
def stocks_page() -> Response:
    return _stocks(Typed({"kind": "sheet"}))


def _stocks(form: Typed, stock_id: int | None = None) -> Response:
    return pages.show(
        "printing/stocks.html",
        nav="tags",
        path="/tags/stocks",
        own=stocks.own(),
        form=form,
        stock_id=stock_id,
        submission_id=forms.page_id(),
    )


@blueprint.post("/stocks/check")
def stock_check() -> Response:
    """What is wrong with the stock being typed, and a picture of it when nothing is."""
    form, found = Typed(dict(request.form.items())), None
    try:
        command = stocks.read(forms.fields(), forms.fields().whole("stock_id"))
        stocks.refuse_taken(command)
        found = command.stock
    except Invalid as refused:
        form = forms.typed(refused)
    return pages.fragment("printing/_stock.html", stock=found, form=form)


@blueprint.post("/stocks")
def stock_create() -> Response:
    return _keep_stock(None)


@blueprint.get("/stocks/<int:stock_id>")
def stock(stock_id: int) -> Response:
    return _stocks(Typed(_typed_stock(stocks.one(stock_id).stock)), stock_id)


@blueprint.post("/stocks/<int:stock_id>")
def stock_change(stock_id: int) -> Response:
    stocks.one(stock_id)
    return _keep_stock(stock_id)


def _keep_stock(stock_id: int | None) -> Response:
    try:
        command = stocks.read(forms.fields(), stock_id)
        receipt = commands.run(forms.posted_id(), stocks.keep_stock, command, door.actor())
    except Invalid as refused:
        return _stocks(forms.typed(refused), stock_id)
    return forms.done(receipt)


@blueprint.post("/stocks/<int:stock_id>/retirement")
def stock_retire(stock_id: int) -> Response:
    command = stocks.RetireStock(stock_id)
    return forms.done(commands.run(forms.posted_id(), stocks.retire_stock, command, door.actor()))


def _typed_stock(one: Stock) -> dict[str, str]:
    pairs = {"page": one.page, "label": one.label, "corner": one.corner, "pitch": one.pitch}
    lengths = {f"{name}_{side}": f"{value:g}" for name, both in pairs.items()
               for side, value in zip("wh" if name in ("page", "label") else "xy", both,
                                      strict=True)}  # fmt: skip
    return {"name": one.name, "kind": "roll" if one.is_roll else "sheet", "dpi": f"{one.dpi:g}",
            "columns": str(one.grid[0]), "rows": str(one.grid[1]), **lengths}  # fmt: skip


@blueprint.get("/printers")
def printers_page() -> Response:
    return _printers(Typed())


def _printers(form: Typed) -> Response:
    return pages.show(
        "printing/printers.html",
        nav="tags",
        path="/tags/printers",
        printers=printers.everyone(),
        stocks=stocks.everything(),
        form=form,
        submission_id=forms.page_id(),
    )


@blueprint.post("/printers")
def printer_create() -> Response:
    try:
        receipt = commands.run(forms.posted_id(), printers.keep_printer,
                               printers.read(forms.fields()), door.actor())  # fmt: skip
    except Invalid as refused:
        return _printers(forms.typed(refused))
    return forms.done(receipt)


@blueprint.get("/printers/<int:printer_id>")
def printer(printer_id: int) -> Response:
    return _printer(printer_id, Typed())


def _printer(printer_id: int, form: Typed) -> Response:
    found = printers.one(printer_id)
    on = printers.stock_of(found)
    return pages.show(
        "printing/printer.html",
        nav="tags",
        path=f"/tags/printers/{printer_id}",
        printer=found,
        on=on,
        nominal=dict(zip(printers.MEASURES, calibration.nominal(on), strict=True)),
        stocks=stocks.everything(),
        form=form,
        submission_id=forms.page_id(),
    )


@blueprint.post("/printers/<int:printer_id>")
def printer_change(printer_id: int) -> Response:
    printers.one(printer_id)
    try:
        receipt = commands.run(forms.posted_id(), printers.keep_printer,
                               printers.read(forms.fields(), printer_id), door.actor())  # fmt: skip
    except Invalid as refused:
        return _printer(printer_id, forms.typed(refused))
    return forms.done(receipt)


@blueprint.post("/printers/<int:printer_id>/calibration")
def printer_measure(printer_id: int) -> Response:
    """Takes in what was measured on the calibration page."""
    try:
        command = printers.read_measures(forms.fields(), printer_id)
        receipt = commands.run(forms.posted_id(), printers.calibrate, command, door.actor())
    except Invalid as refused:
        return _printer(printer_id, forms.typed(refused))
    return forms.done(receipt)


@blueprint.get("/printers/<int:printer_id>/calibration.pdf")
def printer_page(printer_id: int) -> Response:
    data = calibration.page(printers.stock_of(printers.one(printer_id)))
    response = Response(data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="calibration.pdf"'
    return response


@blueprint.post("/printers/<int:printer_id>/retirement")
def printer_retire(printer_id: int) -> Response:
    command = printers.RetirePrinter(printer_id)
    return forms.done(
        commands.run(forms.posted_id(), printers.retire_printer, command, door.actor())
    )


@blueprint.get("/prints")
def prints_page() -> Response:
    """This person's background prints."""
    return pages.show("printing/prints.html", nav="tags", prints=prints.mine(door.actor()))


@blueprint.get("/prints/<key>")
def print_show(key: str) -> Response:
    """How far a print is; asks again by itself until it is ready."""
    found = prints.one(key, door.actor())
    problem = _(found.problem, **found.values) if found.problem else ""
    if pages.is_fragment():
        return pages.fragment("printing/_print.html", line=found, problem=problem)
    return pages.show("printing/print.html", nav="tags", line=found, problem=problem)


@blueprint.get("/prints/<key>/file")
def print_file(key: str) -> Response:
    return tagging.file(prints.fetch(key, door.actor()))
