"""Library errors become HTTP in this one place: RFC 9457 problems or pages for people."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request
from flask_babel import gettext
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from blueprints import pages
from roundtag.backups import damage
from roundtag.bytestore import Unreachable
from roundtag.db import is_outage, is_passing
from roundtag.errors import FieldError, Invalid, OtherBody, RoundtagError
from roundtag.words import N_

TYPES = "/problems/"
log = logging.getLogger(__name__)


class SignInFirst(RoundtagError):
    code, status = "sign-in", 401
    message = N_("Sign in, then it goes on.")


class CrossSite(RoundtagError):
    code, status = "cross-site", 403
    message = N_("This request did not come from a page of this site (send an Origin header).")


def register(app: Flask) -> None:
    app.register_error_handler(RoundtagError, _guarded(_refused))
    app.register_error_handler(HTTPException, _guarded(_http))
    app.register_error_handler(Exception, _guarded(_broken))


def _guarded(handler: Callable[[Any], Response]) -> Callable[[Any], Response]:
    """What breaks a page may break the page that says so: then plain words remain."""

    def handle(error: Exception) -> Response:
        try:
            return handler(error)
        except Exception:
            log.exception("the page about a failure failed too")
            return Response(f"500 broken: {BROKEN}\n", 500, mimetype="text/plain")

    return handle


def wants_json() -> bool:
    """Programs: the sync paths, and whoever asks for JSON first."""
    if request.path.startswith("/sync/") or request.path == "/pack":
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and bool(request.accept_mimetypes)


def say(error: RoundtagError | FieldError) -> str:
    """The error in the reader's language."""
    return gettext(error.message, **error.values)


def answer(status: int, code: str, detail: str, **extra: Any) -> Response:
    """A problem in the form the caller reads."""
    if wants_json():
        title = HTTP_STATUS_CODES.get(status, code)
        body = {"type": TYPES + code, "title": title, "status": status, "detail": detail, **extra}
        response = jsonify(body)
        response.content_type = "application/problem+json"
    else:
        response = pages.show("errors/problem.html", status=status, code=code, detail=detail)
    response.status_code = status
    return response


def _refused(error: RoundtagError) -> Response:
    refusal = answer(error.status, error.code, say(error), **_extra(error))
    return _later(refusal) if isinstance(error, Unreachable) else refusal


def _extra(error: RoundtagError) -> dict[str, Any]:
    if isinstance(error, Invalid):
        return {
            "errors": [{"field": e.field, "code": e.code, "message": say(e)} for e in error.errors]
        }
    return {"stored_sha256": error.stored_sha256} if isinstance(error, OtherBody) else {}


HTTP = {
    404: ("not-found", N_("There is nothing at this address.")),
    405: ("method", N_("This address does not take that.")),
    413: ("too-large", N_("This is too large to take.")),
    429: ("slow-down", N_("Too many in a short time. Wait a minute and try again.")),
}


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    code, message = HTTP.get(status, ("http", N_("This could not be done.")))
    response = answer(status, code, gettext(message))
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


BROKEN = N_("Something went wrong on our side. Nothing you entered was half-stored.")
FULL = N_("The server's disk is full. Nothing was stored; try again later.")
FULL_WORDS = ("disk is full", "No space left on device", "Disk quota exceeded")


READ_ONLY = N_("The server's disk takes no writing just now. Reading works; nothing was stored.")
READ_ONLY_WORDS = ("readonly database", "Read-only file system", "read-only transaction")
UNWELL = N_("The server's disk failed just now. Nothing was stored; try again in a moment.")
AWAY = N_("The server's database cannot be reached just now. Try again in a moment.")


def _broken(error: Exception) -> Response:
    log.exception("a request failed")
    if any(words in str(error) for words in FULL_WORDS):
        return answer(507, "disk-full", gettext(FULL))
    if any(words in str(error) for words in READ_ONLY_WORDS):
        return _later(answer(503, "read-only", gettext(READ_ONLY)))
    if damage.note(error):
        return _refused(damage.Stopped(backup=damage.last_good()))
    if is_outage(error):
        return _later(answer(503, "away", gettext(AWAY)))
    if is_passing(error):
        return _later(answer(503, "disk", gettext(UNWELL)))
    return answer(500, "broken", gettext(BROKEN))


def _later(response: Response) -> Response:
    response.headers["Retry-After"] = "5"
    return response
