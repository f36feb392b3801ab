from flask import Blueprint, Response, request

from blueprints import door
from roundtag import attachments, blobs

blueprint = Blueprint("photos", __name__)


@blueprint.get("/photos/<int:attachment_id>")
def show(attachment_id: int) -> Response:
    """A photo as re-encoded JPEG: ?size=thumb (320 px) or view (1600 px)."""
    size = "thumb" if request.args.get("size") == "thumb" else "view"
    digest = attachments.digest_of(attachment_id, door.actor())
    response = Response(blobs.derivative(digest, size), mimetype="image/jpeg")
    response.headers["Content-Disposition"] = f"inline; filename=photo-{attachment_id}.jpg"
    return response
