from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import forms, scan
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
