from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import door, pages
from roundtag import access
from roundtag.settings import current

blueprint = Blueprint("more", __name__)


@blueprint.get("/more")
def show() -> Response:
    return pages.show("more/show.html", nav="more", office=access.OFFICE & door.actor().roles,
                      reviewer=access.REVIEWERS & door.actor().roles,
                      importer=access.IMPORTERS & door.actor().roles,
                      exporter=access.EXPORTERS & door.actor().roles,
                      tls=current().tls)  # fmt: skip
