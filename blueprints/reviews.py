from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import blobs, conflicts, reviews, settling
from roundtag.errors import Gone, Invalid, NotFound, invalid
from roundtag.fields import Fields
from roundtag.words import N_

blueprint = Blueprint("reviews", __name__, url_prefix="/reviews")


@blueprint.get("")
def index() -> Response:
    """What waits for a decision, the oldest first, or with ?settled=1 what was decided;
    ?kind= narrows it to one kind."""
    kinds = [*conflicts.DECISIONS, reviews.KEPT, reviews.OTHER]
    kind = request.args.get("kind")
    kind = kind if kind in kinds else None
    settled = request.args.get("settled") == "1"
    lines = reviews.settled(door.actor()) if settled else reviews.waiting(door.actor())
    shown = [line for line in lines if kind in (None, line.kind)]
    present = [k for k in kinds if any(line.kind == k for line in lines)]
    return pages.show("reviews/list.html", nav="reviews", lines=shown, kinds=present, kind=kind,
                      settled=settled)  # fmt: skip


@blueprint.get("/<key>")
def show(key: str) -> Response:
    return _page(key, Typed())


def _page(key: str, form: Typed) -> Response:
    found = reviews.page(key, door.actor())
    return pages.show("reviews/show.html", nav="reviews", review=found, form=form, key=key,
                      submission_id=forms.page_id(), path=f"/reviews/{key}")  # fmt: skip


@blueprint.post("/<key>")
def settle(key: str) -> Response:
    """Settles it; what cannot be done is told on the page with everything typed still there."""
    try:
        order = settling.read(Fields(request.form.items(multi=True)), key)
        receipt = settling.settle(forms.posted_id(), order, door.actor())
    except Invalid as refused:
        return _page(key, forms.typed(refused))
    except (NotFound, Gone):
        reviews.page(key, door.actor())  # the subject itself may be what is not found
        unknown = invalid("code", "unknown", N_("No label bears this code."))
        return _page(key, forms.typed(unknown))
    return forms.done(receipt, "/reviews")


@blueprint.get("/<key>/photos/<digest>")
def photo(key: str, digest: str) -> Response:
    """A photo of an entry that was not filed yet, re-encoded: ?size=thumb or view."""
    size = "thumb" if request.args.get("size") == "thumb" else "view"
    found = reviews.photo(key, digest, door.actor())
    response = Response(blobs.derivative(found, size), mimetype="image/jpeg")
    response.headers["Content-Disposition"] = "inline; filename=photo.jpg"
    return response
