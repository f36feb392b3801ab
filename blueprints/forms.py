"""A form posted by a browser without our script becomes the same envelope that a queue sends."""

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from blueprints import door, pages, problems
from roundtag import blobs, sync
from roundtag.commands import Photo, Receipt
from roundtag.errors import BadImage, Invalid, RoundtagError, TooLarge

NOT_DATA = frozenset({"submission_id"})


@dataclass
class Typed:
    """What was typed and what is wrong with it, to show the form again with nothing lost."""

    data: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def fresh_id() -> str:
    """The id of a form in a page that no cache keeps, for browsers without our script."""
    return str(uuid.uuid4())


def page_id() -> str | None:
    """The id that a page's form bears: as posted before, else fresh; none in a pack copy."""
    if pages.is_pack():
        return None
    return request.form.get("submission_id") or fresh_id()


def submit(form: str) -> Receipt:
    """Sends the posted form through the one door. Raises what the verb refuses."""
    actor = door.actor()
    pairs = [(n, v) for n, v in request.form.items(multi=True) if n not in NOT_DATA]
    stored = []
    try:
        for name, upload in _uploads():
            stored.append(_store(name, upload))
        pairs += [(photo.field, sync.BLOB + photo.sha256) for photo in stored]
        envelope = sync.from_form(form, request.form.get("submission_id") or fresh_id(), pairs,
                                  tuple({p.sha256: p for p in stored}.values()), actor)  # fmt: skip
        return sync.submit(envelope, actor)
    except RoundtagError:
        blobs.discard(photo.sha256 for photo in stored)
        raise


def _uploads() -> list[tuple[str, FileStorage]]:
    return [(n, f) for n, f in request.files.items(multi=True) if f and f.filename]


def _store(name: str, upload: FileStorage) -> Photo:
    data = upload.stream.read(blobs.MAX_BYTES + 1)
    blob = blobs.put_photo(data)
    return Photo(hashlib.sha256(data).hexdigest(), blob.mime, len(data), name)


def typed(error: RoundtagError) -> Typed:
    """The posted values with the error's sentences next to their fields."""
    found = {"photo": problems.say(error)} if isinstance(error, BadImage | TooLarge) else {}
    if isinstance(error, Invalid):
        found = {e.field: problems.say(e) for e in error.errors}
    return Typed(dict(request.form.items()), found)


def done(receipt: Receipt, where: str | None = None) -> Response:
    """303 to where the result can be seen, with the receipt's sentence on top."""
    kind = "ok" if receipt.outcome == "done" else "warn"
    flash(gettext(receipt.message, **receipt.values), kind)
    return redirect(where or receipt.url or url_for("today.show"), 303)


REFUSALS: tuple[type[RoundtagError], ...] = (Invalid, BadImage, TooLarge)
Values = dict[str, Any]
