from flask import Blueprint
from werkzeug.wrappers import Response

from blueprints import door, pages
from roundtag import access, notices, operations
from roundtag.settings import current

blueprint = Blueprint("more", __name__)


@blueprint.get("/more")
def show() -> Response:
    return pages.show("more/show.html", nav="more", office=access.OFFICE & door.actor().roles,
                      staff=access.STAFF & door.actor().roles,
                      reviewer=access.REVIEWERS & door.actor().roles,
                      importer=access.IMPORTERS & door.actor().roles,
                      takes_calls=access.CALL_READERS & door.actor().roles,
                      draws=access.DRAWERS & door.actor().roles,
                      exporter=access.EXPORTERS & door.actor().roles,
                      audits=access.LEDGER_READERS & door.actor().roles,
                      runs=operations.may_look(door.actor()),
                      accountant=door.actor().may("invite_person"),
                      unread=notices.unread(door.actor()), tls=current().tls)  # fmt: skip
