from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import door, pages
from roundtag import rooms

blueprint = Blueprint("rooms", __name__)


def page_of(room_id: int) -> Response:
    return pages.show("rooms/show.html", nav="rooms", room=rooms.page(room_id, door.actor()))


@blueprint.get("/rooms")
def index() -> Response:
    return pages.show("rooms/index.html", nav="rooms", lines=rooms.lines(door.actor()))


@blueprint.get("/rooms/<int:room_id>")
def show(room_id: int) -> Response:
    return page_of(room_id)
