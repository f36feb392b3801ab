from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import door, pages
from roundtag import clock, rounds

blueprint = Blueprint("rounds", __name__)


@blueprint.get("/rounds/<int:round_id>")
def show(round_id: int) -> Response:
    today = clock.local_day(clock.now())
    found = rounds.page(round_id, door.actor(), today)
    return pages.show("rounds/show.html", nav="today", tour=found, today=today)
