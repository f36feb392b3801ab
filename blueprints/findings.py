from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import clock, data, findings
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("findings", __name__)


@blueprint.get("/findings")
def index() -> Response:
    """Left-over problems of one client; what narrows the list stands in its address."""
    wish = findings.read_wish(Fields(request.args.items()))
    found = findings.listing(wish, door.actor(), clock.now())
    kinds = [(one.code, pages.both(one, "name")) for one in data.categories()]
    return pages.show("findings/list.html", nav="faults", list=found, kinds=kinds,
                      ages=findings.AGES, now=clock.now())  # fmt: skip


@blueprint.get("/findings/<int:finding_id>")
def show(finding_id: int) -> Response:
    return _page(finding_id, Typed())


def _page(finding_id: int, form: Typed) -> Response:
    found = findings.page(finding_id, door.actor())
    may = door.actor().may("settle_finding", found.client_id)
    shown = found.line.state == "open" or bool(form.errors)
    return pages.show("findings/show.html", nav="faults", finding=found, form=form,
                      now=clock.now(), path=f"/findings/{finding_id}",
                      submission_id=forms.page_id(), may_settle=may and shown)  # fmt: skip


@blueprint.post("/findings/<int:finding_id>/settlement")
def settle(finding_id: int) -> Response:
    findings.page(finding_id, door.actor())
    try:
        order = findings.read(Fields(request.form.items(multi=True)), finding_id)
    except Invalid as refused:
        return _page(finding_id, forms.typed(refused))
    return forms.done(forms.run(findings.settle_finding, order))
