"""What every request passes: database connection, who is it, may they, is it from our own page."""

from contextlib import suppress
from urllib.parse import urlsplit

from flask import Flask, Response, g, redirect, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from limits import parse
from redis import RedisError
from werkzeug.exceptions import TooManyRequests
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as AnyResponse

from blueprints import problems
from roundtag import access, people, queue
from roundtag.access import ATTENDEE, Actor
from roundtag.db import database
from roundtag.errors import Forbidden
from roundtag.settings import current

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSP = "; ".join([
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:",
    "connect-src 'self'", "manifest-src 'self'", "worker-src 'self'", "media-src 'self' blob:",
    "font-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
])  # fmt: skip

limiter = Limiter(get_remote_address, in_memory_fallback_enabled=True)
login = LoginManager()


class Key(IntegerConverter):
    """A row's number in an address; larger ones name nothing and would break a query."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)


class Account(UserMixin):
    """A signed-in person as flask-login knows them; the cookie holds the session's secret."""

    def __init__(self, secret: str, signed_in: people.SignedIn) -> None:
        self.secret, self.person, self.actor = secret, signed_in.person, signed_in.actor

    def get_id(self) -> str:
        return self.secret


def cookie_name(name: str, https: bool) -> str:
    """Over https browsers keep such a cookie from other hosts and paths (`__Host-`)."""
    return f"__Host-{name}" if https else name


def register(app: Flask) -> None:
    app.url_map.converters["int"] = Key
    app.config.update(RATELIMIT_STORAGE_URI=queue.limits_url(), RATELIMIT_HEADERS_ENABLED=True)
    limiter.init_app(app)
    login.session_protection = None
    login.init_app(app)
    app.before_request(_limit_plain_forms)
    app.before_request(_open_database)
    app.before_request(_refuse_foreign_pages)
    app.before_request(_refuse_strangers)
    app.before_request(_limit_uploads)
    app.after_request(_secure)
    app.teardown_request(_close_database)
    problems.register(app)


@login.user_loader
def _load(secret: str) -> Account | None:
    signed_in = people.session(secret)
    return Account(secret, signed_in) if signed_in else None


def actor() -> Actor:
    """Who acts in this request; an attendee when nobody is signed in."""
    return current_user.actor if current_user.is_authenticated else ATTENDEE


def sign_in(secret: str, signed_in: people.SignedIn) -> None:
    """Opens a session in this browser; the one it had before ends on the server too."""
    sign_out()
    session.permanent = True
    login_user(Account(secret, signed_in))


def sign_out() -> None:
    if current_user.is_authenticated:
        people.sign_out(current_user.secret)
    logout_user()
    session.clear()


def _limit_plain_forms() -> None:
    """The limit on a form's text guards multipart alone: a plain form is read in one piece."""
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = request.max_form_memory_size


OWN_CONNECTION = frozenset({"admin.readyz"})
"""Asks for itself, since it must be able to say that there is none."""


def _open_database() -> None:
    if request.endpoint in OWN_CONNECTION:
        return
    database.connect(reuse_if_open=True)
    g.opened = True


def _close_database(_: BaseException | None) -> None:
    if g.get("opened") and not database.in_transaction():
        database.close()


def _refuse_foreign_pages() -> None:
    """No CSRF tokens, which queued forms would outlive: browsers say where a request came from.

    Anything unsafe must come from our own origin. A request with neither header comes from no
    present browser; it passes when it carries no cookie, or our own header (which other origins
    cannot send).
    """
    if request.method in SAFE or _from_here():
        return
    raise problems.CrossSite


def _from_here() -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in {"same-origin", "none"}
    if origin is not None:
        return _host_of(origin) == request.host
    return not request.cookies or "X-Roundtag-Sync" in request.headers


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def _refuse_strangers() -> AnyResponse | None:
    endpoint = request.endpoint
    if endpoint is None or access.is_public(endpoint):
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if not access.allowed_on(actor().roles, endpoint):
        raise Forbidden
    return None


UPLOADS = parse("1200 per hour")
"""Of one person, whatever the form: a day in a basement is some 360 photos (docs/limits.md)."""


def _limit_uploads() -> None:
    if request.mimetype.startswith(("image/", "multipart/")) and current_user.is_authenticated:
        with suppress(RedisError):  # the quota of all photos holds meanwhile
            if not limiter.limiter.hit(UPLOADS, "uploads", str(current_user.person.id)):
                raise TooManyRequests(retry_after=60)


def _ask_to_sign_in() -> AnyResponse:
    if problems.wants_json():
        raise problems.SignInFirst
    if request.method not in SAFE:
        return redirect(url_for("people.sign_in"), 303)
    return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")), 303)


def _secure(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["X-Robots-Tag"] = "noindex"
    headers.setdefault("Cache-Control", "no-store")
    if current().https and not current().tls:  # who once trusted a trial is not bound to it
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
