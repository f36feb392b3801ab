"""The office takes in a file of entries that a phone could not send: look first, then take in."""

import hashlib
import time
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, request

from blueprints import door, pages, problems
from roundtag import rescue
from roundtag.blobs import is_digest
from roundtag.errors import RoundtagError, invalid
from roundtag.settings import current
from roundtag.words import N_

blueprint = Blueprint("rescue", __name__, url_prefix="/rescue")
MARGIN = 1024 * 1024
DAY = 86_400


@blueprint.get("")
def show() -> Response:
    return pages.show("rescue/show.html", nav="more")


@blueprint.post("")
def preview() -> Response:
    """What is inside the uploaded file; it waits on the server's disk for the second step."""
    request.max_content_length = rescue.MAX_BYTES + MARGIN
    upload = request.files.get("file")
    data = upload.read() if upload else b""
    try:
        lines = rescue.preview(rescue.read(data), door.actor())
    except RoundtagError as refused:
        return _again(refused)
    return _page(lines, file=_put_aside(data))


@blueprint.post("/entries")
def take_in() -> Response:
    waiting = _waiting(request.form.get("file", ""))
    if not waiting.exists():
        return _again(invalid("file", "gone", N_("Choose the file once more.")))
    lines = rescue.take_in(rescue.read(waiting.read_bytes()), door.actor())
    waiting.unlink()
    return _page(lines, taken=True)


def _page(lines: list[rescue.Line], **values: Any) -> Response:
    return pages.show("rescue/show.html", nav="more", path="/rescue", lines=lines, **values)


def _again(refused: RoundtagError) -> Response:
    causes = getattr(refused, "errors", None) or (refused,)
    told = problems.say(causes[0])
    response = pages.show("rescue/show.html", nav="more", path="/rescue", error=told)
    response.status_code = refused.status
    return response


def _waiting(digest: str) -> Path:
    """Where a file of this person waits between the two steps."""
    name = digest if is_digest(digest) else "none"
    return current().data_dir / "rescue" / f"{door.actor().person_id}-{name}.json"


def _put_aside(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    path = _waiting(digest)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in path.parent.glob("*.json"):
        if old.stat().st_mtime < time.time() - DAY:
            old.unlink(missing_ok=True)
    path.write_bytes(data)
    return digest
