"""Checklists: what engineers are asked, and every version of it."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import checklists, data
from roundtag.checklists import Place
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.words import N_

blueprint = Blueprint("checklists", __name__, url_prefix="/checklists")


def _may() -> bool:
    return door.actor().may("publish_checklists")


@blueprint.get("")
def index() -> Response:
    """The list; ?category=, occasion= and state= narrow it."""
    return _index(Typed())


def _index(form: Typed) -> Response:
    chosen = checklists.read_filter(Fields(request.args.items()))
    return pages.show("checklists/list.html", nav="more", path="/checklists", form=form,
                      lines=checklists.lines(chosen), chosen=chosen, may=_may(),
                      categories=data.categories(), occasions=checklists.OCCASIONS.values(),
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("")
def begin() -> Response:
    """A checklist for a category and an occasion that have none, or the draft of one that is."""
    form = forms.fields()
    known = {checklists.ANY, *(one.code for one in data.categories())}
    try:
        category = form.choice("category", known, required=N_("Choose a category."))
        occasion = form.choice("occasion", checklists.OCCASIONS, required=N_("Choose an occasion."))
        form.done()
        return _start(checklists.place(category or "", occasion or ""), "latest")
    except Invalid as refused:
        return _index(forms.typed(refused))


def _start(at: Place, source: str) -> Response:
    order = checklists.DraftChecklist(at, source)
    return forms.done(forms.run(checklists.draft_checklist, order))


@blueprint.get("/<category>/<occasion>")
def show(category: str, occasion: str) -> Response:
    return _show(checklists.place(category, occasion), None)


@blueprint.get("/<category>/<occasion>/versions/<int:number>")
def version(category: str, occasion: str, number: int) -> Response:
    return _show(checklists.place(category, occasion), number)


def _show(at: Place, number: int | None) -> Response:
    return pages.show("checklists/show.html", nav="more", list=checklists.page(at, number),
                      category=category_of(at), may=_may(), sections_of=checklists.sections_of,
                      submission_id=forms.page_id())  # fmt: skip


def category_of(at: Place) -> data.Category | None:
    """None for a checklist that serves any device."""
    return None if at.category == checklists.ANY else data.category(at.category)


@blueprint.get("/<category>/<occasion>/versions/<int:number>.json")
def download(category: str, occasion: str, number: int) -> Response:
    at = checklists.place(category, occasion)
    found = checklists.page(at, number).version
    text = checklists.written(found) if found else ""
    response = Response(text, mimetype="application/json")
    name = f"{category}-{occasion}-{number}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/<category>/<occasion>/compare")
def compare(category: str, occasion: str) -> Response:
    """?one= and other=: a version's number, draft or shipped."""
    at = checklists.place(category, occasion)
    found = checklists.compare_page(at, request.args.get("one", ""), request.args.get("other", ""))
    return pages.show("checklists/compare.html", nav="more", found=found, category=category_of(at))


@blueprint.post("/<category>/<occasion>/draft")
def start(category: str, occasion: str) -> Response:
    source = "shipped" if request.form.get("source") == "shipped" else "latest"
    return _start(checklists.place(category, occasion), source)
