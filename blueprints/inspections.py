from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import forms, scan

blueprint = Blueprint("inspections", __name__)


@blueprint.post("/t/<code>/inspections")
def create(code: str) -> Response:
    try:
        receipt = forms.submit("inspection")
    except forms.REFUSALS as refused:
        return scan.open_(code, False, forms.typed(refused), "inspection")
    return forms.done(receipt)
