from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import notice_kinds, notices
from roundtag.errors import Invalid
from roundtag.fields import Fields

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
def index() -> Response:
    """What I was told, newest first; ?state=unread: only what I have not read."""
    only_unread = request.args.get("state") == "unread"
    before = Fields(request.args.items()).whole("before")
    found = notices.inbox(door.actor(), only_unread, before)
    return pages.show("notices/index.html", nav="more", inbox=found, only_unread=only_unread)


@blueprint.post("/notices/<int:notice_id>/reading")
def open_(notice_id: int) -> Response:
    """Marks it as read and goes to what it is about."""
    receipt = forms.run(notices.read_notice, notices.ReadNotice(notice_id))
    return redirect(receipt.url or url_for("notices.index"), 303)


@blueprint.post("/notices/readings")
def read_all() -> Response:
    form = Fields(request.form.items(multi=True))
    order = notices.ReadAll(form.whole("upto") or 0)
    form.done()
    return forms.done(forms.run(notices.read_all, order))


@blueprint.get("/notices/settings")
def settings() -> Response:
    return _settings(Typed())


def _settings(form: Typed) -> Response:
    chosen = notices.choice(door.actor().person_id)
    return pages.show("notices/settings.html", nav="more", form=form, chosen=chosen,
                      groups=notice_kinds.GROUPS, submission_id=forms.page_id())  # fmt: skip


@blueprint.post("/notices/settings")
def choose() -> Response:
    try:
        order = notices.read_choice(Fields(request.form.items(multi=True)))
        return forms.done(forms.run(notices.choose_notices, order))
    except Invalid as refused:
        return _settings(forms.typed(refused))
