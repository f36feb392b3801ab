"""The report of a suspected fake label. The page is kept on phones: what it is about stands in its
address, and pwa/fake.js fills it in there too."""

from flask import Blueprint, request
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import fakes
from roundtag.errors import Invalid, NotFound, invalid
from roundtag.words import N_

blueprint = Blueprint("fakes", __name__)
PREFILLED = ("tag", "why", "found")


@blueprint.get("/fake")
def show() -> Response:
    return _page(Typed({name: request.args.get(name, "")[:200] for name in PREFILLED}))


def _page(form: Typed) -> Response:
    return pages.show("fakes/show.html", nav="scan", path="/fake", form=form,
                      rooms=fakes.rooms(door.actor()), submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/fake")
def submit() -> Response:
    tag = request.form.get("tag", "")
    try:
        receipt = forms.submit(fakes.FORM, tag)
    except Invalid as refused:
        return _page(forms.typed(refused, "tag"))
    except NotFound:
        unknown = invalid("tag", "unknown", N_("This room has no such label. Choose the room."))
        return _page(forms.typed(unknown, "tag"))
    return forms.done(receipt)
