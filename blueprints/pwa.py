"""The installable app: service worker, manifest, the offline page, and what a phone should hold."""

import json
from dataclasses import asdict

from flask import Blueprint, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from blueprints import door, pages
from roundtag import clock, packs, static_files

blueprint = Blueprint("pwa", __name__)


@blueprint.get("/sw.js")
def service_worker() -> Response:
    """pwa/sw.js behind lines that name the build and the shell of this version.

    A browser that takes modules gets the one that sends from the background in front of it: it
    is kept with the worker, and of the worker's own build.
    """
    module = request.args.get("type") == "module"
    sender = f'import "{pages.asset("pwa/worker_sync.js")}";\n' if module else ""
    head = f"{sender}const BUILD={json.dumps(static_files.build())},SHELL={json.dumps(_shell())};\n"
    source = (static_files.ROOT / "pwa" / "sw.js").read_text(encoding="utf-8")
    response = Response(head + source, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _shell() -> list[str]:
    return ["/offline", *(pages.asset(path) for path in static_files.shell())]


@blueprint.get("/manifest.webmanifest")
def manifest() -> Response:
    text = (static_files.ROOT / "pwa" / "manifest.webmanifest").read_text(encoding="utf-8")
    filled = text.replace("{{ static }}", static_files.prefix().rstrip("/"))
    response = Response(filled, mimetype="application/manifest+json")
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/favicon.ico")
def favicon() -> AnyResponse:
    """For browsers that ask without reading a page, e.g. beside a PDF."""
    return redirect(pages.asset("img/icon-192.png"), 302)


@blueprint.get("/offline")
def offline() -> Response:
    return pages.show("offline.html", nav="")


@blueprint.get("/pack")
def pack() -> Response:
    """What this person's phone should hold: the work assigned to them and the places kept."""
    places = packs.Places(*(packs.numbers(request.args.getlist(n)) for n in ("room", "site")))
    language, build = pages.language(), static_files.build()
    wanted = packs.manifest(door.actor(), language, build, places)
    return jsonify(as_of=clock.to_text(clock.now()), language=language, build=build,
                   **asdict(wanted))  # fmt: skip
