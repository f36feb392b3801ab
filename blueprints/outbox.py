from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import pages

blueprint = Blueprint("outbox", __name__)


@blueprint.get("/outbox")
def show() -> Response:
    """An empty frame: what waits on a phone is known to that phone alone."""
    return pages.show("outbox/show.html", nav="outbox")
