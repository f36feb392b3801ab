from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import pages

blueprint = Blueprint("more", __name__)


@blueprint.get("/more")
def show() -> Response:
    return pages.show("more/show.html", nav="more")
