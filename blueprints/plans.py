"""Plans of rounds: listed by contract, edited with a preview, paused and retired."""

from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import calendar, clients, clock, commands, data, plans, rounds
from roundtag.commands import Verb
from roundtag.errors import Invalid

blueprint = Blueprint("plans", __name__, url_prefix="/rounds/plans")
MANY = ("sites", "buildings", "rooms", "categories")


def _do(verb: Verb, command: Any) -> Response:
    """Does it; what is refused stands on top of the list of plans."""
    try:
        receipt = commands.run(forms.posted_id(), verb, command, door.actor())
    except Invalid as refused:
        return _index(forms.typed(refused))
    return forms.done(receipt)


@blueprint.get("")
def index() -> Response:
    return _index(Typed())


def _index(form: Typed) -> Response:
    """?client= says whose plans, where there are many."""
    actor = door.actor()
    known, client = clients.one_of_many(actor, pages.asked_key("client"))
    return pages.show("plans/index.html", nav="rounds", form=form, path="/rounds/plans",
                      clients=known, client=client, fresh=forms.fresh_id,
                      contracts=plans.contracts(actor, clock.now(), client),
                      may=lambda client: actor.may("save_plan", client))  # fmt: skip


@blueprint.post("/usual")
def add_usual() -> Response:
    contract = plans.contract_of(forms.fields().whole("contract") or 0, door.actor())
    return _do(plans.add_default_plans, plans.AddDefaultPlans(contract.id))


@blueprint.post("/commissioning")
def commissioning() -> Response:
    posted = forms.fields()
    contract = plans.contract_of(posted.whole("contract") or 0, door.actor())
    days = posted.whole("days")
    order = rounds.SetCommissioning(contract.id, -1 if days is None else days)
    return _do(rounds.set_commissioning, order)


@blueprint.get("/new/<int:contract_id>")
def new(contract_id: int) -> Response:
    contract = plans.contract_of(contract_id, door.actor())
    today = clock.local_day(clock.now(), contract.zone)
    first = max(today, contract.starts_on).isoformat()
    usual = {"due_rule": "day", "due": "10", "shift": "before"}
    values = {"starts_on": first, "cycle": "monthly", "occasion": "monthly", **usual}
    return _edit(contract, None, Typed(values), {})


@blueprint.post("/new/<int:contract_id>")
def create(contract_id: int) -> Response:
    return _save(plans.contract_of(contract_id, door.actor()), None)


@blueprint.get("/<int:plan_id>")
def show(plan_id: int) -> Response:
    plan = plans.plan_of(plan_id, door.actor())
    typed, chosen = _as_typed(plans.saved(plan))
    return _edit(plan.contract, plan, typed, chosen, plans.preview_of(plan, clock.now()))


@blueprint.post("/<int:plan_id>")
def save(plan_id: int) -> Response:
    plan = plans.plan_of(plan_id, door.actor())
    return _save(plan.contract, plan)


def _save(contract: Any, plan: Any) -> Response:
    """Keeps the plan, or shows what it would do where the preview's button was pressed."""
    actor = door.actor()
    chosen = {name: set(request.form.getlist(name)) for name in MANY}
    try:
        order = plans.read_plan(forms.fields(), contract.id, plan.id if plan else None)
        if request.form.get("do") == "preview":
            found = plans.preview(order, actor, clock.now())
            return _edit(contract, plan, Typed(dict(request.form.items())), chosen, found, True)
        receipt = commands.run(forms.posted_id(), plans.save_plan, order, actor)
    except Invalid as refused:
        return _edit(contract, plan, forms.typed(refused), chosen)
    return forms.done(receipt)


def _as_typed(command: plans.SavePlan) -> tuple[Typed, dict[str, set[str]]]:
    """A kept plan as its form would send it."""
    values = {**vars(command), "engineer": command.engineer_id, "backup": command.backup_id}
    typed = {
        name: "1" if value is True else str(value)
        for name, value in values.items()
        if value is not None and value is not False and name not in MANY
    }
    return Typed(typed), {name: {str(one) for one in values[name]} for name in MANY}


def _edit(contract: Any, plan: Any, form: Typed, chosen: dict[str, set[str]],
          preview: Any = None, fresh: bool = False) -> Response:  # fmt: skip
    actor = door.actor()
    path = f"/rounds/plans/{plan.id}" if plan else f"/rounds/plans/new/{contract.id}"
    return pages.show(
        "plans/edit.html", nav="rounds", contract=contract, plan=plan, form=form, chosen=chosen,
        preview=preview, fresh=fresh, choices=plans.choices(contract, clock.now()),
        occasions=plans.PLANNED, cycles=plans.CYCLES, years=calendar.span(), path=path,
        categories=[one for one in data.categories() if one.code != "room"],
        may=actor.may("save_plan", contract.client_id) and not (plan and plan.retired_at),
        submission_id=forms.page_id(), fresh_id=forms.fresh_id,
    )  # fmt: skip


@blueprint.post("/<int:plan_id>/pause")
def pause(plan_id: int) -> Response:
    plans.plan_of(plan_id, door.actor())
    return _do(plans.pause_plan, plans.PausePlan(plan_id, request.form.get("paused") == "1"))


@blueprint.post("/<int:plan_id>/retirement")
def retire(plan_id: int) -> Response:
    plans.plan_of(plan_id, door.actor())
    return _do(plans.retire_plan, plans.RetirePlan(plan_id))
