from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import access, commands, faults
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("faults", __name__)


@blueprint.get("/faults")
def index() -> Response:
    """Open faults, ?state=all, or for the desk ?state=quarantined."""
    actor, state = door.actor(), request.args.get("state")
    judges = access.allowed_on(actor.roles, "faults.judge")
    state = state if state == "all" or (judges and state == "quarantined") else "open"
    lines = faults.lines(actor, state=state)
    aside = faults.waiting(actor) if judges else None
    return pages.show("faults/list.html", nav="faults", lines=lines, state=state, aside=aside)


@blueprint.get("/faults/<int:fault_id>")
def show(fault_id: int) -> Response:
    return _page(fault_id, Typed())


def _page(fault_id: int, form: Typed) -> Response:
    found = faults.page(fault_id, door.actor())
    shown = found.is_open or bool(form.errors)
    actor, at = door.actor(), found.client_id
    page = pages.show(
        "faults/show.html", nav="faults", fault=found, form=form, path=f"/faults/{fault_id}",
        may_resolve=shown and not found.waits and actor.may("resolve_fault", at),
        may_judge=actor.may("judge_report", at),
        may_erase=bool(found.contact and found.contact.value) and actor.may("erase_contact", at),
        submission_id=forms.page_id(), erase_id=forms.fresh_id(),
    )  # fmt: skip
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


@blueprint.post("/faults/<int:fault_id>/judgement")
def judge(fault_id: int) -> Response:
    """Accepts or dismisses a report that was put aside."""
    faults.page(fault_id, door.actor())
    try:
        order = faults.read_judgement(Fields(request.form.items(multi=True)), fault_id)
        receipt = commands.run(forms.posted_id(), faults.judge_report, order, door.actor())
    except Invalid as refused:
        return _page(fault_id, forms.typed(refused))
    return forms.done(receipt)


@blueprint.post("/faults/<int:fault_id>/contact/erasure")
def erase(fault_id: int) -> Response:
    order = faults.EraseContact(fault_id)
    return forms.done(commands.run(forms.posted_id(), faults.erase_contact, order, door.actor()))
