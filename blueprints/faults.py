from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, dues, forms, pages
from blueprints.forms import Typed
from roundtag import access, addresses, commands, fault_papers, faults, findings, problems
from roundtag.errors import Invalid, NotFound
from roundtag.fields import Fields
from roundtag.sla.events import REASONS

blueprint = Blueprint("faults", __name__)


@blueprint.get("/faults")
def index() -> Response:
    """Open faults, ?state=all, or for the desk ?state=quarantined."""
    actor, state = door.actor(), request.args.get("state")
    judges = access.allowed_on(actor.roles, "faults.judge")
    state = state if state == "all" or (judges and state == "quarantined") else "open"
    lines = faults.lines(actor, state=state)
    aside = faults.waiting(actor) if judges else None
    return pages.show("faults/list.html", nav="faults", lines=lines, state=state, aside=aside,
                      may_enter=actor.able("record_afterwards"))  # fmt: skip


@blueprint.get("/faults/<int:fault_id>")
def show(fault_id: int) -> Response:
    return _page(fault_id, Typed())


def _page(fault_id: int, form: Typed) -> Response:
    found = faults.page(fault_id, door.actor())
    actor, at = door.actor(), found.client_id
    return pages.show(
        "faults/show.html", nav="faults", fault=found, form=form, path=f"/faults/{fault_id}",
        findings=findings.of_fault(fault_id),
        work=found.work, fault_id=fault_id, fault_kinds=faults.KINDS, pause_reasons=[*REASONS],
        bases=[addresses.base_url()],
        may_step=bool(found.work.offered) and actor.may("take_step", at),
        may_judge=actor.may("judge_report", at),
        may_erase=bool(found.contact and found.contact.value) and actor.may("erase_contact", at),
        may_erase_photo=actor.may("erase_photo", at),
        may_erase_record=actor.may("erase_record", at),
        submission_id=forms.page_id(),
        office=faults.office(fault_id, actor), fresh=forms.fresh_id,
        known=problems.at_fault(fault_id, actor), known_ids=[forms.fresh_id() for _ in range(9)],
        papers=None if found.waits else fault_papers.at_fault(fault_id, actor),
        owed=dues.part(fault_id),
    )  # fmt: skip


@blueprint.get("/faults/<int:fault_id>/clocks")
def clocks(fault_id: int) -> Response:
    """The deadlines as the server counts them, for a page that stays open."""
    work = faults.work_of(fault_id, door.actor())
    return pages.fragment("faults/_clocks.html", work=work, fault_id=fault_id)


@blueprint.post("/faults/<int:fault_id>/steps")
def step(fault_id: int) -> Response:
    """The form must be about the fault of its address."""
    faults.page(fault_id, door.actor())
    if request.form.get("fault") != str(fault_id):
        raise NotFound
    try:
        receipt = forms.send(faults.STEP_FORM)
    except Invalid as refused:
        return _page(fault_id, forms.typed(refused, "tag"))
    return forms.done(receipt)


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
