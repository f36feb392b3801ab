"""Sync v1 on the wire; the contract is docs/sync.md."""

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext
from flask_login import current_user

from blueprints import decisions, door
from roundtag import blobs, clock, heads, reviews, sealing, static_files, sync
from roundtag.commands import Receipt
from roundtag.errors import Invalid, RoundtagError, TooLarge, invalid
from roundtag.operations import series
from roundtag.words import N_

blueprint = Blueprint("sync", __name__, url_prefix="/sync")
MAX_ENVELOPE = 512 * 1024
CHUNK = 256 * 1024


class WrongType(RoundtagError):
    code, status = "media-type", 415
    message = N_("Send application/json; a photo as image/….")


class WrongBytes(Invalid):
    code = "hash"


class NotOurPage(RoundtagError):
    code, status = "cross-site", 403
    message = N_("Send the header X-Roundtag-Sync: 1.")


@blueprint.get("/whoami")
def whoami() -> Response:
    """Who is signed in, the server's time, and the build; also proof that this is our server."""
    person = current_user.person if current_user.is_authenticated else None
    return jsonify(
        sync=sync.VERSION,
        user=person and {"id": person.id, "name": person.name or person.username},
        server_time=clock.to_text(clock.now()),
        build=static_files.build(),
        restored=_restored() if person else [],
    )


def _restored() -> list[dict[str, str]]:
    return [
        {"since": clock.to_text(since), "until": clock.to_text(until)}
        for since, until in heads.restores(clock.now())
    ]


@blueprint.get("/seal-key")
def seal_key() -> Response:
    """The key under which this person's phones seal what they leave behind; to them alone."""
    _check_header()
    person = current_user.person
    return jsonify(
        owner=person.id, name=person.name or person.username, key=sealing.key_of(person.id)
    )


@blueprint.post("/<submission_id>")
def submit(submission_id: str) -> tuple[Response, int]:
    _check_header()
    envelope = sync.parse(_json(), submission_id, door.actor())
    receipt = sync.submit(envelope, door.actor())
    series.received(receipt.outcome, receipt.repeated)
    return jsonify(_receipt(receipt)), 200 if receipt.repeated else 201


@blueprint.get("/<submission_id>")
def receipt(submission_id: str) -> Response:
    """The receipt of one's own entry, and how it was settled when it had to be."""
    _check_header()
    known, settled = reviews.receipt_of(submission_id, door.actor())
    return jsonify({**_receipt(known), "settled": settled and _settled(settled)})


def _settled(settled: reviews.Done) -> dict[str, Any]:
    return {
        "at": clock.to_text(settled.at),
        "by": settled.who,
        "decision": settled.decision,
        "message": decisions.sentence(settled.decision, settled.note),
    }


def _check_header() -> None:
    if request.headers.get("X-Roundtag-Sync") != "1":
        raise NotOurPage


def _json() -> Any:
    if request.mimetype != "application/json":
        raise WrongType
    sent = _data(MAX_ENVELOPE, "512 KiB")
    try:
        return json.loads(sent, object_pairs_hook=_once)
    except (ValueError, RecursionError) as bad:
        raise invalid("body", "json", N_("This is not JSON.")) from bad


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose members are each there once: of two, each reader may take another."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is there twice")
    return found


def _data(limit: int, words: str) -> bytes:
    """The bytes sent; their announced length may be missing."""
    if (request.content_length or 0) > limit:
        _swallow()
        raise TooLarge(limit=words)
    sent = request.get_data(cache=False)
    if len(sent) > limit:
        raise TooLarge(limit=words)
    return sent


def _swallow() -> None:
    """Reads what is refused: a client that is still sending would see a broken line instead of
    the refusal, take the server for away, and send for ever."""
    while request.stream.read(CHUNK):
        pass


def _receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "id": receipt.id,
        "sha256": receipt.sha256,
        "outcome": receipt.outcome,
        "received_at": clock.to_text(receipt.received_at),
        "missing": sync.missing(receipt.id),
        "message": gettext(receipt.message, **receipt.values),
        "url": receipt.url,
        "heads": heads.for_witness(door.actor()),
    }


@blueprint.put("/photos/<digest>")
def put_photo(digest: str) -> tuple[Response, int]:
    _check_header()
    if not request.mimetype.startswith("image/"):
        raise WrongType
    sent = _data(blobs.MAX_BYTES, "8 MB")
    try:
        blob, fresh = sync.put_photo(digest, sent, door.actor())
    except Invalid as refused:
        raise WrongBytes(*refused.errors) from refused
    answer = jsonify(
        sha256=blob.sha256,
        size=blob.size,
        received_at=clock.to_text(blob.received_at),
        complete=[
            {"id": each.id, "sha256": each.sha256}
            for each in sync.completed_by(digest, door.actor())
        ],
    )
    return answer, 201 if fresh else 200
