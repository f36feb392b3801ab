from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import clock, targets
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("quality", __name__)


@blueprint.get("/quality")
def show() -> Response:
    """Targets of the running contracts beside what was reached; ?from= passes over so many."""
    actor, skip = door.actor(), pages.asked_key("from") or 0
    found = targets.quality(actor, clock.now(), skip)
    more = skip + targets.PAGE if len(found) > targets.PAGE else None
    found = found[: targets.PAGE]
    may = {one.contract_id for one in found if actor.may("set_targets", one.client_id)}
    return pages.show("quality/show.html", nav="more", contracts=found, may=may, more=more)


@blueprint.get("/contracts/<int:contract_id>/targets")
def edit(contract_id: int) -> Response:
    return _form(contract_id, Typed())


def _form(contract_id: int, form: Typed) -> Response:
    contract = targets.contract_of(door.actor(), contract_id)
    return pages.show("quality/targets.html", nav="more", contract_id=contract_id, form=form,
                      contract_name=contract.name, codes=targets.CODES,
                      targets=targets.of_contracts([contract_id])[contract_id],
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/contracts/<int:contract_id>/targets")
def set_targets(contract_id: int) -> Response:
    targets.contract_of(door.actor(), contract_id)
    try:
        order = targets.read(Fields(request.form.items(multi=True)), contract_id)
        return forms.done(forms.run(targets.set_targets, order))
    except Invalid as refused:
        return _form(contract_id, forms.typed(refused))
