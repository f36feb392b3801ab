"""create_app(): settings, database, ways in, error pages. No rule lives here."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from blueprints import (
    admin,
    attendees,
    bulk,
    claims,
    device,
    devices,
    door,
    fakes,
    faults,
    inspections,
    lending,
    more,
    outbox,
    pages,
    people,
    photos,
    places,
    printing,
    pwa,
    register,
    rescue,
    reviews,
    rooms,
    rounds,
    scan,
    software,
    spares,
    stocktakes,
    sync,
    tagging,
    today,
    trust,
)
from roundtag import blobs, db, settings, static_files

FEATURES = (
    admin, attendees, bulk, claims, device, devices, fakes, faults, inspections, lending, more,
    outbox, people, photos, places, printing, pwa, register, rescue, reviews, rooms, rounds, scan,
    software, spares, stocktakes, sync, tagging, today, trust,
)  # fmt: skip
MARGIN = 1024 * 1024


def create_app() -> Flask:
    """The WSGI application for the settings in the environment."""
    chosen = settings.current()
    app = Flask(__name__, static_folder=None)
    app.config.update(
        SECRET_KEY=_secret(chosen.data_dir),
        MAX_CONTENT_LENGTH=6 * blobs.MAX_BYTES + MARGIN,
        MAX_FORM_MEMORY_SIZE=MARGIN,
        SESSION_COOKIE_NAME="roundtag",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.https,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    if db.database.obj is None:
        db.connect(chosen.database_url)
    pages.register(app)
    door.register(app)
    for feature in FEATURES:
        app.register_blueprint(feature.blueprint)
    app.wsgi_app = _wrapped(app, chosen)  # type: ignore[method-assign]
    return app


def _wrapped(app: Flask, chosen: settings.Settings) -> static_files.Wsgi:
    inner = app.wsgi_app
    if chosen.trust_proxy:
        inner = ProxyFix(inner, x_for=1, x_proto=1, x_host=1)
    return static_files.wrap(inner, chosen.data_dir)


def _secret(data_dir: Path) -> str:
    """The key that signs cookies: from the environment, else made once beside the data."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "secret.key"
    if not path.exists():
        _make_secret(path)
    return path.read_text()


def _make_secret(path: Path) -> None:
    """Several web workers start at one moment: the file appears whole, and the first one stays."""
    draft = path.with_name(f".{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
