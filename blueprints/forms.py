"""A form posted by a browser without our script becomes the same envelope that a queue sends."""

import hashlib
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from blueprints import door, pages, problems
from roundtag import blobs, commands, signatures, sync, tagging, whereabouts
from roundtag.access import ATTENDEE, Actor
from roundtag.bytestore import Unreachable
from roundtag.commands import Photo, Receipt
from roundtag.errors import BadImage, Invalid, NotFound, RoundtagError, TooLarge, invalid
from roundtag.fields import Fields
from roundtag.words import N_
from tags import codes

NOT_DATA = frozenset({"submission_id"})
UNSEEN = frozenset({"tag", "template_version", "round", "scanned", "fault", "id", "body", "blobs",
                    "expected_old_serial", "same"})  # fmt: skip
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


def fields() -> Fields:
    """The posted form, each field with all its values."""
    return Fields(request.form.items(multi=True))


def submit(form: str, code: str) -> Receipt:
    """Sends the form posted at a tag through the one door. Raises what the verb refuses.

    The form must be about the tag of its address, by which reports without account are counted.
    """
    if codes.parse(request.form.get("tag", "")) != codes.parse(code):
        raise NotFound
    if door.actor() is ATTENDEE:
        tagging.resolve(code, ATTENDEE)  # no photo is looked at for a code that leads nowhere
    return send(form)


def send(form: str) -> Receipt:
    """Sends the posted form through the one door. Raises what the verb refuses."""
    actor = door.actor()
    pairs = [(n, v) for n, v in request.form.items(multi=True) if n not in NOT_DATA]
    stored = []
    try:
        for name, upload in _counted(_uploads(), actor):
            stored += _store(name, upload, anonymous=actor is ATTENDEE)
        pairs += [(photo.field, sync.BLOB + photo.sha256) for photo in stored]
        envelope = sync.from_form(form, posted_id(), pairs,
                                  tuple({p.sha256: p for p in stored}.values()), actor)  # fmt: skip
        return sync.submit(envelope, actor)
    except RoundtagError:
        blobs.discard(photo.sha256 for photo in stored)
        raise


def _counted(uploads: list[tuple[str, FileStorage]],
             actor: Actor) -> list[tuple[str, FileStorage]]:  # fmt: skip
    """Each picture costs its drawing: how many there may be is asked before the first one."""
    if actor is ATTENDEE and len(uploads) > 1:
        raise invalid("photo", "many", N_("One photo is enough. Choose the clearest."))
    if len(uploads) > sync.MAX_PHOTOS:
        raise invalid("photo", "many", N_("At most %(limit)s photos."), limit=sync.MAX_PHOTOS)
    return uploads


def _uploads() -> list[tuple[str, FileStorage]]:
    return [(n, f) for n, f in request.files.items(multi=True) if f and f.filename]


def _store(name: str, upload: FileStorage, anonymous: bool) -> list[Photo]:
    """The photo as kept. None of people without an account where they have filled what is theirs,
    or where it cannot be stored just now."""
    try:
        data = _drawn(upload) if anonymous else _as_taken(upload)
        if anonymous and not blobs.takes_anonymous(len(data)):
            g.photo_left_out = True
            return []
        blob = blobs.put_photo(data)
    except (BadImage, TooLarge) as refused:
        raise invalid(name, refused.code, refused.message, **refused.values) from refused
    except Unreachable:
        if not anonymous:
            raise
        g.photo_left_out = True  # a report without its photo is better than none
        return []
    except Invalid as refused:
        raise Invalid(*(replace(e, field=name) for e in refused.errors)) from refused
    return [Photo(hashlib.sha256(data).hexdigest(), blob.mime, len(data), name)]


def _as_taken(upload: FileStorage) -> bytes:
    return whereabouts.without_place(upload.stream.read(blobs.MAX_BYTES + 1))


def _drawn(upload: FileStorage) -> bytes:
    return blobs.redrawn(upload.stream.read(blobs.MAX_SENT + 1))


def photo(name: str) -> Photo | None:
    """The first file of a field, stored; None when none was chosen. Raises Invalid."""
    upload = request.files.get(name)
    if upload is None or not upload.filename:
        return None
    return next(iter(_store(name, upload, anonymous=False)), None)


def run(verb: commands.Verb, command: Any, *photos: Photo) -> Receipt:
    """Does what an office form asks, under the form's id; what is refused leaves no photo."""
    actor, key = door.actor(), posted_id()
    envelope = replace(commands.local_envelope(key, verb, command, actor), photos=photos)
    try:
        return commands.run(key, verb, command, actor, envelope)
    except RoundtagError:
        blobs.discard(photo.sha256 for photo in photos)
        raise


def run_signed(verb: commands.Verb, command: Any) -> Receipt:
    """As `run`, for a command with a drawn `signature`; of what is refused no drawing stays."""
    try:
        return run(verb, command)
    except RoundtagError:
        signatures.forget_drawing(command.signature)
        raise


def typed(error: Invalid, *shown: str) -> Typed:
    """The posted values with the error's sentences next to their fields; `shown` names fields that
    this page has a place for, though others have none."""
    found: dict[str, str] = {}
    for one in error.errors:
        hidden = one.field in UNSEEN and one.field not in shown
        found.setdefault("" if hidden else one.field, problems.say(one))
    return Typed(dict(request.form.items()), found)


def say(sentence: str, kind: str = "warn") -> None:
    """A sentence on top of the next page."""
    flash(sentence, kind)


def done(receipt: Receipt, where: str | None = None) -> Response:
    """303 to where the result can be seen, with the receipt's sentence on top."""
    kind = "ok" if receipt.outcome == "done" else "warn"
    flash(gettext(receipt.message, **receipt.values), kind)
    return redirect(where or receipt.url or url_for("today.show"), 303)
