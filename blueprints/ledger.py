"""The auditor's room: the logs, their signed heads, a check by one button, files to take home."""

import base64
import tempfile
from pathlib import Path

from flask import Blueprint, Response, jsonify, redirect, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from blueprints import door, pages
from roundtag import clock, heads
from roundtag.errors import NotFound, invalid
from roundtag.fields import Fields
from roundtag.words import N_

blueprint = Blueprint("ledger", __name__)


@blueprint.get("/ledger")
def index() -> Response:
    return pages.show("ledger/index.html", nav="ledger", logs=heads.in_view(door.actor()))


@blueprint.get("/ledger/<int:log_id>")
def show(log_id: int) -> Response:
    """One log; while it is being checked the page asks again by itself."""
    line = heads.one(log_id, door.actor())
    if pages.is_fragment():
        return pages.fragment("ledger/_check.html", line=line)
    return pages.show("ledger/show.html", nav="ledger", line=line, heads=heads.heads_of(log_id),
                      key=heads.verifier_key(line.origin))  # fmt: skip


@blueprint.post("/ledger/<int:log_id>/checks")
def check(log_id: int) -> AnyResponse:
    heads.ask(log_id, door.actor(), clock.now())
    return redirect(f"/ledger/{log_id}", 303)


@blueprint.get("/ledger/<int:log_id>/export.zip")
def export(log_id: int) -> Response:
    """The log with its records and the programs that check them; made at each asking."""
    line = heads.one(log_id, door.actor())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.zip"
        heads.export(line.client_id, path)
        name = f"roundtag-log-{line.id}-{clock.local_day(clock.now()).isoformat()}.zip"
        return send_file(path.open("rb"), mimetype="application/zip", download_name=name,
                         as_attachment=True, max_age=0)  # fmt: skip


@blueprint.get("/ledger/<int:log_id>/heads.txt")
def notes(log_id: int) -> Response:
    """Every signed head; keep a copy where nobody of the service can change it."""
    line = heads.one(log_id, door.actor())
    heads.sign(line.client_id, clock.now())
    return Response(heads.notes(log_id), mimetype="text/plain")


@blueprint.get("/ledger/<int:log_id>/proof.json")
def proof(log_id: int) -> Response:
    """?leaf=&size=: a leaf is in the tree; ?first=&second=: one tree goes on from another.

    Hashes are Base64, as in C2SP's proofs.
    """
    line, asked = heads.one(log_id, door.actor()), Fields(request.args.items())
    leaf, size, first, second = (asked.whole(name) for name in ("leaf", "size", "first", "second"))
    asked.done()
    try:
        if leaf is not None and size is not None:
            path = heads.inclusion(line.client_id, leaf, _within(size, line))
        elif first is not None and second is not None:
            path = heads.consistency(line.client_id, first, _within(second, line))
        else:
            raise invalid("leaf", "required", N_("Ask for leaf and size, or for first and second."))
    except ValueError as beyond:
        raise NotFound from beyond
    return jsonify(origin=line.origin, proof=[base64.b64encode(one).decode() for one in path])


def _within(size: int, line: heads.LogLine) -> int:
    if size > line.leaves:
        raise NotFound
    return size


@blueprint.get("/verify")
def verify() -> Response:
    """Checks an export in the reader's browser; needs no account, and nothing is sent.

    ?log=, size=, root=: a head as a document bears it; the page says whether it was signed here.
    """
    origin, root = (request.args.get(name, "")[:100] for name in ("log", "root"))
    size = request.args.get("size", "")
    whole = int(size) if size.isascii() and size.isdecimal() and len(size) < 10 else None
    head = heads.known(origin, whole, root) if whole is not None else None
    return pages.show("ledger/verify.html", asked=bool(origin), head=head)
