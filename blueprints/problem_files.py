"""Problems: what lies behind several faults. (`problems.py` beside this says errors in words.)"""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import data, faults, problems
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("problems", __name__)


def _categories() -> list[tuple[str, str]]:
    return [(one.code, pages.both(one, "name")) for one in data.categories()]


@blueprint.get("/problems")
def index() -> Response:
    """Problems that are not resolved; ?state=, kind= and category= narrow or widen the list."""
    wish = problems.read_wish(Fields(request.args.items()))
    return pages.show("problems/list.html", nav="more", wish=wish, kinds=problems.KINDS,
                      listing=problems.listing(wish, door.actor()),
                      categories=_categories())  # fmt: skip


@blueprint.get("/problems/new")
def new() -> Response:
    """Opens a problem from the fault that ?fault= names."""
    fault = Fields(request.args.items()).whole("fault") or 0
    return _new(fault, Typed())


def _new(fault_id: int, form: Typed) -> Response:
    found = faults.page(fault_id, door.actor())
    here = problems.at_fault(fault_id, door.actor())
    return pages.show(
        "problems/new.html", nav="more", fault=found.line, here=here, form=form,
        path=f"/problems/new?fault={fault_id}", kinds=problems.KINDS, categories=_categories(),
        submission_id=forms.page_id(),
    )  # fmt: skip


@blueprint.post("/problems")
def create() -> Response:
    try:
        receipt = forms.run(problems.open_problem, problems.read_opened(forms.fields()))
    except Invalid as refused:
        key = request.form.get("fault", "")
        fault = int(key) if key.isascii() and key.isdecimal() and len(key) < 10 else 0
        return _new(fault, forms.typed(refused))
    return forms.done(receipt)


@blueprint.get("/problems/<int:problem_id>")
def show(problem_id: int) -> Response:
    return _page(problem_id, Typed(), "")


def _page(problem_id: int, form: Typed, which: str) -> Response:
    actor = door.actor()
    found = problems.page(problem_id, actor)
    at = found.client_id
    page = pages.show(
        "problems/show.html", nav="more", problem=found, path=f"/problems/{problem_id}",
        forms={name: form if name == which else Typed() for name in ("add", "update", "resolve")},
        kinds=problems.KINDS, categories=_categories(),
        may={name: actor.may(deed, at) for name, deed in DEEDS.items()},
        may_write=actor.may("write_article"), submission_id=forms.page_id(),
        ids=[forms.fresh_id() for _ in range(2)],
        fault_ids=[forms.fresh_id() for _ in found.faults],
    )  # fmt: skip
    page.status_code = 422 if form.errors else 200
    return page


DEEDS = {"add": "add_fault_to_problem", "remove": "remove_fault_from_problem",
         "update": "update_problem", "resolve": "resolve_problem"}  # fmt: skip


@blueprint.post("/problems/<int:problem_id>/members")
def add(problem_id: int) -> Response:
    """Adds a fault by its number, or one that its own page names by its key."""
    problems.page(problem_id, door.actor())
    form = forms.fields()
    try:
        fault = form.whole("fault")
        form.done()
        order = (problems.AddFault(problem_id, fault) if fault is not None
                 else problems.read_added(form, problem_id))  # fmt: skip
        receipt = forms.run(problems.add_fault_to_problem, order)
    except Invalid as refused:
        return _page(problem_id, forms.typed(refused, "number"), "add")
    return forms.done(receipt)


@blueprint.post("/problems/<int:problem_id>/members/<int:fault_id>/removal")
def remove(problem_id: int, fault_id: int) -> Response:
    order = problems.RemoveFault(problem_id, fault_id)
    return forms.done(forms.run(problems.remove_fault_from_problem, order))


@blueprint.post("/problems/<int:problem_id>")
def update(problem_id: int) -> Response:
    problems.page(problem_id, door.actor())
    try:
        order = problems.read_findings(forms.fields(), problem_id)
        receipt = forms.run(problems.update_problem, order)
    except Invalid as refused:
        return _page(problem_id, forms.typed(refused), "update")
    return forms.done(receipt)


@blueprint.post("/problems/<int:problem_id>/solution")
def resolve(problem_id: int) -> Response:
    problems.page(problem_id, door.actor())
    try:
        order = problems.read_resolution(forms.fields(), problem_id)
        receipt = forms.run(problems.resolve_problem, order)
    except Invalid as refused:
        return _page(problem_id, forms.typed(refused), "resolve")
    return forms.done(receipt)
