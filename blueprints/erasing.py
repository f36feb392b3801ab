"""One question before anything that says who somebody is goes for good."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from roundtag import erasure
from roundtag.errors import Invalid

blueprint = Blueprint("erasing", __name__)


@blueprint.get("/erasure/<table>/<int:row_id>")
def show(table: str, row_id: int) -> Response:
    """What would be erased, in words that name no value."""
    about = erasure.subject(table, row_id, door.actor())
    return _page(about)


def _page(about: erasure.Subject, refused: str = "") -> Response:
    page = pages.show("erasing/show.html", nav="more", about=about, refused=refused,
                      submission_id=forms.page_id())  # fmt: skip
    page.status_code = 422 if refused else 200
    return page


@blueprint.post("/erasure/<table>/<int:row_id>")
def submit(table: str, row_id: int) -> Response:
    """`field`: columns that were ticked; all when none can be chosen. `sure` must be ticked."""
    about = erasure.subject(table, row_id, door.actor())
    try:
        ticked = request.form.getlist("field")
        verb, order = erasure.order_for(about, ticked, "sure" in request.form)
        return forms.done(forms.run(verb, order))
    except Invalid as refused:
        return _page(about, forms.typed(refused).errors.popitem()[1])
