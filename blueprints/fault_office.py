"""The desk's steps at a fault: each form is read, done once, and leads back to the fault."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints import faults as fault_pages
from blueprints.forms import Typed
from roundtag import clock, commands, data, faults
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.sla.matrix import DEFINITIONS

blueprint = Blueprint("fault_office", __name__)
Read = Callable[[Fields, int], Any]


def _do(fault_id: int, read: Read, verb: commands.Verb) -> Response:
    """What is refused comes back on the fault's page with everything typed."""
    actor = door.actor()
    faults.page(fault_id, actor)
    try:
        order = read(forms.fields(), fault_id)
        receipt = commands.run(forms.posted_id(), verb, order, actor)
    except Invalid as refused:
        return fault_pages._page(fault_id, _typed(forms.typed(refused)))
    if receipt.outcome == "conflict" and not pages.is_fragment():
        return _overtaken(fault_id, receipt)
    return forms.done(receipt)


def _typed(form: Typed) -> Typed:
    """What was typed, with the name of its form."""
    form.data["form"] = (request.endpoint or "").split(".")[-1]
    return form


def _overtaken(fault_id: int, receipt: commands.Receipt) -> Response:
    """The fault as somebody else left it, with what was typed here beside it."""
    forms.say(_(receipt.message, **receipt.values))
    page = fault_pages._page(fault_id, _typed(Typed(dict(request.form.items()))))
    page.status_code = 409
    return page


@blueprint.post("/faults/<int:fault_id>/triage")
def triage(fault_id: int) -> Response:
    return _do(fault_id, faults.read_triage, faults.triage_fault)


@blueprint.post("/faults/<int:fault_id>/level")
def level(fault_id: int) -> Response:
    return _do(fault_id, faults.read_level, faults.set_level)


@blueprint.post("/faults/<int:fault_id>/dispatch")
def dispatch(fault_id: int) -> Response:
    """Sends somebody; with step=reassign somebody else than before."""
    again = forms.fields().raw("step") == "reassign"
    return _do(fault_id, faults.read_dispatch,
               faults.reassign_fault if again else faults.dispatch_fault)  # fmt: skip


@blueprint.post("/faults/<int:fault_id>/crew")
def crew(fault_id: int) -> Response:
    return _do(fault_id, faults.read_crew, faults.change_crew)


@blueprint.post("/faults/<int:fault_id>/duplicate")
def duplicate(fault_id: int) -> Response:
    return _do(fault_id, faults.read_link, faults.link_fault)


@blueprint.post("/faults/<int:fault_id>/separation")
def separation(fault_id: int) -> Response:
    return _do(fault_id, faults.read_separation, faults.separate_fault)


@blueprint.post("/faults/<int:fault_id>/observation")
def observation(fault_id: int) -> Response:
    return _do(fault_id, faults.read_observation, faults.observe_fault)


@blueprint.post("/faults/<int:fault_id>/closing")
def closing(fault_id: int) -> Response:
    return _do(fault_id, faults.read_closing, faults.close_fault)


@blueprint.post("/faults/<int:fault_id>/reopening")
def reopening(fault_id: int) -> Response:
    return _do(fault_id, faults.read_reopening, faults.reopen_fault)


@blueprint.post("/faults/<int:fault_id>/undo")
def undo(fault_id: int) -> Response:
    """Takes back the last step: a slip of the desk."""
    return _do(fault_id, faults.read_undo, faults.undo_step)


@blueprint.post("/faults/<int:fault_id>/claim")
def claim(fault_id: int) -> Response:
    """Lets a deed count from the time that its phone claimed."""
    return _do(fault_id, faults.read_claim, faults.accept_claim)


@blueprint.get("/faults/afterwards")
def afterwards() -> Response:
    return _afterwards(Typed())


def _afterwards(form: Typed) -> Response:
    now, actor = clock.now(), door.actor()
    return pages.show(
        "faults/afterwards.html", nav="faults", form=form, submission_id=forms.page_id(),
        symptoms=[one for one in data.symptoms() if one.offered], path="/faults/afterwards",
        helpers=faults.helpers(actor, now), definitions=DEFINITIONS,
    )  # fmt: skip


@blueprint.post("/faults/afterwards")
def record_afterwards() -> Response:
    try:
        order = faults.read_afterwards(forms.fields())
        return forms.done(forms.run(faults.record_afterwards, order))
    except Invalid as refused:
        return _afterwards(forms.typed(refused))
