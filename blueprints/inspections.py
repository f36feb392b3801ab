from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages, scan
from roundtag import inspections
from roundtag.errors import Invalid

blueprint = Blueprint("inspections", __name__)


@blueprint.post("/t/<code>/inspections")
def create(code: str) -> Response:
    try:
        receipt = forms.submit("inspection", code)
    except Invalid as refused:
        scanned = bool(request.form.get("scanned"))
        return scan.open_(code, scanned, forms.typed(refused), "inspection")
    return forms.done(receipt)


@blueprint.get("/inspections/<int:entry_id>")
def show(entry_id: int) -> Response:
    """One entry as it was filed."""
    found = inspections.page(entry_id, door.actor())
    return pages.show("inspections/show.html", nav="today", entry=found)
