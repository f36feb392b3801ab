"""The door for submissions: forms posted online and forms that waited on a phone, sync v1.

Both become an Envelope whose body is the exact string that was filled in; FORMS is the whole list
of what may come in this way. The contract on the wire is docs/sync.md.
"""

import hashlib
import json
import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from peewee import IntegrityError, fn

from roundtag import (
    blobs,
    clock,
    commands,
    fakes,
    faults,
    inspections,
    notes,
    people,
    slips,
    spares,
    stocktakes,
    storecounts,
)
from roundtag.access import Actor
from roundtag.commands import Envelope, Photo, Receipt
from roundtag.db import is_passing, write
from roundtag.errors import NotFound, RoundtagError, TooLarge, invalid
from roundtag.fields import Fields
from roundtag.models import Blob, Person, Submission, SubmissionBlob
from roundtag.words import N_

VERSION = 1
MAX_BODY = 256 * 1024
MAX_PHOTOS = 40
LARGEST = 2**31 - 1
"""The largest whole number that both databases keep in a column."""
BLOB = "blob:"
log = logging.getLogger(__name__)


Read = Callable[[Fields, tuple[Photo, ...]], Any]


@dataclass(frozen=True)
class Form:
    """One form and every version of it that may still lie on a phone.

    `versions` is in order of release, the present one last. A version leaves this table at the
    earliest 180 days after its successor came in; tests/roundtag/bodies holds bodies of each.
    """

    versions: Mapping[str, Read]
    verb: Callable[[Actor], commands.Verb]

    def reader(self, version: str) -> Read | None:
        """Who reads a body filed under `version`; a plain form that bears none is today's."""
        return self.versions.get(version or [*self.versions][-1])


FORMS = {
    inspections.FORM: Form(inspections.VERSIONS, lambda actor: inspections.inspect),
    "swap": Form(spares.VERSIONS, lambda actor: spares.swap),
    "fault": Form({"1": faults.read}, faults.reporter),
    fakes.FORM: Form(fakes.VERSIONS, lambda actor: fakes.report_fake_tag),
    notes.FORM: Form(notes.VERSIONS, lambda actor: notes.take_note),
    faults.STEP_FORM: Form(faults.STEP_VERSIONS, lambda actor: faults.take_step),
    stocktakes.FORM: Form(stocktakes.VERSIONS, lambda actor: stocktakes.count_device),
    storecounts.FORM: Form(storecounts.VERSIONS, lambda actor: storecounts.count_store),
    slips.FORM: Form(slips.VERSIONS, lambda actor: slips.use_part),
}


class OtherOwner(RoundtagError):
    code = "other-owner"
    status = 403
    message = N_("This was filled in by another person. Deliver it for them, or let them sign in.")


def submit(envelope: Envelope, actor: Actor) -> Receipt:
    """Takes one submission from any door and answers with its receipt, the first time or again.

    Raises errors.Invalid and other refusals (the id stays free) and errors.OtherBody.
    """
    doer = _doer(envelope, actor)
    form = FORMS.get(envelope.form)
    read = form.reader(envelope.form_version) if form else None
    if doer is None or form is None or read is None:
        return _keep_for_review(envelope, actor)
    pairs = pairs_of(envelope.body)
    photos = _named_photos(envelope, pairs)
    envelope = replace(envelope, photos=photos)
    known = commands.find(envelope.id)
    if known is not None:
        receipt = commands.replay(known, envelope, doer)
        _carry_on(known, envelope)
        return receipt
    try:
        command = read(Fields(pairs), photos)
        return commands.once(form.verb(doer), command, doer, envelope)
    except RoundtagError:
        raise
    except Exception as error:
        if is_passing(error):
            raise  # the phone keeps it and sends it again: there is nothing in it to review
        log.exception("submission %s is kept for review", envelope.id)
        return _keep_for_review(envelope, actor)


def _doer(envelope: Envelope, actor: Actor) -> Actor | None:
    """Whose rights count: the owner's, as far as the carrier has them too.

    None when the owner may no longer act (kept for review).
    """
    if envelope.carrier not in (None, actor.person_id):
        raise OtherOwner
    if envelope.owner in (None, actor.person_id):
        return actor
    if envelope.carrier is None and not actor.system:
        raise OtherOwner
    owner = Person.get_or_none(Person.id == envelope.owner)
    if owner is None:
        raise OtherOwner
    if not owner.active:
        return None
    return replace(people.actor_of(owner, clock.now(), via="sync"), carrier=actor)


def _carry_on(known: Submission, envelope: Envelope) -> None:
    """Who carries on a delivery that another began may bring the photos that are still missing."""
    if envelope.carrier and known.carrier_id != envelope.carrier and missing(known.id):
        with write():
            Submission.update(carrier=envelope.carrier).where(Submission.id == known.id).execute()


def _keep_for_review(envelope: Envelope, actor: Actor) -> Receipt:
    known = commands.find(envelope.id)
    if known is None:
        try:
            return commands.store_for_review(envelope, N_("Kept safe. The office is checking it."))
        except IntegrityError:  # the same submission came in at the same moment
            known = commands.find(envelope.id)
            if known is None:
                raise
    return commands.replay(known, envelope, actor)


def pairs_of(body: str) -> list[tuple[str, str]]:
    """The body's [name, value] pairs. Raises Invalid for anything else."""
    try:
        pairs = json.loads(body)
    except (ValueError, RecursionError):
        pairs = None
    if not isinstance(pairs, list) or not all(map(_is_pair, pairs)):
        raise invalid(
            "body", "shape", N_("The form's body must be a list of name and value pairs.")
        )
    return [(name, value) for name, value in pairs]


def _is_pair(pair: Any) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(p, str) for p in pair)


def _named_photos(envelope: Envelope, pairs: list[tuple[str, str]]) -> tuple[Photo, ...]:
    """The manifest's photos with the field that names each. Raises Invalid when they disagree."""
    listed = {photo.sha256: photo for photo in envelope.photos}
    named = {v.removeprefix(BLOB): n for n, v in pairs if _is_photo(n) and v.startswith(BLOB)}
    if set(named) != set(listed):
        raise invalid("blobs", "manifest", N_("The photos named in the form and listed differ."))
    if len(listed) > MAX_PHOTOS:
        raise invalid("blobs", "many", N_("At most %(limit)s photos."), limit=MAX_PHOTOS)
    return tuple(replace(listed[digest], field=name) for digest, name in named.items())


def _is_photo(name: str) -> bool:
    return name == "photo" or name.startswith("photo.")


def missing(submission_id: str) -> list[str]:
    """Hashes that a submission lists whose bytes are not here yet."""
    rows = (
        SubmissionBlob.select(SubmissionBlob.sha256)
        .left_outer_join(Blob, on=(Blob.sha256 == SubmissionBlob.sha256))
        .where((SubmissionBlob.submission == submission_id) & Blob.sha256.is_null())
    )
    return sorted(row.sha256 for row in rows)


def completed_by(digest: str, actor: Actor) -> list[Submission]:
    """Key and body hash of the actor's submissions that list this photo and miss none any more."""
    listed = SubmissionBlob.alias()
    away = (
        listed.select()
        .left_outer_join(Blob, on=(Blob.sha256 == listed.sha256))
        .where((listed.submission == Submission.id) & Blob.sha256.is_null())
    )
    return list(_listing(digest, actor).where(~fn.EXISTS(away)))


class Unlisted(NotFound):
    code = "unlisted"
    message = N_("No submission lists this photo. Send the form first.")


def put_photo(digest: str, data: bytes, actor: Actor) -> tuple[Blob, bool]:
    """Takes a photo that one of the actor's submissions lists; True when it had not come before.

    Raises Unlisted, Invalid …
    """
    if not blobs.is_digest(digest) or not _listing(digest, actor).exists():
        raise Unlisted
    return blobs.take(data, digest)


def _listing(digest: str, actor: Actor) -> Any:
    """The submissions that this person filled in or carried and that list the photo."""
    mine = (Submission.owner == actor.person_id) | (Submission.carrier == actor.person_id)
    listed = Submission.select(Submission.id, Submission.sha256).join(SubmissionBlob)
    return listed.where(mine & (SubmissionBlob.sha256 == digest))


def parse(raw: Any, submission_id: str, actor: Actor) -> Envelope:
    """An envelope from its JSON. Raises Invalid naming the first field that is wrong."""
    get = _Reader(raw)
    if get.whole("sync") != VERSION:
        raise invalid("sync", "version", N_("This server speaks sync version 1."))
    body = get.text("body", limit=MAX_BODY)
    envelope = Envelope(
        id=_uuid(get.text("id")),
        form=get.text("form", limit=40),
        form_version=get.text("form_version", limit=40, optional=True),
        app_version=get.text("app_version", limit=80, optional=True),
        install_id=get.text("install_id", limit=64),
        seq=get.whole("seq", limit=LARGEST),
        owner=get.whole("owner"),
        carrier=get.whole("carrier", optional=True),
        claimed_at=get.moment("claimed_at"),
        sent_at=get.moment("sent_at"),
        body=body,
        sha256=get.text("sha256", limit=64),
        photos=tuple(_photo(entry) for entry in get.many("blobs")),
        supersedes=get.text("supersedes", optional=True) or None,
    )
    if envelope.id != _uuid(submission_id):
        raise invalid("id", "address", N_("The id differs from the one in the address."))
    if envelope.sha256 != digest_of(body):
        raise invalid("sha256", "hash", N_("The body does not match its SHA-256."))
    return envelope


def digest_of(body: str) -> str:
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def _photo(entry: Any) -> Photo:
    get = _Reader(entry)
    digest = get.text("sha256", limit=64)
    if not blobs.is_digest(digest):
        raise invalid("blobs", "hash", N_("A photo is named by the hex SHA-256 of its bytes."))
    size = get.whole("size") or 0
    if size <= 0:
        raise invalid("photo", "empty", N_("This photo is empty (0 bytes). Take it again."))
    if size > blobs.MAX_BYTES:
        raise TooLarge(N_("A photo may have at most %(limit)s."), limit="8 MB")
    return Photo(digest, get.text("mime", limit=40), size)


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError as bad:
        raise invalid("id", "uuid", N_("A submission id is a UUID.")) from bad


def _storable(text: str) -> bool:
    """No NUL and no half of a surrogate pair: no database takes these."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


class _Reader:
    """Typed access to foreign JSON."""

    def __init__(self, raw: Any) -> None:
        if not isinstance(raw, dict):
            raise invalid("body", "shape", N_("Send a JSON object."))
        self.raw = raw

    def text(self, name: str, *, limit: int = 200, optional: bool = False) -> str:
        value = self.raw.get(name)
        if value is None and optional:
            return ""
        if not isinstance(value, str) or len(value) > limit or not _storable(value):
            raise invalid(
                name, "text", N_("Give text of at most %(limit)s characters."), limit=limit
            )
        return value

    def whole(self, name: str, optional: bool = False, limit: int = 2**53 - 1) -> int | None:
        value = self.raw.get(name)
        if value is None and optional:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= limit:
            raise invalid(name, "number", N_("Give a whole number."))
        return value

    def moment(self, name: str) -> datetime:
        try:
            return clock.from_text(self.text(name, limit=40))
        except (ValueError, OverflowError) as bad:
            raise invalid(name, "time", N_("Give a time as ISO 8601 with Z.")) from bad

    def many(self, name: str) -> list[Any]:
        value = self.raw.get(name)
        if not isinstance(value, list) or len(value) > MAX_PHOTOS:
            raise invalid(name, "list", N_("Give a list of at most %(limit)s."), limit=MAX_PHOTOS)
        return value


def from_form(
    form: str,
    submission_id: str,
    pairs: list[tuple[str, str]],
    photos: tuple[Photo, ...],
    actor: Actor,
    form_version: str = "",
) -> Envelope:
    """The envelope of a form posted without JavaScript; its id was made by the server's page."""
    body = json.dumps([list(pair) for pair in pairs], ensure_ascii=False, separators=(",", ":"))
    if len(body) > MAX_BODY:
        raise invalid("body", "long", N_("At most %(limit)s characters."), limit=MAX_BODY)
    return Envelope(
        id=_uuid(submission_id),
        form=form,
        form_version=form_version,
        install_id="form",
        owner=actor.person_id,
        body=body,
        sha256=digest_of(body),
        photos=photos,
    )
