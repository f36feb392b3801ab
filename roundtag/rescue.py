"""What a phone could not send, brought to the office as a file: each row goes in by the one door.

The file is JSON: {"roundtag_rescue": 1, "made_at", "install_id", "owner", "rows": [envelopes of
sync v1], "photos": {sha256: base64}}. Every row is a transaction of its own, so that one that is
refused holds up no other, and a file taken in twice changes nothing.
"""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from roundtag import blobs, clock, people, sync, tagging
from roundtag.access import Actor
from roundtag.commands import Envelope
from roundtag.errors import Invalid, RoundtagError, TooLarge, invalid
from roundtag.words import N_

VERSION = 1
MAX_BYTES = 200_000_000
NOT_OURS = N_("This is not a file of unsent entries, or it was cut short.")
BROKEN_PHOTO = N_("A photo in the file is damaged.")


@dataclass(frozen=True)
class Rescue:
    """A file as read: nothing in it has been believed yet."""

    made_at: datetime | None
    rows: list[Any]
    photos: dict[str, str]


@dataclass(frozen=True)
class Line:
    """One row for people to look at. `refusal` is an English message id with its values."""

    id: str
    kind: str = ""
    who: str | None = None
    where: str = ""
    claimed_at: datetime | None = None
    photos: int = 0
    photos_in_file: int = 0
    state: str = "waiting"
    """waiting (preview), received, here (was taken in before), kept (a person looks at it) or
    refused."""
    message: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    url: str = ""
    missing: int = 0
    """Photos of the entry whose bytes are still only on the phone."""


def read(data: bytes) -> Rescue:
    """Raises errors.TooLarge above 200 MB and errors.Invalid for anything but a rescue file."""
    if len(data) > MAX_BYTES:
        raise TooLarge(limit="200 MB")
    try:
        raw = json.loads(data)
    except (ValueError, RecursionError) as broken:
        raise invalid("file", "shape", NOT_OURS) from broken
    if not isinstance(raw, dict) or raw.get("roundtag_rescue") != VERSION:
        raise invalid("file", "shape", NOT_OURS)
    rows, photos = raw.get("rows"), raw.get("photos")
    if not isinstance(rows, list) or not isinstance(photos, dict):
        raise invalid("file", "shape", NOT_OURS)
    return Rescue(_moment(raw.get("made_at")), rows, photos)


def _moment(text: Any) -> datetime | None:
    try:
        return clock.from_text(text)
    except (ValueError, TypeError, OverflowError):
        return None


def preview(rescue: Rescue, actor: Actor) -> list[Line]:
    """What is inside, as far as the actor may see it; nothing is written."""
    return [line for line, _ in _lines(rescue, actor)]


def take_in(rescue: Rescue, actor: Actor) -> list[Line]:
    """Files every row as its owner's work, carried by the actor, and says what became of each."""
    return [
        _take(line, envelope, rescue, actor) if envelope else line
        for line, envelope in _lines(rescue, actor)
    ]


def _lines(rescue: Rescue, actor: Actor) -> Iterator[tuple[Line, Envelope | None]]:
    names = people.names({row["owner"] for row in rescue.rows if _has_owner(row)})
    places = {tag.code: f"{tag.name} · {tag.subtitle}" for tag in tagging.bound(actor)}
    for raw in rescue.rows:
        try:
            envelope = _envelope(raw, actor)
        except RoundtagError as refused:
            yield _refused(Line(str(_member(raw, "id"))[:40]), refused), None
        else:
            yield _line(envelope, rescue, names, places), envelope


def _member(raw: Any, name: str) -> Any:
    return raw.get(name, "") if isinstance(raw, dict) else ""


def _has_owner(row: Any) -> bool:
    owner = _member(row, "owner")
    return isinstance(owner, int) and 0 < owner <= sync.LARGEST


def _envelope(raw: Any, actor: Actor) -> Envelope:
    """The row as sent by the actor. The file tells when it was made, not when it was sent."""
    envelope = sync.parse(raw, str(_member(raw, "id")), actor)
    own = envelope.owner == actor.person_id
    return replace(envelope, carrier=None if own else actor.person_id, sent_at=None)


def _line(envelope: Envelope, rescue: Rescue, names: dict[int, str],
          places: dict[str, str]) -> Line:  # fmt: skip
    listed = [photo.sha256 for photo in envelope.photos]
    tag = _tag(envelope.body)
    return Line(
        id=envelope.id,
        kind=envelope.form,
        who=names.get(envelope.owner or 0),
        where=places.get(tag, tag),
        claimed_at=envelope.claimed_at,
        photos=len(listed),
        photos_in_file=sum(digest in rescue.photos for digest in listed),
    )


def _tag(body: str) -> str:
    try:
        return str(dict(json.loads(body)).get("tag", ""))
    except (ValueError, TypeError, RecursionError):
        return ""


def _take(line: Line, envelope: Envelope, rescue: Rescue, actor: Actor) -> Line:
    try:
        receipt = sync.submit(envelope, actor)
    except RoundtagError as refused:
        return _refused(line, refused)
    state = "here" if receipt.repeated else "received" if receipt.outcome == "done" else "kept"
    taken = replace(line, state=state, message=receipt.message, values=receipt.values,
                    url=receipt.url)  # fmt: skip
    return _with_photos(taken, rescue)


def _refused(line: Line, refused: RoundtagError) -> Line:
    cause = refused.errors[0] if isinstance(refused, Invalid) and refused.errors else refused
    return replace(line, state="refused", message=cause.message, values=cause.values)


def _with_photos(line: Line, rescue: Rescue) -> Line:
    """Stores the photos that the server still misses; a damaged one is told, the entry stays."""
    for digest in sync.missing(line.id):
        if digest in rescue.photos:
            try:
                blobs.put_photo(_bytes(rescue.photos[digest]), digest)
            except RoundtagError:
                line = replace(line, message=BROKEN_PHOTO, values={})
    return replace(line, missing=len(sync.missing(line.id)))


def _bytes(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as broken:
        raise invalid("photo", "base64", BROKEN_PHOTO) from broken
