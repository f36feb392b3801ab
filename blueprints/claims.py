"""The page of a blank label: first the room, then what in it the label is on."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import commands, tagging
from roundtag.errors import Invalid
from roundtag.fields import Fields
from roundtag.tagging import blanks
from tags import codes

blueprint = Blueprint("claims", __name__)


def wanted() -> dict[str, Any]:
    """What the address says that a blank is for: {"device": key}, {"room": key} or nothing."""
    fields = Fields(request.values.items())
    for name in ("device", "room"):
        key = fields.whole(name)
        if key and key < 2**31:
            return {name: key}
    return {}


def page_of(blank: tagging.BlankTag, form: Typed) -> Response:
    keys = wanted()
    text = Fields(request.args.items()).raw("q")[:80]
    found = tagging.choices(blank, door.actor(), text=text, **keys)
    values: dict[str, Any] = {"tag": blank.tag, "found": found, "text": text, "form": form}
    if pages.is_fragment():
        return pages.fragment("tags/_rooms.html", **values)
    return pages.show("tags/claim.html", nav="scan", word=codes.word(blank.tag),
                      path=url_for("scan.open_tag", code=blank.tag, **keys),
                      submission_id=forms.page_id(), **values)  # fmt: skip


@blueprint.post("/t/<code>/claim")
def claim(code: str) -> Response:
    try:
        order = blanks.read_claim(Fields(request.form.items(multi=True)), code)
        receipt = commands.run(forms.posted_id(), tagging.claim_tag, order, door.actor())
    except Invalid as refused:
        return _asked_again(code, forms.typed(refused))
    return forms.done(receipt)


def _asked_again(code: str, form: Typed) -> Response:
    """The same page with what was refused, or the question whether an old label is replaced."""
    try:
        tagging.resolve(code, door.actor())
    except tagging.BlankTag as blank:
        return page_of(blank, form)
    return redirect(url_for("scan.open_tag", code=code), 303)
