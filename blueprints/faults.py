from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import commands, faults
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("faults", __name__)


@blueprint.get("/faults")
def index() -> Response:
    state = "all" if request.args.get("state") == "all" else "open"
    lines = faults.lines(door.actor(), state=state)
    return pages.show("faults/list.html", nav="faults", lines=lines, state=state)


@blueprint.get("/faults/<int:fault_id>")
def show(fault_id: int) -> Response:
    return _page(fault_id, Typed())


def _page(fault_id: int, form: Typed) -> Response:
    found = faults.page(fault_id, door.actor())
    shown = found.is_open or bool(form.errors)
    may = shown and door.actor().may("resolve_fault", found.client_id)
    page = pages.show("faults/show.html", nav="faults", fault=found, form=form, may_resolve=may,
                      submission_id=forms.page_id())  # fmt: skip
    page.status_code = 422 if form.errors else 200
    return page


@blueprint.post("/faults/<int:fault_id>/resolution")
def resolve(fault_id: int) -> Response:
    faults.page(fault_id, door.actor())
    try:
        order = faults.read_resolution(Fields(request.form.items(multi=True)), fault_id)
    except Invalid as refused:
        return _page(fault_id, forms.typed(refused))
    return forms.done(commands.run(forms.posted_id(), faults.resolve_fault, order, door.actor()))
