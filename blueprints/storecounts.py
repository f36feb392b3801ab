"""Counts of stores: opened and closed by storekeepers, counted by scanning, read by everybody."""

from collections.abc import Callable

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import addresses, clock, storecounts
from roundtag.commands import Receipt
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.reports.words import Lang
from roundtag.storecounts import paper, sheets

blueprint = Blueprint("storecounts", __name__, url_prefix="/stock/counts")
SHOWN = 500
"""Lines that the page lists; the files hold them all."""


@blueprint.get("")
def index() -> Response:
    return _index(Typed({"blind": "1", "store": request.args.get("store", "")}))


def _index(form: Typed) -> Response:
    actor = door.actor()
    return pages.show("storecounts/index.html", nav="stock", form=form,
                      stores=storecounts.stores_to_count(actor),
                      cards=storecounts.cards(actor, closed=True), path="/stock/counts",
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("")
def create() -> Response:
    try:
        order = storecounts.read_opening(forms.fields())
        receipt = forms.run(storecounts.open_store_count, order)
    except Invalid as refused:
        return _index(forms.typed(refused))
    return forms.done(receipt)


@blueprint.get("/<int:count_id>")
def show(count_id: int) -> Response:
    return _report(count_id, Typed())


def _report(count_id: int, form: Typed) -> Response:
    """The report; ?show= narrows its lines to one outcome."""
    actor = door.actor()
    found = storecounts.report(count_id, actor)
    wanted = request.args.get("show")
    wanted = wanted if wanted in storecounts.OUTCOMES else None
    shown = {wanted} if wanted else storecounts.DIFFERENCES
    lines = [one for one in found.result.lines if one.outcome in shown]
    may = storecounts.rights(count_id, actor)
    return pages.show(
        "storecounts/show.html", nav="stock", report=found, lines=lines[:SHOWN],
        hidden=max(0, len(lines) - SHOWN), wanted=wanted, form=form,
        reasons=storecounts.REASONS, outcomes=storecounts.OUTCOMES,
        path=f"/stock/counts/{count_id}", fresh=forms.fresh_id,
        keeper=may["keeper"], counter=may["counter"],
    )  # fmt: skip


@blueprint.get("/<int:count_id>/lists/new")
def new_list(count_id: int) -> Response:
    """The page to count on; kept on phones while the count is open."""
    return _list(count_id, Typed({"shelf": request.args.get("shelf", "")}))


def _list(count_id: int, form: Typed) -> Response:
    actor = door.actor()
    found = storecounts.page(count_id, actor)
    return pages.show(
        "storecounts/list.html", nav="stock", count=found, form=form,
        chosen=set(request.form.getlist("unit")),
        may=pages.is_pack() or storecounts.rights(count_id, actor)["counter"],
        bases=[addresses.base_url()], path=f"/stock/counts/{count_id}/lists/new",
        submission_id=forms.page_id(),
    )  # fmt: skip


@blueprint.post("/<int:count_id>/lists")
def file_list(count_id: int) -> Response:
    storecounts.page(count_id, door.actor())
    try:
        receipt = forms.send(storecounts.FORM)
    except Invalid as refused:
        return _list(count_id, forms.typed(refused))
    return forms.done(receipt)


def _deed(count_id: int, do: Callable[[Fields], Receipt]) -> Response:
    """Does it and returns to the report; what is refused stands on its top."""
    try:
        receipt = do(forms.fields())
    except Invalid as refused:
        return _report(count_id, forms.typed(refused))
    return forms.done(receipt, f"/stock/counts/{count_id}")


@blueprint.post("/<int:count_id>/explanations")
def explain(count_id: int) -> Response:
    return _deed(count_id, lambda form: forms.run(
        storecounts.explain_store_difference, storecounts.read_reason(form, count_id)))  # fmt: skip


@blueprint.post("/<int:count_id>/closure")
def close(count_id: int) -> Response:
    return _deed(count_id, lambda form: forms.run(
        storecounts.close_store_count, storecounts.read_closing(form, count_id)))  # fmt: skip


@blueprint.get("/<int:count_id>/report.xlsx")
def xlsx(count_id: int) -> Response:
    found = storecounts.report(count_id, door.actor())
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    data = sheets.xlsx_file(found, gettext, clock.DEFAULT_ZONE)
    return _file(data, "attachment", f"store-count-{count_id}.xlsx", kind)


@blueprint.get("/<int:count_id>/report.pdf")
def pdf(count_id: int) -> Response:
    found = storecounts.report(count_id, door.actor())
    lang: Lang = "zh" if pages.language() == "zh" else "en"
    data = paper.pdf_file(found, gettext, lang, clock.DEFAULT_ZONE)
    return _file(data, "inline", f"store-count-{count_id}.pdf", "application/pdf")


def _file(data: bytes, how: str, name: str, kind: str) -> Response:
    response = Response(data, mimetype=kind)
    response.headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return response
