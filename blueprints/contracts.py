from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import clock, contracts
from roundtag.commands import Receipt
from roundtag.errors import Invalid

blueprint = Blueprint("contracts", __name__)


@blueprint.get("/contracts")
def index() -> Response:
    return pages.show("contracts/list.html", nav="more", lines=contracts.listed(door.actor()))


@blueprint.get("/contracts/<int:contract_id>")
def show(contract_id: int) -> Response:
    found = contracts.page(contract_id, door.actor())
    return pages.show("contracts/show.html", nav="more", contract=found, payers=contracts.PAYERS,
                      after=contracts.AFTER_END, rates=contracts.RATES,
                      targets=contracts.TARGETS)  # fmt: skip


@blueprint.get("/contracts/<int:contract_id>/edit")
def edit(contract_id: int) -> Response:
    return _edit_page(contract_id, Typed())


def _overtaken(receipt: Receipt) -> Typed:
    """Everything typed once more, over what somebody else has saved meanwhile: who sends it again
    has been told."""
    kept = {n: v for n, v in request.form.items() if n not in ("seen", "submission_id")}
    return Typed(kept, {"": gettext(receipt.message, **receipt.values)})


def _edit_page(contract_id: int, form: Typed, submission: str | None = None) -> Response:
    found = contracts.page(contract_id, door.actor())
    page = pages.show("contracts/edit.html", nav="more", contract=found, form=form,
                      payers=contracts.PAYERS, after=contracts.AFTER_END, rates=contracts.RATES,
                      targets=contracts.TARGETS, dues=contracts.DUES,
                      repair_days=contracts.REPAIR_DAYS,
                      submission_id=submission or forms.page_id())  # fmt: skip
    page.status_code = _status(form, submission)
    return page


def _status(form: Typed, submission: str | None) -> int:
    return 409 if submission else 422 if form.errors else 200


@blueprint.post("/contracts/<int:contract_id>/edit")
def edit_submit(contract_id: int) -> Response:
    try:
        order = contracts.read_terms(forms.fields(), contract_id)
        receipt = forms.run(contracts.edit_contract, order)
    except Invalid as refused:
        return _edit_page(contract_id, forms.typed(refused))
    if receipt.outcome == "conflict":
        return _edit_page(contract_id, _overtaken(receipt), forms.fresh_id())
    return forms.done(receipt)


@blueprint.get("/contracts/<int:contract_id>/matrix")
def matrix(contract_id: int) -> Response:
    """The version that holds; ?version= a number or draft; ?at= the report of the preview."""
    found = contracts.matrix_page(
        contract_id, door.actor(), request.args.get("version", ""), now=clock.now(),
        reported_at=_moment(contract_id),
    )  # fmt: skip
    return pages.show("contracts/matrix.html", nav="more", found=found, matrix=found.matrix,
                      submission_id=forms.page_id())  # fmt: skip


def _moment(contract_id: int) -> datetime | None:
    """The typed time of a report in the contract's zone; None when it cannot be read."""
    text = request.args.get("at", "")
    if not text:
        return None
    zone = ZoneInfo(contracts.page(contract_id, door.actor()).zone)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    fits = moment.tzinfo is None and 2000 <= moment.year < 2100
    return moment.replace(tzinfo=zone).astimezone(clock.UTC) if fits else None


@blueprint.get("/contracts/<int:contract_id>/matrix/edit")
def matrix_edit(contract_id: int) -> Response:
    return _editor(contract_id, Typed())


def _editor(contract_id: int, form: Typed, submission: str | None = None) -> Response:
    found = contracts.editor_page(contract_id, door.actor(), request.args.get("preset", ""))
    page = pages.show("contracts/matrix_edit.html", nav="more", found=found, form=form,
                      submission_id=submission or forms.page_id())  # fmt: skip
    page.status_code = _status(form, submission)
    return page


@blueprint.post("/contracts/<int:contract_id>/matrix")
def matrix_save(contract_id: int) -> Response:
    """The draft; it holds for nobody until it is published."""
    try:
        order = contracts.read_matrix(forms.fields(), contract_id)
        receipt = forms.run(contracts.save_matrix, order)
    except Invalid as refused:
        return _editor(contract_id, forms.typed(refused))
    if receipt.outcome == "conflict":
        return _editor(contract_id, _overtaken(receipt), forms.fresh_id())
    return forms.done(receipt, f"{receipt.url}?version=draft")


@blueprint.post("/contracts/<int:contract_id>/matrix/versions")
def matrix_publish(contract_id: int) -> Response:
    order = contracts.PublishMatrix(contract_id, forms.fields().raw("seen"))
    return forms.done(forms.run(contracts.publish_matrix, order))
