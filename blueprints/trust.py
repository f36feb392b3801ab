"""How a phone comes to trust `serve --tls`: the steps, and the authority's certificate."""

from flask import Blueprint, Response, abort

from blueprints import pages
from roundtag import trust

blueprint = Blueprint("trust", __name__)


@blueprint.get("/trust")
def show() -> Response:
    return pages.show("trust/show.html", authority=trust.authority())


@blueprint.get("/trust/roundtag-ca.crt")
def certificate() -> Response:
    """In the form that phones and desktops offer to install."""
    found = trust.authority() or abort(404)
    response = Response(found.certificate, mimetype="application/x-x509-ca-cert")
    response.headers["Content-Disposition"] = 'attachment; filename="roundtag-ca.crt"'
    return response
