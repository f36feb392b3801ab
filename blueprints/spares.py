from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import door, forms, pages, scan
from roundtag import spares
from roundtag.errors import Invalid

blueprint = Blueprint("spares", __name__)


@blueprint.post("/t/<code>/swaps")
def swap(code: str) -> Response:
    try:
        receipt = forms.submit("swap", code)
    except Invalid as refused:
        return scan.open_(code, False, forms.typed(refused), "swap")
    return forms.done(receipt)


@blueprint.get("/swaps/<int:swap_id>/back")
def back(swap_id: int) -> Response:
    """What taking a swap back would do, before it is done."""
    found = spares.undoable(swap_id, door.actor())
    may = door.actor().may("swap_back", found.client_id)
    return pages.show("spares/back.html", nav="devices", swap=found, may=may,
                      submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/swaps/<int:swap_id>/back")
def swap_back(swap_id: int) -> Response:
    return forms.done(forms.run(spares.swap_back, spares.SwapBack(swap_id)))
