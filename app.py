"""create_app(): settings, database, ways in, error pages. No rule lives here."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from blueprints import (
    acceptance,
    account,
    admin,
    agenda,
    articles,
    attendees,
    board,
    bulk,
    checklists,
    claims,
    consumables,
    contracts,
    device,
    devices,
    door,
    drafts,
    dues,
    erasing,
    fakes,
    fault_office,
    fault_papers,
    faults,
    findings,
    hotline,
    inspections,
    ledger,
    lending,
    loaners,
    more,
    notices,
    outbox,
    pages,
    parts,
    people,
    photos,
    places,
    plans,
    printing,
    problem_files,
    pwa,
    quality,
    quotes,
    readings,
    register,
    repairs,
    reports,
    rescue,
    reviews,
    rooms,
    rounds,
    scan,
    shipments,
    slips,
    software,
    spares,
    sso,
    staff,
    steps,
    stock,
    stock_lists,
    stocktakes,
    storecounts,
    sync,
    tagging,
    today,
    trust,
    units,
    watching,
    welcome,
)
from roundtag import blobs, db, settings, static_files, vault

FEATURES = (
    acceptance, account, admin, agenda, articles, attendees, board, bulk, checklists, claims,
    consumables, contracts, device, devices, drafts, dues, erasing, fakes, fault_office,
    fault_papers, faults, findings, hotline, inspections, ledger, lending, loaners, more, notices,
    outbox, parts, people, photos, places, plans, printing, problem_files, pwa, quality, quotes,
    readings, register, repairs, reports, rescue, reviews, rooms, rounds, scan, shipments, slips,
    software, spares, sso, staff, steps, stock, stock_lists, stocktakes, storecounts, sync, tagging,
    today, trust, units, welcome,
)  # fmt: skip
MARGIN = 1024 * 1024


def create_app() -> Flask:
    """The WSGI application for the settings in the environment."""
    chosen = settings.current()
    app = Flask(__name__, static_folder=None)
    app.debug = False  # whatever FLASK_DEBUG says: its pages show the inside of the program
    app.config.update(
        SECRET_KEY=vault.app_secret(chosen.data_dir),
        MAX_CONTENT_LENGTH=6 * blobs.MAX_BYTES + MARGIN,
        MAX_FORM_MEMORY_SIZE=MARGIN,
        SESSION_COOKIE_NAME=door.cookie_name("roundtag", chosen.https),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.https,
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    if db.database.obj is None:
        db.connect(chosen.database_url)
    watching.register(app)
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
