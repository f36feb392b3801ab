"""Loaners: the list, and the page of one with what may be decided about it."""

from datetime import date

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import access, clock, loaners
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("loaners", __name__)
FILE = 5000


def _today() -> date:
    return clock.local_day(clock.now())


@blueprint.get("/loaners")
def index() -> Response:
    """What is out, the most overdue first; ?state=late or all, client=, q= and page= narrow it."""
    wish = loaners.read_wish(Fields(request.args.items()))
    found = loaners.listing(wish, door.actor(), clock.now())
    return pages.show("loaners/list.html", nav="stock", list=found,
                      files=access.allowed_on(door.actor().roles, "loaners.csv"))  # fmt: skip


@blueprint.get("/loaners.csv")
def csv() -> Response:
    wish = loaners.read_wish(Fields(request.args.items()))
    found = loaners.listing(wish, door.actor(), clock.now(), most=FILE)
    response = Response(loaners.csv_file(found.lines, gettext), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="loaners.csv"'
    return response


@blueprint.get("/loaners/<int:loaner_id>")
def show(loaner_id: int) -> Response:
    return _page(loaner_id, Typed(), "")


def _page(loaner_id: int, form: Typed, which: str) -> Response:
    """`which` of its forms was sent with what `form` holds."""
    actor = door.actor()
    found = loaners.page(loaner_id, actor, clock.now())
    may = {name: not found.back_at and actor.may(f"{name}_loaner", found.client_id)
           for name in ("extend", "keep")}  # fmt: skip
    return pages.show("loaners/show.html", nav="stock", line=found, may=may, form=form,
                      which=which, today=_today(), submission_id=forms.page_id(),
                      fresh=forms.fresh_id)  # fmt: skip


@blueprint.post("/loaners/<int:loaner_id>/due-day")
def extend(loaner_id: int) -> Response:
    loaners.page(loaner_id, door.actor(), clock.now())
    try:
        order = loaners.read_extension(forms.fields(), loaner_id, _today())
        return forms.done(forms.run(loaners.extend_loaner, order))
    except Invalid as refused:
        return _page(loaner_id, forms.typed(refused), "extend")


@blueprint.post("/loaners/<int:loaner_id>/keeping")
def keep(loaner_id: int) -> Response:
    loaners.page(loaner_id, door.actor(), clock.now())
    try:
        order = loaners.read_keeping(forms.fields(), loaner_id)
        return forms.done(forms.run(loaners.keep_loaner, order))
    except Invalid as refused:
        return _page(loaner_id, forms.typed(refused), "keep")
