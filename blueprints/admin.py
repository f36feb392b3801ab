"""How the installation is: for monitors, for Prometheus, and on a page for administrators."""

import hmac

from flask import Blueprint, Response, flash, jsonify, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from blueprints import door, forms, pages
from roundtag import clock, commands, db, operations, queue, static_files
from roundtag.access import Actor
from roundtag.backups import damage, state
from roundtag.errors import Forbidden, NotFound
from roundtag.operations import series
from roundtag.settings import current

blueprint = Blueprint("admin", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """Whether this process can answer: reads one row; says which database and queue it uses."""
    seen = state.status()
    return jsonify(
        status="ok", database=db.kind(), queue=queue.health(), build=static_files.build(),
        backup=_backup(seen), writes=_writes(),
    ), 200  # fmt: skip


def _backup(seen: state.Status) -> dict[str, str | bool | None]:
    """`ok` is false when no good backup is younger than 26 hours; a monitor should ask for it."""
    return {
        "ok": seen.well(clock.now()),
        "last": clock.to_text(seen.backup_at) if seen.backup_at else None,
        "proven": clock.to_text(seen.proven_at) if seen.proven_at else None,
    }


def _writes() -> str:
    """`ok`, or why nothing is written: `damaged`, `read-only`."""
    found = damage.trouble()
    return found.kind if found else "ok"


@blueprint.get("/readyz")
def readyz() -> Response:
    """Whether work can be done now; 503 names the parts that cannot, for a load balancer."""
    parts = operations.parts()
    lacking = operations.lacking(parts)
    if not lacking:
        return jsonify(status="ready", parts=parts)
    answer = jsonify(type="/problems/not-ready", title="Service Unavailable", status=503,
                     detail=f"Not ready: {', '.join(lacking)}.", parts=parts)  # fmt: skip
    answer.status_code, answer.content_type = 503, "application/problem+json"
    answer.headers["Retry-After"] = "5"
    return answer


@blueprint.get("/metrics")
def metrics() -> Response:
    """In the text format of Prometheus; there is nothing here for whoever may not read it."""
    if not (_bears_token() or _administers(door.actor())):
        raise NotFound
    return Response(series.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _bears_token() -> bool:
    """Compared without telling by its time how much of it was right."""
    token, shown = current().metrics_token, request.headers.get("Authorization", "")
    return bool(token) and hmac.compare_digest(f"Bearer {token}".encode(), shown.encode())


def _administers(actor: Actor) -> bool:
    return actor.may("retry_job")


@blueprint.get("/.well-known/security.txt")
def security_txt() -> Response:
    """RFC 9116: where to tell of a hole. It ends half a year after each asking."""
    contact = current().security_contact
    if not contact:
        raise NotFound
    lines = [f"Contact: {contact}", f"Expires: {operations.half_a_year_on(clock.now())}",
             "Preferred-Languages: zh, en"]  # fmt: skip
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


@blueprint.get("/admin")
def show() -> Response:
    if not operations.may_look(door.actor()):
        raise Forbidden
    seen = operations.gather(clock.now())
    return pages.show(
        "admin/show.html", nav="admin", seen=seen, alarms=operations.ringing(seen),
        failed=operations.failed(), phones=operations.lately(seen.now),
        quota=operations.quota(), mends=_administers(door.actor()), submission_id=forms.fresh_id,
        versions=operations.versions(),
    )  # fmt: skip


@blueprint.post("/admin/jobs/<key>/retry")
def retry(key: str) -> AnyResponse:
    return _mended(operations.retry_job, operations.RetryJob(key))


@blueprint.post("/admin/jobs/<key>/discard")
def discard(key: str) -> AnyResponse:
    return _mended(operations.discard_job, operations.DiscardJob(key))


def _mended(verb: commands.Verb, order: object) -> AnyResponse:
    receipt = commands.run(forms.posted_id(), verb, order, door.actor())
    flash(gettext(receipt.message), "ok" if receipt.outcome == "done" else "warn")
    return redirect("/admin", 303)
