"""What every way of signing in shares: where from, what is still due, where to."""

from flask import current_app, g, redirect, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from blueprints import door
from roundtag import people
from roundtag.accounts import known
from roundtag.accounts.entering import Entered, Wait
from roundtag.accounts.throttle import Place
from roundtag.settings import current

STEP, NEXT = "step", "next"


def cookie() -> str:
    return door.cookie_name("roundtag-browser", current().https)


def place() -> Place:
    """Where this request signs in from; a browser without a cookie gets one if it comes in."""
    if "browser" not in g:
        g.browser = request.cookies.get(cookie(), "")[:100] or known.new_cookie()
    label = known.label_of(request.headers.get("User-Agent", ""))
    return Place(request.remote_addr or "", g.browser, label)


def go_on(entered: Entered, wanted: str) -> Response:
    """To where somebody wanted to go, or to their second factor first."""
    if entered.session:
        return let_in(entered.session, wanted)
    door.sign_out()
    session[STEP], session[NEXT] = entered.step, target(wanted)
    return redirect(url_for("steps.ask"), 303)


def let_in(secret: str, wanted: str) -> Response:
    welcome(secret)
    return remember(redirect(target(wanted), 303))


def welcome(secret: str) -> None:
    """Opens the session in this browser, under a cookie that it did not have before."""
    signed_in = people.session(secret)
    assert signed_in is not None  # noqa: S101 - it was opened just now
    door.sign_in(secret, signed_in)


def remember(response: Response) -> Response:
    """The cookie by which this browser is known; it opens nothing by itself."""
    response.set_cookie(cookie(), place().browser, max_age=known.KNOWN_FOR, httponly=True,
                        samesite="Lax", secure=current().https)  # fmt: skip
    return response


def patient(response: Response, wait: Wait) -> Response:
    response.headers["Retry-After"] = str(wait.values["seconds"])
    return response


def target(wanted: str) -> str:
    """Where to go after sign-in: only a path that our own routes serve, else home."""
    path = wanted.split("?", 1)[0].split("#", 1)[0]
    plain = path.startswith("/") and not path.startswith("//") and path.isprintable()
    if not plain or "\\" in wanted:
        return url_for("today.show")
    try:
        current_app.url_map.bind(request.host).match(path, method="GET")
    except (RequestRedirect, HTTPException):
        return url_for("today.show")
    return wanted if wanted.isprintable() else url_for("today.show")
