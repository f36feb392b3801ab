"""What is owed: the list, and the part of a fault's page where it is fulfilled or waived."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import clock, dues, faults, knowledge, spares
from roundtag.commands import Verb
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("dues", __name__)


@blueprint.get("/dues")
def index() -> Response:
    """What is owed, late first; ?kind=, client=, mine= and state=done narrow it. Articles that
    first faults owe stand below where nothing else is asked for."""
    wish, actor, now = dues.read_wish(Fields(request.args.items())), door.actor(), clock.now()
    plain = wish.kind in ("", "article") and wish.state == "open"
    first = knowledge.owed(actor, 50) if plain and not wish.client and not wish.mine else []
    return pages.show("dues/list.html", nav="faults", list=dues.listing(wish, actor, now),
                      kinds=dues.KINDS, hows=dues.HOWS, articles=first, now=now)  # fmt: skip


def part(fault_id: int, form: Typed | None = None, which: str = "") -> dict[str, Any]:
    """The part of a fault's page; `which` of its forms was sent with what `form` holds."""
    found = dues.at_fault(fault_id, door.actor(), clock.now())
    spare = spares.loaners(found.device_id) if found.wants_loaner and found.device_id else []
    ids = [forms.fresh_id() for _ in range(2 * len(found.entries) + 3)]
    return {"at": found, "spares": spare[:5], "kinds": dues.KINDS, "hows": dues.HOWS, "ids": ids,
            "form": form or Typed(), "which": which}  # fmt: skip


@blueprint.get("/faults/<int:fault_id>/dues")
def at_fault(fault_id: int) -> Response:
    """The same part as a page of its own, which also shows what a form lacked."""
    return _page(fault_id, Typed(), "")


def _page(fault_id: int, form: Typed, which: str) -> Response:
    found = faults.page(fault_id, door.actor())
    page = pages.show("dues/at_fault.html", nav="faults", line=found.line,
                      owed=part(fault_id, form, which))  # fmt: skip
    page.status_code = 422 if form.errors else 200
    return page


def _do(fault_id: int, which: str, verb: Verb, read: Callable[[Fields, int], Any],
        key: int) -> Response:  # fmt: skip
    try:
        return forms.done(forms.run(verb, read(forms.fields(), key)))
    except Invalid as refused:
        return _page(fault_id, forms.typed(refused, "note", "reason", "words", "answer"), which)


def _at_due(due_id: int, name: str, verb: Verb, read: Callable[[Fields, int], Any]) -> Response:
    """A device's replacement has no fault's page; browsers ask for the one field of its form."""
    fault_id = dues.fault_of(due_id, door.actor())
    if fault_id is None:
        return forms.done(forms.run(verb, read(forms.fields(), due_id)))
    return _do(fault_id, f"{name}-{due_id}", verb, read, due_id)


@blueprint.post("/dues/<int:due_id>/fulfilment")
def fulfil(due_id: int) -> Response:
    return _at_due(due_id, "fulfil", dues.fulfil_due, dues.read_fulfilment)


@blueprint.post("/dues/<int:due_id>/diagnosis")
def diagnose(due_id: int) -> Response:
    return _at_due(due_id, "fulfil", dues.write_diagnosis, dues.read_diagnosis)


@blueprint.post("/dues/<int:due_id>/callback")
def callback(due_id: int) -> Response:
    return _at_due(due_id, "fulfil", dues.record_callback, dues.read_callback)


@blueprint.post("/dues/<int:due_id>/waiver")
def waive(due_id: int) -> Response:
    return _at_due(due_id, "waive", dues.waive_due, dues.read_waiver)


def _at_fault(fault_id: int, which: str, verb: Verb,
              read: Callable[[Fields, int], Any]) -> Response:  # fmt: skip
    faults.page(fault_id, door.actor())
    return _do(fault_id, which, verb, read, fault_id)


@blueprint.post("/faults/<int:fault_id>/maker")
def maker(fault_id: int) -> Response:
    return _at_fault(fault_id, "call_maker", dues.call_maker, dues.read_maker)


@blueprint.post("/faults/<int:fault_id>/irreparable")
def irreparable(fault_id: int) -> Response:
    return _at_fault(fault_id, "declare_irreparable", dues.declare_irreparable,
                     dues.read_irreparable)  # fmt: skip


@blueprint.post("/faults/<int:fault_id>/unusable")
def unusable(fault_id: int) -> Response:
    return _at_fault(fault_id, "mark_unusable", dues.mark_unusable, dues.read_unusable)
