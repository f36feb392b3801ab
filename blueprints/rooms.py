from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import door, forms, pages
from blueprints.forms import Typed
from roundtag import access, data, rooms

blueprint = Blueprint("rooms", __name__)


def page_of(room_id: int, form: Typed | None = None) -> Response:
    """A room for staff, with the form that reports a fault in it."""
    form = form or Typed()
    page = pages.show(
        "rooms/show.html",
        nav="rooms",
        room=rooms.page(room_id, door.actor()),
        may_register=access.DEVICE_KEEPERS & door.actor().roles,
        forms={"fault": form},
        opened="fault" if form.errors else "",
        symptoms=data.symptoms(),
        submission_id=forms.page_id(),
    )
    page.status_code = 422 if form.errors else 200
    return page


@blueprint.get("/rooms")
def index() -> Response:
    return pages.show("rooms/index.html", nav="rooms", lines=rooms.lines(door.actor()))


@blueprint.get("/rooms/<int:room_id>")
def show(room_id: int) -> Response:
    return page_of(room_id)
