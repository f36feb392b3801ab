"""A form posted by a browser without our script becomes the same envelope that a queue sends."""

import hashlib
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from blueprints import door, pages, problems
from roundtag import blobs, commands, sync, whereabouts
from roundtag.commands import Photo, Receipt
from roundtag.errors import BadImage, Invalid, NotFound, RoundtagError, TooLarge, invalid
from tags import codes

NOT_DATA = frozenset({"submission_id"})
UNSEEN = frozenset({"tag", "template_version", "round", "scanned", "fault", "id", "body", "blobs",
                    "expected_old_serial"})  # fmt: skip
"""Fields that a page has no place for a message at: what is said of them stands on top."""


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
    return None if pages.is_pack() else posted_id()


def posted_id() -> str:
    """The id that the posted form bears, when it is one: other texts could name ids of our own."""
    try:
        return str(uuid.UUID(request.form.get("submission_id", "")))
    except ValueError:
        return fresh_id()


def submit(form: str, code: str) -> Receipt:
    """Sends the form posted at a tag through the one door. Raises what the verb refuses.

    The form must be about the tag of its address, by which reports without account are counted.
    """
    actor = door.actor()
    if codes.parse(request.form.get("tag", "")) != codes.parse(code):
        raise NotFound
    pairs = [(n, v) for n, v in request.form.items(multi=True) if n not in NOT_DATA]
    stored = []
    try:
        for name, upload in _uploads():
            stored.append(_store(name, upload))
        pairs += [(photo.field, sync.BLOB + photo.sha256) for photo in stored]
        envelope = sync.from_form(form, posted_id(), pairs,
                                  tuple({p.sha256: p for p in stored}.values()), actor)  # fmt: skip
        return sync.submit(envelope, actor)
    except RoundtagError:
        blobs.discard(photo.sha256 for photo in stored)
        raise


def _uploads() -> list[tuple[str, FileStorage]]:
    return [(n, f) for n, f in request.files.items(multi=True) if f and f.filename]


def _store(name: str, upload: FileStorage) -> Photo:
    data = whereabouts.without_place(upload.stream.read(blobs.MAX_BYTES + 1))
    try:
        blob = blobs.put_photo(data)
    except (BadImage, TooLarge) as refused:
        raise invalid(name, refused.code, refused.message, **refused.values) from refused
    except Invalid as refused:
        raise Invalid(*(replace(e, field=name) for e in refused.errors)) from refused
    return Photo(hashlib.sha256(data).hexdigest(), blob.mime, len(data), name)


def photo(name: str) -> Photo | None:
    """The first file of a field, stored; None when none was chosen. Raises Invalid."""
    upload = request.files.get(name)
    return _store(name, upload) if upload and upload.filename else None


def run(verb: commands.Verb, command: Any, *photos: Photo) -> Receipt:
    """Does what an office form asks, under the form's id; what is refused leaves no photo."""
    actor, key = door.actor(), posted_id()
    envelope = replace(commands.local_envelope(key, verb, command, actor), photos=photos)
    try:
        return commands.run(key, verb, command, actor, envelope)
    except RoundtagError:
        blobs.discard(photo.sha256 for photo in photos)
        raise


def typed(error: Invalid) -> Typed:
    """The posted values with the error's sentences next to their fields."""
    found: dict[str, str] = {}
    for one in error.errors:
        found.setdefault("" if one.field in UNSEEN else one.field, problems.say(one))
    return Typed(dict(request.form.items()), found)


def done(receipt: Receipt, where: str | None = None) -> Response:
    """303 to where the result can be seen, with the receipt's sentence on top."""
    kind = "ok" if receipt.outcome == "done" else "warn"
    flash(gettext(receipt.message, **receipt.values), kind)
    return redirect(where or receipt.url or url_for("today.show"), 303)
