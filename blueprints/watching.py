"""What every request leaves behind: a number, one line in the log, one more in the figures."""

import logging
import time

from flask import Flask, Response, g, request

from roundtag import logs
from roundtag.operations import series

log = logging.getLogger(__name__)
NONE = "none"


def register(app: Flask) -> None:
    """Before everything else that looks at requests."""
    app.before_request(_begin)
    app.after_request(_note)
    app.teardown_request(_end)


def _begin() -> None:
    g.began, g.request_id = time.perf_counter(), logs.begin_request()


def _end(_: BaseException | None) -> None:
    logs.end_request()


def route() -> str:
    """The pattern that was asked for: never a path, which may hold a tag's code or a secret."""
    return request.url_rule.rule if request.url_rule else NONE


def _note(response: Response) -> Response:
    took, method = time.perf_counter() - g.began, _method()
    response.headers["X-Request-ID"] = g.request_id
    series.answered(route(), method, response.status_code, took)
    log.info("request", extra={"method": method, "route": route(), "status": response.status_code,
                               "ms": round(took * 1000), "person": _person()})  # fmt: skip
    return response


def _method() -> str:
    return request.method if request.method in series.METHODS else "other"


def _person() -> int | None:
    """Who it was, where that was asked; the question is not put for the log."""
    person = getattr(g.get("_login_user"), "person", None)
    return person.id if person else None
