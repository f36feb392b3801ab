"""Slips: the list, the form of each kind, one slip with its paper, and an engineer's bag."""

import re

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, forms, pages, scan
from blueprints.forms import Typed
from roundtag import addresses, signatures, slip_paper, slips
from roundtag.commands import Receipt
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("slips", __name__)
ROWS = 2
"""Rows for counted parts that a form has at first."""


def _wish() -> slips.Wish:
    return slips.read_wish(Fields(request.args.items()))


@blueprint.get("/slips")
def index() -> Response:
    found = slips.slips(_wish(), door.actor())
    return pages.show("slips/list.html", nav="stock", list=found, kinds=slips.WORDS,
                      files=_kinds())  # fmt: skip


def _kinds() -> list[str]:
    """The kinds that the reader may file at all."""
    return [name for name, kind in slips.KINDS.items() if door.actor().able(kind.deed)]


@blueprint.get("/slips.csv")
def csv() -> Response:
    data = slips.csv_file(_wish(), door.actor(), gettext, lambda kind: gettext(slips.WORDS[kind]))
    return _file(data, "slips.csv", "text/csv")


@blueprint.get("/slips/new")
def new() -> Response:
    """The form of ?kind= for ?store=; without a kind the choice of one."""
    kind = request.args.get("kind", "")
    if kind not in slips.KINDS:
        return pages.show("slips/choose.html", nav="stock", kinds=slips.KINDS, may=_kinds(),
                          store=request.args.get("store", ""))  # fmt: skip
    return _form(kind, Typed(dict(request.args.items())))


def _form(kind: str, form: Typed, status: int = 200, clashes: list[dict[str, str]] | None = None,
          submission_id: str | None = None) -> Response:  # fmt: skip
    asked = Fields([("store", form.data.get("store", "")), ("person", form.data.get("person", ""))])
    store, person = asked.whole("store"), asked.whole("person")
    sheet = slips.sheet(kind, store, person, door.actor())
    rows = sum(bool(re.fullmatch(r"part\.\d{1,2}", name)) for name in form.data)
    page = pages.show(
        "slips/new.html", nav="stock", sheet=sheet, kind=slips.KINDS[kind], form=form,
        rows=max(ROWS, rows + ("more" in form.data)), clashes=clashes or [],
        ticked=set(request.form.getlist("unit") or request.args.getlist("unit")),
        ink=signatures.MIN_INK, path=f"/slips/new?kind={kind}",
        submission_id=submission_id or forms.page_id(), places=slips.PLACES,
    )  # fmt: skip
    page.status_code = 422 if form.errors else status
    return page


@blueprint.post("/slips")
def file() -> Response:
    """Files the slip; the buttons `more` and `choose` only load the form again (without scripts).

    What does not hold any more is shown beside everything that was typed.
    """
    kind = request.form.get("kind", "")
    if kind in slips.KINDS and ("more" in request.form or "choose" in request.form):
        return _form(kind, Typed(dict(request.form.items())))
    try:
        order = slips.read(forms.fields())
        receipt = forms.run_signed(slips.file_slip, order)
    except Invalid as refused:
        return _form(kind, forms.typed(refused, "person", "device"))
    if receipt.outcome == "conflict":
        signatures.forget_drawing(order.signature)
        return _clashed(kind, receipt)
    return forms.done(receipt)


def _clashed(kind: str, receipt: Receipt) -> Response:
    form = Typed(dict(request.form.items()))
    clashes = receipt.values.get("clashes", [])
    return _form(kind, form, 409, clashes, forms.fresh_id())


@blueprint.get("/slips/<int:slip_id>")
def show(slip_id: int) -> Response:
    return _show(slip_id, Typed())


def _show(slip_id: int, form: Typed) -> Response:
    return pages.show("slips/show.html", nav="stock", slip=slips.page(slip_id, door.actor()),
                      kinds=slips.WORDS, form=form, path=f"/slips/{slip_id}",
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/slips/<int:slip_id>/reversal")
def reverse(slip_id: int) -> Response:
    slips.page(slip_id, door.actor())
    try:
        order = slips.read_reversal(forms.fields(), slip_id)
        return forms.done(forms.run(slips.reverse_slip, order))
    except Invalid as refused:
        return _show(slip_id, forms.typed(refused))


@blueprint.get("/slips/<int:slip_id>/signature")
def signature(slip_id: int) -> Response:
    return Response(slips.signature_of(slip_id, door.actor()), mimetype="image/png")


@blueprint.get("/slips/<int:slip_id>/slip.pdf")
def pdf(slip_id: int) -> Response:
    """The slip on paper, in the reader's language or that of ?lang=."""
    found = slips.page(slip_id, door.actor())
    lang = pages.asked_language() or pages.language()
    url = addresses.base_url() + f"/slips/{slip_id}"
    ink = slips.signature_of(slip_id, door.actor()) if found.drawn else None
    data = slip_paper.pdf(found, "en" if lang == "en" else "zh", url, ink)
    return _file(data, f"{found.number}.pdf", "application/pdf", "inline")


def _file(data: bytes, name: str, kind: str, way: str = "attachment") -> Response:
    response = Response(data, mimetype=kind)
    response.headers["Content-Disposition"] = f'{way}; filename="{name}"'
    return response


@blueprint.get("/bag")
def bag() -> Response:
    """What the reader carries; kept on their phone to be read without network."""
    found = slips.bag(door.actor())
    return pages.show("slips/bag.html", nav="stock", bag=found, form=Typed(),
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/t/<code>/uses")
def use(code: str) -> Response:
    try:
        receipt = forms.submit("use", code)
    except Invalid as refused:
        return scan.open_(code, False, forms.typed(refused), "use")
    return forms.done(receipt)
