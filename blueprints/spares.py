from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import forms, scan
from roundtag.errors import Invalid

blueprint = Blueprint("spares", __name__)


@blueprint.post("/t/<code>/swaps")
def swap(code: str) -> Response:
    try:
        receipt = forms.submit("swap", code)
    except Invalid as refused:
        return scan.open_(code, False, forms.typed(refused), "swap")
    return forms.done(receipt)
