"""Documents of faults: looked at, written into, drafted, issued."""

from flask import Blueprint, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import fault_papers
from roundtag.errors import Invalid

blueprint = Blueprint("fault_papers", __name__)


@blueprint.get("/faults/<int:fault_id>/papers/<paper>")
def show(fault_id: int, paper: str) -> Response:
    return _show(fault_id, paper, Typed())


def _show(fault_id: int, kind: str, form: Typed, status: int = 200) -> Response:
    """The document as its records say now, its texts, and what was issued of it."""
    actor = door.actor()
    found = fault_papers.page(fault_id, kind, actor)
    lang = pages.language()
    page = pages.show(
        "fault_papers/show.html", nav="faults", found=found, form=form,
        sections=fault_papers.sections_of(found.paper, "en" if lang == "en" else "zh"),
        title=fault_papers.title(kind, "en" if lang == "en" else "zh"),
        path=fault_papers.url(fault_id, kind), longest=fault_papers.LONGEST, fresh=forms.fresh_id,
        submission_id=forms.page_id() if not form.errors else forms.fresh_id(),
        may_draft=actor.may("draft_fault_paper", found.client_id),
    )  # fmt: skip
    page.status_code = 422 if form.errors and status == 200 else status
    return page


@blueprint.post("/faults/<int:fault_id>/papers/<paper>/texts")
def write(fault_id: int, paper: str) -> Response:
    fault_papers.page(fault_id, paper, door.actor())
    try:
        order = fault_papers.read_texts(forms.fields(), fault_id, paper)
        receipt = forms.run(fault_papers.write_paper, order)
    except Invalid as refused:
        return _show(fault_id, paper, forms.typed(refused))
    if receipt.outcome == "conflict":
        return _changed(fault_id, paper, _(receipt.message))
    return forms.done(receipt)


def _changed(fault_id: int, kind: str, message: str) -> Response:
    """What was typed, kept in the form beside what is there now; saving it again keeps it."""
    found = fault_papers.page(fault_id, kind, door.actor())
    told = f"{message} " + _("What you typed is here; compare and save again.")
    form = Typed({**dict(request.form.items()), "seen": found.seen}, {"": told})
    return _show(fault_id, kind, form, 409)


@blueprint.post("/faults/<int:fault_id>/papers/<paper>/draft")
def draft(fault_id: int, paper: str) -> Response:
    return _order(fault_id, paper, "draft")


@blueprint.post("/faults/<int:fault_id>/papers/<paper>/issue")
def issue(fault_id: int, paper: str) -> Response:
    return _order(fault_id, paper, "issue")


def _order(fault_id: int, kind: str, purpose: str) -> Response:
    try:
        key = fault_papers.order(fault_id, kind, purpose, door.actor())
    except Invalid as refused:
        return _show(fault_id, kind, forms.typed(refused, "fault"))
    return redirect(f"/reports/runs/{key}", 303)
