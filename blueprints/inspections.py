from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import forms, scan
from roundtag.errors import Invalid

blueprint = Blueprint("inspections", __name__)


@blueprint.post("/t/<code>/inspections")
def create(code: str) -> Response:
    try:
        receipt = forms.submit("inspection", code)
    except Invalid as refused:
        return scan.open_(code, False, forms.typed(refused), "inspection")
    return forms.done(receipt)
